import { Menu } from '@mantine/core';
import type { Day, Room } from '@workflow-bolt/contracts';
import { isShallowEqual, useBoard } from '@workflow-bolt/react';
import { memo } from 'react';
import { useBoardActions } from '../board/board-actions.ts';
import { useEntities } from '../board/board-parts.ts';
import { useBoardUi } from '../board/board-ui.ts';
import { isSameJson, useMinute, useTimed } from '../board/use-timed.ts';
import { findDay, listRooms, patientName } from '../model/entities.ts';
import { roomFace } from '../model/room-faces.ts';
import { roomEntries } from './room-entries.tsx';
import { RoomTile } from './room-tile.tsx';
import classes from './rooms-rail.module.css';

/** Names of those a room speaks of, so that a tile is drawn again only for its own people. */
function useNamesIn(room: Room): (visitId: string) => string {
  const ids = [...room.occupants, ...(room.reservation ? [room.reservation.visitId] : [])];
  const names = useBoard(({ entities }) => ids.map((id) => patientName(entities, id)), isShallowEqual);
  return (visitId) => names[ids.indexOf(visitId)] ?? 'a patient';
}

const RoomMenu = memo(function RoomMenu({ room, day }: { room: Room; day: Day }) {
  const ui = useBoardUi();
  const actions = useBoardActions();
  const nameOf = useNamesIn(room);
  const face = useTimed((now) => roomFace(room, { day, now, patientName: nameOf }), isSameJson);
  const entries = roomEntries({ room, ui, actions, patientName: nameOf });
  if (entries.length === 0) return <RoomTile face={face} />;
  return (
    <Menu position="bottom-start" width={240} shadow="md">
      <Menu.Target>
        <RoomTile face={face} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{room.name}</Menu.Label>
        {entries.map(({ key, label, icon, onPress }) => (
          <Menu.Item key={key} leftSection={icon} onClick={onPress}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
});

/** Every room with its state; a tap opens what can be done with it. */
export function RoomsRail({ layout }: { layout: 'rail' | 'list' }) {
  const day = useBoard(({ entities }) => findDay(entities));
  const rooms = useBoard(({ entities }) => listRooms(entities), isShallowEqual);
  if (!day || rooms.length === 0) return null;
  return (
    <section className={classes[layout]} aria-label="Rooms">
      {rooms.map((room) => (
        <RoomMenu key={room.id} room={room} day={day} />
      ))}
    </section>
  );
}

/** How many rooms could take someone now, for the button that opens the list on small screens. */
export function useFreeRoomCount(): number {
  const entities = useEntities();
  useMinute();
  return listRooms(entities).filter((room) => room.state === 'available' && room.capacity === 1).length;
}
