import type { Room, Visit } from '@workflow-bolt/contracts';
import { initialsOf, isInOffice, statusInfo } from '@workflow-bolt/domain';
import { useBoard } from '@workflow-bolt/react';
import { ConnectionState } from '../board/board-header.tsx';
import { useEntities } from '../board/board-parts.ts';
import { useTimed } from '../board/use-timed.ts';
import { boardDay, clockTime } from '../format/clock.ts';
import { type Entities, findPerson, listRooms, listVisits, roomName } from '../model/entities.ts';
import classes from './wall-screen.module.css';

type Row = { id: string; initials: string; status: string; room: string };

/**
 * The server sends initials only, and whoever is private not at all. They are cut here once more: a name on
 * the wall must need two mistakes.
 */
function initialsAt(entities: Entities, visitId: string): string | null {
  const name = findPerson(entities, visitId)?.fullName;
  return name ? initialsOf(name) : null;
}

function wallRows(entities: Entities): Row[] {
  return listVisits(entities)
    .filter((visit) => isInOffice(visit.status))
    .sort((a: Visit, b: Visit) => a.statusSince - b.statusSince)
    .map((visit) => ({
      id: visit.id,
      initials: initialsAt(entities, visit.id) ?? '–',
      status: statusInfo[visit.status].label,
      room: visit.roomId === null ? '–' : roomName(entities, visit.roomId),
    }));
}

function roomWord(room: Room, entities: Entities): string {
  const initials = room.occupants.flatMap((id) => initialsAt(entities, id) ?? []);
  if (initials.length > 0) return initials.join(' · ');
  return room.occupants.length > 0 ? 'occupied' : room.state.replaceAll('-', ' ');
}

function WallClock({ zone }: { zone: string }) {
  return <span className={classes.clock}>{useTimed((now) => clockTime(zone, now))}</span>;
}

/** For a screen that everyone in the building can see: initials and rooms, nothing else. */
export function WallScreen() {
  const entities = useEntities();
  const day = useBoard((snapshot) => snapshot.day);
  const rooms = listRooms(entities).filter((room) => room.capacity !== null);
  return (
    <div className={classes.screen}>
      <header className={classes.header}>
        <h1>{day?.clinicName ?? 'Clinic'}</h1>
        <span>{day && boardDay(day.date)}</span>
        <ConnectionState />
        {day && <WallClock zone={day.zone} />}
      </header>
      <main className={classes.main} aria-label="Wall display">
        <section aria-label="Patients" className={classes.patients}>
          {wallRows(entities).map((row) => (
            <div className={classes.patient} key={row.id}>
              <strong>{row.initials}</strong>
              <span>{row.status}</span>
              <span className={classes.room}>{row.room}</span>
            </div>
          ))}
        </section>
        <section aria-label="Rooms" className={classes.rooms}>
          {rooms.map((room) => (
            <div className={classes.tile} key={room.id} data-state={room.state}>
              <strong>{room.name}</strong>
              <span>{roomWord(room, entities)}</span>
            </div>
          ))}
        </section>
      </main>
    </div>
  );
}
