/** Finds entries of a sealed log by time, person, patient and kind. Reads the archive; Redis is not asked. */
import { inclusionProof, tileHashes } from '@workflow-bolt/audit-verifier';
import { type AuditEvent, type AuditSubtype, Fault } from '@workflow-bolt/contracts';
import type { ObjectStore } from '../archive/object-store.ts';
import type { AuditLogId } from './audit-keys.ts';
import { LogArchive } from './log-archive.ts';

export type AuditQuery = {
  /** Epoch ms, both included. */
  from: number;
  to: number;
  actor?: string | undefined;
  patient?: string | undefined;
  sub?: AuditSubtype | undefined;
  out?: 'done' | 'refused' | undefined;
  /** Only leaves behind this one. */
  after?: number | undefined;
  limit: number;
};
export type AuditMatch = Omit<AuditQuery, 'limit'>;
/** An entry with its number and its exact bytes, which are what is proved. */
export type FoundEntry = { leaf: number; bytes: Uint8Array; event: AuditEvent };
export type FoundEntries = { rows: FoundEntry[]; next: number | null; size: number };

/** Entries are sealed within a minute; after an outage of the sealer, within this time. */
const sealedWithinMs = 24 * 3_600_000;

export class AuditReader {
  readonly archive: LogArchive;

  constructor(store: ObjectStore, log: AuditLogId) {
    this.archive = new LogArchive(store, log);
  }

  /** Entries in the order in which they were sealed. Throws Fault `archive_unavailable`, or MissingPiece. */
  async search({ limit, ...query }: AuditQuery): Promise<FoundEntries> {
    const size = await this.size();
    const rows: FoundEntry[] = [];
    for await (const found of this.matching(query, size)) {
      if (rows.length === limit) return { rows, next: rows.at(-1)?.leaf ?? null, size };
      rows.push(found);
    }
    return { rows, next: null, size };
  }

  /** Number of sealed entries. Throws Fault `archive_unavailable`. */
  async size(): Promise<number> {
    return (await this.archive.checkpoint())?.size ?? 0;
  }

  /** The same one by one, for counts over more than a page; of the first `size` entries. Throws as `search` does. */
  async *matching(query: AuditMatch, size: number): AsyncGenerator<FoundEntry> {
    const first = Math.max(await this.#firstSealedSince(query.from, size), (query.after ?? -1) + 1);
    const needles = needlesOf(query);
    for await (const { leaf, bytes } of this.archive.entries(first, size, size)) {
      // Most entries are of others: their bytes tell so without being parsed.
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      if (!needles.every((needle) => text.includes(needle))) continue;
      const event = parseEvent(bytes);
      if (event.sat > query.to + sealedWithinMs) return;
      if (isWanted(event, query)) yield { leaf, bytes, event };
    }
  }

  /** One entry. Throws Fault `internal` outside of the log. */
  async entry(leaf: number): Promise<FoundEntry> {
    const size = (await this.archive.checkpoint())?.size ?? 0;
    for await (const { bytes } of this.archive.entries(leaf, leaf + 1, size)) {
      return { leaf, bytes, event: parseEvent(bytes) };
    }
    throw new Fault('internal', { reason: 'no_such_leaf' });
  }

  /** Paths of these leaves to the root of `size` entries, base64. Throws MissingPiece. */
  async proofs(leaves: readonly number[], size: number): Promise<string[][]> {
    const read = tileHashes(this.archive, size);
    const paths: string[][] = [];
    for (const leaf of leaves) {
      const path = await inclusionProof(read, leaf, size);
      paths.push(path.map((hash) => Buffer.from(hash).toString('base64')));
    }
    return paths;
  }

  /** Leaves are sealed in order of time: the first that may matter is found by halving. */
  async #firstSealedSince(from: number, size: number): Promise<number> {
    let [low, high] = [0, size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((await this.entry(middle)).event.sat < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const parseEvent = (bytes: Uint8Array): AuditEvent =>
  JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')) as AuditEvent;

/** Entries are canonical JSON: a pair stands in them in one way only. */
const needlesOf = ({ actor, patient, sub }: AuditMatch): Buffer[] =>
  [actor && JSON.stringify(actor), patient && JSON.stringify(patient), sub && `"sub":"${sub}"`].flatMap(
    (text) => (text ? [Buffer.from(text)] : []),
  );

function isWanted(event: AuditEvent, { from, to, actor, patient, sub, out }: AuditMatch): boolean {
  if (event.ts < from || event.ts > to) return false;
  if (actor !== undefined && event.agent.uid !== actor) return false;
  if (patient !== undefined && !event.pat?.includes(patient)) return false;
  if (sub !== undefined && event.sub !== sub) return false;
  return out === undefined || (out === 'done') === (event.out === 0);
}
