import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import type { AccountEnrolment, AccountsApi } from '@workflow-bolt/client';
import { type FormEvent, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { useAction } from '../app/use-action.ts';
import { type Access, AccessFields, type ClinicChoice, isComplete } from './access-fields.tsx';

type Props = {
  api: AccountsApi;
  clinics: readonly ClinicChoice[];
  onMade: (made: AccountEnrolment) => void;
  onClose: () => void;
};

/** A new colleague: names, roles, clinics. The one-time code comes next. */
export function InviteDialog({ api, clinics, onMade, onClose }: Props) {
  const { failure, isBusy, run } = useAction();
  const [name, setName] = useState('');
  const [login, setLogin] = useState('');
  const [access, setAccess] = useState<Access>({
    roles: [],
    clinics: clinics.length === 1 ? clinics.map(({ id }) => id) : [],
  });
  const canInvite = name.trim() !== '' && login.trim() !== '' && isComplete(access);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canInvite) void run(async () => onMade(await api.create({ kind: 'human', name, login, ...access })));
  };
  return (
    <Modal opened onClose={onClose} title="Invite a colleague" centered>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <FailureNote failure={failure} />
          <TextInput
            label="Full name"
            maxLength={80}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <TextInput
            label="Name to sign in with"
            maxLength={254}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={login}
            onChange={(event) => setLogin(event.currentTarget.value)}
          />
          <AccessFields access={access} clinics={clinics} onChange={setAccess} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={isBusy} disabled={!canInvite}>
              Invite
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
