/** What became of each day of a clinic, and what people decided about it: holds, early deletions, certificates. */
import { randomUUID } from 'node:crypto';
import {
  Fault,
  type KeptDay,
  type LegalHold,
  type PurgeRequest,
  type Refusal,
  type ShredCertificate,
} from '@workflow-bolt/contracts';
import { type Acting, actOnHold, decidePurgeRequest, type HoldAct, holdOn } from '@workflow-bolt/domain';
import type { RedisPort } from '../redis-port.ts';
import { type BookRecord, RecordBook } from './record-book.ts';
import { retentionBookKeys } from './retention-keys.ts';

export type RetentionRecords = {
  days: Map<string, KeptDay>;
  holds: LegalHold[];
  requests: PurgeRequest[];
  certificates: ShredCertificate[];
};
export type Settled<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };
type Span = { class: 'flow' | 'messages'; from: string; to: string };

/** Changed with every hold: a deletion that was decided before a hold came into force is decided again. */
const holdsId = 'holds';
const dayId = (date: string): string => `day:${date}`;

export class RetentionStore {
  readonly #book: RecordBook;

  constructor(port: RedisPort, clinic: string) {
    this.#book = new RecordBook(port, retentionBookKeys(clinic));
  }

  /** Everything known. Throws Fault `store_unavailable`. */
  async read(): Promise<RetentionRecords> {
    const all = await this.#book.list<unknown>('');
    const of = <T>(prefix: string): T[] =>
      [...all].flatMap(([id, { value }]) => (id.startsWith(prefix) ? [value as T] : []));
    return {
      days: new Map(of<KeptDay>('day:').map((day) => [day.date, day])),
      holds: of<LegalHold>('hold:'),
      requests: of<PurgeRequest>('ask:'),
      certificates: of<ShredCertificate>('cert:'),
    };
  }

  /** Notes where a day has got to. Throws Fault. */
  async keepDay(day: KeptDay): Promise<void> {
    const id = dayId(day.date);
    await this.#book.update([id], () => ({
      writes: { [id]: day },
      note: { what: day.state, date: day.date },
    }));
  }

  /**
   * From here on the day is being deleted; false, and nothing is changed, when a hold forbids it. A hold that comes
   * into force at the same moment either wins, or finds the day in its list of what is gone.
   */
  async beginPurge(day: KeptDay): Promise<boolean> {
    const { holds } = await this.read();
    const ids = [dayId(day.date), holdsId, ...holds.map(({ id }) => holdKey(id))];
    let isHeld = false;
    await this.#book.update(ids, (records) => {
      const present = [...records].flatMap(([id, { value }]) =>
        id.startsWith('hold:') ? [value as LegalHold] : [],
      );
      isHeld = holdOn(present, 'flow', day.date) !== undefined || isNewer(records, holds);
      if (isHeld) return null;
      const purging: KeptDay = { ...day, state: 'purging' };
      return { writes: { [dayId(day.date)]: purging }, note: { what: 'purging', date: day.date } };
    });
    return !isHeld;
  }

  async keepCertificate(certificate: ShredCertificate): Promise<void> {
    const id = `cert:${certificate.class}:${certificate.period}`;
    await this.#book.update([id], () => ({
      writes: { [id]: certificate },
      note: { what: 'shredded', class: certificate.class, period: certificate.period },
    }));
  }

  /** Asks for a hold; it forbids nothing before a second person has approved it. */
  async requestHold(span: Span, acting: Acting): Promise<LegalHold> {
    const hold: LegalHold = {
      id: randomUUID(),
      ...span,
      state: 'requested',
      requested: acting,
      approved: null,
      liftRequested: null,
      lifted: null,
      gone: [],
    };
    await this.#writeHold(hold, acting);
    return hold;
  }

  /** Approves, withdraws or lifts. Throws Fault; a refusal is returned. `record_not_found` is thrown. */
  async actOnHold(id: string, act: HoldAct, acting: Acting): Promise<Settled<LegalHold>> {
    const { days } = await this.read();
    const ids = [holdKey(id), holdsId, ...[...days.keys()].map(dayId)];
    let answer: Settled<LegalHold> | null = null;
    await this.#book.update(ids, (records) => {
      const known = records.get(holdKey(id))?.value as LegalHold | undefined;
      if (!known) throw new Fault('record_not_found');
      answer = actOnHold(known, act, acting);
      if (!answer.ok) return null;
      const value =
        act === 'approve' ? { ...answer.value, gone: goneIn(answer.value, records) } : answer.value;
      answer = { ok: true, value };
      return {
        writes: { [holdKey(id)]: value, [holdsId]: acting.at },
        note: { what: act, hold: id, by: acting.by },
      };
    });
    if (!answer) throw new Fault('internal');
    return answer;
  }

  async requestPurge(span: Span, acting: Acting): Promise<PurgeRequest> {
    const request: PurgeRequest = {
      id: randomUUID(),
      ...span,
      state: 'requested',
      requested: acting,
      decided: null,
    };
    const id = `ask:${request.id}`;
    await this.#book.update([id], () => ({
      writes: { [id]: request },
      note: { what: 'purge-requested', request: request.id, by: acting.by },
    }));
    return request;
  }

  /** Approves or refuses a deletion. Throws Fault `record_not_found`; a refusal is returned. */
  async decidePurge(id: string, isApproved: boolean, acting: Acting): Promise<Settled<PurgeRequest>> {
    const key = `ask:${id}`;
    let answer: Settled<PurgeRequest> | null = null;
    await this.#book.update([key], (records) => {
      const known = records.get(key)?.value as PurgeRequest | undefined;
      if (!known) throw new Fault('record_not_found');
      answer = decidePurgeRequest(known, isApproved, acting);
      if (!answer.ok) return null;
      const what = isApproved ? 'purge-approved' : 'purge-refused';
      return { writes: { [key]: answer.value }, note: { what, request: id, by: acting.by } };
    });
    if (!answer) throw new Fault('internal');
    return answer;
  }

  async #writeHold(hold: LegalHold, acting: Acting): Promise<void> {
    const id = holdKey(hold.id);
    await this.#book.update([id, holdsId], () => ({
      writes: { [id]: hold, [holdsId]: acting.at },
      note: { what: 'hold-requested', hold: hold.id, by: acting.by },
    }));
  }
}

const holdKey = (id: string): string => `hold:${id}`;

/** A hold was added after the list was read: its record is not among those that were looked at. */
function isNewer(records: ReadonlyMap<string, BookRecord<unknown>>, known: readonly LegalHold[]): boolean {
  const last = records.get(holdsId)?.v ?? 0;
  const seen = Math.max(0, ...known.map(({ id }) => records.get(holdKey(id))?.v ?? 0));
  return last > seen;
}

/** Days of the span that were gone, or going, when the hold came into force. */
function goneIn(hold: LegalHold, records: ReadonlyMap<string, BookRecord<unknown>>): string[] {
  const days = [...records].flatMap(([id, { value }]) => (id.startsWith('day:') ? [value as KeptDay] : []));
  return days
    .filter(({ date, state }) => hold.from <= date && date <= hold.to && state.startsWith('purg'))
    .map(({ date }) => date)
    .sort();
}
