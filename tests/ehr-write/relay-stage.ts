/** Redis, the simulator, a board read from it, and as many relays as a test wants, each with an EHR port of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClinicSettings, Command, Day, Visit, WriteBackMode } from '@workflow-bolt/contracts';
import { localDate, normalisedName, openVisitsOf, syncOf, type VisitSync } from '@workflow-bolt/domain';
import {
  type CallClock,
  createCallGaps,
  createTebraAdapter,
  type EhrPort,
  OPERATION_NAMES,
} from '@workflow-bolt/ehr';
import {
  BoardRegistry,
  createRedisPort,
  fromUrl,
  outboxKey,
  type RedisPort,
  visitsBeingMade,
  WriteBackSwitch,
} from '@workflow-bolt/store';
import { awaitUntil, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { createClock, type EhrSimulator, startEhrSimulator } from '../../apps/ehr-simulator/src/index.ts';
import { HostBoard } from '../../apps/worker/src/host-board.ts';
import { syncSchedule } from '../../apps/worker/src/sync-schedule.ts';
import type { RelayEvent } from '../../apps/worker/src/write-back/board-relay.ts';
import type { LeaseTimes } from '../../apps/worker/src/write-back/lease-keeper.ts';
import { WriteBackKeeper } from '../../apps/worker/src/write-back/write-back-keeper.ts';

const zone = 'America/Chicago';
/** Ms; a machine ten times slower needs it. */
export const patience = 60_000;
export const slowMachine = { testTimeout: 180_000, hookTimeout: 120_000 } as const;
/** Longer than any test: nobody loses a lease because the machine is slow. */
const lasting: LeaseTimes = { ttlMs: 60_000, lookMs: 100 };
/** For a holder that dies: short enough to wait for. */
export const passing: LeaseTimes = { ttlMs: 2_000, lookMs: 100 };

const front = { id: 'dana', name: 'Dana', role: 'front-desk', station: 'desk-1' } as const;
const assistant = { id: 'noa', name: 'Noa', role: 'medical-assistant', station: 'tablet-2' } as const;
const managing = { id: 'mia', name: 'Mia', role: 'manager', station: 'desk-2' } as const;
type Person = typeof front | typeof assistant | typeof managing;
/** Steps that another than the front desk takes. */
const takers: Partial<Record<Visit['status'], Person>> = {
  'appt-prep': assistant,
  'with-doctor': assistant,
  'seen-by-md': assistant,
  'entered-in-error': managing,
};

export class RelayStage {
  readonly redis: RedisServer;
  readonly simulator: EhrSimulator;
  readonly port: RedisPort;
  readonly registry: BoardRegistry;
  readonly date: string;
  readonly clinic: string;
  readonly settings: ClinicSettings;
  readonly events: RelayEvent[] = [];
  readonly #keepers = new Set<WriteBackKeeper>();
  readonly #dead = new Set<WriteBackKeeper>();
  #n = 0;

  constructor(
    parts: Pick<RelayStage, 'redis' | 'simulator' | 'port' | 'registry' | 'date'>,
    mode: WriteBackMode,
  ) {
    ({ redis: this.redis, simulator: this.simulator, port: this.port } = parts);
    ({ registry: this.registry, date: this.date } = parts);
    this.clinic = `stage-${Math.random().toString(36).slice(2, 10)}`;
    this.settings = settingsOf(this.clinic, this.simulator, mode);
  }

  async open(): Promise<void> {
    const board = new HostBoard(this.registry, this);
    const ehr = this.ehrPort();
    const providers = async () => {
      const read = await ehr.providers({});
      return read.ok ? read.value : [];
    };
    const result = await syncSchedule(
      {
        ...{ board, ehr, settings: this.settings, now: () => this.registry.now(), providers },
        beingMade: () => visitsBeingMade(this.port, this),
      },
      { jobId: 'stage', trigger: 'start' },
    );
    if (!result.ok) throw new Error(result.message);
  }

  /** A pull as the timer makes it. */
  async pull(): Promise<void> {
    await this.open();
  }

  ehrPort(): EhrPort {
    const gaps = createCallGaps(0);
    gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
    const { simulator } = this;
    return createTebraAdapter({
      ...{
        endpoint: simulator.url,
        credentials: simulator.credentials,
        gaps,
        clock: hasty,
        deadlineMs: 30_000,
      },
      retry: { attemptsMax: 1, backoffMs: [1], jitterShare: 0, throttleJitterMs: 0, waitMsMax: 60_000 },
    });
  }

  /** A connection that answers nothing once `isDead`. */
  #portUntil(isDead: () => boolean): RedisPort {
    return new Proxy(this.port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => (isDead() ? new Promise(() => {}) : member.apply(target, args));
      },
    });
  }

  /** A worker's part of write-back, started. `wrap` changes its EHR. */
  keeper(name: string, wrap: (port: EhrPort) => EhrPort = (port) => port, times = lasting): WriteBackKeeper {
    const ehr = wrap(this.ehrPort());
    const port = this.#portUntil(() => this.#dead.has(keeper));
    const keeper: WriteBackKeeper = new WriteBackKeeper({
      ...{ clinics: [this.settings], registry: this.registry, port, node: name, times },
      ...{ ehr: { interactive: ehr, background: ehr }, closedMs: () => 0 },
      onEvent: (event) => this.events.push(event),
    });
    this.#keepers.add(keeper);
    keeper.start();
    return keeper;
  }

  /** The process is gone from one moment to the next: it renews nothing, keeps nothing and says nothing any more. */
  kill(keeper: WriteBackKeeper): void {
    this.#dead.add(keeper);
  }

  switchTo(mode: WriteBackMode): Promise<void> {
    return new WriteBackSwitch(this.port, this.clinic).set({ mode, reason: 'TEST-1', by: 'ada', at: 1 });
  }

  /** As a person at a screen. Throws when it is refused. */
  async send(command: Command, actor: Person = front): Promise<void> {
    const host = await this.registry.get(this);
    this.#n += 1;
    const outcome = await host.submit({ clientId: 'test-client', n: this.#n, command }, actor, 'ui');
    if (outcome.outcome !== 'applied') throw new Error(`${command.type}: ${JSON.stringify(outcome)}`);
  }

  async move(visitId: string, to: Visit['status'], reason = 'test'): Promise<void> {
    await this.send({ type: 'moveVisit', visitId, to, reason, by: 'patient' }, takers[to] ?? front);
  }

  async day(): Promise<Day> {
    const day = (await this.registry.get(this)).state.get('day')?.d;
    if (day?.type !== 'day') throw new Error('no day');
    return day;
  }

  /** Everybody else is cancelled, and the day is over. */
  async closeDay(): Promise<void> {
    const host = await this.registry.get(this);
    await this.send({ type: 'startDayClose' });
    for (const { visitId } of openVisitsOf(host.state, await this.day(), host.now()))
      await this.move(visitId, 'cancelled');
    await this.send({ type: 'closeDay', noShows: [] });
  }

  /** From the room to the door. */
  async finish(visitId: string): Promise<void> {
    for (const to of ['with-doctor', 'seen-by-md', 'completed'] as const) await this.move(visitId, to);
  }

  async visits(): Promise<Visit[]> {
    const host = await this.registry.get(this);
    return [...host.state.entries()].flatMap(([, { d }]) => (d.type === 'visit' ? [d] : []));
  }

  async visit(id: string): Promise<Visit> {
    const found = (await this.visits()).find((each) => each.id === id);
    if (!found) throw new Error(`no visit ${id}`);
    return found;
  }

  async sync(id: string): Promise<VisitSync> {
    return syncOf(await this.visit(id), await this.day());
  }

  /** Visits whose appointment is plain and Scheduled in the EHR, so that nothing but the test is in the way. */
  async plain(count: number): Promise<Visit[]> {
    const isPlain = ({ external }: Visit) => {
      const record = this.simulator.world.find(Number(external?.appointmentId));
      return record?.type === 'P' && !record.recurring && !record.group && external?.status === 'Scheduled';
    };
    const found = (await this.visits()).filter(isPlain).slice(0, count);
    if (found.length < count) throw new Error('the generated day has too few plain appointments');
    return found;
  }

  /** A patient of the EHR whose name and date of birth are nobody else's. */
  patient(): { id: number; fullName: string; dob: string } {
    const all = [...this.simulator.world.patients.values()].filter((each) => each.mergedInto === null);
    const keyOf = ({ fullName, dob }: (typeof all)[number]) => `${normalisedName(fullName)} ${dob}`;
    const found = all.find((each) => all.filter((other) => keyOf(other) === keyOf(each)).length === 1);
    if (!found) throw new Error('the generated day has no such patient');
    return found;
  }

  held(visit: Visit): string | undefined {
    return this.simulator.world.find(Number(visit.external?.appointmentId))?.status;
  }

  updates(visit: Visit): number {
    const id = visit.external?.appointmentId;
    return this.simulator
      .journal('UpdateAppointment')
      .filter(
        (entry) => JSON.stringify(entry).includes(`"${id}"`) || JSON.stringify(entry).includes(`:${id},`),
      ).length;
  }

  async until(id: string, state: VisitSync['state'], what = `${id} is ${state}`): Promise<Visit> {
    await awaitUntil(what, async () => (await this.sync(id)).state === state, patience);
    return this.visit(id);
  }

  /** The lease of today's board ends at once, and whoever holds it is not told. */
  async endLease(): Promise<void> {
    await this.redis.client().hset(outboxKey(this), 'until', '0');
  }

  outbox(): Promise<Record<string, string>> {
    return this.redis.client().hgetall(outboxKey(this));
  }

  /** Whatever was let go a moment ago has had its chance to do harm. */
  async settle(): Promise<void> {
    await this.port.command('PING');
    await sleep(50);
  }

  async quiet(): Promise<void> {
    const alive = [...this.#keepers].filter((keeper) => !this.#dead.has(keeper));
    await Promise.all(alive.map((keeper) => keeper.stop(2_000)));
    this.#keepers.clear();
  }
}

/** Waits of the adapter are as short as they can be. */
const hasty: CallClock = {
  now: () => performance.now(),
  sleep: (_ms, signal) => sleep(1, undefined, signal ? { signal } : {}),
  random: () => 0.5,
};

function settingsOf(id: string, simulator: EhrSimulator, writeBack: WriteBackMode): ClinicSettings {
  return {
    ...{ id, name: 'Stage', zone, providers: [], visitTypes: [], isRoomRequired: false },
    rooms: [{ id: 'room-1', name: 'Exam 1', kind: 'exam', capacity: 1, position: 0 }],
    readyToBeSeenMeans: 'check-in-completed',
    ehr: {
      ...{ system: 'tebra', practiceName: simulator.practiceName, serviceLocationName: null },
      ...{ writeBack, leftMeans: null, pollSeconds: 900 },
    },
  };
}

/** What all tests of a file share; each opens a board of a clinic of its own on it. */
export async function openStage() {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const date = localDate(zone, Date.now());
  const clock = createClock({ now: () => Date.now(), monotonic: () => performance.now() });
  const config = { throttle: { enabled: false, gapsMs: {} } };
  const simulator = await startEhrSimulator({ seed: 11, date, zone, appointments: 30, clock, config });
  stack.defer(() => simulator.stop());
  const port = createRedisPort(fromUrl(redis.url), 'stage');
  const registry = new BoardRegistry({ port });
  await registry.start();
  stack.defer(async () => {
    await registry.stop();
    await port.close();
  });
  const open = async (mode: WriteBackMode = 'on') => {
    const body = JSON.stringify({ config });
    await fetch(`${simulator.controlUrl}/reset`, { method: 'POST', body });
    const stage = new RelayStage({ redis, simulator, port, registry, date }, mode);
    await stage.open();
    return stage;
  };
  return { open, simulator, redis, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** A port of which the writing of a status is another's. */
export const withWrite = (port: EhrPort, writeStatus: EhrPort['writeStatus']): EhrPort =>
  withMember(port, 'writeStatus', writeStatus);

/** A port of which the making of an appointment is another's. */
export const withCreate = (port: EhrPort, create: EhrPort['create']): EhrPort =>
  withMember(port, 'create', create);

function withMember<Name extends keyof EhrPort>(port: EhrPort, own: Name, replaced: EhrPort[Name]): EhrPort {
  return new Proxy(port, {
    get: (target, name) => {
      if (name === own) return replaced;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
