import type { CommandOf, Day } from '@workflow-bolt/contracts';
import { statusInfo } from '@workflow-bolt/domain';
import { useBoard } from '@workflow-bolt/react';
import { useBoardActions } from '../board/board-actions.ts';
import { ageInYears, birthDate, clockTime } from '../format/clock.ts';
import { linksOf } from '../model/board-links.ts';
import { type Entities, findPerson, findVisit, providerName } from '../model/entities.ts';
import type { VisitDialogProps } from './board-dialogs.tsx';
import { type Namesake, SameNameDialog } from './same-name-dialog.tsx';

function namesakeOf(entities: Entities, visitId: string, day: Day): Namesake[] {
  const visit = findVisit(entities, visitId);
  const person = findPerson(entities, visitId);
  if (!visit || !person) return [];
  const time = visit.startAt === null ? 'Walk-in' : clockTime(day.zone, visit.startAt);
  const words = [time, providerName(day, visit.providerId), statusInfo[visit.status].label];
  const { dob } = person;
  return [
    {
      visitId,
      name: person.fullName,
      dob: dob ? `DOB ${birthDate(dob)} (${ageInYears(dob, day.date)})` : null,
      detail: words.filter(Boolean).join(' · '),
    },
  ];
}

/** Holds check-ins until someone has confirmed whose they are. */
export function ConfirmSameName({
  visit,
  day,
  close,
  steps,
}: VisitDialogProps & { steps: readonly CommandOf<'moveVisit'>[] }) {
  const actions = useBoardActions();
  const entities = useBoard((snapshot) => snapshot.entities);
  const [patient] = namesakeOf(entities, visit.id, day);
  if (!patient) return null;
  const others = linksOf(entities).sameName.get(visit.id) ?? [];
  const confirm = () => {
    actions.move(steps);
    close();
  };
  return (
    <SameNameDialog
      patient={patient}
      others={others.flatMap((id) => namesakeOf(entities, id, day))}
      onConfirm={confirm}
      onClose={close}
    />
  );
}
