import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import classes from './same-name-dialog.module.css';

/** One of the people who share a name, in words. */
export type Namesake = { visitId: string; name: string; dob: string | null; detail: string };

type Props = { patient: Namesake; others: readonly Namesake[]; onConfirm: () => void; onClose: () => void };

function PersonRow({ person, label }: { person: Namesake; label: string }) {
  return (
    <li className={classes.person}>
      <span className={classes.label}>{label}</span>
      <strong>
        <bdi>{person.name}</bdi>,{' '}
        <span className={classes.dob}>{person.dob ?? 'date of birth not on file'}</span>
      </strong>
      <span className={classes.detail}>{person.detail}</span>
    </li>
  );
}

/** Asks which of two people with one name has come. The way back has the focus: a second Enter confirms nobody. */
export function SameNameDialog({ patient, others, onConfirm, onClose }: Props) {
  const who = others.length === 1 ? 'Another patient with this name is' : 'Other patients with this name are';
  return (
    <Modal opened onClose={onClose} title="Confirm the date of birth" centered>
      <Stack gap="sm">
        <Text>
          {who} on today's board.{' '}
          {patient.dob ? (
            <>
              Is this <strong className={classes.dob}>{patient.dob}</strong>?
            </>
          ) : (
            'No date of birth is on file for this visit: is it really this patient?'
          )}
        </Text>
        <ul className={classes.people}>
          <PersonRow person={patient} label="Checking in" />
          {others.map((other) => (
            <PersonRow key={other.visitId} person={other} label="Not this one" />
          ))}
        </ul>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button onClick={onConfirm}>Confirm</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
