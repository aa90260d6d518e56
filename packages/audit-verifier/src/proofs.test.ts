import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { consistencyProofs, inclusionProofs, leaves, roots } from '../test/published-vectors.ts';
import { CompactRange, edgeOf } from './compact-range.ts';
import { consistencyProof, inclusionProof, isConsistent, isIncluded, rangeRoot } from './proofs.ts';
import { emptyRoot, leafHash, nodeHash, type TreeHash } from './tree-hash.ts';

const hashes = leaves.map(leafHash);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
/** MTH of RFC 6962 section 2.1, as it is written there. */
function plainRoot(row: readonly TreeHash[]): TreeHash {
  if (row.length === 0) return emptyRoot;
  if (row.length === 1) return row[0] ?? emptyRoot;
  let k = 1;
  while (k * 2 < row.length) k *= 2;
  return nodeHash(plainRoot(row.slice(0, k)), plainRoot(row.slice(k)));
}
const readerOf =
  (row: readonly TreeHash[]) =>
  ({ level, index }: { level: number; index: number }) =>
    plainRoot(row.slice(index * 2 ** level, (index + 1) * 2 ** level));
const rootOf = (size: number): TreeHash => roots[size] ?? emptyRoot;

describe('published vectors of RFC 6962 trees [H-07]', () => {
  test.each(roots.map((root, size) => [size, hex(root)] as const))('root of %i leaves', (size, root) => {
    const range = new CompactRange();
    for (const hash of hashes.slice(0, size)) range.append(hash);
    expect(hex(range.root())).toBe(root);
    expect(hex(plainRoot(hashes.slice(0, size)))).toBe(root);
  });

  test.each(inclusionProofs)('leaf $leaf is in the tree of $size', async ({ leaf, size, proof }) => {
    expect((await inclusionProof(readerOf(hashes), leaf, size)).map(hex)).toEqual(proof.map(hex));
    const claim = { leaf, size, leafHash: hashes[leaf] ?? emptyRoot, root: rootOf(size), proof };
    expect(isIncluded(claim)).toBe(true);
  });

  test.each(consistencyProofs)('the tree of $size goes on from $from', async ({ from, size, proof }) => {
    expect((await consistencyProof(readerOf(hashes), from, size)).map(hex)).toEqual(proof.map(hex));
    expect(isConsistent({ from, size, fromRoot: rootOf(from), root: rootOf(size), proof })).toBe(true);
  });
});

type Proof = readonly Uint8Array[];
const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
};
/** What the published sets of refused proofs do to a good one. */
function damagedProofs(proof: Proof, root: Uint8Array): [string, Proof][] {
  const garbage = Buffer.alloc(32, 7);
  return [
    ...proof.map((hash, i): [string, Proof] => [
      `bit 4 of part ${i} flipped`,
      proof.with(i, flipped(hash, 4)),
    ]),
    ['empty part in front', [Buffer.alloc(0), ...proof]],
    ['empty part behind', [...proof, Buffer.alloc(0)]],
    ['garbage in front', [garbage, ...proof]],
    ['garbage behind', [...proof, garbage]],
    ['root in front', [root, ...proof]],
    ['root behind', [...proof, root]],
    ...(proof.length > 0
      ? ([
          ['last part cut', proof.slice(0, -1)],
          ['first part cut', proof.slice(1)],
          ['nothing left', []],
        ] as [string, Proof][])
      : []),
  ];
}

describe('[audit] proofs that must be refused', () => {
  describe.each(inclusionProofs)('leaf $leaf of $size', ({ leaf, size, proof }) => {
    const good = { leaf, size, leafHash: hashes[leaf] ?? emptyRoot, root: rootOf(size), proof };
    test.each(damagedProofs(proof, good.root))('%s', (_what, damaged) => {
      expect(isIncluded({ ...good, proof: damaged })).toBe(false);
    });
    test('another place, size, leaf or root', () => {
      for (const [other, otherSize] of [
        [leaf - 1, size],
        [leaf + 1, size],
        [leaf ^ 2, size],
        [leaf, size * 2],
        [leaf, Math.floor(size / 2)],
        [leaf, 0],
        [Number.NaN, size],
        [leaf + 0.5, size],
      ] as const) {
        if (other === leaf && otherSize === size) continue;
        // A shape that cannot be told apart by the path alone: the leaf's hash differs then.
        expect(isIncluded({ ...good, leaf: other, size: otherSize })).toBe(false);
      }
      expect(isIncluded({ ...good, leafHash: leafHash(Buffer.from('wrong')) })).toBe(false);
      expect(isIncluded({ ...good, root: emptyRoot })).toBe(false);
      expect(isIncluded({ ...good, root: new Uint8Array() })).toBe(false);
    });
  });

  describe.each(consistencyProofs)('from $from to $size', ({ from, size, proof }) => {
    const good = { from, size, fromRoot: rootOf(from), root: rootOf(size), proof };
    test.each(damagedProofs(proof, good.root))('%s', (_what, damaged) => {
      expect(isConsistent({ ...good, proof: damaged })).toBe(false);
    });
    test('other sizes and roots', () => {
      for (const [f, s] of [
        [from - 1, size],
        [from + 1, size],
        [from ^ 2, size],
        [from, size * 2],
        [from, Math.floor(size / 2)],
      ] as const) {
        if (f === 0 && proof.length === 0) continue;
        expect(isConsistent({ ...good, from: f, size: s })).toBe(false);
      }
      if (from !== size) {
        expect(isConsistent({ ...good, fromRoot: good.root, root: good.fromRoot })).toBe(false);
      }
      expect(isConsistent({ ...good, fromRoot: emptyRoot })).toBe(false);
      expect(isConsistent({ ...good, root: emptyRoot })).toBe(false);
    });
  });
});

describe('proofs of any tree', () => {
  const tree = fc.array(fc.uint8Array({ maxLength: 12 }), { minLength: 1, maxLength: 70 });

  it('every leaf of a tree of any size is proved, and no other leaf with its proof', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), async (entries, at) => {
        const row = entries.map(leafHash);
        const leaf = at % row.length;
        const proof = await inclusionProof(readerOf(row), leaf, row.length);
        const claim = {
          leaf,
          size: row.length,
          leafHash: row[leaf] ?? emptyRoot,
          root: plainRoot(row),
          proof,
        };
        expect(isIncluded(claim)).toBe(true);
        expect(isIncluded({ ...claim, leafHash: leafHash(Buffer.from('another entry')) })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('every size goes on from every smaller one, and from no other beginning', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), async (entries, at) => {
        const row = entries.map(leafHash);
        const from = 1 + (at % row.length);
        const proof = await consistencyProof(readerOf(row), from, row.length);
        const claim = {
          from,
          size: row.length,
          fromRoot: plainRoot(row.slice(0, from)),
          root: plainRoot(row),
          proof,
        };
        expect(isConsistent(claim)).toBe(true);
        const other = [leafHash(Buffer.from('another beginning')), ...row.slice(1, from)];
        expect(isConsistent({ ...claim, fromRoot: plainRoot(other) })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('an edge of any size adds up to the root, and goes on from there', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), async (entries, at) => {
        const row = entries.map(leafHash);
        const from = at % (row.length + 1);
        const read = readerOf(row);
        const range = new CompactRange(from, await Promise.all(edgeOf(from).map(read)));
        expect(hex(range.root())).toBe(hex(plainRoot(row.slice(0, from))));
        for (const hash of row.slice(from)) range.append(hash);
        expect(hex(range.root())).toBe(hex(await rangeRoot(read, 0, row.length)));
      }),
      { numRuns: 60 },
    );
  });
});
