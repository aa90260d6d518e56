/** From an address in the configuration to a key provider. A cloud client is loaded only when an address asks for one. */
import { resolve } from 'node:path';
import type { KeyProvider } from './key-provider.ts';
import { LocalKeyFile } from './local-key-file.ts';

export type KeyProviderOptions = {
  /** Path of a key file. */
  address: string;
};

/** Opens the provider; a key file is made on first use. Throws Fault `keys_unavailable`. */
export function openKeyProvider({ address }: KeyProviderOptions): Promise<KeyProvider> {
  return LocalKeyFile.open(resolve(address));
}
