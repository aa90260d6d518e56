import type { Fields, Value } from './soap/strict-read.ts';

/** What a call did to the account's data. Ids and status words only. */
export type Effect =
  | { kind: 'applied' | 'created'; id: number; status: string }
  /** Answered as done, and not done. */
  | { kind: 'not-applied'; id: number; status: string }
  | { kind: 'deleted' | 'case-cleared'; id: number }
  /** The caller had read an older version: what somebody else wrote in between is gone. */
  | { kind: 'overwrote'; id: number }
  /** The list goes on showing what it showed before. */
  | { kind: 'listed-later'; id: number; ms: number }
  /** Somebody else changed the appointment right after this call was answered. */
  | { kind: 'second-user'; id: number; changed: 'status' | 'notes' };

/** What was done from the control plane, by a person, a test or a script. */
export interface NotedAction {
  at: string;
  arrivedMs: number;
  do: string;
  id: number | null;
  status: string | null;
}

/** What is remembered of a call: never credentials, never names, never a body. */
export interface JournalEntry {
  n: number;
  op: string;
  /** By the simulator's clock. */
  at: string;
  /** Real milliseconds since the simulator started, at arrival. */
  arrivedMs: number;
  durationMs: number | null;
  httpStatus: number | null;
  /** `ok`, `throttled`, `auth:...`, `error`, `fault:...`, `network:...`, or `pending`. */
  outcome: string;
  /** Always redacted: that a login was sent is all that is kept of it. */
  credentials: '[redacted]' | 'none';
  /** Opaque ids, dates and zone offsets of the request. */
  criteria: Record<string, string>;
  /** Paths of the members the strict reader dropped. */
  dropped: string[];
  effects: Effect[];
  requestBytes: number;
  responseBytes: number;
}

const KEPT_MAX = 10_000;
const CRITERIA = new Set([
  ...[
    'AppointmentId',
    'PatientID',
    'PracticeID',
    'PracticeName',
    'BatchSize',
    'StartKey',
    'ID',
    'OccurrenceId',
  ],
  ...['StartDate', 'EndDate', 'TimeZoneOffsetFromGMT', 'FromLastModifiedDate', 'ToLastModifiedDate'],
  ...['FromCreatedDate', 'ToCreatedDate', 'AppointmentStatus', 'Type'],
]);

/** The last 10,000 calls in order of arrival; older ones are forgotten. */
export class Journal {
  #entries: JournalEntry[] = [];
  #actions: NotedAction[] = [];
  #count = 0;

  /** Opens an entry for a call that has arrived; the pipeline fills it in. */
  open(op: string, at: { clockMs: number; arrivedMs: number }): JournalEntry {
    const entry: JournalEntry = {
      n: ++this.#count,
      op,
      at: new Date(at.clockMs).toISOString(),
      arrivedMs: at.arrivedMs,
      durationMs: null,
      httpStatus: null,
      outcome: 'pending',
      credentials: 'none',
      criteria: {},
      dropped: [],
      effects: [],
      requestBytes: 0,
      responseBytes: 0,
    };
    this.#entries.push(entry);
    if (this.#entries.length > KEPT_MAX) this.#entries.shift();
    return entry;
  }

  /** Copies of the entries, oldest first; of one operation when named. */
  list(op?: string): JournalEntry[] {
    return this.#entries
      .filter((entry) => op === undefined || entry.op === op)
      .map((entry) => ({ ...entry }));
  }

  /** Notes what was done from outside; the last 10,000 are kept. */
  note(action: NotedAction): void {
    this.#actions.push(action);
    if (this.#actions.length > KEPT_MAX) this.#actions.shift();
  }

  /** Copies of what was done from outside, oldest first. */
  actions(): NotedAction[] {
    return this.#actions.map((action) => ({ ...action }));
  }

  /** How often an operation has been called since the start or the last clearing. */
  count(op: string): number {
    return this.#entries.filter((entry) => entry.op === op).length;
  }

  clear(): void {
    this.#entries = [];
    this.#actions = [];
  }
}

/** The opaque part of a request: ids, dates, offsets; everything else stays out of the journal. */
export function criteriaOf(request: Fields): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const section of [request.Filter, request.Appointment]) {
    if (section === null || typeof section !== 'object' || Array.isArray(section)) continue;
    for (const [name, value] of Object.entries(section)) if (isKept(name, value)) kept[name] = String(value);
  }
  return kept;
}

function isKept(name: string, value: Value | undefined): boolean {
  return CRITERIA.has(name) && (typeof value === 'string' || typeof value === 'number');
}
