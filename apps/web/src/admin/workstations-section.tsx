import { Button } from '@mantine/core';
import { IconDeviceDesktop } from '@tabler/icons-react';
import { type SessionApi, type Workstation, WorkstationKey } from '@workflow-bolt/client';
import { useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { NameDialog } from '../app/name-dialog.tsx';
import { Nothing, PageSection, Row, Rows } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { day } from '../format/moment.ts';

type Props = { api: SessionApi; clinic: { id: string; name: string } };

/** The key is made here and kept only once the server knows its public half. */
async function enrolHere(api: SessionApi, clinic: string, name: string): Promise<void> {
  const key = await WorkstationKey.make();
  await api.enrolWorkstation(clinic, { name, publicKey: await key.publicKey() });
  await key.keep();
}

/** Computers on which people may lock and switch with a PIN. */
export function WorkstationsSection({ api, clinic }: Props) {
  const action = useAction();
  const [isEnrolling, setIsEnrolling] = useState(false);
  const { value, failure, reload } = useResource(
    useCallback(() => api.workstations(clinic.id), [api, clinic.id]),
  );
  const enrol = async (name: string) => {
    if (!(await action.run(() => enrolHere(api, clinic.id, name)))) return;
    setIsEnrolling(false);
    await reload();
  };
  const remove = async (workstation: Workstation) => {
    if (await action.run(() => api.removeWorkstation(workstation))) await reload();
  };
  const open = () => {
    action.clear();
    setIsEnrolling(true);
  };
  return (
    <PageSection
      title={`Workstations of ${clinic.name}`}
      action={
        <Button variant="default" leftSection={<IconDeviceDesktop size={18} />} onClick={open}>
          Enrol this computer
        </Button>
      }
    >
      <FailureNote failure={failure ?? (isEnrolling ? null : action.failure)} />
      {value && value.length === 0 && <Nothing>None enrolled.</Nothing>}
      {value && value.length > 0 && (
        <Rows label="Workstations">
          {value.map((workstation) => (
            <Row
              key={workstation.id}
              name={workstation.name}
              detail={`Enrolled ${day(workstation.enrolledAt)}`}
            >
              <Button
                variant="subtle"
                color="red"
                disabled={action.isBusy}
                onClick={() => void remove(workstation)}
                aria-label={`Remove ${workstation.name}`}
              >
                Remove
              </Button>
            </Row>
          ))}
        </Rows>
      )}
      {isEnrolling && (
        <NameDialog
          title="Enrol this computer"
          text="Only a computer of the clinic. People who have signed in fully here can lock the screen and go on with their PIN."
          label="What is it called?"
          placeholder="Front desk 1"
          maxLength={60}
          submitLabel="Enrol"
          action={action}
          onName={(name) => void enrol(name)}
          onClose={() => setIsEnrolling(false)}
        />
      )}
    </PageSection>
  );
}
