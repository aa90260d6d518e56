import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { plural } from '../format/duration.ts';

/** How long before the end the person is asked. */
export const warnMs = 60_000;

type Props = { leftMs: number; onLock: () => void; onStay: () => void };

/** The question before a screen locks by itself. */
export function StillThere({ leftMs, onLock, onStay }: Props) {
  const seconds = Math.ceil(leftMs / 1_000);
  return (
    <Modal opened onClose={onStay} title="Are you still there?" centered>
      <Stack>
        <Text>
          <span aria-live="off">This screen locks in {plural(seconds, 'second')}.</span>
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onLock}>
            Lock now
          </Button>
          <Button onClick={onStay} data-autofocus>
            I am still here
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
