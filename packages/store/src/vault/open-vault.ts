/** The vault and its key provider by their addresses, opened when first needed: a process is assembled before it connects. */
import type { ObjectStore } from '../archive/object-store.ts';
import { openObjectStore } from '../archive/open-object-store.ts';
import type { KeyProvider } from './key-provider.ts';
import { openKeyProvider } from './open-key-provider.ts';
import { Vault, type VaultOptions } from './vault.ts';

/** Opens once for all who ask; after a failure the next one who asks tries again. */
function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | null = null;
  return () => {
    opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
}

/** A store that is opened when it is first used. */
export function lazyStore(address: string): ObjectStore {
  const opened = once(() => openObjectStore(address));
  return {
    kind: address.startsWith('gs://') ? 'gcs' : address.startsWith('s3://') ? 's3' : 'folder',
    create: async (name, bytes) => (await opened()).create(name, bytes),
    put: async (name, bytes) => (await opened()).put(name, bytes),
    get: async (name) => (await opened()).get(name),
    delete: async (name) => (await opened()).delete(name),
    async *list(prefix) {
      yield* (await opened()).list(prefix);
    },
  };
}

/** A provider that is opened when it is first used. What a bad address means shows then; `status` asks at once. */
export function lazyKeyProvider(address: string, store?: ObjectStore): KeyProvider {
  const opened = once(() => openKeyProvider({ address, ...(store ? { store } : {}) }));
  return {
    wrap: async (purpose, plain, aad) => (await opened()).wrap(purpose, plain, aad),
    unwrap: async (purpose, wrapped, aad) => (await opened()).unwrap(purpose, wrapped, aad),
    mac: async (purpose, data) => (await opened()).mac(purpose, data),
    sign: async (data) => (await opened()).sign(data),
    publicKey: async () => (await opened()).publicKey(),
    wrappedBy: (wrapped) => wrapped.split('.')[2] ?? '',
    status: async () => (await opened()).status(),
    rotate: async (purpose) => (await opened()).rotate(purpose),
  };
}

export type VaultAddresses = {
  /** `BOLT_KEYS`: a key file, or `gcpkms://…`. */
  keys: string;
  /** `BOLT_KEY_STORE`: a folder, `gs://…` or `s3://…`. */
  keyStore: string;
};

/** The vault at these addresses; nothing is opened before it is used. */
export function openVault(
  { keys, keyStore }: VaultAddresses,
  options: Pick<VaultOptions, 'onUse' | 'acceptsPlain'> = {},
): Vault {
  const store = lazyStore(keyStore);
  return new Vault({ provider: lazyKeyProvider(keys, store), store, ...options });
}
