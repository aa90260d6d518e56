/**
 * The blind index of a clinic: one hash for each kept day, beside its board. It is made of the board and can be made
 * again at any time; its mark says of which state, width and key it was made, so that a sweep finds what a crash left
 * behind. Every change of a day's index is one compare-and-set, and a day that was deleted stays without one.
 */
import { type BoardKey, Fault } from '@workflow-bolt/contracts';
import type { BoardState, IndexedValue } from '@workflow-bolt/domain';
import { putFieldsCall } from '../generated/function-calls.generated.ts';
import { readHash } from '../passkeys/read-hash.ts';
import type { RedisPort } from '../redis-port.ts';
import type { Vault } from '../vault/vault.ts';
import { dayFields, firstWidth, tagField, tagWidths, widthFor } from './blind-tags.ts';
import { clinicIndexKeys, dayIndexKey, goneMs } from './search-keys.ts';

/** Of which state of the board an index was made. */
export type IndexedAt = { epoch: string; seq: number };
/** Visits of one day that share a tag with what was looked for; most of them are somebody else. */
export type Candidates = { date: string; visitIds: string[] };

type Mark = IndexedAt & { bits: number; kid: string; rows: number };
type Change = { set: [string, string][]; drop: string[] };

const gone = 'gone';
/** Fields written at once; more are written in several steps, the mark with the last. */
const fieldsAtOnce = 1_000;
/** Each lost round means that somebody else wrote the same day. */
const triesMax = 8;
/** Days asked at once: more would keep Redis from everybody else. */
const daysAtOnce = 100;

const markText = ({ epoch, seq, bits, kid, rows }: Mark): string => `${epoch} ${seq} ${bits} ${kid} ${rows}`;

function readMark(text: string | null | undefined): Mark | null {
  if (!text || text === gone) return null;
  const [epoch = '', seq, bits, kid = '', rows] = text.split(' ');
  return { epoch, seq: Number(seq), bits: Number(bits), kid, rows: Number(rows) };
}

export class PatientIndex {
  readonly #port: RedisPort;
  readonly #vault: Vault;

  constructor(port: RedisPort, vault: Vault) {
    this.#port = port;
    this.#vault = vault;
  }

  /** Makes the index of a day from a state of its board. An older state than it was made of changes nothing. Throws Fault. */
  async publish(board: BoardKey, state: Pick<BoardState, 'entries' | 'get'>, at: IndexedAt): Promise<void> {
    const keys = await this.#vault.searchKeys(board.clinic);
    const bits = await this.#width(board.clinic);
    const { fields, rows } = dayFields(state, keys, bits);
    fields.set('at', markText({ ...at, bits, kid: keys.kid, rows }));
    const { days } = clinicIndexKeys(board.clinic);
    await this.#port.command('SADD', days, board.date);
    const isGone = await this.#change(board, (present) => {
      const mark = readMark(present.get('at'));
      const isOlder = mark !== null && mark.epoch === at.epoch && mark.seq > at.seq;
      return isOlder ? null : difference(present, fields);
    });
    if (isGone) await this.#port.command('SREM', days, board.date);
  }

  /** True when the day's index was made of this state, by the present key and width. Throws Fault. */
  async isCurrent(board: BoardKey, { epoch, seq }: IndexedAt): Promise<boolean> {
    const [{ kid }, bits, at] = await Promise.all([
      this.#vault.searchKeys(board.clinic),
      this.#width(board.clinic),
      this.#port.command('HGET', dayIndexKey(board), 'at'),
    ]);
    const mark = readMark(at as string | null);
    return mark?.epoch === epoch && mark.seq === seq && mark.bits === bits && mark.kid === kid;
  }

  /** Where patients with any of these values may be found, newest day first. Throws Fault. */
  async candidates(clinic: string, values: readonly IndexedValue[]): Promise<Candidates[]> {
    const keys = await this.#vault.searchKeys(clinic);
    const fields = values.flatMap((value) => tagWidths.map((bits) => tagField(keys, value, bits)));
    const found: Candidates[] = [];
    const dates = await this.#days(clinic);
    for (let from = 0; from < dates.length && fields.length > 0; from += daysAtOnce) {
      const page = dates.slice(from, from + daysAtOnce);
      found.push(...(await Promise.all(page.map((date) => this.#onDay({ clinic, date }, fields)))));
    }
    return found.filter(({ visitIds }) => visitIds.length > 0);
  }

  /** Nothing of the day can be found any more, and nobody who still holds it can index it again. Throws Fault. */
  async forgetDay(board: BoardKey): Promise<void> {
    await this.#change(board, (present) => difference(present, new Map([['at', gone]])));
    await this.#port.command('PEXPIRE', dayIndexKey(board), goneMs);
    await this.#port.command('SREM', clinicIndexKeys(board.clinic).days, board.date);
  }

  /** As `forgetDay`, for a day that was deleted before; true when there was something left of it. Throws Fault. */
  async forgetLeft(board: BoardKey): Promise<boolean> {
    const left = await readHash(this.#port, dayIndexKey(board));
    if (left.size === 0 || left.get('at') === gone) return false;
    await this.forgetDay(board);
    return true;
  }

  /** One visit of a day cannot be found any more: its keys were destroyed. Throws Fault. */
  async forgetVisit(board: BoardKey, visitId: string): Promise<void> {
    await this.#change(board, (present) => difference(present, without(present, visitId)));
  }

  /** Fits the width of tags to the number of rows; days of another width are indexed anew by the sweep. Throws Fault. */
  async fitWidth(clinic: string): Promise<number> {
    const dates = await this.#days(clinic);
    const marks = await Promise.all(
      dates.map((date) => this.#port.command('HGET', dayIndexKey({ clinic, date }), 'at')),
    );
    const rows = marks.reduce<number>((sum, at) => sum + (readMark(at as string | null)?.rows ?? 0), 0);
    const present = await this.#width(clinic);
    const fit = widthFor(rows, present);
    if (fit !== present) await this.#port.command('SET', clinicIndexKeys(clinic).bits, fit);
    return fit;
  }

  async #width(clinic: string): Promise<number> {
    const kept = Number((await this.#port.command('GET', clinicIndexKeys(clinic).bits)) ?? firstWidth);
    return tagWidths.find((width) => width === kept) ?? firstWidth;
  }

  /** Newest first. */
  async #days(clinic: string): Promise<string[]> {
    const dates = (await this.#port.command('SMEMBERS', clinicIndexKeys(clinic).days)) as string[];
    return dates.sort().reverse();
  }

  async #onDay(board: BoardKey, fields: readonly string[]): Promise<Candidates> {
    const found = (await this.#port.command('HMGET', dayIndexKey(board), ...fields)) as (string | null)[];
    const visitIds = new Set(found.flatMap((ids) => ids?.split(' ') ?? []));
    return { date: board.date, visitIds: [...visitIds].sort() };
  }

  /** Reads, decides, writes; once more when somebody wrote in between. True when the day is gone. Throws Fault. */
  async #change(board: BoardKey, decide: (present: Map<string, string>) => Change | null): Promise<boolean> {
    for (let tries = 0; tries < triesMax; tries++) {
      const present = await readHash(this.#port, dayIndexKey(board));
      if (present.get('at') === gone) return true;
      const version = Number(present.get('v') ?? 0);
      present.delete('v');
      const change = decide(present);
      if (!change || (await this.#write(board, version, change))) return false;
    }
    throw new Fault('too_many_requests');
  }

  /** False when somebody wrote since `version` was read. */
  async #write(board: BoardKey, version: number, { set, drop }: Change): Promise<boolean> {
    const record = dayIndexKey(board);
    const steps = stepsOf({ set, drop });
    let at = version;
    for (const step of steps) {
      const reply = await this.#port.fcall(putFieldsCall({ record }, { version: at, ttlMs: 0, ...step }));
      if (reply.status !== 'put') return false;
      at = reply.version;
    }
    return true;
  }
}

/** What makes one index into another. */
function difference(present: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): Change {
  return {
    set: [...wanted].filter(([field, ids]) => present.get(field) !== ids),
    drop: [...present.keys()].filter((field) => !wanted.has(field)),
  };
}

function without(present: ReadonlyMap<string, string>, visitId: string): Map<string, string> {
  const left = new Map<string, string>();
  for (const [field, ids] of present) {
    const kept =
      field === 'at'
        ? ids
        : ids
            .split(' ')
            .filter((id) => id !== visitId)
            .join(' ');
    if (kept !== '') left.set(field, kept);
  }
  return left;
}

/** A change in steps of at most so many fields. While there are several, the index has no mark; the last step sets it. */
function stepsOf({ set, drop }: Change): Change[] {
  const tags = set.filter(([field]) => field !== 'at');
  const steps: Change[] = [];
  for (let from = 0; from < Math.max(tags.length, drop.length); from += fieldsAtOnce) {
    const to = from + fieldsAtOnce;
    steps.push({ set: tags.slice(from, to), drop: drop.slice(from, to) });
  }
  const mark = set.find(([field]) => field === 'at');
  if (steps.length > 1) steps[0]?.drop.push('at');
  if (mark && steps.length === 0) return [{ set: [mark], drop: [] }];
  if (mark) steps.at(-1)?.set.push(mark);
  return steps;
}
