import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import type { AccountsApi } from '@workflow-bolt/client';
import type { Account } from '@workflow-bolt/contracts';
import { type FormEvent, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { useAction } from '../app/use-action.ts';
import { type Access, AccessFields, type ClinicChoice, isComplete } from './access-fields.tsx';

type Props = {
  api: AccountsApi;
  account: Account;
  clinics: readonly ClinicChoice[];
  onDone: () => void;
  onClose: () => void;
};

/** Takes effect at the person's next step; open screens follow within seconds. */
export function ChangeAccessDialog({ api, account, clinics, onDone, onClose }: Props) {
  const { failure, isBusy, run } = useAction();
  const [access, setAccess] = useState<Access>({ roles: [...account.roles], clinics: [...account.clinics] });
  const [reason, setReason] = useState('');
  const canChange = isComplete(access, account.kind) && reason.trim() !== '';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const change = { ...access, reason: reason.trim() };
    if (canChange && (await run(async () => void (await api.changeAccess(account, change))))) onDone();
  };
  return (
    <Modal opened onClose={onClose} title={`What ${account.name} may do`} centered>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <FailureNote failure={failure} />
          <AccessFields kind={account.kind} access={access} clinics={clinics} onChange={setAccess} />
          <TextInput
            label="Reason"
            description="It goes on record"
            maxLength={300}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={isBusy} disabled={!canChange}>
              Change
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
