import { Button, Group, type MantineSize, Modal, Stack, Text } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { FailureNote } from './failure-note.tsx';
import type { Action } from './use-action.ts';

type Props = {
  title: string;
  /** Whom it is about. */
  about?: string;
  text?: string;
  size?: MantineSize;
  /** What became of the last try, and whether one is on its way. */
  action?: Pick<Action, 'failure' | 'isBusy'>;
  submitLabel: string;
  isDangerous?: boolean;
  /** False as long as something that is asked for is missing. */
  isComplete: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
};

/** A question in a dialog: what it is about, what it asks for, back or on. Enter is on. */
export function FormDialog(props: Props) {
  const { title, about, text, action, submitLabel, isDangerous = false } = props;
  const { isComplete, onSubmit, onClose } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete) onSubmit();
  };
  return (
    <Modal opened onClose={onClose} title={title} centered size={props.size ?? 'md'}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {about !== undefined && <Text fw={600}>{about}</Text>}
          {text !== undefined && <Text size="sm">{text}</Text>}
          {action && <FailureNote failure={action.failure} />}
          {props.children}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button
              type="submit"
              loading={action?.isBusy ?? false}
              disabled={!isComplete}
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
