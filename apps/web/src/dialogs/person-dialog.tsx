import { Alert, Group, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../app/form-dialog.tsx';

export type PersonAnswer = {
  kind: 'walk-in' | 'booked';
  fullName: string;
  dob: string | null;
  phone: string | null;
  reason: string | null;
  /** `HH:MM` on the clinic's wall; null for a walk-in. */
  time: string | null;
  providerId: string | null;
  visitTypeId: string | null;
};

export const emptyPerson: PersonAnswer = {
  kind: 'walk-in',
  fullName: '',
  dob: null,
  phone: null,
  reason: null,
  time: null,
  providerId: null,
  visitTypeId: null,
};

export const personDetails = ['fullName', 'dob', 'phone', 'reason'] as const;
export type PersonDetail = (typeof personDetails)[number];

type Option = { value: string; label: string };

type Props = {
  title: string;
  confirmLabel: string;
  initial: PersonAnswer;
  /** False when only the person's details are edited. */
  isNewVisit: boolean;
  mayBook: boolean;
  providers: readonly Option[];
  visitTypes: readonly Option[];
  /** Sentence of a refusal, or null. */
  check: (answer: PersonAnswer) => string | null;
  /** Details that this person may change; the others are not shown. */
  details: readonly PersonDetail[];
  onSubmit: (answer: PersonAnswer) => void;
  onClose: () => void;
};

type FieldsProps = Props & { answer: PersonAnswer; set: (change: Partial<PersonAnswer>) => void };

function VisitFields({ answer, set, mayBook, providers, visitTypes }: FieldsProps) {
  return (
    <>
      {mayBook && (
        <SegmentedControl
          aria-label="Kind of visit"
          value={answer.kind}
          onChange={(kind) => set({ kind: kind as PersonAnswer['kind'], time: null })}
          data={[
            { value: 'walk-in', label: 'Walk-in, here now' },
            { value: 'booked', label: 'Booked for today' },
          ]}
        />
      )}
      {answer.kind === 'booked' && (
        <TextInput
          type="time"
          label="Appointment time"
          required
          value={answer.time ?? ''}
          onChange={(event) => set({ time: event.currentTarget.value || null })}
        />
      )}
      <Group grow gap="sm">
        <Select
          label="Provider"
          placeholder="Not yet known"
          clearable
          data={[...providers]}
          value={answer.providerId}
          onChange={(providerId) => set({ providerId })}
        />
        <Select
          label="Visit type"
          placeholder="Not yet known"
          clearable
          data={[...visitTypes]}
          value={answer.visitTypeId}
          onChange={(visitTypeId) => set({ visitTypeId })}
        />
      </Group>
    </>
  );
}

function PersonFields({ answer, set, details }: Pick<FieldsProps, 'answer' | 'set' | 'details'>) {
  const may = (detail: PersonDetail) => details.includes(detail);
  return (
    <>
      {may('fullName') && (
        <TextInput
          label="Full name"
          required
          maxLength={160}
          autoComplete="off"
          value={answer.fullName}
          onChange={(event) => set({ fullName: event.currentTarget.value })}
          data-autofocus
        />
      )}
      <Group grow gap="sm">
        {may('dob') && (
          <TextInput
            type="date"
            label="Date of birth"
            value={answer.dob ?? ''}
            onChange={(event) => set({ dob: event.currentTarget.value || null })}
          />
        )}
        {may('phone') && (
          <TextInput
            type="tel"
            label="Phone"
            maxLength={40}
            autoComplete="off"
            value={answer.phone ?? ''}
            onChange={(event) => set({ phone: event.currentTarget.value || null })}
          />
        )}
      </Group>
      {may('reason') && (
        <TextInput
          label="Reason for the visit"
          maxLength={500}
          autoComplete="off"
          value={answer.reason ?? ''}
          onChange={(event) => set({ reason: event.currentTarget.value || null })}
        />
      )}
    </>
  );
}

/** A new visit, or the details of a person. Nothing is invented: what is not known stays empty. */
export function PersonDialog(props: Props) {
  const [answer, setAnswer] = useState(props.initial);
  const [refusal, setRefusal] = useState<string | null>(null);
  const set = (change: Partial<PersonAnswer>) => {
    setRefusal(null);
    setAnswer((former) => ({ ...former, ...change }));
  };
  const submit = () => {
    const cleaned = { ...answer, fullName: answer.fullName.trim() };
    const problem = props.check(cleaned);
    setRefusal(problem);
    if (problem === null) props.onSubmit(cleaned);
  };
  return (
    <FormDialog
      title={props.title}
      size="lg"
      submitLabel={props.confirmLabel}
      isComplete={answer.fullName.trim() !== ''}
      onSubmit={submit}
      onClose={props.onClose}
    >
      <PersonFields answer={answer} set={set} details={props.details} />
      {props.isNewVisit && <VisitFields {...props} answer={answer} set={set} />}
      {refusal && (
        <Alert color="red" role="alert">
          {refusal}
        </Alert>
      )}
    </FormDialog>
  );
}
