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
  async search(query: AuditQuery): Promise<FoundEntries> {
    const size = (await this.archive.checkpoint())?.size ?? 0;
    const first = Math.max(await this.#firstSealedSince(query.from, size), (query.after ?? -1) + 1);
    const rows: FoundEntry[] = [];
    const needles = [query.actor, query.patient].flatMap((text) =>
      text ? [Buffer.from(JSON.stringify(text))] : [],
    );
    for await (const { leaf, bytes } of this.archive.entries(first, size, size)) {
      // Most entries are of others: their bytes tell so without being parsed.
      if (
        !needles.every((needle) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(needle))
      )
        continue;
      const event = parseEvent(bytes);
      if (event.sat > query.to + sealedWithinMs) break;
      if (!isWanted(event, query)) continue;
      if (rows.length === query.limit) return { rows, next: rows.at(-1)?.leaf ?? null, size };
      rows.push({ leaf, bytes, event });
    }
    return { rows, next: null, size };
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

function isWanted(event: AuditEvent, { from, to, actor, patient, sub, out }: AuditQuery): boolean {
  if (event.ts < from || event.ts > to) return false;
  if (actor !== undefined && event.agent.uid !== actor) return false;
  if (patient !== undefined && !event.pat?.includes(patient)) return false;
  if (sub !== undefined && event.sub !== sub) return false;
  return out === undefined || (out === 'done') === (event.out === 0);
}
