import { Select } from '@mantine/core';
import type { OversightApi } from '@workflow-bolt/client';
import { type AccessReviewOutcome, accessReviewOutcomes } from '@workflow-bolt/contracts';
import { useState } from 'react';
import { FormDialog } from '../app/form-dialog.tsx';
import { useAction } from '../app/use-action.ts';
import { plural } from '../format/duration.ts';
import { accessOutcomeLabel } from './access-words.ts';

type Props = {
  api: OversightApi;
  clinic: { id: string; name: string };
  number: number;
  /** Of what was looked at. */
  inForce: { digest: string; count: number };
  /** What is proposed: whether anything was changed in the course of it. */
  proposed: AccessReviewOutcome;
  onDone: () => void;
  onClose: () => void;
};

/** The word of a person that every access was looked at. It goes on record. */
export function AttestAccessDialog(props: Props) {
  const { api, clinic, number, inForce, proposed, onDone, onClose } = props;
  const action = useAction();
  const [outcome, setOutcome] = useState(proposed);
  const submit = async () => {
    const attestation = { outcome, digest: inForce.digest };
    if (await action.run(() => api.attestAccess(clinic.id, number, attestation))) onDone();
  };
  return (
    <FormDialog
      title="Attest the review"
      about={`${clinic.name}: ${plural(inForce.count, 'account')}`}
      text="You say with your name that you have looked at each of them and that what is in force is right. The next review is due 92 days later."
      action={action}
      submitLabel="Attest"
      isComplete
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Select
        label="What came of it"
        data={accessReviewOutcomes.map((each) => ({ value: each, label: accessOutcomeLabel[each] }))}
        value={outcome}
        onChange={(value) => setOutcome((value ?? proposed) as AccessReviewOutcome)}
        allowDeselect={false}
        data-autofocus
      />
    </FormDialog>
  );
}
