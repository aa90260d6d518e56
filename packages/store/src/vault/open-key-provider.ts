/** From an address in the configuration to a key provider. A cloud client is loaded only when an address asks for one. */
import { resolve } from 'node:path';
import type { ObjectStore } from '../archive/object-store.ts';
import { GoogleKms, type KmsClient } from './google-kms.ts';
import type { KeyProvider } from './key-provider.ts';
import { LocalKeyFile } from './local-key-file.ts';

export type KeyProviderOptions = {
  /** Path of a key file, or `gcpkms://projects/<p>/locations/<l>/keyRings/<r>`, with `?sign=<version>` when it is not 1. */
  address: string;
  /** Where the key service's wrapped session secret is kept; it needs one, a key file does not. */
  store?: ObjectStore;
};

async function openKms(address: string, store: ObjectStore | undefined): Promise<KeyProvider> {
  if (!store) throw new RangeError('a key service needs a key store beside it (BOLT_KEY_STORE)');
  const [keyRing = '', query] = address.slice('gcpkms://'.length).split('?');
  const options = new URLSearchParams(query);
  const { KeyManagementServiceClient } = await import('@google-cloud/kms');
  const apiEndpoint = options.get('endpoint');
  const client = new KeyManagementServiceClient(apiEndpoint === null ? {} : { apiEndpoint });
  const signVersion = Number(options.get('sign') ?? 1);
  return new GoogleKms({ client: client as unknown as KmsClient, keyRing, store, signVersion });
}

/** Opens the provider; a key file is made on first use. Throws Fault `keys_unavailable` or RangeError. */
export function openKeyProvider({ address, store }: KeyProviderOptions): Promise<KeyProvider> {
  if (address.startsWith('gcpkms://')) return openKms(address, store);
  return LocalKeyFile.open(resolve(address));
}
