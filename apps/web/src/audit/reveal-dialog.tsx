import { Select, Text, Textarea } from '@mantine/core';
import type { AuditApi } from '@workflow-bolt/client';
import { type Revealed, type RevealReasonCode, revealReasonCodes } from '@workflow-bolt/contracts';
import { useState } from 'react';
import { FormDialog } from '../app/form-dialog.tsx';
import { useAction } from '../app/use-action.ts';
import { revealReasonLabel } from './audit-words.ts';

const reasonMin = 15;
type Props = {
  api: AuditApi;
  clinic: string;
  patients: readonly string[];
  onRevealed: (revealed: readonly Revealed[]) => void;
  onClose: () => void;
};

/** Asks why, before the names behind pseudonyms are shown. */
export function RevealDialog({ api, clinic, patients, onRevealed, onClose }: Props) {
  const action = useAction();
  const [code, setCode] = useState<RevealReasonCode | null>(null);
  const [reason, setReason] = useState('');
  const submit = async () => {
    if (code === null) return;
    const request = { patients: [...patients], reasonCode: code, reason: reason.trim() };
    await action.run(async () => onRevealed(await api.reveal(clinic, request)));
  };
  return (
    <FormDialog
      title="Who is this?"
      text="Names and dates of birth are shown once, on this page. It is on record at once, marked high, and managers read why."
      action={action}
      submitLabel="Show names"
      isDangerous
      isComplete={code !== null && reason.trim().length >= reasonMin}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Text size="sm">{patients.join(', ')}</Text>
      <Select
        label="Reason"
        data={revealReasonCodes.map((each) => ({ value: each, label: revealReasonLabel[each] }))}
        value={code}
        onChange={(value) => setCode(value as RevealReasonCode | null)}
        data-autofocus
      />
      <Textarea
        label="Why is it needed?"
        description={`At least ${reasonMin} characters`}
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
