import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { plural } from '../format/duration.ts';
import { useSessionInfo } from '../session/session-context.ts';

/** Asks before steps are lost that only this device knows of. */
export function SignOutDialog({ unsent, close }: { unsent: number; close: () => void }) {
  const { signOut } = useSessionInfo();
  return (
    <Modal opened onClose={close} title="Sign out and lose steps?" centered>
      <Stack>
        <Text>
          {plural(unsent, 'step')} of yours could not be sent yet. Signing out forgets everything on this
          device, also those.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button onClick={close} data-autofocus>
            Stay signed in
          </Button>
          <Button variant="default" onClick={signOut}>
            Sign out and discard
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
