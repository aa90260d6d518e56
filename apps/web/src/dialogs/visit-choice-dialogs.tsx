import type { Command, VisitStatus } from '@workflow-bolt/contracts';
import { isRoomFree, nextActions } from '@workflow-bolt/domain';
import { useBoardClient } from '@workflow-bolt/react';
import { movedWords, useBoardActions } from '../board/board-actions.ts';
import { useEntities } from '../board/board-parts.ts';
import { useBoardUi } from '../board/board-ui.ts';
import { useMinute } from '../board/use-timed.ts';
import { listRooms, patientName, roomName } from '../model/entities.ts';
import { roomFace } from '../model/room-faces.ts';
import type { VisitDialogProps } from './board-dialogs.tsx';
import { ChoiceDialog } from './choice-dialog.tsx';
import { type RoomChoice, RoomDialog } from './room-dialog.tsx';

type RoomProps = VisitDialogProps & {
  purpose: 'assign' | 'reserve' /** The step that asked for a room. */;
  to: VisitStatus | null;
};

function useRoomChoices(
  visitId: string,
  { day }: Pick<VisitDialogProps, 'day'>,
  currentId: string | null,
): RoomChoice[] {
  const entities = useEntities();
  const now = useMinute();
  const asking = { day, now, patientName: (id: string) => patientName(entities, id) };
  return listRooms(entities).map((room) => ({
    face: roomFace(room, asking),
    isFree: isRoomFree(room, visitId, now),
    isCurrent: room.id === currentId,
  }));
}

function roomCommand(
  visitId: string,
  roomId: string | null,
  { purpose, to }: Pick<RoomProps, 'purpose' | 'to'>,
): Command {
  if (to !== null) return { type: 'moveVisit', visitId, to, roomId };
  if (purpose === 'reserve' && roomId !== null) return { type: 'reserveRoom', visitId, roomId, minutes: 20 };
  return { type: 'assignRoom', visitId, roomId };
}

function noneLabel({ visit, day, purpose, to }: RoomProps): string | null {
  if (to !== null) return day.isRoomRequired ? null : 'No room yet';
  return purpose === 'assign' && visit.roomId !== null ? 'Out of the room' : null;
}

/** Free rooms for a visit: to go in now, to be held, or as part of the step that asked. */
export function ChooseRoom(props: RoomProps) {
  const { visit, name, close, purpose, to } = props;
  const client = useBoardClient();
  const actions = useBoardActions();
  const choices = useRoomChoices(
    visit.id,
    props,
    purpose === 'reserve' ? visit.reservedRoomId : visit.roomId,
  );
  const pick = (roomId: string | null) => {
    const room = roomId === null ? 'no room' : roomName(client.getSnapshot().entities, roomId);
    const said =
      to === null ? `${name}: ${purpose === 'reserve' ? `${room} held` : room}` : movedWords(name, to);
    actions.send(roomCommand(visit.id, roomId, props), said);
    close();
  };
  const title = purpose === 'reserve' ? 'Hold a room' : 'Choose a room';
  return (
    <RoomDialog
      title={title}
      patientName={name}
      choices={choices}
      noneLabel={noneLabel(props)}
      onPick={pick}
      onClose={close}
    />
  );
}

/** Changes who sees the patient; goes on with the step that could not be taken without one. */
export function ChooseProvider({
  visit,
  day,
  name,
  close,
  followedBy,
}: VisitDialogProps & { followedBy: VisitStatus | null }) {
  const client = useBoardClient();
  const { actor } = useBoardUi();
  const actions = useBoardActions();
  const pick = (providerId: string | null) => {
    close();
    if (providerId !== visit.providerId) actions.send({ type: 'setProvider', visitId: visit.id, providerId });
    if (followedBy === null || providerId === null) return;
    const assigned = { ...visit, providerId };
    const next = nextActions(assigned, { role: actor.role, day, now: client.nowMs() });
    const step = next.find((each) => each.command.to === followedBy);
    if (step) actions.take(step);
  };
  return (
    <ChoiceDialog
      title={followedBy === null ? 'Change the provider' : 'Who sees the patient?'}
      patientName={name}
      choices={day.providers.map(({ id, name: label, color }) => ({
        value: id,
        label,
        color,
        isCurrent: id === visit.providerId,
      }))}
      noneLabel={followedBy === null && visit.providerId !== null ? 'No provider' : null}
      onPick={pick}
      onClose={close}
    />
  );
}

export function ChooseVisitType({ visit, day, name, close }: VisitDialogProps) {
  const actions = useBoardActions();
  const pick = (visitTypeId: string | null) => {
    actions.send({ type: 'setVisitType', visitId: visit.id, visitTypeId });
    close();
  };
  return (
    <ChoiceDialog
      title="Change the visit type"
      patientName={name}
      choices={day.visitTypes.map(({ id, label, slotMin }) => ({
        value: id,
        label,
        detail: `${slotMin} min`,
        isCurrent: id === visit.visitTypeId,
      }))}
      noneLabel={visit.visitTypeId === null ? null : 'No visit type'}
      onPick={pick}
      onClose={close}
    />
  );
}
