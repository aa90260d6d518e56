/**
 * Rotation, level by level. Nothing is ever unreadable in between: a new key is kept before anything is sealed by it,
 * and an old one is removed only when nothing names it any more. Each step can be repeated, so a sweep that was killed
 * goes on where it stands by beginning again.
 *
 *   provider key rotated   → `rewrapClinicKeys`: seconds, the keys below stay as they are
 *   clinic key rotated     → `rotateClinicKey`, then `sweepClinic` reseals the months' keys and the search keys
 *   month key rotated      → `rotateRetentionKey`, then `sweepScope` reseals the blocks of data keys
 *
 * Records keep their data keys: a data key that is no longer trusted is replaced when its record is written next.
 */
import { clinicKeyDocumentSchema, retentionKeyDocumentSchema } from '@workflow-bolt/contracts';
import { openBytes, sealBytes } from './envelope.ts';
import { asKeys, bytesOf, type KeyScope, keyNames, listDocuments, readDocument } from './key-documents.ts';
import { clinicKeyAad, type KeyHierarchy, keyCacheMs, retentionBinding } from './key-hierarchy.ts';
import { rewriteBlock } from './rewrite-block.ts';
import { clinicKeyOfSearch, resealSearchKey } from './search-key.ts';

/** How far a sweep is; `oldest` is the oldest key still in use when it was asked. */
export type SweepProgress = { done: number; total: number; oldest: string | null };
export type SweepOptions = { onProgress?: (progress: SweepProgress) => void; signal?: AbortSignal };

/** An old key may still be held by another process for this long after a newer one exists. */
const graceMs = 2 * keyCacheMs;

const numberOf = (kid: string): number => Number(kid.slice(2));
const byNumber = (a: string, b: string): number => numberOf(a) - numberOf(b);

/** Wraps every clinic and index key by the provider's present key; answers how many were changed. Throws Fault. */
export async function rewrapClinicKeys(hierarchy: KeyHierarchy, clinic: string): Promise<number> {
  const { store, provider } = hierarchy;
  const kids = await listDocuments(store, keyNames.clinicKeys(clinic));
  const documents = [
    ...kids.map((kid) => ({ name: keyNames.clinicKey(clinic, kid), aad: clinicKeyAad(clinic, kid) })),
    { name: keyNames.indexKey(clinic), aad: `index-key|${clinic}` },
  ];
  const { keys } = await provider.status();
  const active = keys.find((key) => key.purpose === 'phi' && key.state === 'active')?.kid;
  let numChanged = 0;
  for (const { name, aad } of documents) {
    const document = await readDocument(store, name, clinicKeyDocumentSchema);
    if (!document || provider.wrappedBy(document.wrapped) === active) continue;
    const bytes = await provider.unwrap('phi', document.wrapped, aad);
    const wrapped = await provider.wrap('phi', bytes, aad);
    await asKeys(store.put(name, bytesOf({ ...document, wrapped })));
    hierarchy.told({ use: 'rewrapped', clinic, kid: document.kid, period: null });
    numChanged += 1;
  }
  return numChanged;
}

/** Makes the clinic's next key; what is sealed from now on uses it. Answers its id. Throws Fault. */
export async function rotateClinicKey(hierarchy: KeyHierarchy, clinic: string): Promise<string> {
  const kids = await listDocuments(hierarchy.store, keyNames.clinicKeys(clinic));
  const next = Math.max(0, ...kids.map(numberOf)) + 1;
  const { kid } = await hierarchy.addClinicKey(clinic, next);
  hierarchy.forget();
  hierarchy.told({ use: 'rotated', clinic, kid, period: null });
  return kid;
}

/** Makes the month's next key. Answers its id. Throws Fault; `destroyed_key` when the month is gone. */
export async function rotateRetentionKey(hierarchy: KeyHierarchy, scope: KeyScope): Promise<string> {
  const kids = await listDocuments(hierarchy.store, keyNames.retentionKeys(scope));
  const next = Math.max(0, ...kids.map(numberOf)) + 1;
  const { kid } = await hierarchy.addRetentionKey(scope, next);
  hierarchy.forget();
  hierarchy.told({ use: 'rotated', clinic: scope.clinic, kid, period: scope.period });
  return kid;
}

/** Months that a clinic has keys for, oldest first. Throws Fault. */
export async function scopesOf(hierarchy: KeyHierarchy, clinic: string): Promise<KeyScope[]> {
  const folder = `clinics/${clinic}/flow/`;
  const names = await listDocuments(hierarchy.store, folder);
  const periods = new Set(names.map((name) => name.split('/')[0] ?? ''));
  return [...periods].sort().map((period) => ({ clinic, dataClass: 'flow', period }));
}

/** Clinics that have keys. Throws Fault. */
export async function clinicsWithKeys(hierarchy: KeyHierarchy): Promise<string[]> {
  const names = await listDocuments(hierarchy.store, keyNames.clinics);
  return [...new Set(names.map((name) => name.split('/')[0] ?? ''))].sort();
}

/** Reseals every month's keys and the search keys by the clinic's newest key, then removes clinic keys that seal nothing. Throws Fault. */
export async function sweepClinic(
  hierarchy: KeyHierarchy,
  clinic: string,
  { onProgress, signal }: SweepOptions = {},
): Promise<SweepProgress> {
  const names = (
    await Promise.all(
      (
        await scopesOf(hierarchy, clinic)
      ).map(async (scope) =>
        (await listDocuments(hierarchy.store, keyNames.retentionKeys(scope))).map((kid) => ({ scope, kid })),
      ),
    )
  ).flat();
  const newest = await hierarchy.clinicKey(clinic);
  for (const [i, { scope, kid }] of names.entries()) {
    signal?.throwIfAborted();
    await resealRetentionKey(hierarchy, scope, kid, newest.kid);
    onProgress?.({ done: i + 1, total: names.length, oldest: await oldestClinicKey(hierarchy, clinic) });
  }
  await resealSearchKey(hierarchy, clinic, newest);
  await dropUnusedClinicKeys(hierarchy, clinic, newest.kid);
  hierarchy.forget();
  const oldest = await oldestClinicKey(hierarchy, clinic);
  return { done: names.length, total: names.length, oldest };
}

async function resealRetentionKey(
  hierarchy: KeyHierarchy,
  scope: KeyScope,
  kid: string,
  newest: string,
): Promise<void> {
  const name = keyNames.retentionKey(scope, kid);
  const document = await readDocument(hierarchy.store, name, retentionKeyDocumentSchema);
  if (!document || document.ck === newest) return;
  const [from, to] = await Promise.all([
    hierarchy.clinicKey(scope.clinic, document.ck),
    hierarchy.clinicKey(scope.clinic, newest),
  ]);
  const binding = retentionBinding(scope, kid);
  const sealed = sealBytes(to, binding, openBytes(from, binding, document.sealed));
  await asKeys(hierarchy.store.put(name, bytesOf({ ...document, ck: newest, sealed })));
  hierarchy.told({ use: 'rewrapped', clinic: scope.clinic, kid, period: scope.period });
  // A month that is destroyed in this moment must not come back.
  await hierarchy.assertNotDestroyed(scope).catch(() => hierarchy.store.delete(name));
}

/** Clinic keys by which a month's key or the search keys are sealed, with how many; for `oldest kid in use` and the status page. */
export async function clinicKeysInUse(hierarchy: KeyHierarchy, clinic: string): Promise<Map<string, number>> {
  const used = new Map<string, number>();
  for (const scope of await scopesOf(hierarchy, clinic)) {
    for (const kid of await listDocuments(hierarchy.store, keyNames.retentionKeys(scope))) {
      const name = keyNames.retentionKey(scope, kid);
      const document = await readDocument(hierarchy.store, name, retentionKeyDocumentSchema);
      if (document) used.set(document.ck, (used.get(document.ck) ?? 0) + 1);
    }
  }
  const ck = await clinicKeyOfSearch(hierarchy, clinic);
  if (ck !== null) used.set(ck, (used.get(ck) ?? 0) + 1);
  return used;
}

async function oldestClinicKey(hierarchy: KeyHierarchy, clinic: string): Promise<string | null> {
  return [...(await clinicKeysInUse(hierarchy, clinic)).keys()].sort(byNumber)[0] ?? null;
}

async function dropUnusedClinicKeys(hierarchy: KeyHierarchy, clinic: string, newest: string): Promise<void> {
  const isOut = await isPastGrace(hierarchy, keyNames.clinicKey(clinic, newest));
  if (!isOut) return;
  const used = await clinicKeysInUse(hierarchy, clinic);
  for (const kid of await listDocuments(hierarchy.store, keyNames.clinicKeys(clinic))) {
    if (kid === newest || used.has(kid)) continue;
    await asKeys(hierarchy.store.delete(keyNames.clinicKey(clinic, kid)));
    hierarchy.told({ use: 'destroyed', clinic, kid, period: null });
  }
}

/** Another process that held the former key as its newest has let go of it by now. */
async function isPastGrace(hierarchy: KeyHierarchy, name: string): Promise<boolean> {
  const document = await readDocument(hierarchy.store, name, {
    parse: (value) => value as { createdAt: number },
  });
  return document !== null && hierarchy.now() - document.createdAt >= graceMs;
}

/** Reseals every block of a month by its newest key, then removes month keys that seal nothing. Throws Fault. */
export async function sweepScope(
  hierarchy: KeyHierarchy,
  scope: KeyScope,
  { onProgress, signal }: SweepOptions = {},
): Promise<SweepProgress> {
  const ids = await listDocuments(hierarchy.store, keyNames.blocks(scope));
  const newest = await hierarchy.retentionKey(scope);
  for (const [i, id] of ids.entries()) {
    signal?.throwIfAborted();
    await rewriteBlock(hierarchy, scope, id);
    onProgress?.({ done: i + 1, total: ids.length, oldest: await oldestRetentionKey(hierarchy, scope) });
  }
  const used = await retentionKeysInUse(hierarchy, scope);
  const isOut = await isPastGrace(hierarchy, keyNames.retentionKey(scope, newest.kid));
  for (const kid of isOut ? await listDocuments(hierarchy.store, keyNames.retentionKeys(scope)) : []) {
    if (kid === newest.kid || used.has(kid)) continue;
    await asKeys(hierarchy.store.delete(keyNames.retentionKey(scope, kid)));
    hierarchy.told({ use: 'destroyed', clinic: scope.clinic, kid, period: scope.period });
  }
  hierarchy.forget();
  return { done: ids.length, total: ids.length, oldest: await oldestRetentionKey(hierarchy, scope) };
}

/** Month keys by which blocks are sealed, with how many. Throws Fault. */
export async function retentionKeysInUse(
  hierarchy: KeyHierarchy,
  scope: KeyScope,
): Promise<Map<string, number>> {
  const used = new Map<string, number>();
  for (const id of await listDocuments(hierarchy.store, keyNames.blocks(scope))) {
    const block = await readDocument(hierarchy.store, keyNames.block(scope, id), {
      parse: (value) => value as { rk: string },
    });
    if (block) used.set(block.rk, (used.get(block.rk) ?? 0) + 1);
  }
  return used;
}

async function oldestRetentionKey(hierarchy: KeyHierarchy, scope: KeyScope): Promise<string | null> {
  return [...(await retentionKeysInUse(hierarchy, scope)).keys()].sort(byNumber)[0] ?? null;
}
