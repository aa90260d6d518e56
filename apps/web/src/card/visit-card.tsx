import type { Day, Visit } from '@workflow-bolt/contracts';
import { type NextAction, nextActions, permissions } from '@workflow-bolt/domain';
import { useAttention, useBoard, useBoardClient } from '@workflow-bolt/react';
import { memo, useMemo } from 'react';
import { useBoardActions } from '../board/board-actions.ts';
import { useIsPending } from '../board/board-parts.ts';
import { useBoardUi } from '../board/board-ui.ts';
import { isSameJson, useTimed } from '../board/use-timed.ts';
import { linksOf } from '../model/board-links.ts';
import { findDay, findPerson, findRoom, findVisit, roomName } from '../model/entities.ts';
import { type CardFace, cardFace } from './card-face.ts';
import { cardMenuGroups } from './card-menu-groups.tsx';
import { CardMenuView } from './card-menu-view.tsx';
import { CardView } from './card-view.tsx';
import { WaitBadges } from './wait-badges.tsx';

const freshMs = 4_000;

/** The words of a card; a new object only when one of them changed. */
function useCardFace(visitId: string): CardFace | null {
  const client = useBoardClient();
  const isPending = useIsPending(`v:${visitId}`);
  const { items } = useAttention();
  const hasAttention = items.some((item) => 'visitId' in item.command && item.command.visitId === visitId);
  return useBoard(({ entities }) => {
    const visit = findVisit(entities, visitId);
    const day = findDay(entities);
    if (!visit || !day) return null;
    const links = linksOf(entities);
    return cardFace({
      visit,
      person: findPerson(entities, visitId),
      day,
      roomName: (roomId) => roomName(entities, roomId),
      linkedCount: links.linked.get(visitId)?.length ?? 0,
      hasSimilarName: links.sameName.has(visitId),
      isPending,
      attention: hasAttention ? 'A step did not go through' : null,
      isFresh: client.nowMs() - visit.statusSince < freshMs,
    });
  }, isSameJson);
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
    return cardMenuGroups({ visit, day, reservedRoom, now: client.nowMs(), ui, actions });
  };
  return <CardMenuView patientName={name} groups={groups} />;
}

function LoadedCard({ visit, day, face }: { visit: Visit; day: Day; face: CardFace }) {
  const ui = useBoardUi();
  const actions = useBoardActions();
  const { primary, noShow } = useButtons(visit, day);
  const { role } = ui.actor;
  const canRoom = permissions.assignRoom.includes(role) && face.roomText !== null;
  const canTick = permissions.setCheckInCompleted.includes(role);
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
    />
  );
}

/** One visit of the board. Drawn again only when something it says changed. */
export const VisitCard = memo(function VisitCard({ visitId }: { visitId: string }) {
  const face = useCardFace(visitId);
  const visit = useBoard(({ entities }) => findVisit(entities, visitId));
  const day = useBoard(({ entities }) => findDay(entities));
  return face && visit && day ? <LoadedCard visit={visit} day={day} face={face} /> : null;
});
