/** Opens what the processes of a test have sealed: they use the default key file and key store of this folder. */
import { type BoardKey, serverOptions } from '@workflow-bolt/contracts';
import { type BoardCodec, openVault } from '@workflow-bolt/store';

/** A codec with nothing held: it asks the key store anew. */
export async function codecOf(board: BoardKey): Promise<BoardCodec> {
  const { keys, keyStore } = serverOptions;
  const codec = openVault({ keys: keys.default, keyStore: keyStore.default }).board(board);
  await codec.open();
  return codec;
}
