/**
 * Proofs of RFC 6962 section 2.1, made from a reader of subtree hashes and checked without one. The checks follow RFC
 * 9162 sections 2.1.3.2 and 2.1.4.2: sizes and lengths are part of what is proved, nothing is skipped, and whatever is
 * left over makes the proof invalid.
 */
import type { SubtreeAt } from './compact-range.ts';
import { isSameHash, nodeHash, type TreeHash } from './tree-hash.ts';

/** Hash of one full subtree. Throws when it is not to be had. */
export type ReadHash = (at: SubtreeAt) => Promise<TreeHash> | TreeHash;

/** Largest power of two below n; n > 1. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Root of the leaves [start, end); start is a multiple of the range's largest power of two. */
export async function rangeRoot(read: ReadHash, start: number, end: number): Promise<TreeHash> {
  const size = end - start;
  if (Number.isInteger(Math.log2(size))) return read({ level: Math.log2(size), index: start / size });
  const k = splitOf(size);
  return nodeHash(await rangeRoot(read, start, start + k), await rangeRoot(read, start + k, end));
}

/** The path from a leaf to the root of `size` leaves, lowest first. Throws RangeError outside of the tree. */
export async function inclusionProof(read: ReadHash, leaf: number, size: number): Promise<TreeHash[]> {
  if (!(leaf >= 0 && leaf < size)) throw new RangeError('there is no such leaf');
  const path: TreeHash[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (leaf < middle) {
      path.push(await rangeRoot(read, middle, end));
      end = middle;
    } else {
      path.push(await rangeRoot(read, start, middle));
      start = middle;
    }
  }
  return path.reverse();
}

/** That the first `from` of `size` leaves are the whole former tree. Throws RangeError for impossible sizes. */
export async function consistencyProof(read: ReadHash, from: number, size: number): Promise<TreeHash[]> {
  if (!(from >= 0 && from <= size)) throw new RangeError('a tree only grows');
  if (from === 0 || from === size) return [];
  const path: TreeHash[] = [];
  let [start, end, isWhole] = [0, size, true];
  while (from !== end) {
    const middle = start + splitOf(end - start);
    if (from <= middle) {
      path.push(await rangeRoot(read, middle, end));
      end = middle;
    } else {
      path.push(await rangeRoot(read, start, middle));
      start = middle;
      isWhole = false;
    }
  }
  if (!isWhole) path.push(await rangeRoot(read, start, end));
  return path.reverse();
}

type Inclusion = {
  leaf: number;
  size: number;
  leafHash: TreeHash;
  root: TreeHash;
  proof: readonly TreeHash[];
};
const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;

/** Whether the proof shows this leaf in that tree. */
export function isIncluded({ leaf, size, leafHash, root, proof }: Inclusion): boolean {
  if (!isCount(leaf) || !isCount(size) || leaf >= size) return false;
  let [fn, sn, r] = [leaf, size - 1, leafHash];
  for (const p of proof) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      r = nodeHash(p, r);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else r = nodeHash(r, p);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && isSameHash(r, root);
}

type Consistency = {
  from: number;
  size: number;
  fromRoot: TreeHash;
  root: TreeHash;
  proof: readonly TreeHash[];
};

/** Whether the proof shows that the tree of `size` leaves begins with the one of `from`. */
export function isConsistent({ from, size, fromRoot, root, proof }: Consistency): boolean {
  if (!isCount(from) || !isCount(size) || from > size) return false;
  if (from === size) return proof.length === 0 && isSameHash(fromRoot, root);
  // Every tree begins with the empty one: nothing to prove, and nothing may be claimed beside it.
  if (from === 0) return proof.length === 0;
  const isPowerOfTwo = Number.isInteger(Math.log2(from));
  const [first, ...rest] = isPowerOfTwo ? [fromRoot, ...proof] : proof;
  if (!first || proof.length === 0) return false;
  let [fn, sn] = [from - 1, size - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let [fr, sr] = [first, first];
  for (const c of rest) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      fr = nodeHash(c, fr);
      sr = nodeHash(c, sr);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else sr = nodeHash(sr, c);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && isSameHash(fr, fromRoot) && isSameHash(sr, root);
}
