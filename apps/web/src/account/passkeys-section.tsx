import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import type { AccountApi } from '@workflow-bolt/client';
import type { PasskeyView } from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { NameDialog } from '../app/name-dialog.tsx';
import { Nothing, PageSection, Row, Rows, Tag } from '../app/page-shell.tsx';
import { type Action, useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { day, moment } from '../format/moment.ts';
import { hasPasskeys, makePasskey } from '../session/browser-passkeys.ts';

const detailOf = ({ createdAt, lastUsedAt, isSynced }: PasskeyView): string =>
  [
    `Added ${day(createdAt)}`,
    lastUsedAt === null ? 'never used' : `last used ${moment(lastUsedAt)}`,
    ...(isSynced ? ['kept on several devices by its maker'] : []),
  ].join(' · ');

function PasskeyRow({
  passkey,
  action,
  onRemove,
}: {
  passkey: PasskeyView;
  action: Action;
  onRemove: () => void;
}) {
  return (
    <Row name={passkey.label} detail={detailOf(passkey)}>
      {passkey.isSuspended && <Tag tone="red">Suspended: may have been copied</Tag>}
      <Button
        variant="subtle"
        color="red"
        disabled={action.isBusy}
        onClick={onRemove}
        aria-label={`Remove ${passkey.label}`}
      >
        Remove
      </Button>
    </Row>
  );
}

/** Keys and devices that open the account by themselves. */
export function PasskeysSection({ api, onChanged }: { api: AccountApi; onChanged: () => void }) {
  const action = useAction();
  const [isAdding, setIsAdding] = useState(false);
  const { value, failure, reload } = useResource(useCallback(() => api.passkeys(), [api]));
  const done = () => {
    void reload();
    onChanged();
  };
  const add = async (label: string) => {
    const isAdded = await action.run(async () => {
      const { options } = await api.beginPasskey();
      await api.addPasskey(label, await makePasskey(options));
    });
    if (!isAdded) return;
    setIsAdding(false);
    done();
  };
  const remove = async (id: string) => {
    if (await action.run(() => api.removePasskey(id))) done();
  };
  const open = () => {
    action.clear();
    setIsAdding(true);
  };
  return (
    <PageSection
      title="Passkeys"
      action={
        hasPasskeys() && (
          <Button variant="default" leftSection={<IconKey size={18} />} onClick={open}>
            Add a passkey
          </Button>
        )
      }
    >
      <FailureNote failure={failure ?? (isAdding ? null : action.failure)} />
      {value && value.length === 0 && (
        <Nothing>None yet. A second one, kept elsewhere, saves you when the first is lost.</Nothing>
      )}
      {value && value.length > 0 && (
        <Rows label="Passkeys">
          {value.map((passkey) => (
            <PasskeyRow
              key={passkey.id}
              passkey={passkey}
              action={action}
              onRemove={() => void remove(passkey.id)}
            />
          ))}
        </Rows>
      )}
      {isAdding && (
        <NameDialog
          title="Add a passkey"
          text="Your browser will ask for this device's fingerprint, face or PIN, or for your security key."
          label="What do you call this device or key?"
          maxLength={60}
          submitLabel="Add passkey"
          action={action}
          onName={(label) => void add(label)}
          onClose={() => setIsAdding(false)}
        />
      )}
    </PageSection>
  );
}
