/** Days of a clinic in Redis with an archive beside it, and sweeps over them. */
import type { BoardKey, SecurityEvent } from '@workflow-bolt/contracts';
import {
  BoardArchive,
  BoardRegistry,
  createRedisPort,
  type ObjectStore,
  type RedisPort,
  type RedisTarget,
  RetentionSweep,
  type SweepParts,
  type SweepReport,
} from '../src/index.ts';
import { Client, configureDay, manager, nurse, walkIn } from './board-fixture.ts';

const never = 3_600_000;
/** What the sweeps of these tests keep: shorter than the default, so that the days need not lie far back. */
export const rules = { flowHotDays: 30, flowDays: 90 };

/** One process: its own connection, its own memory of boards. */
export class RetentionProcess {
  readonly port: RedisPort;
  readonly registry: BoardRegistry;
  readonly archive: BoardArchive;
  readonly objects: ObjectStore;
  readonly recorded: SecurityEvent[] = [];

  private constructor(target: RedisTarget, objects: ObjectStore) {
    this.port = createRedisPort(target, 'retention');
    this.objects = objects;
    this.archive = new BoardArchive(objects);
    this.registry = new BoardRegistry({ port: this.port, archive: this.archive, checkIntervalMs: never });
  }

  static async start(target: RedisTarget, objects: ObjectStore): Promise<RetentionProcess> {
    const started = new RetentionProcess(target, objects);
    await started.registry.start();
    return started;
  }

  /** A closed or open day with so many people, written as staff would have. */
  async day(board: BoardKey, numVisits: number, isClosed: boolean): Promise<void> {
    const host = await this.registry.get(board);
    const client = new Client(`day-${board.date}`);
    await host.submit(client.next(configureDay()), manager, 'ui');
    for (let i = 1; i <= numVisits; i++) {
      const visitId = `w${i}`;
      const startAt = Date.parse(`${board.date}T09:00:00Z`);
      const booked = { ...walkIn(visitId), kind: 'booked' as const, startAt };
      await host.submit(client.next(booked), { ...nurse, role: 'front-desk' }, 'ui');
    }
    if (!isClosed) return;
    await host.submit(client.next({ type: 'startDayClose' }), manager, 'ui');
    const noShows = Array.from({ length: numVisits }, (_, i) => `w${i + 1}`);
    await host.submit(client.next({ type: 'closeDay', noShows }), manager, 'ui');
  }

  sweep(clinic: string, today: string, more: Partial<SweepParts> = {}): Promise<SweepReport> {
    return new RetentionSweep(clinic, rules, { ...this.parts(), ...more }).run(today);
  }

  parts(): SweepParts {
    return {
      port: this.port,
      archive: this.archive,
      objects: this.objects,
      stateOf: async (board) => (await this.registry.get(board)).state,
      record: async (event) => void this.recorded.push(event),
      shredder: null,
      now: () => Date.now(),
    };
  }

  async stop(): Promise<void> {
    await this.registry.stop();
    await this.port.close();
  }
}

export async function namesIn(objects: ObjectStore, prefix = ''): Promise<string[]> {
  const names: string[] = [];
  for await (const name of objects.list(prefix)) names.push(name);
  return names;
}
