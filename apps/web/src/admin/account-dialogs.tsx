import { Modal, TextInput } from '@mantine/core';
import type { AccountsApi } from '@workflow-bolt/client';
import type { Account } from '@workflow-bolt/contracts';
import { useCallback, useMemo, useState } from 'react';
import { ChangeRows } from '../account/change-rows.tsx';
import { TokensSection } from '../account/tokens-section.tsx';
import { FailureNote } from '../app/failure-note.tsx';
import { FormDialog } from '../app/form-dialog.tsx';
import { useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';

type Props = { api: AccountsApi; account: Account; onClose: () => void };

/** What a service shows instead of signing in. */
export function ServiceTokensDialog({ api, account, onClose }: Props) {
  const desk = useMemo(() => api.tokensOf(account), [api, account]);
  return (
    <Modal opened onClose={onClose} title={account.name} size="lg" centered>
      <TokensSection api={desk} />
    </Modal>
  );
}

/** Who changed this account, and the reasons they gave. */
export function ChangesDialog({ api, account, onClose }: Props) {
  const { value, failure } = useResource(useCallback(() => api.changes(account), [api, account]));
  return (
    <Modal opened onClose={onClose} title={`Changes of ${account.name}`} size="lg" centered>
      <FailureNote failure={failure} />
      {value && <ChangeRows changes={value} />}
    </Modal>
  );
}

/** A married name, or one that was mistyped. */
export function RenameDialog({ api, account, onDone, onClose }: Props & { onDone: () => void }) {
  const action = useAction();
  const [name, setName] = useState(account.name);
  const [login, setLogin] = useState(account.login ?? '');
  const isPerson = account.kind === 'human';
  const submit = async () => {
    const names = { name: name.trim(), login: isPerson ? login.trim() : null };
    if (await action.run(async () => void (await api.rename(account, names)))) onDone();
  };
  return (
    <FormDialog
      {...{ title: `Rename ${account.name}`, action, submitLabel: 'Rename', onClose }}
      text="The account and its history stay the same."
      isComplete={name.trim() !== '' && (!isPerson || login.trim() !== '')}
      onSubmit={() => void submit()}
    >
      <TextInput
        label={isPerson ? 'Full name' : 'Name'}
        maxLength={80}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      {isPerson && (
        <TextInput
          label="Name to sign in with"
          maxLength={254}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  );
}
