/** A small clinic day and the people who work on it. */
import type { Actor, BoardKey, Command, CommandEnvelope } from '@workflow-bolt/contracts';
import { defaultColumnRules, defaultThresholds } from '@workflow-bolt/domain';

export const manager: Actor = { id: 'mia', name: 'Mia', role: 'manager', station: 'desk-1' };
export const nurse: Actor = { id: 'noa', name: 'Noa', role: 'medical-assistant', station: 'tablet-2' };

let boards = 0;
/** A board of its own for each test: today in UTC, which is the fixture's zone. */
export function freshBoard(): BoardKey {
  boards += 1;
  return { clinic: `test-${process.pid}-${boards}`, date: new Date().toISOString().slice(0, 10) };
}

export const rooms = ['r1', 'r2', 'r3'];

export function configureDay(roomIds: readonly string[] = rooms): Command {
  return {
    type: 'configureDay',
    day: {
      clinicName: 'Test clinic',
      zone: 'UTC',
      providers: [{ id: 'dr-a', name: 'Dr. A', color: '#112233' }],
      visitTypes: [{ id: 'follow-up', label: 'Follow-up', slotMin: 20, needsProvider: true }],
      thresholds: defaultThresholds,
      columnRules: defaultColumnRules,
      isRoomRequired: false,
      readyToBeSeenMeans: 'ready-for-md',
    },
    rooms: roomIds.map((id, position) => ({ id, name: id, kind: 'exam', capacity: 1, position })),
  };
}

export function walkIn(visitId: string): Command {
  return { type: 'createVisit', visitId, kind: 'walk-in', fullName: `Zztest ${visitId}` };
}

/** Numbers the commands of one client. */
export class Client {
  readonly clientId: string;
  #n = 0;

  constructor(clientId: string) {
    this.clientId = clientId;
  }

  next(command: Command, expectedVersion?: number): CommandEnvelope {
    this.#n += 1;
    return { clientId: this.clientId, n: this.#n, command, expectedVersion };
  }
}
