import { Alert, Select, Text, TextInput } from '@mantine/core';
import type { Milestone } from '@workflow-bolt/contracts';
import { useState } from 'react';
import { FormDialog } from '../app/form-dialog.tsx';

export type CorrectableTime = {
  milestone: Milestone;
  label: string;
  /** `HH:MM` on the clinic's wall. */
  time: string;
};
export type TimeAnswer = { milestone: Milestone; time: string; reason: string | null };

type Props = {
  patientName: string;
  times: readonly CorrectableTime[];
  /** What the rules say to this answer before it is sent: a sentence, or null. */
  check: (answer: TimeAnswer) => { message: string; needsReason: boolean } | null;
  onSubmit: (answer: TimeAnswer) => void;
  onClose: () => void;
};

/** Corrects when a step really happened; the rules judge every keystroke, and the old time stays in the history. */
export function TimeDialog({ patientName, times, check, onSubmit, onClose }: Props) {
  const [milestone, setMilestone] = useState(times.at(-1)?.milestone);
  const chosen = times.find((each) => each.milestone === milestone);
  const [time, setTime] = useState(chosen?.time ?? '');
  const [reason, setReason] = useState('');
  const choose = (value: string | null) => {
    const next = times.find((each) => each.milestone === value);
    setMilestone(next?.milestone);
    setTime(next?.time ?? '');
  };
  const answer = milestone && time ? { milestone, time, reason: reason.trim() || null } : null;
  const problem = answer && time !== chosen?.time ? check(answer) : null;
  return (
    <FormDialog
      title="Correct a time"
      about={patientName}
      submitLabel="Correct time"
      isComplete={answer !== null && problem === null && time !== chosen?.time}
      onSubmit={() => answer && onSubmit(answer)}
      onClose={onClose}
    >
      {times.length === 0 && <Text>No step of this visit has a time that you may correct.</Text>}
      <Select
        label="Step"
        data={times.map(({ milestone: value, label }) => ({ value, label }))}
        value={milestone ?? null}
        onChange={choose}
        allowDeselect={false}
        disabled={times.length === 0}
      />
      <TextInput
        type="time"
        label="It happened at"
        description={chosen ? `Recorded as ${chosen.time}` : undefined}
        value={time}
        onChange={(event) => setTime(event.currentTarget.value)}
        required
        data-autofocus
      />
      <TextInput
        label="Reason"
        description="Asked for when the change is more than 15 minutes"
        value={reason}
        maxLength={200}
        required={problem?.needsReason ?? false}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {problem && (
        <Alert color={problem.needsReason ? 'yellow' : 'red'} role="alert">
          {problem.message}
        </Alert>
      )}
    </FormDialog>
  );
}
