/**
 * Crypto-shredding: what was sealed by a destroyed key is unreadable everywhere it was ever copied to. A mark is left
 * first, then keys are removed: whoever looks after the mark refuses, and whoever began before it finds no key.
 * A destruction that was interrupted is completed by asking for it again.
 */
import { randomUUID } from 'node:crypto';
import { type Destruction, type DestructionCertificate, destructionSchema } from '@workflow-bolt/contracts';
import { certify, keyBackupMs } from './certificate.ts';
import { cryptFault } from './crypt-failure.ts';
import { dataKidOf, parseDataKid } from './data-keys.ts';
import { asKeys, bytesOf, createDocument, type KeyScope, keyNames, listDocuments } from './key-documents.ts';
import { type KeyHierarchy, keyCacheMs } from './key-hierarchy.ts';
import { digestOf, rewriteBlock } from './rewrite-block.ts';

/** Who destroys and why; `by` is an account or job id. */
export type DestroyOrder = { by: string; reason: string };

type Found = { kid: string; sha256: string };

function destructionOf(
  hierarchy: KeyHierarchy,
  scope: KeyScope,
  order: DestroyOrder,
  what: Pick<Destruction, 'keys' | 'scope'>,
): Destruction {
  const now = hierarchy.now();
  return {
    format: 1,
    id: randomUUID(),
    ...scope,
    ...what,
    destroyedAt: now,
    unrecoverableFrom: now + Math.max(keyBackupMs, keyCacheMs),
    ...order,
  };
}

async function keepCertificate(
  hierarchy: KeyHierarchy,
  destruction: Destruction,
): Promise<DestructionCertificate> {
  const certificate = await certify(hierarchy.provider, destruction);
  const name = keyNames.certificate(destruction.clinic, destruction.id);
  await asKeys(hierarchy.store.put(name, bytesOf(certificate)));
  for (const { kid } of destruction.keys)
    hierarchy.told({ use: 'destroyed', clinic: destruction.clinic, kid, period: destruction.period });
  return certificate;
}

async function foundIn(hierarchy: KeyHierarchy, names: readonly [string, string][]): Promise<Found[]> {
  const found = await Promise.all(
    names.map(async ([kid, name]) => ({ kid, sha256: await digestOf(hierarchy, name) })),
  );
  return found.flatMap(({ kid, sha256 }) => (sha256 === null ? [] : [{ kid, sha256 }]));
}

/** Destroys a month of a clinic. Repeating it after an interruption completes it. Throws Fault. */
export async function destroyScope(
  hierarchy: KeyHierarchy,
  scope: KeyScope,
  order: DestroyOrder,
): Promise<DestructionCertificate> {
  const { store } = hierarchy;
  const names = async (): Promise<[string, string][]> => [
    ...(await listDocuments(store, keyNames.retentionKeys(scope))).map((kid): [string, string] => [
      kid,
      keyNames.retentionKey(scope, kid),
    ]),
    ...(await listDocuments(store, keyNames.blocks(scope))).map((id): [string, string] => [
      `block/${id}`,
      keyNames.block(scope, id),
    ]),
  ];
  const planned = destructionOf(hierarchy, scope, order, {
    keys: await foundIn(hierarchy, await names()),
    scope: 'period',
  });
  // What an interrupted destruction had found is on its mark; the certificate names that.
  const destruction = await createDocument(store, keyNames.destroyedScope(scope), planned, destructionSchema);
  for (;;) {
    const left = await names();
    if (left.length === 0) break;
    for (const [, name] of left) await asKeys(store.delete(name));
  }
  hierarchy.forget();
  return keepCertificate(hierarchy, destruction);
}

/** Destroys the data keys of these ids, all of one month: one patient's, for instance. Throws Fault. */
export async function destroyDataKeys(
  hierarchy: KeyHierarchy,
  scope: KeyScope,
  kids: readonly string[],
  order: DestroyOrder,
): Promise<DestructionCertificate> {
  const named = [...new Set(kids)].map((kid) => {
    const name = parseDataKid(scope, kid);
    if (!name) throw cryptFault('unknown_key');
    return name;
  });
  const keys: Found[] = [];
  for (const { block, index } of named) {
    const sha256 = (await digestOf(hierarchy, keyNames.block(scope, block))) ?? '';
    keys.push({ kid: dataKidOf(scope, { block, index }), sha256 });
  }
  const destruction = destructionOf(hierarchy, scope, order, { keys, scope: 'records' });
  for (const { block, index } of named)
    await asKeys(
      hierarchy.store.put(keyNames.destroyedKey(scope, block, index), bytesOf({ id: destruction.id })),
    );
  for (const block of new Set(named.map((name) => name.block))) await rewriteBlock(hierarchy, scope, block);
  return keepCertificate(hierarchy, destruction);
}
