/** Signs checkpoints with the installation's key. Witnesses are asked once a checkpoint is archived: nothing waits for them. */
import {
  type Checkpoint,
  checkpointText,
  formatNote,
  type NoteKey,
  noteKey,
  verifyNote,
} from '@workflow-bolt/audit-verifier';
import { Fault } from '@workflow-bolt/contracts';
import type { KeyProvider } from '../vault/key-provider.ts';

type SigningKeys = Pick<KeyProvider, 'sign' | 'publicKey'>;

/** The name under which a log signs: no spaces, no plus. Throws RangeError. */
export function originOf(installation: string, log: string): string {
  const origin = `${installation}/${log}`;
  if (!/^[A-Za-z0-9._/-]{1,120}$/.test(origin))
    throw new RangeError('the name of the installation has a wrong form');
  return origin;
}

export class AuditSigner {
  readonly #keys: SigningKeys;

  constructor(keys: SigningKeys) {
    this.#keys = keys;
  }

  /** The key that verifies this log, to be handed to auditors. Throws Fault `keys_unavailable`. */
  async verifierKey(origin: string): Promise<NoteKey> {
    return noteKey(origin, 1, await this.#keys.publicKey());
  }

  /** A signed checkpoint. Throws Fault `keys_unavailable`. */
  async sign(checkpoint: Checkpoint): Promise<Uint8Array> {
    const text = checkpointText(checkpoint);
    const key = await this.verifierKey(checkpoint.origin);
    const signature = await this.#keys.sign(Buffer.from(text));
    const signatures = [{ name: key.name, keyHash: key.keyHash, signature }];
    // A key that does not fit its public half would make a record that nobody can verify.
    if (!verifyNote({ text, signatures }, key).isSigned)
      throw new Fault('keys_unavailable', { reason: 'audit' });
    return formatNote({ text, signatures });
  }
}
