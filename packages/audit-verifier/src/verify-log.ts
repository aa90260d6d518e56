/**
 * Checks a sealed log from its pieces and a public key alone. Everything is computed again: leaf hashes from the
 * entries, tiles from the hashes, the root of every checkpoint ever signed from the leaves before it.
 */
import type { ReadCheckpoint } from './checkpoint.ts';
import { CompactRange, edgeOf } from './compact-range.ts';
import { confirmationsOf, judgeConfirmations, waitingLeaves } from './confirmations.ts';
import { EntryChecker, type EntryRules } from './entry-rules.ts';
import { type Finding, type FindingKind, Findings } from './findings.ts';
import { judgeCheckpoint, signedHistory, type Trust, trustedCheckpoint } from './read-checkpoints.ts';
import { TileChecker } from './tile-checker.ts';
import {
  bundleName,
  checkpointName,
  decodeBundle,
  type LogReader,
  MissingPiece,
  readPiece,
  tileHashes,
  tileWidth,
  widthOf,
} from './tiles.ts';
import { isSameHash, leafHash } from './tree-hash.ts';

export type VerifyOptions = Trust &
  EntryRules & {
    /** A checkpoint kept from an earlier time: the log must go on from it. */
    since: Uint8Array | null;
    /** With `since`: read only what is new, and take what that checkpoint covers as checked before. */
    isIncremental: boolean;
    /** The log must reach back to this moment, epoch ms; null when it need not. */
    retainFrom: number | null;
    /** The newest entry may be so old, ms; null for any age. */
    ageMaxMs: number | null;
    now: number;
  };

export type VerifyReport = {
  origin: string;
  size: number;
  root: string;
  /** Entries read in this run. */
  checked: number;
  checkpoints: number;
  firstAt: number | null;
  lastAt: number | null;
  findings: Finding[];
  counts: Partial<Record<FindingKind, number>>;
  exitCode: number;
};

/** Reads the whole log once. Throws only what the reader throws. */
export async function verifyLog(reader: LogReader, options: VerifyOptions): Promise<VerifyReport> {
  const findings = new Findings();
  const latest = await trustedCheckpoint(reader, checkpointName, options, findings);
  if (!latest) return reportOf(options.key.name, null, findings);
  const history = await signedHistory(reader, latest, options, findings);
  const since = sinceOf(latest, options, findings);
  if (since) history.set(since.size, agreed(since, history.get(since.size), findings));
  const signed = [...history.values()].filter(({ size }) => size !== latest.size);
  const confirmed = await confirmationsOf(reader, [...signed, latest], options, findings);
  const pass = new LogPass(reader, { latest, history, since }, options, findings);
  await pass.run(waitingLeaves(confirmed, pass.start));
  const { size } = latest;
  const waits = { size, from: pass.start, sealedAt: pass.sealedAt, now: options.now };
  judgeConfirmations(confirmed, waits, options.witnessMaxMs, findings);
  checkAges(pass.entries, options, findings);
  return { ...reportOf(latest.origin, latest, findings), ...pass.summary(), checkpoints: history.size };
}

function sinceOf(latest: ReadCheckpoint, options: VerifyOptions, findings: Findings): ReadCheckpoint | null {
  if (!options.since) return null;
  const since = judgeCheckpoint(options.since, 'the kept checkpoint', options, findings);
  if (since && since.size > latest.size) {
    findings.add('fork', `the kept checkpoint has ${since.size} entries, the log ${latest.size}`, {
      piece: checkpointName,
    });
    return null;
  }
  return since;
}

/** The copy an auditor kept counts for more than the one lying beside the log. */
function agreed(
  kept: ReadCheckpoint,
  stored: ReadCheckpoint | undefined,
  findings: Findings,
): ReadCheckpoint {
  if (stored && !isSameHash(kept.root, stored.root))
    findings.add('fork', `the kept checkpoint of ${kept.size} entries is another one`, { leaf: kept.size });
  return kept;
}

type Scope = {
  latest: ReadCheckpoint;
  history: ReadonlyMap<number, ReadCheckpoint>;
  since: ReadCheckpoint | null;
};

class LogPass {
  readonly entries: EntryChecker;
  readonly #reader: LogReader;
  readonly #scope: Scope;
  readonly #findings: Findings;
  /** First leaf that is read. */
  readonly start: number;
  /** When those leaves were sealed that were asked for, epoch ms. */
  readonly sealedAt = new Map<number, number>();
  readonly #tiles: TileChecker;
  #asked: ReadonlySet<number> = new Set();
  #range = new CompactRange();
  #checked = 0;
  /** Sizes of former checkpoints that the leaves do not give. */
  readonly #unlike: number[] = [];

  constructor(reader: LogReader, scope: Scope, options: VerifyOptions, findings: Findings) {
    this.#reader = reader;
    this.#scope = scope;
    this.#findings = findings;
    this.start = options.isIncremental && scope.since ? scope.since.size : 0;
    this.entries = new EntryChecker(options, findings, this.start === 0);
    this.#tiles = new TileChecker(reader, scope.latest.size, findings);
  }

  summary() {
    return { checked: this.#checked, firstAt: this.entries.firstAt, lastAt: this.entries.lastAt };
  }

  async run(asked: ReadonlySet<number>): Promise<void> {
    this.#asked = asked;
    if (this.start > 0 && !(await this.#takeUp())) return;
    const { size } = this.#scope.latest;
    for (let index = Math.floor(this.start / tileWidth); index * tileWidth < size; index += 1) {
      if (!(await this.#readBundle(index, widthOf(index, size)))) return;
    }
    if (this.start === 0) await this.#tiles.finish();
    this.#judgeHistory();
  }

  /** If the newest root holds and a former one does not, both were signed and exclude each other; else the entries are wrong. */
  #judgeHistory(): void {
    const isLatestGood = isSameHash(this.#range.root(), this.#scope.latest.root);
    if (!isLatestGood)
      this.#findings.add('root_mismatch', 'the entries give another root than the newest checkpoint');
    for (const size of this.#unlike) {
      const detail = `the checkpoint of ${size} entries is not a beginning of this log`;
      this.#findings.add(isLatestGood ? 'fork' : 'root_mismatch', detail, { leaf: Math.max(0, size - 1) });
    }
  }

  /** Begins behind what the kept checkpoint covers: the tiles must give exactly its root. */
  async #takeUp(): Promise<boolean> {
    const read = tileHashes(this.#reader, this.#scope.latest.size);
    try {
      const edge = await Promise.all(edgeOf(this.start).map(read));
      this.#range = new CompactRange(this.start, edge);
    } catch (error) {
      if (!(error instanceof MissingPiece)) throw error;
      this.#findings.add('missing_piece', error.message, { piece: error.piece });
      return false;
    }
    const { since } = this.#scope;
    if (since && isSameHash(this.#range.root(), since.root)) return true;
    this.#findings.add('fork', 'the log does not begin with the kept checkpoint', { leaf: this.start });
    return false;
  }

  async #readBundle(index: number, width: number): Promise<boolean> {
    const name = bundleName(index, width);
    const bytes = await readPiece(this.#reader, (w) => bundleName(index, w), width);
    const entries = bytes && decodeBundle(bytes);
    const first = index * tileWidth;
    if (!bytes) this.#findings.add('missing_piece', `${name} is missing`, { leaf: first, piece: name });
    else if (!entries) this.#findings.add('leaf_mismatch', `${name} is cut`, { leaf: first, piece: name });
    else if (entries.length < width)
      this.#findings.add('missing_piece', `${name} has ${entries.length} entries`, {
        leaf: first,
        piece: name,
      });
    if (!entries || entries.length < width) return false;
    const hashes = entries.slice(0, width).map(leafHash);
    await this.#tiles.checkLeaves(index, hashes, this.start);
    for (const [i, hash] of hashes.entries()) {
      const leaf = first + i;
      if (leaf < this.start) continue;
      this.#range.append(hash);
      this.#checked += 1;
      this.entries.check(leaf, entries[i] ?? new Uint8Array());
      if (this.#asked.has(leaf)) this.sealedAt.set(leaf, this.entries.sealedAt);
      this.#noteRoot();
    }
    return true;
  }

  /** Where a checkpoint was signed, the leaves so far must give its root. */
  #noteRoot(): void {
    // The newest one is judged at the end.
    if (this.#range.size === this.#scope.latest.size) return;
    const expected = this.#scope.history.get(this.#range.size);
    if (expected && !isSameHash(this.#range.root(), expected.root)) this.#unlike.push(this.#range.size);
  }
}

function checkAges(
  { firstAt, lastAt }: EntryChecker,
  { retainFrom, ageMaxMs, now, isIncremental }: VerifyOptions,
  findings: Findings,
): void {
  if (retainFrom !== null && !isIncremental && (firstAt === null || firstAt > retainFrom))
    findings.add('coverage', 'the log begins after the moment that must be covered', { leaf: 0 });
  if (ageMaxMs !== null && lastAt !== null && now - lastAt > ageMaxMs)
    findings.add('backlog', `the newest entry is ${Math.round((now - lastAt) / 60_000)} min old`);
}

function reportOf(origin: string, latest: ReadCheckpoint | null, findings: Findings): VerifyReport {
  return {
    origin,
    size: latest?.size ?? 0,
    root: latest ? Buffer.from(latest.root).toString('base64') : '',
    checked: 0,
    checkpoints: 0,
    firstAt: null,
    lastAt: null,
    findings: findings.all,
    counts: findings.counts,
    exitCode: findings.exitCode,
  };
}
