/**
 * Where the pieces of a log lie (C2SP tlog-tiles): `tile/<level>/<index>` holds up to 256 hashes,
 * `tile/entries/<index>` up to 256 entries, each behind its length in two bytes. A piece that is not full yet has
 * `.p/<width>` behind its name, so no object ever changes.
 */
import type { SubtreeAt } from './compact-range.ts';
import type { ReadHash } from './proofs.ts';
import { fullRoot, hashBytes, type TreeHash } from './tree-hash.ts';

export const tileWidth = 256;
export const checkpointName = 'checkpoint';
/** Beside the specification: every checkpoint ever signed, under its size. */
export const checkpointFolder = 'checkpoints/';

/** Beside the specification: what a witness signed, one line, under the size and the witness's key. */
export const cosignatureFolder = 'cosignatures/';

/** `1234067` becomes `x001/x234/067`. */
function indexPath(index: number): string {
  const groups: string[] = [];
  let rest = index;
  do {
    groups.unshift(String(rest % 1_000).padStart(3, '0'));
    rest = Math.floor(rest / 1_000);
  } while (rest > 0);
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

const suffix = (width: number): string => (width === tileWidth ? '' : `.p/${width}`);

export function tileName(level: number, index: number, width: number): string {
  return `tile/${level}/${indexPath(index)}${suffix(width)}`;
}

export function bundleName(index: number, width: number): string {
  return `tile/entries/${indexPath(index)}${suffix(width)}`;
}

export function checkpointNameOf(size: number): string {
  return `${checkpointFolder}${String(size).padStart(16, '0')}`;
}

export function cosignatureNameOf(size: number, keyHash: string): string {
  return `${cosignatureFolder}${String(size).padStart(16, '0')}-${keyHash}`;
}

/** How many hashes a level has in a log of `size` entries. */
export function levelCount(level: number, size: number): number {
  return Math.floor(size / tileWidth ** level);
}

/** How many hashes or entries the `index`-th piece of `count` holds; 0 when there is none. */
export function widthOf(index: number, count: number): number {
  return Math.max(0, Math.min(tileWidth, count - index * tileWidth));
}

export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const parts = entries.flatMap((entry) => {
    if (entry.length > 65_535) throw new RangeError('an entry has at most 65,535 bytes');
    return [Buffer.of(entry.length >> 8, entry.length & 255), entry];
  });
  return Buffer.concat(parts);
}

/** The entries of a bundle; null when its lengths do not add up. */
export function decodeBundle(bytes: Uint8Array): Uint8Array[] | null {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 2 > bytes.length) return null;
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    const end = at + 2 + length;
    if (end > bytes.length) return null;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

export function decodeTile(bytes: Uint8Array): TreeHash[] | null {
  if (bytes.length % hashBytes !== 0) return null;
  return Array.from({ length: bytes.length / hashBytes }, (_, i) =>
    bytes.subarray(i * hashBytes, (i + 1) * hashBytes),
  );
}

/** Whatever holds the pieces: a folder, a bucket, an export. Only read. */
export interface LogReader {
  /** The bytes, or null when there is no such piece. */
  read(name: string): Promise<Uint8Array | null>;
  /** Names that begin so. */
  list(prefix: string): AsyncIterable<string>;
}

/** A piece that should be there is not, or is no tile. */
export class MissingPiece extends Error {
  override readonly name = 'MissingPiece';
  readonly piece: string;

  constructor(piece: string) {
    super(`${piece} is missing or cut`);
    this.piece = piece;
  }
}

/** A full piece serves where a partial one of an older size was cleaned away. */
export async function readPiece(
  reader: LogReader,
  nameOf: (width: number) => string,
  width: number,
): Promise<Uint8Array | null> {
  const found = await reader.read(nameOf(width));
  return found ?? (width === tileWidth ? null : reader.read(nameOf(tileWidth)));
}

/** Reads hashes of full subtrees from the tiles of a log of `size` entries. Throws MissingPiece. */
export function tileHashes(reader: LogReader, size: number): ReadHash {
  const known = new Map<string, TreeHash[]>();
  const tileAt = async (level: number, index: number): Promise<TreeHash[]> => {
    const width = widthOf(index, levelCount(level, size));
    const key = `${level}/${index}`;
    const cached = known.get(key);
    if (cached) return cached;
    const bytes = width > 0 ? await readPiece(reader, (w) => tileName(level, index, w), width) : null;
    const hashes = bytes && decodeTile(bytes);
    if (!hashes || hashes.length < width) throw new MissingPiece(tileName(level, index, width || 1));
    known.set(key, hashes);
    return hashes;
  };
  return async ({ level, index }: SubtreeAt) => {
    const [tileLevel, height] = [Math.floor(level / 8), level % 8];
    const first = index * 2 ** height;
    const hashes = await tileAt(tileLevel, Math.floor(first / tileWidth));
    const at = first % tileWidth;
    const row = hashes.slice(at, at + 2 ** height);
    if (row.length < 2 ** height)
      throw new MissingPiece(tileName(tileLevel, Math.floor(first / tileWidth), 1));
    return fullRoot(row);
  };
}
