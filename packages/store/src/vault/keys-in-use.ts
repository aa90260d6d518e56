/** Which keys a clinic's data stands under: how far a rotation is, for a person who looks. Ids and counts, never a key. */
import { type ClinicKeys, clinicKeyDocumentSchema, type KeyInUse } from '@workflow-bolt/contracts';
import { asKeys, type KeyScope, keyNames, listDocuments, readDocument } from './key-documents.ts';
import type { KeyHierarchy } from './key-hierarchy.ts';
import { clinicKeysInUse, retentionKeysInUse, scopesOf } from './rotate-keys.ts';

const numberOf = (kid: string): number => Number(kid.slice(2));

function inUse(kids: readonly string[], counts: ReadonlyMap<string, number>): KeyInUse[] {
  const sorted = kids.toSorted((a, b) => numberOf(b) - numberOf(a));
  return sorted.map((kid, i) => ({ kid, isNewest: i === 0, numSealed: counts.get(kid) ?? 0 }));
}

/** Blocks are read only where there is more than one key that they can be under. */
async function monthOf(hierarchy: KeyHierarchy, scope: KeyScope): Promise<ClinicKeys['months'][number]> {
  const { store } = hierarchy;
  const isDestroyed = (await asKeys(store.get(keyNames.destroyedScope(scope)))) !== null;
  const kids = await listDocuments(store, keyNames.retentionKeys(scope));
  const [only = ''] = kids;
  const counts =
    kids.length > 1
      ? await retentionKeysInUse(hierarchy, scope)
      : new Map([[only, (await listDocuments(store, keyNames.blocks(scope))).length]]);
  return { period: scope.period, isDestroyed, keys: inUse(kids, counts) };
}

async function countFormerWraps(hierarchy: KeyHierarchy, clinic: string, kids: readonly string[]) {
  const { provider, store } = hierarchy;
  const { keys } = await provider.status();
  const active = keys.find((key) => key.purpose === 'phi' && key.state === 'active')?.kid;
  const names = [...kids.map((kid) => keyNames.clinicKey(clinic, kid)), keyNames.indexKey(clinic)];
  const documents = await Promise.all(
    names.map((name) => readDocument(store, name, clinicKeyDocumentSchema)),
  );
  return documents.filter((each) => each !== null && provider.wrappedBy(each.wrapped) !== active).length;
}

/** One clinic's keys, newest first; its months, oldest first. Throws Fault `keys_unavailable`. */
export async function keysOfClinic(hierarchy: KeyHierarchy, clinic: string): Promise<ClinicKeys> {
  const kids = await listDocuments(hierarchy.store, keyNames.clinicKeys(clinic));
  const months: ClinicKeys['months'] = [];
  for (const scope of await scopesOf(hierarchy, clinic)) months.push(await monthOf(hierarchy, scope));
  return {
    clinic,
    keys: inUse(kids, await clinicKeysInUse(hierarchy, clinic)),
    numFormerWraps: await countFormerWraps(hierarchy, clinic, kids),
    months,
  };
}
