import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { Enrolment } from '@workflow-bolt/client';
import { moment } from '../format/moment.ts';
import classes from './people-section.module.css';

type Props = { name: string; enrolment: Enrolment; onClose: () => void };

/** A one-time code, shown once, to be handed over in person. */
export function EnrolmentDialog({ name, enrolment, onClose }: Props) {
  return (
    <Modal opened onClose={onClose} title={`Code for ${name}`} centered closeOnClickOutside={false}>
      <Stack gap="sm">
        <Text size="sm">
          Give it to {name} in person or on the telephone, never by e-mail. It is shown this once, works once,
          and until {moment(enrolment.expiresAt)}.
        </Text>
        <output className={classes.code} aria-label="One-time code">
          {enrolment.code}
        </output>
        <Text size="sm" c="dimmed">
          {name} enters it at the sign-in page under “I have a code from a manager”.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => void navigator.clipboard.writeText(enrolment.code)}>
            Copy
          </Button>
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
