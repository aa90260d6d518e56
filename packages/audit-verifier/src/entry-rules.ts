/** What must hold between the entries of a log, whoever sealed them: numbers without a gap, time that goes on. */
import type { Findings } from './findings.ts';

export type EntryRules = {
  /** How far an entry may lie before the former one of its source, ms. */
  skewMs: number;
  /** How long an entry may wait to be sealed, ms; null for any time. */
  backlogMaxMs: number | null;
  /** Longest silence between two entries, ms; null for any. */
  silenceMaxMs: number | null;
};

type Entry = {
  v?: unknown;
  id?: unknown;
  src?: unknown;
  sn?: unknown;
  ts?: unknown;
  sat?: unknown;
  inst?: unknown;
  iseq?: unknown;
  sub?: unknown;
  why?: unknown;
  out?: unknown;
  cmd?: unknown;
  q?: unknown;
};
type SourceState = { sn: number; ms: number; part: number; ts: number; q: number };

const idShape = /^(.+)\/(\d+)-(\d+)$/;

/** State of one pass over a log from its first entry, or from where an earlier pass ended. */
export class EntryChecker {
  readonly #rules: EntryRules;
  readonly #findings: Findings;
  readonly #sources = new Map<string, SourceState>();
  readonly #writers = new Map<string, number>();
  readonly #isFromStart: boolean;
  #sealedAt = 0;
  firstAt: number | null = null;
  lastAt: number | null = null;

  constructor(rules: EntryRules, findings: Findings, isFromStart: boolean) {
    this.#rules = rules;
    this.#findings = findings;
    this.#isFromStart = isFromStart;
  }

  /** When the newest entry so far was sealed, epoch ms. */
  get sealedAt(): number {
    return this.#sealedAt;
  }

  check(leaf: number, bytes: Uint8Array): void {
    const entry = parseEntry(bytes);
    if (!entry) {
      this.#findings.add('sequence', 'not an entry of version 1', { leaf });
      return;
    }
    const [, src, msText, partText] = idShape.exec(String(entry.id)) ?? [];
    const { sn, ts, sat } = entry;
    const isWhole =
      src === entry.src && src !== undefined && Number.isSafeInteger(sn) && Number.isSafeInteger(ts);
    if (!isWhole || !Number.isSafeInteger(sat)) {
      this.#findings.add('sequence', 'the entry lacks its place', { leaf });
      return;
    }
    const at = { sn: Number(sn), ms: Number(msText), part: Number(partText), ts: Number(ts), q: -1 };
    this.#checkPlace(leaf, src, at);
    this.#checkPosition(leaf, entry, src);
    this.#checkWriter(leaf, entry, src);
    this.#checkTimes(leaf, Number(ts), Number(sat));
    if (entry.sub === 'audit-gap') this.#noteGap(leaf, String(entry.why));
  }

  /** The number in its stream goes up by one, and so does the stream's own id. */
  #checkPlace(leaf: number, src: string, at: SourceState): void {
    const before = this.#sources.get(src);
    const expected = before ? before.sn + 1 : this.#isFromStart ? 1 : at.sn;
    if (at.sn !== expected)
      this.#findings.add('sequence', `${src}: number ${at.sn} where ${expected} should be`, { leaf });
    if (before) {
      const isLater = at.ms > before.ms || (at.ms === before.ms && at.part > before.part);
      if (!isLater) this.#findings.add('sequence', `${src}: an entry stands before its former`, { leaf });
      if (at.ts < before.ts - this.#rules.skewMs)
        this.#findings.add('time_goes_back', `${src}: ${before.ts - at.ts} ms back`, { leaf });
      at.q = before.q;
    }
    this.#sources.set(src, at);
  }

  /** Every commit of a board has its entry: the positions of what was carried out have no gap. */
  #checkPosition(leaf: number, entry: Entry, src: string): void {
    if (entry.cmd === undefined || entry.out !== 0 || !Number.isSafeInteger(entry.q)) return;
    const state = this.#sources.get(src);
    if (!state) return;
    const q = Number(entry.q);
    const isFirstKnown = state.q < 0 && !this.#isFromStart;
    // A position may go back after a failover that lost its tail (then the board has a new epoch), never ahead.
    if (!isFirstKnown && q > Math.max(state.q, 0) + 1)
      this.#findings.add(
        'sequence',
        `${src}: commits ${Math.max(state.q, 0) + 1} to ${q - 1} have no entry`,
        { leaf },
      );
    state.q = q;
  }

  #checkWriter(leaf: number, { inst, iseq }: Entry, src: string): void {
    if (typeof inst !== 'string' || !Number.isSafeInteger(iseq)) return;
    const writer = `${src} ${inst}`;
    const before = this.#writers.get(writer);
    const expected = before === undefined ? (this.#isFromStart ? 1 : Number(iseq)) : before + 1;
    if (Number(iseq) !== expected)
      this.#findings.add('sequence', `${inst}: event ${Number(iseq)} where ${expected} should be`, { leaf });
    this.#writers.set(writer, Number(iseq));
  }

  #checkTimes(leaf: number, ts: number, sat: number): void {
    const { backlogMaxMs, silenceMaxMs, skewMs } = this.#rules;
    if (backlogMaxMs !== null && sat - ts > backlogMaxMs)
      this.#findings.add('backlog', `waited ${Math.round((sat - ts) / 1_000)} s to be sealed`, { leaf });
    if (silenceMaxMs !== null && this.#sealedAt > 0 && sat - this.#sealedAt > silenceMaxMs)
      this.#findings.add('coverage', `nothing for ${Math.round((sat - this.#sealedAt) / 3_600_000)} h`, {
        leaf,
      });
    if (sat < this.#sealedAt - skewMs)
      this.#findings.add('time_goes_back', 'sealed before the former entry was', { leaf });
    this.#sealedAt = Math.max(sat, this.#sealedAt);
    this.firstAt ??= ts;
    this.lastAt = Math.max(ts, this.lastAt ?? ts);
  }

  /** The sealer has found the gap already and sealed the finding. */
  #noteGap(leaf: number, why: string): void {
    this.#findings.add(why === 'stream_count' ? 'count_mismatch' : 'sequence', `noted when sealed: ${why}`, {
      leaf,
    });
  }
}

function parseEntry(bytes: Uint8Array): Entry | null {
  try {
    const entry: unknown = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
    );
    return typeof entry === 'object' && entry !== null && (entry as Entry).v === 1 ? (entry as Entry) : null;
  } catch {
    return null;
  }
}
