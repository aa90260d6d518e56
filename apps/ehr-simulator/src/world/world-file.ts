import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { DayOptions } from '@workflow-bolt/testkit/generate';
import { z } from 'zod';
import type { AppointmentRecord, EhrWorld, PatientRecord } from './world.ts';

const FORMAT = 'ehr-simulator-world';
/** Of this file alone; a file of another version is set aside, not guessed at. */
const VERSION = 1;

const headSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.number().int(),
  sha256: z.string(),
});

/** What an account's data has become since its day was generated. */
export interface KeptWorld {
  day: DayOptions;
  nextId: number;
  appointments: AppointmentRecord[];
  /** Those that were changed. */
  patients: PatientRecord[];
}

export type Loaded =
  | { kind: 'kept'; world: KeptWorld }
  /** Nothing to go on with; `notice` says why when something was there that should have been readable. */
  | { kind: 'fresh'; notice: string | null };

/**
 * An account's data over a restart: one line that says what the file is, one with the data and nothing else. Written aside and
 * moved into place whole, so that a killed process leaves the former file.
 */
export class WorldFile {
  readonly #path: string;
  readonly #warn: (sentence: string) => void;

  constructor(path: string, warn: (sentence: string) => void) {
    this.#path = path;
    this.#warn = warn;
  }

  /** What was kept of this very day. What cannot be read is moved aside, for whoever wants to look at it. */
  load(day: DayOptions): Loaded {
    if (!existsSync(this.#path)) return { kind: 'fresh', notice: null };
    const read = readWorld(readFileSync(this.#path, 'utf8'));
    if (typeof read === 'string') return { kind: 'fresh', notice: this.#setAside(read) };
    return sameDay(read.day, day) ? { kind: 'kept', world: read } : { kind: 'fresh', notice: null };
  }

  /** Keeps what there is now; a disk that refuses is told, and ends nothing. */
  save(day: DayOptions, world: EhrWorld): void {
    const data = JSON.stringify({ day, ...world.changed() } satisfies KeptWorld);
    const head = JSON.stringify({ format: FORMAT, version: VERSION, sha256: sumOf(data) });
    try {
      const half = `${this.#path}.new`;
      const file = openSync(half, 'w', 0o600);
      try {
        writeFileSync(file, `${head}\n${data}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(half, this.#path);
    } catch (error) {
      this.#warn(`What was written could not be kept in ${this.#path}: ${String(error)}`);
    }
  }

  #setAside(why: string): string {
    const aside = `${this.#path}.unreadable`;
    renameSync(this.#path, aside);
    return `The kept appointments ${why}; the simulated EHR begins its day anew. The file is now ${aside}.`;
  }
}

/** The data, or why there is none. */
function readWorld(text: string): KeptWorld | string {
  const [head = '', data = ''] = text.split('\n');
  const parsed = headSchema.safeParse(parseJson(head));
  if (!parsed.success) return 'are damaged (no heading)';
  const { version, sha256 } = parsed.data;
  if (version !== VERSION) return `are of format ${version}, and this version reads ${VERSION}`;
  if (sumOf(data) !== sha256) return 'are damaged (the checksum differs)';
  // The sum says that this is what was written, and the version what it was.
  return JSON.parse(data) as KeptWorld;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const sameDay = (a: DayOptions, b: DayOptions): boolean =>
  a.seed === b.seed &&
  a.date === b.date &&
  a.zone === b.zone &&
  a.profile === b.profile &&
  a.appointments === b.appointments &&
  a.canary === b.canary;
