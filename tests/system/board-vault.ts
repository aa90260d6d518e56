/** Opens what the processes of a test have sealed: they use the default key file and key store of this folder. */
import { type BoardKey, serverOptions } from '@workflow-bolt/contracts';
import { type BoardCodec, openVault, type Vault } from '@workflow-bolt/store';

/** A vault with nothing held: it asks the key store anew. For registries that a test starts beside the processes. */
export function defaultVault(): Vault {
  const { keys, keyStore } = serverOptions;
  return openVault({ keys: keys.default, keyStore: keyStore.default });
}

export async function codecOf(board: BoardKey): Promise<BoardCodec> {
  const codec = defaultVault().board(board);
  await codec.open();
  return codec;
}
