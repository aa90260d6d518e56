/** The right edge of a growing tree: enough to append and to tell the root, in log2(n) hashes. */
import { emptyRoot, nodeHash, type TreeHash } from './tree-hash.ts';

export class CompactRange {
  /** Roots of the full subtrees from left to right, the largest first. */
  readonly #roots: TreeHash[];
  #size: number;

  /** `roots` are those of the full subtrees of `size` leaves, as `edgeOf` lists them. */
  constructor(size = 0, roots: readonly TreeHash[] = []) {
    if (roots.length !== edgeOf(size).length)
      throw new RangeError('an edge has one hash for each full subtree');
    this.#size = size;
    this.#roots = [...roots];
  }

  get size(): number {
    return this.#size;
  }

  append(leaf: TreeHash): void {
    let top = leaf;
    // As a binary counter carries: each trailing 1 of the size is a subtree of the same height.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#roots.pop();
      if (!left) throw new RangeError('the edge is shorter than its size');
      top = nodeHash(left, top);
    }
    this.#roots.push(top);
    this.#size += 1;
  }

  /** Root of all leaves so far. */
  root(): TreeHash {
    if (this.#size === 0) return emptyRoot;
    return this.#roots.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** A full subtree: at height `level`, the `index`-th of its row. */
export type SubtreeAt = { level: number; index: number };

/** The full subtrees of `size` leaves, from left to right. */
export function edgeOf(size: number): SubtreeAt[] {
  const edge: SubtreeAt[] = [];
  let start = 0;
  for (let level = Math.floor(Math.log2(Math.max(1, size))) + 1; level >= 0; level -= 1) {
    const width = 2 ** level;
    if (size - start < width) continue;
    edge.push({ level, index: start / width });
    start += width;
  }
  return edge;
}
