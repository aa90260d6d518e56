/** What a worker does for the keys from time to time: rewrap, rotate what is due, sweep. Safe to repeat and to kill. */
import { clinicKeyDocumentSchema } from '@workflow-bolt/contracts';
import { keyNames, listDocuments, readDocument } from './key-documents.ts';
import type { KeyHierarchy } from './key-hierarchy.ts';
import {
  clinicsWithKeys,
  rewrapClinicKeys,
  rotateClinicKey,
  type SweepOptions,
  type SweepProgress,
  scopesOf,
  sweepClinic,
  sweepScope,
} from './rotate-keys.ts';

/** A clinic's key is renewed after half a year (docs/security, key management). */
export const clinicKeyLifeMs = 180 * 86_400_000;

export type KeyUpkeep = { clinic: string; rewrapped: number; rotatedTo: string | null; sweep: SweepProgress };

async function isDue(hierarchy: KeyHierarchy, clinic: string): Promise<boolean> {
  const kids = await listDocuments(hierarchy.store, keyNames.clinicKeys(clinic));
  const read = kids.map((kid) =>
    readDocument(hierarchy.store, keyNames.clinicKey(clinic, kid), clinicKeyDocumentSchema),
  );
  const newest = Math.max(...(await Promise.all(read)).map((document) => document?.createdAt ?? 0));
  return kids.length > 0 && hierarchy.now() - newest >= clinicKeyLifeMs;
}

/** One clinic's keys, all levels. Throws Fault; what was done stays done, and the next call goes on. */
export async function keepClinicKeys(
  hierarchy: KeyHierarchy,
  clinic: string,
  options: SweepOptions = {},
): Promise<KeyUpkeep> {
  const rewrapped = await rewrapClinicKeys(hierarchy, clinic);
  const rotatedTo = (await isDue(hierarchy, clinic)) ? await rotateClinicKey(hierarchy, clinic) : null;
  const sweep = await sweepClinic(hierarchy, clinic, options);
  for (const scope of await scopesOf(hierarchy, clinic)) {
    options.signal?.throwIfAborted();
    const names = await listDocuments(hierarchy.store, keyNames.retentionKeys(scope));
    if (names.length > 0) await sweepScope(hierarchy, scope, options);
  }
  return { clinic, rewrapped, rotatedTo, sweep };
}

/** Every clinic that has keys, one after the other. Throws Fault. */
export async function keepAllKeys(hierarchy: KeyHierarchy, options: SweepOptions = {}): Promise<KeyUpkeep[]> {
  const done: KeyUpkeep[] = [];
  for (const clinic of await clinicsWithKeys(hierarchy))
    done.push(await keepClinicKeys(hierarchy, clinic, options));
  return done;
}
