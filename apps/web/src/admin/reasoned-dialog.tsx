import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../app/form-dialog.tsx';
import { useAction } from '../app/use-action.ts';

export type Given = { reason: string; number: string };
type Props = {
  title: string;
  text: string;
  submitLabel: string;
  isDangerous?: boolean;
  /** `number`: the eight digits that the other person reads out. */
  asks?: readonly (keyof Given)[];
  onSubmit: (given: Given) => Promise<void>;
  onDone: () => void;
  onClose: () => void;
};

/** Asks before something serious, and for the reason that goes on record. */
export function ReasonedDialog(props: Props) {
  const {
    title,
    text,
    submitLabel,
    isDangerous = false,
    asks = ['reason'],
    onSubmit,
    onDone,
    onClose,
  } = props;
  const action = useAction();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const number = typed.replaceAll(/\s/g, '');
  const hasReason = !asks.includes('reason') || reason.trim() !== '';
  const hasNumber = !asks.includes('number') || /^\d{8}$/.test(number);
  const submit = async () => {
    if (await action.run(() => onSubmit({ reason: reason.trim(), number }))) onDone();
  };
  return (
    <FormDialog
      {...{ title, text, action, submitLabel, isDangerous, onClose }}
      isComplete={hasReason && hasNumber}
      onSubmit={() => void submit()}
    >
      {asks.includes('number') && (
        <TextInput
          label="Their number"
          inputMode="numeric"
          autoComplete="off"
          maxLength={9}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
        />
      )}
      {asks.includes('reason') && (
        <TextInput
          label="Reason"
          description="It goes on record"
          maxLength={300}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          {...(asks.includes('number') ? {} : { 'data-autofocus': true })}
        />
      )}
    </FormDialog>
  );
}
