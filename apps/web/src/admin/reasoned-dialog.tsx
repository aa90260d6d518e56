import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
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
  const { failure, isBusy, run } = useAction();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const number = typed.replaceAll(/\s/g, '');
  const hasReason = !asks.includes('reason') || reason.trim() !== '';
  const hasNumber = !asks.includes('number') || /^\d{8}$/.test(number);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!hasReason || !hasNumber) return;
    if (await run(() => onSubmit({ reason: reason.trim(), number }))) onDone();
  };
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <Text size="sm">{text}</Text>
          <FailureNote failure={failure} />
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
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button
              type="submit"
              loading={isBusy}
              disabled={!hasReason || !hasNumber}
              {...(isDangerous ? { color: 'red' } : {})}
            >
              {submitLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
