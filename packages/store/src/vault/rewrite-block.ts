/**
 * Rewrites a block of data keys under the month's newest key, without the keys that were destroyed.
 *
 * A sweep and a destruction may meet at one block. Whoever destroys leaves a mark before it reads the block, and
 * everyone looks for marks again after writing: whichever order the two come in, the last write holds no marked key.
 */
import { hash } from 'node:crypto';
import { dataKeyBlockSchema } from '@workflow-bolt/contracts';
import { openBlock, sealBlock } from './data-keys.ts';
import { asKeys, bytesOf, type KeyScope, keyNames, listDocuments, readDocument } from './key-documents.ts';
import type { KeyHierarchy } from './key-hierarchy.ts';

export type RewrittenBlock = { id: string; from: string; to: string; wasChanged: boolean };

async function marksOf(hierarchy: KeyHierarchy, scope: KeyScope, id: string): Promise<Set<number>> {
  const names = await listDocuments(hierarchy.store, keyNames.destroyedKeys(scope));
  const own = names.map((name) => name.split('.')).filter(([block]) => block === id);
  return new Set(own.map(([, index]) => Number(index)));
}

const holdsMarked = (keys: readonly (string | null)[], marks: ReadonlySet<number>): boolean =>
  keys.some((key, index) => key !== null && marks.has(index));

/** Null when there is no such block. Safe to repeat and to interrupt anywhere. Throws Fault. */
export async function rewriteBlock(
  hierarchy: KeyHierarchy,
  scope: KeyScope,
  id: string,
): Promise<RewrittenBlock | null> {
  const name = keyNames.block(scope, id);
  let first: string | null = null;
  for (;;) {
    const block = await readDocument(hierarchy.store, name, dataKeyBlockSchema);
    if (!block) return null;
    first ??= block.rk;
    const keys = openBlock(scope, block, await hierarchy.retentionKey(scope, block.rk));
    const newest = await hierarchy.retentionKey(scope);
    const marks = await marksOf(hierarchy, scope, id);
    const isDone = block.rk === newest.kid && !holdsMarked(keys, marks);
    if (isDone) return { id, from: first, to: newest.kid, wasChanged: first !== newest.kid };
    const kept = keys.map((key, index) => (marks.has(index) ? null : key));
    await asKeys(hierarchy.store.put(name, bytesOf(sealBlock(scope, id, newest, kept))));
  }
}

/** A SHA-256 over the stored form of a document, for a certificate; null when it is not there. */
export async function digestOf(hierarchy: KeyHierarchy, name: string): Promise<string | null> {
  const bytes = await asKeys(hierarchy.store.get(name));
  return bytes && hash('sha256', bytes, 'hex');
}
