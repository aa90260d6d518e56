import type { BoardSnapshot } from '@workflow-bolt/client';
import type { Day, Visit } from '@workflow-bolt/contracts';
import { type NextAction, nextActions, permissions, seesEhr } from '@workflow-bolt/domain';
import { isShallowEqual, useBoard, useBoardClient } from '@workflow-bolt/react';
import { memo, useMemo } from 'react';
import { useBoardActions } from '../board/board-actions.ts';
import { useBoardUi } from '../board/board-ui.ts';
import { isSameJson, useTimed } from '../board/use-timed.ts';
import { linksOf } from '../model/board-links.ts';
import { isOffered } from '../model/card-changes.ts';
import { arrivalsTogether } from '../model/check-in.ts';
import type { ConflictChoice } from '../model/conflict-face.ts';
import { findDay, findPerson, findRoom, findVisit, roomName } from '../model/entities.ts';
import { type CardFace, type CardFacts, cardFace } from './card-face.ts';
import { cardMenuGroups } from './card-menu-groups.tsx';
import { CardMenuView } from './card-menu-view.tsx';
import { CardView } from './card-view.tsx';
import { WaitBadges } from './wait-badges.tsx';

const freshMs = 4_000;

type Facts = Omit<CardFacts, 'visit' | 'day' | 'isFresh' | 'isEhrShown'> & {
  visit: Visit | null;
  day: Day | null;
};

/** What a card depends on, as references: comparing them costs nothing, making words of them does. */
function factsOf({ entities, pendingIds, attention }: BoardSnapshot, visitId: string): Facts {
  const visit = findVisit(entities, visitId);
  const links = linksOf(entities);
  const nameOf = (roomId: string | null | undefined) => (roomId ? roomName(entities, roomId) : null);
  const isRefused = attention.some(({ command }) => 'visitId' in command && command.visitId === visitId);
  return {
    visit,
    person: findPerson(entities, visitId),
    day: findDay(entities),
    room: nameOf(visit?.roomId),
    heldRoom: nameOf(visit?.reservedRoomId),
    linkedCount: links.linked.get(visitId)?.length ?? 0,
    hasSimilarName: links.sameName.has(visitId),
    isPending: pendingIds.has(`v:${visitId}`),
    attention: isRefused ? 'A step did not go through' : null,
  };
}

type Buttons = { primary: NextAction | null; noShow: NextAction | null };

/** The one step forward, and the no-show question once its time has come. */
function useButtons(visit: Visit, day: Day): Buttons {
  const { actor } = useBoardUi();
  return useTimed((now) => {
    const all = nextActions(visit, { role: actor.role, day, now });
    return {
      primary: all.find((each) => each.isPrimary) ?? null,
      noShow: all.find((each) => each.command.to === 'no-show' && visit.startAt !== null) ?? null,
    };
  }, isSameJson);
}

function CardMenu({ visitId, name }: { visitId: string; name: string }) {
  const client = useBoardClient();
  const ui = useBoardUi();
  const actions = useBoardActions();
  const groups = () => {
    const { entities } = client.getSnapshot();
    const visit = findVisit(entities, visitId);
    const day = findDay(entities);
    if (!visit || !day) return [];
    const reservedRoom = visit.reservedRoomId === null ? null : findRoom(entities, visit.reservedRoomId);
    const now = client.nowMs();
    const arrivals = arrivalsTogether(entities, visit, { role: ui.actor.role, day, now });
    return cardMenuGroups({ visit, day, reservedRoom, arrivals, now, ui, actions });
  };
  return <CardMenuView patientName={name} groups={groups} />;
}

function LoadedCard({ visit, day, face }: { visit: Visit; day: Day; face: CardFace }) {
  const ui = useBoardUi();
  const actions = useBoardActions();
  const { primary, noShow } = useButtons(visit, day);
  const { role } = ui.actor;
  const canRoom = isOffered('room', visit, role) && face.roomText !== null;
  const canTick = permissions.setCheckInCompleted.includes(role);
  const resolve = (choice: ConflictChoice) =>
    actions.send({ type: 'resolveConflict', visitId: visit.id, choice });
  const button = (action: NextAction | null) =>
    action && { label: action.label, onPress: () => actions.take(action) };
  const menu = useMemo(() => <CardMenu visitId={visit.id} name={face.name} />, [visit.id, face.name]);
  return (
    <CardView
      face={face}
      wait={<WaitBadges visit={visit} day={day} />}
      menu={menu}
      next={button(primary)}
      extra={button(noShow)}
      onOpen={() => ui.openPanel({ kind: 'history', visitId: visit.id })}
      onRoom={canRoom ? () => ui.openDialog({ kind: 'room', visitId: visit.id, purpose: 'assign' }) : null}
      onToggleCheckIn={canTick ? () => actions.toggleCheckIn(visit.id) : null}
      onResolve={permissions.resolveConflict.includes(role) ? resolve : null}
    />
  );
}

/** One visit of the board. Drawn again only when something it says changed. */
export const VisitCard = memo(function VisitCard({ visitId }: { visitId: string }) {
  const client = useBoardClient();
  const isEhrShown = seesEhr([useBoardUi().actor.role]);
  const facts = useBoard((snapshot) => factsOf(snapshot, visitId), isShallowEqual);
  const { visit, day } = facts;
  const face = useMemo(() => {
    if (!visit || !day) return null;
    const isFresh = client.nowMs() - visit.statusSince < freshMs;
    return cardFace({ ...facts, visit, day, isFresh, isEhrShown });
  }, [facts, visit, day, client, isEhrShown]);
  return face && visit && day ? <LoadedCard visit={visit} day={day} face={face} /> : null;
});
