/** Plays commands on a board in memory, for tests: decides, folds, checks every value against its schema. */
import {
  type Command,
  type CommandOf,
  type Entity,
  type EventContext,
  entitySchema,
  type LogFrame,
  logFrameSchema,
  type Person,
  type Refusal,
  type Role,
  type Room,
  rulesVersion,
  type Source,
  type Visit,
  type VisitStatus,
} from '@workflow-bolt/contracts';
import type { Decision } from './board.ts';
import { BoardState } from './board-state.ts';
import { instantOf, minutes } from './clinic-time.ts';
import { decide } from './decide.ts';
import { defaultColumnRules, defaultThresholds } from './default-settings.ts';
import { foldFrame } from './evolve.ts';

export const zone = 'America/Chicago';
export const today = '2026-03-10';

/** Epoch ms of a clinic wall time on the test day. */
export const clock = (time: string, date = today): number => instantOf(zone, date, time);

export const testDay: CommandOf<'configureDay'> = {
  type: 'configureDay',
  day: {
    clinicName: 'Test clinic',
    zone,
    providers: [
      { id: 'dr-a', name: 'Dr. A', color: '#1155aa' },
      { id: 'dr-b', name: 'Dr. B', color: '#aa5511' },
    ],
    visitTypes: [
      { id: 'office', label: 'Office visit', slotMin: 20, needsProvider: true },
      { id: 'lab', label: 'Lab draw', slotMin: 10, needsProvider: false },
    ],
    thresholds: defaultThresholds,
    columnRules: defaultColumnRules,
    isRoomRequired: false,
    readyToBeSeenMeans: 'check-in-completed',
  },
  rooms: [
    { id: 'room-1', name: 'Room 1', kind: 'exam', capacity: 1, position: 1 },
    { id: 'room-2', name: 'Room 2', kind: 'exam', capacity: 1, position: 2 },
    { id: 'room-3', name: 'Room 3', kind: 'exam', capacity: 1, position: 3 },
    { id: 'iv', name: 'IV suite', kind: 'procedure', capacity: 2, position: 4 },
    { id: 'lab', name: 'Lab', kind: 'lab', capacity: 1, position: 5 },
    { id: 'lobby', name: 'Lobby', kind: 'place', capacity: null, position: 6 },
  ],
};

export type PlayOptions = {
  at?: string;
  now?: number;
  id?: string;
  station?: string | null;
  source?: Source;
  expectedVersion?: number | null;
  commandId?: string;
};

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}

export class BoardPlayer {
  readonly board = new BoardState();
  readonly frames: LogFrame[] = [];
  now = clock('08:00');
  #count = 0;

  /** An open board with rooms and providers; pass null for one that nobody has opened. */
  constructor(day: CommandOf<'configureDay'> | null = testDay) {
    if (day) this.must('manager', day);
  }

  /** Decides and, when accepted, folds. Entities are frozen, so a rule that writes into one fails. */
  play(role: Role, command: Command, options: PlayOptions = {}): Decision {
    if (options.at) this.now = clock(options.at);
    if (options.now !== undefined) this.now = options.now;
    this.#count += 1;
    const context: EventContext = {
      commandId: options.commandId ?? `test-client:${this.#count}`,
      command: command.type,
      at: this.now,
      actor: { id: options.id ?? `u-${role}`, name: role, role, station: options.station ?? null },
      source: options.source ?? (role === 'system' ? 'tebra' : 'ui'),
    };
    const { commandId, actor, source } = context;
    const ctx = { board: { clinic: 'test', date: today }, now: this.now, commandId, actor, source };
    const decision = decide(this.board, command, ctx, options.expectedVersion);
    if (decision.ok) this.commit({ rules: rulesVersion, ...context, events: decision.events });
    return decision;
  }

  commit(frame: LogFrame): void {
    const parsed = logFrameSchema.parse(frame) as LogFrame;
    this.frames.push(deepFreeze(parsed));
    const changes = foldFrame(this.board, frame);
    for (const d of changes.values()) if (d) deepFreeze(entitySchema.parse(d) && d);
    this.board.apply(changes, this.board.seq + 1);
  }

  must(role: Role, command: Command, options: PlayOptions = {}): LogFrame {
    const decision = this.play(role, command, options);
    const frame = this.frames.at(-1);
    if (!decision.ok || !frame) throw new Error(`refused: ${JSON.stringify(decision)}`);
    return frame;
  }

  /** The refusal of a command, which must have changed nothing. */
  refused(role: Role, command: Command, options: PlayOptions = {}): Refusal {
    const before = [this.board.seq, this.board.digestText];
    const decision = this.play(role, command, options);
    if (decision.ok) throw new Error(`accepted: ${JSON.stringify(decision.events)}`);
    const after = [this.board.seq, this.board.digestText];
    if (before.join() !== after.join()) throw new Error('a refusal changed the board');
    return decision.refusal;
  }

  get<T extends Entity['type']>(type: T, id: string): Extract<Entity, { type: T }> {
    const key = { visit: `v:${id}`, person: `p:${id}`, room: `r:${id}`, day: 'day', sync: 'sync' }[type];
    const entity = this.board.get(key as 'day')?.d;
    if (entity?.type !== type) throw new Error(`no ${key}`);
    return entity as Extract<Entity, { type: T }>;
  }

  visit(id: string): Visit {
    return this.get('visit', id);
  }

  room(id: string): Room {
    return this.get('room', id);
  }

  person(id: string): Person {
    return this.get('person', id);
  }

  visits(): Visit[] {
    return [...this.board.entries()].flatMap(([, { d }]) => (d.type === 'visit' ? [d] : []));
  }

  version(id: string): number {
    return this.board.get(`v:${id}`)?.v ?? -1;
  }

  book(visitId: string, at: string, more: Partial<CommandOf<'createVisit'>> = {}): void {
    this.must('front-desk', {
      type: 'createVisit',
      visitId,
      kind: 'booked',
      fullName: `Patient ${visitId}`,
      startAt: clock(at),
      durationMin: 20,
      providerId: 'dr-a',
      visitTypeId: 'office',
      ...more,
    });
  }

  move(role: Role, visitId: string, to: VisitStatus, at?: string, more: MoveMore = {}): LogFrame {
    return this.must(role, { type: 'moveVisit', visitId, to, ...more }, at === undefined ? {} : { at });
  }

  lastEventId(): string {
    return `${this.frames.at(-1)?.commandId}#0`;
  }

  wait(count: number): void {
    this.now += minutes(count);
  }
}

type MoveMore = Partial<Omit<CommandOf<'moveVisit'>, 'type' | 'visitId' | 'to'>>;

/** One row of the schedule as the EHR's worker would send it. */
export function scheduleRow(
  visitId: string,
  at: string,
  more: Partial<CommandOf<'applyScheduleRow'>> = {},
): CommandOf<'applyScheduleRow'> {
  const row = {
    type: 'applyScheduleRow' as const,
    visitId,
    system: 'tebra' as const,
    key: `key-${visitId}`,
    appointmentId: `9${visitId.length}`,
    patientId: '77',
    patientKey: `patient-${visitId}`,
    status: 'Scheduled' as const,
    rawStatus: more.status ?? 'Scheduled',
    startAt: clock(at),
    durationMin: 20,
    providerId: 'dr-a',
    visitTypeId: 'office',
    locationName: null,
    fullName: `Patient ${visitId}`,
    dob: null,
    phone: null,
    reason: null,
    ...more,
  };
  return {
    fingerprint: `${row.status} ${row.rawStatus} ${row.startAt} ${row.fullName} ${row.providerId}`,
    ...row,
  };
}

/** The way of a booked visit at 09:00 into a status, by people only. */
const ways: Record<VisitStatus, readonly (readonly [Role, VisitStatus])[]> = {
  scheduled: [],
  confirmed: [['front-desk', 'confirmed']],
  arrived: [['front-desk', 'arrived']],
  'appt-prep': [
    ['front-desk', 'arrived'],
    ['medical-assistant', 'appt-prep'],
  ],
  'ready-for-md': [
    ['front-desk', 'arrived'],
    ['medical-assistant', 'appt-prep'],
    ['medical-assistant', 'ready-for-md'],
  ],
  'with-doctor': [
    ['front-desk', 'arrived'],
    ['medical-assistant', 'appt-prep'],
    ['medical-assistant', 'ready-for-md'],
    ['provider', 'with-doctor'],
  ],
  'seen-by-md': [
    ['front-desk', 'arrived'],
    ['medical-assistant', 'appt-prep'],
    ['medical-assistant', 'ready-for-md'],
    ['provider', 'with-doctor'],
    ['provider', 'seen-by-md'],
  ],
  completed: [
    ['front-desk', 'arrived'],
    ['medical-assistant', 'appt-prep'],
    ['medical-assistant', 'ready-for-md'],
    ['provider', 'with-doctor'],
    ['provider', 'seen-by-md'],
    ['front-desk', 'completed'],
  ],
  left: [
    ['front-desk', 'arrived'],
    ['front-desk', 'left'],
  ],
  'no-show': [['front-desk', 'no-show']],
  cancelled: [['front-desk', 'cancelled']],
  rescheduled: [['front-desk', 'rescheduled']],
  'entered-in-error': [['manager', 'entered-in-error']],
};

/** A fresh board at 10:00 with one visit `v1` (booked 09:00) in the status; each step took five minutes. */
export function playerIn(status: VisitStatus, more: Partial<CommandOf<'createVisit'>> = {}): BoardPlayer {
  const player = new BoardPlayer();
  player.book('v1', '09:00', more);
  player.now = clock('09:31');
  for (const [role, to] of ways[status]) {
    player.must(role, { type: 'moveVisit', visitId: 'v1', to, reason: 'test', by: 'patient' });
    player.wait(5);
  }
  player.now = clock('10:10');
  return player;
}
