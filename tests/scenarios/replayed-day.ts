/**
 * A clinic day replayed at wall-clock times: the real API over HTTP on a private Redis, with the one clock that judges
 * every time on a board in the test's hand. Redis keeps its own time, so the replayed day lies ahead of it.
 */
import {
  type ClinicSettings,
  type Command,
  type CommandOutcome,
  clinicSettingsSchema,
  type Day,
  type Entity,
  type MetricsSummary,
  type Person,
  type ProblemCode,
  problems,
  type Room,
  readConfig,
  serverOptions,
  type User,
  type Visit,
} from '@workflow-bolt/contracts';
import { instantOf, localDate } from '@workflow-bolt/domain';
import { type BoltServer, createServer } from '@workflow-bolt/server';
import { RedisClock } from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { expect } from 'vitest';
import { BoardRecord } from '../system/board-record.ts';
import { StaffMember } from '../system/staff-member.ts';

export const replayZone = 'America/Chicago';
const dayMs = 86_400_000;

/** Stands where it was set; the product cannot tell it from Redis's. */
class SetClock extends RedisClock {
  ms = Date.now();
  override now(): number {
    return this.ms;
  }
}

const room = (id: string, name: string, kind: Room['kind'], capacity: number | null, position: number) => ({
  id,
  name,
  kind,
  capacity,
  position,
});

/** Two providers, three exam rooms, an infusion suite for two, a lab and the lobby. */
export function replayClinic(id: string, zone: string): ClinicSettings {
  return clinicSettingsSchema.parse({
    id,
    name: 'Lakeside Family Medicine',
    zone,
    rooms: [
      room('room-1', 'Room 1', 'exam', 1, 1),
      room('room-2', 'Room 2', 'exam', 1, 2),
      room('room-3', 'Room 3', 'exam', 1, 3),
      room('iv', 'IV suite', 'procedure', 2, 4),
      room('lab', 'Lab', 'lab', 1, 5),
      room('lobby', 'Lobby', 'place', null, 6),
    ],
    providers: [
      { id: 'dr-a', name: 'Dr. Adeyemi', color: '#2f6fde' },
      { id: 'dr-b', name: 'Dr. Brandt', color: '#0b8a6a' },
    ],
    visitTypes: [
      { id: 'office', label: 'Office visit', slotMin: 20, needsProvider: true },
      { id: 'lab-draw', label: 'Lab draw', slotMin: 10, needsProvider: false },
    ],
  });
}

const staffRoles = {
  desk: 'front-desk',
  'ma-1': 'medical-assistant',
  'ma-2': 'medical-assistant',
  'dr-a': 'provider',
  'dr-b': 'provider',
  boss: 'manager',
  watcher: 'viewer',
} as const;
export type StaffId = keyof typeof staffRoles;
const stations: Record<StaffId, string> = {
  desk: 'front-desk',
  'ma-1': 'tablet-1',
  'ma-2': 'tablet-2',
  'dr-a': 'laptop-1',
  'dr-b': 'laptop-2',
  boss: 'office',
  watcher: 'wall',
};
const usersOf = (clinics: string[]): User[] =>
  Object.entries(staffRoles).map(([id, role]) => ({ id, name: `The ${id}`, role, clinics }));

export type Refused = { status: number; code: ProblemCode } & Record<string, unknown>;

export class ReplayedDay implements AsyncDisposable {
  readonly clinic: ClinicSettings;
  readonly date: string;
  readonly record: BoardRecord;
  readonly #clinics: ReplayedClinics;
  readonly #staff: Map<StaffId, StaffMember>;

  constructor(
    clinics: ReplayedClinics,
    clinic: ClinicSettings,
    date: string,
    staff: Map<StaffId, StaffMember>,
  ) {
    this.#clinics = clinics;
    this.clinic = clinic;
    this.date = date;
    this.#staff = staff;
    this.record = new BoardRecord(clinics.redis.client(), { clinic: clinic.id, date });
  }

  get baseUrl(): string {
    return this.#clinics.url;
  }

  get redisUrl(): string {
    return this.#clinics.redis.url;
  }

  get boardUrl(): string {
    return `${this.baseUrl}/api/v1/boards/${this.clinic.id}/${this.date}`;
  }

  /** Epoch ms of a wall-clock time of the day. */
  instant(time: string): number {
    return instantOf(this.clinic.zone, this.date, time);
  }

  /** Sets the clock to a wall-clock time of the day, or to an instant. */
  at(time: string | number): number {
    this.#clinics.clock.ms = typeof time === 'number' ? time : this.instant(time);
    return this.#clinics.clock.ms;
  }

  get now(): number {
    return this.#clinics.clock.ms;
  }

  as(who: StaffId): StaffMember {
    const member = this.#staff.get(who);
    if (!member) throw new Error(`nobody is ${who}`);
    return member;
  }

  /** Gives a command that must be applied; answers its events' ids. */
  async must(
    who: StaffId,
    time: string | number,
    command: Command,
    expectedVersion?: number,
  ): Promise<string[]> {
    this.at(time);
    const { status, body } = await this.as(who).give(command, expectedVersion);
    const [outcome] = (body.outcomes ?? []) as CommandOutcome[];
    if (status !== 200 || outcome?.outcome !== 'applied') {
      throw new Error(`${who} at ${time}: ${status} ${JSON.stringify(body)}`);
    }
    return outcome.eventIds;
  }

  /**
   * Gives a command that must be refused: with the problem document of its code, one line in the audit trail, and
   * nothing else changed. Answers the status, the code and what the document says beyond its fixed members.
   */
  async refused(
    who: StaffId,
    time: string | number,
    command: Command,
    expectedVersion?: number,
  ): Promise<Refused> {
    this.at(time);
    const { status, body } = await this.record.unchangedBy(() => this.as(who).give(command, expectedVersion));
    const { type, title, code, requestId, n: _n, outcome: _outcome, status: told, ...details } = body;
    const known = code as ProblemCode;
    expect({ type, title, told }).toEqual({
      type: `/docs#problem-${known}`,
      title: problems[known]?.title,
      told: status,
    });
    expect(requestId).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
    const audit = (await this.record.audits()).at(-1);
    expect(audit).toMatchObject({
      outcome: known,
      actor: who,
      role: staffRoles[who],
      station: stations[who],
      command: command.type,
    });
    return { status, code: known, ...details };
  }

  /** A booked visit of twenty minutes with Dr. A at a wall-clock time. */
  async book(visitId: string, time: string, more: Partial<Extract<Command, { type: 'createVisit' }>> = {}) {
    return this.must('desk', this.now, {
      type: 'createVisit',
      visitId,
      kind: 'booked',
      fullName: `Patient ${visitId}`,
      dob: '1980-02-29',
      startAt: this.instant(time),
      durationMin: 20,
      providerId: 'dr-a',
      visitTypeId: 'office',
      ...more,
    });
  }

  async move(
    who: StaffId,
    time: string | number,
    visitId: string,
    to: Visit['status'],
    more: { roomId?: string; reason?: string; by?: 'patient' | 'clinic'; effectiveAt?: number } = {},
  ): Promise<string[]> {
    return this.must(who, time, { type: 'moveVisit', visitId, to, ...more });
  }

  async entity(id: string): Promise<{ v: number; d: Entity }> {
    const found = (await this.as('boss').snapshot()).entities.find((entry) => entry.id === id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  }

  async visit(id: string): Promise<Visit> {
    return (await this.entity(`v:${id}`)).d as Visit;
  }

  async person(id: string): Promise<Person> {
    return (await this.entity(`p:${id}`)).d as Person;
  }

  async room(id: string): Promise<Room> {
    return (await this.entity(`r:${id}`)).d as Room;
  }

  async day(): Promise<Day> {
    return (await this.entity('day')).d as Day;
  }

  async version(visitId: string): Promise<number> {
    return (await this.entity(`v:${visitId}`)).v;
  }

  async metrics(time: string): Promise<MetricsSummary> {
    this.at(time);
    return (await (await this.as('boss').request('/metrics-summary')).json()) as MetricsSummary;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#clinics[Symbol.asyncDispose]();
  }
}

/** One API process's worth of clinics, with the clock they share. */
export class ReplayedClinics implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly clock: SetClock;
  readonly #server: BoltServer;
  readonly #settings: readonly ClinicSettings[];

  private constructor(
    redis: RedisServer,
    server: BoltServer,
    clock: SetClock,
    settings: readonly ClinicSettings[],
  ) {
    this.redis = redis;
    this.#server = server;
    this.clock = clock;
    this.#settings = settings;
  }

  static async start(
    settings: readonly ClinicSettings[],
    environment: Record<string, string> = {},
  ): Promise<ReplayedClinics> {
    const redis = await startRedis();
    const clock = new SetClock();
    const config = readConfig(serverOptions, {
      REDIS_URL: redis.url,
      BOLT_CLINICS_FILE: 'given directly',
      BOLT_ALLOW_VOLATILE_REDIS: 'true',
      PORT: '0',
      LOG_LEVEL: 'silent',
      ...environment,
    });
    const developmentUsers = usersOf(settings.map(({ id }) => id));
    const server = createServer({ config, clinics: settings, developmentUsers, clock });
    await server.start();
    return new ReplayedClinics(redis, server, clock, settings);
  }

  get url(): string {
    return this.#server.url;
  }

  /** A clinic's day, open, at seven in the morning, with everyone signed in. */
  async open(clinicId: string, date: string): Promise<ReplayedDay> {
    const clinic = this.#settings.find(({ id }) => id === clinicId);
    if (!clinic) throw new Error(`there is no clinic ${clinicId}`);
    const address = { baseUrl: this.url, boardUrl: `${this.url}/api/v1/boards/${clinicId}/${date}` };
    const staff = new Map<StaffId, StaffMember>();
    for (const who of Object.keys(staffRoles) as StaffId[]) {
      staff.set(who, await StaffMember.signIn(address, who, stations[who]));
    }
    const day = new ReplayedDay(this, clinic, date, staff);
    day.at('07:00');
    await day.as('boss').snapshot();
    return day;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
    await this.redis.stop();
  }
}

/** A local day that has not begun for anyone on earth. */
export const dayAhead = (zone: string): string => localDate(zone, Date.now() + 3 * dayMs);

/** One clinic on an ordinary day ahead. Disposing the day stops everything. */
export async function startReplayedDay(environment: Record<string, string> = {}): Promise<ReplayedDay> {
  const clinics = await ReplayedClinics.start([replayClinic('lakeside', replayZone)], environment);
  return clinics.open('lakeside', dayAhead(replayZone));
}
