/** RFC 6962 section 2.1: leaves and inner nodes are hashed under different first bytes, so neither passes for the other. */
import { hash } from 'node:crypto';

export type TreeHash = Uint8Array;
export const hashBytes = 32;

/** Reused for every call: hashing a million leaves would else cost a million buffers. */
const nodeInput = Buffer.alloc(1 + 2 * hashBytes);
nodeInput[0] = 1;
/** A leaf of an entry bundle has at most 65,535 bytes. */
const leafInput = Buffer.alloc(1 + 65_536);

/** SHA-256 over 0x00 and the entry. */
export function leafHash(entry: Uint8Array): TreeHash {
  if (entry.length >= leafInput.length) {
    return hash('sha256', Buffer.concat([Buffer.of(0), entry]), 'buffer');
  }
  leafInput.set(entry, 1);
  return hash('sha256', leafInput.subarray(0, 1 + entry.length), 'buffer');
}

/** SHA-256 over 0x01 and both children. */
export function nodeHash(left: TreeHash, right: TreeHash): TreeHash {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + hashBytes);
  return hash('sha256', nodeInput, 'buffer');
}

/** The root of a tree without leaves. */
export const emptyRoot: TreeHash = hash('sha256', '', 'buffer');

export function isSameHash(a: TreeHash, b: TreeHash): boolean {
  return Buffer.compare(a, b) === 0;
}

/** The root of a full subtree; the number of hashes is a power of two. */
export function fullRoot(hashes: readonly TreeHash[]): TreeHash {
  let row = hashes;
  while (row.length > 1) {
    const above: TreeHash[] = [];
    for (let i = 0; i < row.length; i += 2)
      above.push(nodeHash(row[i] ?? emptyRoot, row[i + 1] ?? emptyRoot));
    row = above;
  }
  return row[0] ?? emptyRoot;
}
