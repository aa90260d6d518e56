/**
 * Watches the record of accesses from outside of those who write and seal it: numbers without a gap, and a sealer that
 * keeps up. One reader of one stream; it starts again from the beginning of what Redis holds.
 */
import { AuditSequence, type NumberedEntry, type SequenceGap, type Signal } from '@workflow-bolt/domain';
import { type AuditLogId, auditKeys, clinicOf } from '../audit/audit-keys.ts';
import { pairsOf } from '../audit/seal-state.ts';
import { timeOfId } from '../board-log.ts';
import type { RedisPort } from '../redis-port.ts';

/** The sealer works every few seconds; what has waited so long has been forgotten, or is held up. */
export const sealLateMs = 300_000;
const pageMax = 500;

type StreamEntry = [id: string, fields: string[]];

export class AuditWatch {
  readonly #port: RedisPort;
  readonly #log: AuditLogId;
  readonly #sequence = new AuditSequence();
  #cursor = '-';
  #isFromStart = true;

  constructor(port: RedisPort, log: AuditLogId) {
    this.#port = port;
    this.#log = log;
  }

  /** What is wrong since the last look, as signals; `now` is Redis's clock, epoch ms. Throws Fault. */
  async look(now: number): Promise<Signal[]> {
    const signals = await this.#gaps(now);
    if (await this.#isLate(now)) signals.push(this.#signal('audit-late', 'sealer', now));
    return signals;
  }

  async #gaps(now: number): Promise<Signal[]> {
    if (this.#cursor === '-') this.#isFromStart = await this.#isUntrimmed();
    const found: Signal[] = [];
    for (;;) {
      const entries = await this.#page();
      const gaps = this.#sequence.take(entries.flatMap(numberOf), this.#isFromStart);
      // By its own time: whoever starts again finds it again, and it is still the same matter.
      found.push(...gaps.map((gap) => this.#signal('audit-gap', objectOf(gap), timeOf(gap, entries) ?? now)));
      const last = entries.at(-1);
      if (last) this.#cursor = `(${last[0]}`;
      if (entries.length < pageMax) return found;
    }
  }

  async #page(): Promise<StreamEntry[]> {
    const { events } = auditKeys(this.#log);
    return (await this.#port.command('XRANGE', events, this.#cursor, '+', 'COUNT', pageMax)) as StreamEntry[];
  }

  /** Redis counts what was ever added: less than that in a stream nobody trimmed means that something is missing. */
  async #isUntrimmed(): Promise<boolean> {
    const { events, seal } = auditKeys(this.#log);
    const sealed = (await this.#port.command('HGET', seal, 'size')) as string | null;
    const present = Number(await this.#port.command('XLEN', events));
    return Number(sealed ?? 0) === 0 && present > 0;
  }

  /** The oldest entry that is not sealed yet has waited too long. */
  async #isLate(now: number): Promise<boolean> {
    const { events, seal } = auditKeys(this.#log);
    const position = (await this.#port.command('HGET', seal, 'p:security')) as string | null;
    const sid = position?.split(' ')[0] ?? '0-0';
    const [oldest] = (await this.#port.command(
      'XRANGE',
      events,
      sid === '0-0' ? '-' : `(${sid}`,
      '+',
      'COUNT',
      1,
    )) as StreamEntry[];
    return oldest !== undefined && now - timeOfId(oldest[0]) > sealLateMs;
  }

  #signal(kind: Signal['kind'], object: string, at: number): Signal {
    return { kind, at, clinic: clinicOf(this.#log), uid: null, network: null, session: null, object };
  }
}

/** Each gap is a matter of its own: what was judged about one says nothing of the next of the same process. */
const objectOf = ({ inst, after, found }: SequenceGap): string => `${inst}:${after}-${found}`;

/** When the entry behind a gap was written, epoch ms. */
function timeOf({ inst, found }: SequenceGap, entries: readonly StreamEntry[]): number | null {
  const isIt = (entry: StreamEntry): boolean =>
    numberOf(entry).some((number) => number.inst === inst && number.iseq === found);
  const entry = entries.find(isIt);
  return entry ? timeOfId(entry[0]) : null;
}

function numberOf([, fields]: StreamEntry): NumberedEntry[] {
  const found = new Map(pairsOf(fields));
  const inst = found.get('i');
  const iseq = Number(found.get('s'));
  return inst === undefined || !Number.isInteger(iseq) ? [] : [{ inst, iseq }];
}
