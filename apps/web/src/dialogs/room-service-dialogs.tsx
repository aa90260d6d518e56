import { isClosed, isHidden, isInOffice, statusInfo } from '@workflow-bolt/domain';
import { useBoard } from '@workflow-bolt/react';
import { useBoardActions } from '../board/board-actions.ts';
import { useEntities } from '../board/board-parts.ts';
import { clockTime } from '../format/clock.ts';
import { findDay, listVisits, patientName, roomName } from '../model/entities.ts';
import { ChoiceDialog } from './choice-dialog.tsx';
import { TextDialog } from './text-dialog.tsx';

type Props = { roomId: string; close: () => void };

/** Takes a room out of service and says why. */
export function RoomOutOfService({ roomId, close }: Props) {
  const name = useBoard(({ entities }) => roomName(entities, roomId));
  const actions = useBoardActions();
  const submit = (reason: string | null) => {
    actions.send({ type: 'setRoomService', roomId, isInService: false, reason });
    close();
  };
  return (
    <TextDialog
      title="Out of service"
      label="Why"
      patientName={name}
      initial=""
      lengthMax={120}
      confirmLabel="Take out of service"
      suggestions={['Maintenance', 'Equipment', 'Spill', 'Staff short']}
      mayBeEmpty
      onSubmit={submit}
      onClose={close}
    />
  );
}

/** Whom a free room is to be held for: those in the lobby first. */
export function ReserveForRoom({ roomId, close }: Props) {
  const entities = useEntities();
  const actions = useBoardActions();
  const day = findDay(entities);
  const candidates = listVisits(entities)
    .filter((visit) => !isClosed(visit.status) && !isHidden(visit.status) && visit.roomId === null)
    .sort(
      (a, b) =>
        Number(isInOffice(b.status)) - Number(isInOffice(a.status)) || (a.startAt ?? 0) - (b.startAt ?? 0),
    );
  const detail = (startAt: number | null) =>
    day && startAt !== null ? clockTime(day.zone, startAt) : 'Walk-in';
  const pick = (visitId: string | null) => {
    if (visitId) actions.send({ type: 'reserveRoom', visitId, roomId, minutes: 20 });
    close();
  };
  return (
    <ChoiceDialog
      title="Hold for"
      patientName={roomName(entities, roomId)}
      choices={candidates.slice(0, 60).map((visit) => ({
        value: visit.id,
        label: patientName(entities, visit.id),
        detail: `${detail(visit.startAt)} · ${statusInfo[visit.status].label}`,
        isCurrent: visit.reservedRoomId === roomId,
      }))}
      noneLabel={null}
      onPick={pick}
      onClose={close}
    />
  );
}
