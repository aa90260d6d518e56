/** Compares every tile with what the entries give: an entry and its hash must not part ways. */
import type { Findings } from './findings.ts';
import { decodeTile, type LogReader, levelCount, readPiece, tileName, tileWidth, widthOf } from './tiles.ts';
import { fullRoot, isSameHash, type TreeHash } from './tree-hash.ts';

export class TileChecker {
  readonly #reader: LogReader;
  readonly #size: number;
  readonly #findings: Findings;
  /** Roots of the full tiles of level 0, in order: the hashes of level 1. */
  readonly #above: TreeHash[] = [];

  constructor(reader: LogReader, size: number, findings: Findings) {
    this.#reader = reader;
    this.#size = size;
    this.#findings = findings;
  }

  /** Judges the tile beside a bundle; leaves before `from` were checked before. */
  async checkLeaves(index: number, hashes: readonly TreeHash[], from: number): Promise<void> {
    const stored = await this.#stored(0, index);
    const first = index * tileWidth;
    for (const [i, hash] of hashes.entries()) {
      const there = stored?.[i];
      if (there && first + i >= from && !isSameHash(there, hash))
        this.#findings.add('leaf_mismatch', 'the entry does not have the hash that was sealed', {
          leaf: first + i,
        });
    }
    if (hashes.length === tileWidth) this.#above.push(fullRoot(hashes));
  }

  /** Judges the tiles above, once all leaves were read from the first on. */
  async finish(): Promise<void> {
    let row: readonly TreeHash[] = this.#above;
    for (let level = 1; levelCount(level, this.#size) > 0; level += 1) {
      const above: TreeHash[] = [];
      for (let index = 0; index * tileWidth < row.length; index += 1) {
        const hashes = row.slice(index * tileWidth, (index + 1) * tileWidth);
        await this.#compare(level, index, hashes);
        if (hashes.length === tileWidth) above.push(fullRoot(hashes));
      }
      row = above;
    }
  }

  async #compare(level: number, index: number, hashes: readonly TreeHash[]): Promise<void> {
    const stored = await this.#stored(level, index);
    const isSame =
      stored?.length === hashes.length && stored.every((hash, i) => isSameHash(hash, hashes[i] ?? hash));
    const piece = tileName(level, index, hashes.length);
    if (stored && !isSame)
      this.#findings.add('root_mismatch', `${piece} is not the sum of the tiles below`, { piece });
  }

  async #stored(level: number, index: number): Promise<TreeHash[] | null> {
    const width = widthOf(index, levelCount(level, this.#size));
    const piece = tileName(level, index, width);
    const bytes = await readPiece(this.#reader, (w) => tileName(level, index, w), width);
    const hashes = bytes && decodeTile(bytes);
    if (hashes && hashes.length >= width) return hashes.slice(0, width);
    this.#findings.add('missing_piece', `${piece} is missing or cut`, { piece });
    return null;
  }
}
