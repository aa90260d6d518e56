/**
 * The keys under which patients of a clinic are found again: one for each field, independent of all that encrypt, made
 * together and kept outside Redis, sealed by the clinic's key. Their id is random: whoever made an index sees by it
 * whether the index is still of these keys.
 */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { type RetentionKeyDocument, searchKeyDocumentSchema } from '@workflow-bolt/contracts';
import { type IndexedKind, indexedKinds } from '@workflow-bolt/domain';
import { openBytes, type SealingKey, sealBytes } from './envelope.ts';
import { asKeys, bytesOf, createDocument, keyNames, readDocument } from './key-documents.ts';
import type { KeyHierarchy } from './key-hierarchy.ts';

export type SearchKeys = { kid: string; of: Readonly<Record<IndexedKind, KeyObject>> };

const keyBytes = 32;
const bindingOf = (clinic: string, kid: string) => ({
  info: 'search-key',
  aad: `search-key|${clinic}|${kid}`,
});

/** The clinic's keys, made when it has none. Throws Fault. */
export function searchKeysOf(hierarchy: KeyHierarchy, clinic: string): Promise<SearchKeys> {
  return hierarchy.hold(`sk|${clinic}|`, async () => {
    const document = (await find(hierarchy, clinic)) ?? (await make(hierarchy, clinic));
    const { kid, ck, sealed } = document;
    const bytes = openBytes(await hierarchy.clinicKey(clinic, ck), bindingOf(clinic, kid), sealed);
    hierarchy.told({ use: 'opened', clinic, kid, period: null });
    return { kid, of: dividedKeys(bytes) };
  });
}

function dividedKeys(bytes: Buffer): SearchKeys['of'] {
  const keys = indexedKinds.map((kind, i) => [
    kind,
    createSecretKey(bytes.subarray(i * keyBytes, (i + 1) * keyBytes)),
  ]);
  return Object.fromEntries(keys) as SearchKeys['of'];
}

const find = ({ store }: KeyHierarchy, clinic: string): Promise<RetentionKeyDocument | null> =>
  readDocument(store, keyNames.searchKey(clinic), searchKeyDocumentSchema);

/** Another process may be faster; then that one's keys hold. */
async function make(hierarchy: KeyHierarchy, clinic: string): Promise<RetentionKeyDocument> {
  const kid = `sk-${randomBytes(4).toString('hex')}`;
  const ck = await hierarchy.clinicKey(clinic);
  const sealed = sealBytes(ck, bindingOf(clinic, kid), randomBytes(keyBytes * indexedKinds.length));
  const document: RetentionKeyDocument = { format: 1, kid, ck: ck.kid, sealed, createdAt: hierarchy.now() };
  const kept = await createDocument(
    hierarchy.store,
    keyNames.searchKey(clinic),
    document,
    searchKeyDocumentSchema,
  );
  if (kept.kid === kid) hierarchy.told({ use: 'created', clinic, kid, period: null });
  return kept;
}

/** The clinic key that seals them; null while there are none. Throws Fault. */
export async function clinicKeyOfSearch(hierarchy: KeyHierarchy, clinic: string): Promise<string | null> {
  return (await find(hierarchy, clinic))?.ck ?? null;
}

/** Seals them by the clinic's newest key; the keys themselves stay, and with them the index. Throws Fault. */
export async function resealSearchKey(
  hierarchy: KeyHierarchy,
  clinic: string,
  newest: SealingKey,
): Promise<void> {
  const document = await find(hierarchy, clinic);
  if (!document || document.ck === newest.kid) return;
  const binding = bindingOf(clinic, document.kid);
  const from = await hierarchy.clinicKey(clinic, document.ck);
  const sealed = sealBytes(newest, binding, openBytes(from, binding, document.sealed));
  const resealed = { ...document, ck: newest.kid, sealed };
  await asKeys(hierarchy.store.put(keyNames.searchKey(clinic), bytesOf(resealed)));
  hierarchy.told({ use: 'rewrapped', clinic, kid: document.kid, period: null });
  // Keys that are destroyed in this moment must not come back.
  const destroyed = keyNames.destroyedSearchKey(clinic, document.kid);
  if ((await asKeys(hierarchy.store.get(destroyed))) !== null)
    await asKeys(hierarchy.store.delete(keyNames.searchKey(clinic)));
}

/** Destroys them. What is asked for next is made anew, and an index of other keys is made again. Throws Fault. */
export async function destroySearchKey(hierarchy: KeyHierarchy, clinic: string): Promise<void> {
  const document = await find(hierarchy, clinic);
  if (!document) return;
  const { kid } = document;
  // The mark first: whoever seals them anew looks for it afterwards.
  await asKeys(hierarchy.store.put(keyNames.destroyedSearchKey(clinic, kid), bytesOf({ kid })));
  await asKeys(hierarchy.store.delete(keyNames.searchKey(clinic)));
  hierarchy.forget();
  hierarchy.told({ use: 'destroyed', clinic, kid, period: null });
}
