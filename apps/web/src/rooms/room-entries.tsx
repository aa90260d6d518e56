import {
  IconBan,
  IconBookmark,
  IconBookmarkOff,
  IconCircleCheck,
  IconHistory,
  IconHourglass,
  IconSparkles,
} from '@tabler/icons-react';
import type { Room } from '@workflow-bolt/contracts';
import { type Action, permissions } from '@workflow-bolt/domain';
import type { BoardActions } from '../board/board-actions.ts';
import type { BoardUi } from '../board/board-ui.ts';
import type { MenuEntry } from '../card/card-menu-view.tsx';

type Facts = { room: Room; ui: BoardUi; actions: BoardActions; patientName: (visitId: string) => string };

const size = 18;
const deferrals = [2, 5, 10, 15] as const;

function cleaningEntries({ room, actions }: Facts): MenuEntry[] {
  const roomId = room.id;
  const clean: MenuEntry = {
    key: 'clean',
    label: 'Room is clean',
    icon: <IconSparkles size={size} />,
    onPress: () => actions.send({ type: 'markRoomClean', roomId }),
  };
  const defer = deferrals.map((minutes) => ({
    key: `defer-${minutes}`,
    label: `Defer ${minutes} minutes`,
    icon: <IconHourglass size={size} />,
    onPress: () => actions.send({ type: 'deferRoomCleaning', roomId, minutes }),
  }));
  return [clean, ...defer];
}

function serviceEntry({ room, ui, actions }: Facts): MenuEntry {
  if (room.state === 'out-of-service')
    return {
      key: 'in-service',
      label: 'Back in service',
      icon: <IconCircleCheck size={size} />,
      onPress: () => actions.send({ type: 'setRoomService', roomId: room.id, isInService: true }),
    };
  return {
    key: 'out-of-service',
    label: 'Out of service',
    icon: <IconBan size={size} />,
    onPress: () => ui.openDialog({ kind: 'room-service', roomId: room.id }),
  };
}

function occupantEntries({ room, ui, patientName }: Facts): MenuEntry[] {
  return room.occupants.slice(0, 8).map((visitId) => ({
    key: `history-${visitId}`,
    label: patientName(visitId),
    icon: <IconHistory size={size} />,
    onPress: () => ui.openPanel({ kind: 'history', visitId }),
  }));
}

function reservationEntry({ room, ui, actions }: Facts): MenuEntry[] {
  if (room.reservation)
    return [
      {
        key: 'unreserve',
        label: 'Stop holding',
        icon: <IconBookmarkOff size={size} />,
        onPress: () => actions.send({ type: 'cancelReservation', roomId: room.id }),
      },
    ];
  if (room.state !== 'available' || room.capacity === null) return [];
  return [
    {
      key: 'reserve',
      label: 'Hold for a patient',
      icon: <IconBookmark size={size} />,
      onPress: () => ui.openDialog({ kind: 'reserve-for-room', roomId: room.id }),
    },
  ];
}

/** What this person may do with a room in its present state. */
export function roomEntries(facts: Facts): MenuEntry[] {
  const { room, ui } = facts;
  const may = (action: Action) => permissions[action].includes(ui.actor.role);
  return [
    ...occupantEntries(facts),
    ...(room.state === 'needs-cleaning' && may('markRoomClean') ? cleaningEntries(facts) : []),
    ...(may('reserveRoom') ? reservationEntry(facts) : []),
    ...(room.capacity !== null && may('setRoomService') ? [serviceEntry(facts)] : []),
  ];
}
