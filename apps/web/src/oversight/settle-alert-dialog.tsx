import { Select, Text } from '@mantine/core';
import type { OversightApi } from '@workflow-bolt/client';
import { type Alert, type AlertReviewOutcome, reviewOutcomes } from '@workflow-bolt/contracts';
import { useState } from 'react';
import { FormDialog } from '../app/form-dialog.tsx';
import { useAction } from '../app/use-action.ts';
import { alertText, outcomeLabel } from './alert-words.ts';

const follows: Record<AlertReviewOutcome, string> = {
  benign: 'Whoever was kept out because of it is let in again.',
  training: 'What was ended or kept out stays so until its time is over.',
  misuse:
    'What was ended or kept out stays so until its time is over. Go on with the runbook for suspected snooping.',
  incident:
    'What was ended or kept out stays so until its time is over. Go on with the runbook for incidents.',
};

type Props = { api: OversightApi; alert: Alert; detail: string; onDone: () => void; onClose: () => void };

/** Asks what an alert turned out to be. It goes on record and stands. */
export function SettleAlertDialog({ api, alert, detail, onDone, onClose }: Props) {
  const action = useAction();
  const [outcome, setOutcome] = useState<AlertReviewOutcome | null>(null);
  const submit = async () => {
    if (outcome !== null && (await action.run(async () => void (await api.settle(alert, outcome))))) onDone();
  };
  return (
    <FormDialog
      title="What did it turn out to be?"
      about={alertText(alert)}
      text={detail}
      action={action}
      submitLabel="Settle"
      isComplete={outcome !== null}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Select
        label="Finding"
        description="It goes on record with your name and cannot be changed"
        data={reviewOutcomes.map((each) => ({ value: each, label: outcomeLabel[each] }))}
        value={outcome}
        onChange={(value) => setOutcome(value as AlertReviewOutcome | null)}
        data-autofocus
      />
      {outcome !== null && <Text size="sm">{follows[outcome]}</Text>}
    </FormDialog>
  );
}
