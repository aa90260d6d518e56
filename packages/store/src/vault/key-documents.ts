/** Documents of the key store: their names, and how they are read and written. */
import type { DataClass, KeyPeriod } from '@workflow-bolt/contracts';
import { Fault } from '@workflow-bolt/contracts';
import type { ObjectStore } from '../archive/object-store.ts';

/** What is destroyed together: one clinic's data of one kind and month. */
export type KeyScope = { clinic: string; dataClass: DataClass; period: KeyPeriod };

const scopeFolder = ({ clinic, dataClass, period }: KeyScope): string =>
  `clinics/${clinic}/${dataClass}/${period}/`;

export const keyNames = {
  clinicKeys: (clinic: string) => `clinics/${clinic}/clinic-key/`,
  clinicKey: (clinic: string, kid: string) => `clinics/${clinic}/clinic-key/${kid}.json`,
  indexKey: (clinic: string) => `clinics/${clinic}/index-key.json`,
  searchKey: (clinic: string) => `clinics/${clinic}/search-key.json`,
  destroyedSearchKey: (clinic: string, kid: string) => `clinics/${clinic}/destroyed-search-keys/${kid}.json`,
  clinics: 'clinics/',
  scope: scopeFolder,
  retentionKeys: (scope: KeyScope) => `${scopeFolder(scope)}retention-key/`,
  retentionKey: (scope: KeyScope, kid: string) => `${scopeFolder(scope)}retention-key/${kid}.json`,
  blocks: (scope: KeyScope) => `${scopeFolder(scope)}blocks/`,
  block: (scope: KeyScope, id: string) => `${scopeFolder(scope)}blocks/${id}.json`,
  destroyedKeys: (scope: KeyScope) => `${scopeFolder(scope)}destroyed-keys/`,
  destroyedKey: (scope: KeyScope, id: string, index: number) =>
    `${scopeFolder(scope)}destroyed-keys/${id}.${index}.json`,
  destroyedScope: (scope: KeyScope) => `${scopeFolder(scope)}destroyed.json`,
  certificates: (clinic: string) => `clinics/${clinic}/certificates/`,
  certificate: (clinic: string, id: string) => `clinics/${clinic}/certificates/${id}.json`,
} as const;

type Parser<T> = { parse: (value: unknown) => T };

export const bytesOf = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));

/** The document, or null when there is none. Throws Fault `keys_unavailable`. */
export async function readDocument<T>(
  store: ObjectStore,
  name: string,
  schema: Parser<T>,
): Promise<T | null> {
  const bytes = await asKeys(store.get(name));
  if (bytes === null) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    throw new Fault('keys_unavailable', { reason: 'a document of the key store is damaged' });
  }
}

/** Creates a document, or answers the one that another process has created meanwhile. Throws Fault. */
export async function createDocument<T>(
  store: ObjectStore,
  name: string,
  document: T,
  schema: Parser<T>,
): Promise<T> {
  try {
    await store.create(name, bytesOf(document));
    return document;
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'archive_conflict')) throw keysFault(error);
    const present = await readDocument(store, name, schema);
    if (!present) throw new Fault('keys_unavailable', { reason: 'a document of the key store was removed' });
    return present;
  }
}

/** Last segments, without `.json`, of the documents below a folder. Throws Fault `keys_unavailable`. */
export async function listDocuments(store: ObjectStore, folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const name of store.list(folder)) found.push(name.slice(folder.length).replace(/\.json$/, ''));
  } catch (error) {
    throw keysFault(error);
  }
  return found;
}

/** The store's trouble as trouble with keys: callers hold and try again. */
export function keysFault(error: unknown): Fault {
  if (error instanceof Fault && error.code !== 'archive_unavailable') return error;
  return new Fault('keys_unavailable', {}, error);
}

export function asKeys<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw keysFault(error);
  });
}
