import { Chip, Group, Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../app/form-dialog.tsx';
import { ReasonText } from './reason-text.tsx';

export type ReasonAnswer = { reason: string; by: 'patient' | 'clinic' | null; time: string | null };

export type ReasonQuestion = {
  title: string;
  patientName: string;
  /** One tap instead of typing. */
  suggestions: readonly string[];
  confirmLabel: string;
  /** Cancelled and rescheduled say who decided. */
  asksBy: boolean;
  /** Left may be dated back to when the patient was last seen. */
  asksTime: boolean;
  /** A hint such as "If the patient has left, use Left". */
  hint?: string;
};

type Props = {
  question: ReasonQuestion;
  onSubmit: (answer: ReasonAnswer) => void;
  onClose: () => void;
};

function Suggestions({
  all,
  value,
  onPick,
}: {
  all: readonly string[];
  value: string;
  onPick: (reason: string) => void;
}) {
  return (
    <Group gap={6}>
      {all.map((each) => (
        <Chip key={each} checked={value === each} onChange={() => onPick(each)} size="sm" radius="md">
          {each}
        </Chip>
      ))}
    </Group>
  );
}

/** Asks why, and where it matters who decided and when. */
export function ReasonDialog({ question, onSubmit, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [by, setBy] = useState<'patient' | 'clinic'>('patient');
  const [time, setTime] = useState('');
  const submit = () =>
    onSubmit({ reason: reason.trim(), by: question.asksBy ? by : null, time: time || null });
  return (
    <FormDialog
      title={question.title}
      about={question.patientName}
      {...(question.hint ? { text: question.hint } : {})}
      submitLabel={question.confirmLabel}
      isComplete={reason.trim() !== ''}
      onSubmit={submit}
      onClose={onClose}
    >
      {question.asksBy && (
        <Radio.Group label="Who decided?" value={by} onChange={(value) => setBy(value as typeof by)}>
          <Group mt={4}>
            <Radio value="patient" label="Patient" />
            <Radio value="clinic" label="Clinic" />
          </Group>
        </Radio.Group>
      )}
      <Suggestions all={question.suggestions} value={reason} onPick={setReason} />
      <ReasonText value={reason} onChange={setReason} />
      {question.asksTime && (
        <TextInput
          type="time"
          label="Last seen (optional)"
          description="When the patient was last seen, if earlier than now"
          value={time}
          onChange={(event) => setTime(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  );
}
