import type { CommandOf, Day } from '@workflow-bolt/contracts';
import { commandSchemas } from '@workflow-bolt/contracts';
import { instantOf, permissions, personWriters } from '@workflow-bolt/domain';
import { useBoard, useBoardClient } from '@workflow-bolt/react';
import { useState } from 'react';
import { useBoardActions } from '../board/board-actions.ts';
import { useBoardUi } from '../board/board-ui.ts';
import { newVisitId } from '../board/new-visit-id.ts';
import { findDay, findPerson } from '../model/entities.ts';
import { useForecast } from '../model/use-forecast.ts';
import type { VisitDialogProps } from './board-dialogs.tsx';
import { emptyPerson, type PersonAnswer, PersonDialog, personDetails } from './person-dialog.tsx';

function createCommand(visitId: string, answer: PersonAnswer, day: Day): CommandOf<'createVisit'> {
  const { kind, fullName, dob, phone, reason, providerId, visitTypeId, time } = answer;
  const startAt = kind === 'booked' && time ? instantOf(day.zone, day.date, time) : null;
  return {
    type: 'createVisit',
    visitId,
    kind,
    fullName,
    dob,
    phone,
    reason,
    providerId,
    visitTypeId,
    startAt,
  };
}

const options = (items: readonly { id: string; name?: string; label?: string }[]) =>
  items.map(({ id, name, label }) => ({ value: id, label: name ?? label ?? id }));

/** Wrong form first (a date that does not exist), then the rules. */
function formProblem(command: CommandOf<'createVisit'>): string | null {
  if (command.kind === 'booked' && command.startAt === null) return 'Give the appointment time.';
  const parsed = commandSchemas.createVisit.safeParse(command);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'Something is not valid.');
}

/** Puts someone on the board who is not in the schedule. */
export function NewVisit({ close }: { close: () => void }) {
  const day = useBoard(({ entities }) => findDay(entities));
  const { actor } = useBoardUi();
  const actions = useBoardActions();
  const forecast = useForecast();
  // One id for the life of the dialog: pressing twice makes one visit.
  const [visitId] = useState(newVisitId);
  if (!day) return null;
  const check = (answer: PersonAnswer): string | null => {
    const command = createCommand(visitId, answer, day);
    return formProblem(command) ?? forecast(command)?.message ?? null;
  };
  const submit = (answer: PersonAnswer) => {
    actions.send(createCommand(visitId, answer, day));
    close();
  };
  return (
    <PersonDialog
      title="New walk-in"
      confirmLabel="Add to the board"
      initial={emptyPerson}
      isNewVisit
      details={personDetails}
      mayBook={permissions['createVisit:booked'].includes(actor.role)}
      providers={options(day.providers)}
      visitTypes={options(day.visitTypes)}
      check={check}
      onSubmit={submit}
      onClose={close}
    />
  );
}

export function EditPerson({ visit, close }: VisitDialogProps) {
  const client = useBoardClient();
  const actions = useBoardActions();
  const person = findPerson(client.getSnapshot().entities, visit.id);
  const { actor } = useBoardUi();
  const details = personDetails.filter((detail) => personWriters[detail].includes(actor.role));
  const { fullName = '', dob = null, phone = null, reason = null } = person ?? {};
  const before = { fullName, dob, phone, reason };
  // Only what was changed is sent: what this person does not see must not be emptied.
  const commandOf = (answer: PersonAnswer): CommandOf<'updatePerson'> => {
    const changed = details.filter((detail) => answer[detail] !== before[detail]);
    const given = Object.fromEntries(changed.map((detail) => [detail, answer[detail]]));
    return { type: 'updatePerson', visitId: visit.id, ...given };
  };
  const check = (answer: PersonAnswer): string | null => {
    const parsed = commandSchemas.updatePerson.safeParse(commandOf(answer));
    return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'Something is not valid.');
  };
  const submit = (answer: PersonAnswer) => {
    actions.send(commandOf(answer));
    close();
  };
  return (
    <PersonDialog
      title="Patient details"
      confirmLabel="Save"
      initial={{ ...emptyPerson, ...before }}
      isNewVisit={false}
      details={details}
      mayBook={false}
      providers={[]}
      visitTypes={[]}
      check={check}
      onSubmit={submit}
      onClose={close}
    />
  );
}
