import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { IconDeviceTv } from '@tabler/icons-react';
import type { DisplayApi, EnrolledDisplay } from '@workflow-bolt/client';
import type { Display } from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { NameDialog } from '../app/name-dialog.tsx';
import { Nothing, PageSection, Row, Rows } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { day } from '../format/moment.ts';

type TokenProps = { enrolled: EnrolledDisplay; onClose: () => void };

/** Shown once: what the screen is told so that it shows the board. */
function TokenDialog({ enrolled: { display, token }, onClose }: TokenProps) {
  return (
    <Modal opened onClose={onClose} title={`Display “${display.name}”`} centered closeOnClickOutside={false}>
      <Stack gap="sm">
        <Text size="sm">
          Open {`${location.origin}/wall`} on the screen and enter this. It is shown this once.
        </Text>
        <Code block aria-label="The display’s token" tabIndex={0}>
          {token}
        </Code>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => void navigator.clipboard.writeText(token)}>
            Copy
          </Button>
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

type Removal = { isBusy: boolean; onRemove: (display: Display) => void };

function DisplayRows({ displays, isBusy, onRemove }: { displays: readonly Display[] } & Removal) {
  if (displays.length === 0) return <Nothing>None enrolled.</Nothing>;
  return (
    <Rows label="Wall displays">
      {displays.map((display) => (
        <Row key={display.id} name={display.name} detail={`Enrolled ${day(display.enrolledAt)}`}>
          <Button
            variant="subtle"
            color="red"
            disabled={isBusy}
            onClick={() => onRemove(display)}
            aria-label={`Remove ${display.name}`}
          >
            Remove
          </Button>
        </Row>
      ))}
    </Rows>
  );
}

/** Screens on walls: removed, one of them shows nothing any more within seconds. */
export function DisplaysSection({ api, clinic }: { api: DisplayApi; clinic: { id: string; name: string } }) {
  const action = useAction();
  const [isEnrolling, setIsEnrolling] = useState(false);
  const [enrolled, setEnrolled] = useState<EnrolledDisplay | null>(null);
  const { value, failure, reload } = useResource(useCallback(() => api.list(clinic.id), [api, clinic.id]));
  const enrol = async (name: string) => {
    if (!(await action.run(async () => setEnrolled(await api.enrol(clinic.id, name))))) return;
    setIsEnrolling(false);
    await reload();
  };
  const remove = async (display: Display) => {
    if (await action.run(() => api.remove(display))) await reload();
  };
  const open = () => {
    action.clear();
    setIsEnrolling(true);
  };
  return (
    <PageSection
      title={`Wall displays of ${clinic.name}`}
      action={
        <Button variant="default" leftSection={<IconDeviceTv size={18} />} onClick={open}>
          Enrol a display
        </Button>
      }
    >
      <FailureNote failure={failure ?? (isEnrolling ? null : action.failure)} />
      {value && (
        <DisplayRows displays={value} isBusy={action.isBusy} onRemove={(display) => void remove(display)} />
      )}
      {isEnrolling && (
        <NameDialog
          title="Enrol a wall display"
          text="For a screen that everyone can see: initials and rooms, no names. Nobody signs in on it."
          label="Where does it hang?"
          placeholder="Lobby"
          maxLength={80}
          submitLabel="Enrol"
          action={action}
          onName={(name) => void enrol(name)}
          onClose={() => setIsEnrolling(false)}
        />
      )}
      {enrolled && <TokenDialog enrolled={enrolled} onClose={() => setEnrolled(null)} />}
    </PageSection>
  );
}
