/** One sealed log in an object store: read as the verifier reads it, and grown by whole tiles. */
import {
  bundleName,
  CompactRange,
  checkpointName,
  checkpointNameOf,
  cosignatureNameOf,
  decodeBundle,
  decodeTile,
  edgeOf,
  encodeBundle,
  formatSignatures,
  fullRoot,
  isSameHash,
  type LogReader,
  leafHash,
  levelCount,
  MissingPiece,
  type NoteSignature,
  type ReadCheckpoint,
  readCheckpoint,
  readPiece,
  type TreeHash,
  tileHashes,
  tileName,
  tileWidth,
  widthOf,
  withCosignatures,
} from '@workflow-bolt/audit-verifier';
import { Fault } from '@workflow-bolt/contracts';
import type { ObjectStore } from '../archive/object-store.ts';
import type { AuditLogId } from './audit-keys.ts';

/** Pieces written at a time: they share the wait for a disk or a bucket. */
const writesAtOnce = 32;

export class LogArchive implements LogReader {
  readonly #store: ObjectStore;
  readonly #prefix: string;

  constructor(store: ObjectStore, log: AuditLogId) {
    this.#store = store;
    this.#prefix = `audit/${log}/`;
  }

  read(name: string): Promise<Uint8Array | null> {
    return this.#store.get(this.#prefix + name);
  }

  async *list(prefix: string): AsyncIterable<string> {
    for await (const name of this.#store.list(this.#prefix + prefix)) yield name.slice(this.#prefix.length);
  }

  /** The newest checkpoint, unjudged; null for a log that was never sealed. Throws Fault. */
  async checkpoint(): Promise<ReadCheckpoint | null> {
    const bytes = await this.read(checkpointName);
    return bytes && readCheckpoint(bytes);
  }

  /** Keeps a signed checkpoint for good, then makes it the newest. Throws Fault `archive_conflict` on a fork. */
  async putCheckpoint(size: number, note: Uint8Array): Promise<void> {
    await this.#store.create(this.#prefix + checkpointNameOf(size), note);
    await this.#store.put(this.#prefix + checkpointName, note);
  }

  /** Keeps what a witness signed beside a checkpoint of this size. What another process kept before stands. Throws Fault. */
  async keepCosignature(size: number, signature: NoteSignature): Promise<void> {
    const name = cosignatureNameOf(size, signature.keyHash);
    if (await this.read(name)) return;
    const line = Buffer.from(formatSignatures([signature]));
    await this.#store.create(this.#prefix + name, line).catch((error: unknown) => {
      if (!(error instanceof Fault) || error.code !== 'archive_conflict') throw error;
    });
  }

  /** The newest checkpoint with whatever witnesses have signed beside it; null for a log that was never sealed. */
  async cosignedCheckpoint(): Promise<ReadCheckpoint | null> {
    const checkpoint = await this.checkpoint();
    if (!checkpoint) return null;
    const stem = cosignatureNameOf(checkpoint.size, '');
    const beside: { keyHash: string }[] = [];
    for await (const name of this.list(stem)) beside.push({ keyHash: name.slice(stem.length) });
    return withCosignatures(this, checkpoint, beside);
  }

  /** Entries from one leaf to before another. Throws MissingPiece. */
  async *entries(from: number, to: number, size: number): AsyncIterable<{ leaf: number; bytes: Uint8Array }> {
    for (let index = Math.floor(from / tileWidth); index * tileWidth < to; index += 1) {
      const bundle = await this.#bundle(index, widthOf(index, size));
      for (const [i, bytes] of bundle.entries()) {
        const leaf = index * tileWidth + i;
        if (leaf >= from && leaf < to) yield { leaf, bytes };
      }
    }
  }

  /** The right edge at a size, to go on from. Throws MissingPiece. */
  async range(size: number): Promise<CompactRange> {
    const read = tileHashes(this, size);
    return new CompactRange(size, await Promise.all(edgeOf(size).map(read)));
  }

  /**
   * Writes the bundles and tiles that `entries` add to a log of `size`, and answers its new right edge. What is there
   * already with the same bytes is kept: a sealer that was killed here goes on. Throws Fault `archive_conflict` when
   * other bytes are there.
   */
  async append(size: number, entries: readonly Uint8Array[]): Promise<CompactRange> {
    const range = await this.range(size);
    const hashes = entries.map(leafHash);
    for (const hash of hashes) range.append(hash);
    const pieces = [...(await this.#bundles(size, entries)), ...(await this.#tiles(size, hashes))];
    for (let at = 0; at < pieces.length; at += writesAtOnce) {
      const some = pieces.slice(at, at + writesAtOnce);
      await Promise.all(some.map(([name, bytes]) => this.#store.create(this.#prefix + name, bytes)));
    }
    return range;
  }

  /** Removes partial pieces that a full one has replaced. A locked bucket refuses, and keeps them. */
  async dropPartials(from: number, to: number): Promise<void> {
    const first = Math.floor(from / tileWidth);
    for (let index = first; (index + 1) * tileWidth <= to; index += 1) {
      for (const nameOf of [bundleName, (i: number, w: number) => tileName(0, i, w)]) {
        for await (const name of this.list(`${nameOf(index, tileWidth)}.p/`)) {
          await this.#store.delete(this.#prefix + name).catch(() => false);
        }
      }
    }
  }

  async #bundle(index: number, width: number): Promise<Uint8Array[]> {
    const bytes = await readPiece(this, (w) => bundleName(index, w), width);
    const entries = bytes && decodeBundle(bytes);
    if (!entries || entries.length < width) throw new MissingPiece(bundleName(index, width));
    return entries.slice(0, width);
  }

  async #bundles(size: number, added: readonly Uint8Array[]): Promise<[string, Uint8Array][]> {
    const width = size % tileWidth;
    const index = Math.floor(size / tileWidth);
    const begun = width === 0 ? [] : await this.#begun(index, width);
    const all = [...begun, ...added];
    return piecesOf(all.length).map(([i, w]) => [
      bundleName(index + i, w),
      encodeBundle(all.slice(i * tileWidth, i * tileWidth + w)),
    ]);
  }

  /** Entries of the piece that is not full yet. Altered ones are not written again under a new name. */
  async #begun(index: number, width: number): Promise<Uint8Array[]> {
    const [entries, hashes] = await Promise.all([this.#bundle(index, width), this.#tile(0, index, width)]);
    const isWhole = entries.every((entry, i) => isSameHash(leafHash(entry), hashes[i] ?? new Uint8Array()));
    if (!isWhole) throw new Fault('archive_conflict', { reason: 'entries_altered' });
    return entries;
  }

  /** Level by level: what becomes full below is one more hash above. */
  async #tiles(size: number, added: readonly TreeHash[]): Promise<[string, Uint8Array][]> {
    const pieces: [string, Uint8Array][] = [];
    let row = added;
    for (let level = 0; row.length > 0; level += 1) {
      const before = levelCount(level, size);
      const index = Math.floor(before / tileWidth);
      const all = [...(await this.#tile(level, index, before % tileWidth)), ...row];
      const above: TreeHash[] = [];
      for (const [i, w] of piecesOf(all.length)) {
        const hashes = all.slice(i * tileWidth, i * tileWidth + w);
        pieces.push([tileName(level, index + i, w), Buffer.concat(hashes)]);
        if (w === tileWidth) above.push(fullRoot(hashes));
      }
      row = above;
    }
    return pieces;
  }

  async #tile(level: number, index: number, width: number): Promise<TreeHash[]> {
    if (width === 0) return [];
    const bytes = await readPiece(this, (w) => tileName(level, index, w), width);
    const hashes = bytes && decodeTile(bytes);
    if (!hashes || hashes.length < width) throw new MissingPiece(tileName(level, index, width));
    return hashes.slice(0, width);
  }
}

/** Number and width of each piece that `count` entries fill. */
function piecesOf(count: number): [number, number][] {
  return Array.from({ length: Math.ceil(count / tileWidth) }, (_, i) => [i, widthOf(i, count)]);
}
