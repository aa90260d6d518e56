/** Signs checkpoints with the installation's key, and asks a witness to sign beside it. */
import {
  type Checkpoint,
  checkpointText,
  cosignedMessage,
  formatNote,
  type NoteKey,
  noteKey,
  verifyNote,
} from '@workflow-bolt/audit-verifier';
import { Fault } from '@workflow-bolt/contracts';
import type { KeyProvider } from '../vault/key-provider.ts';

/** Someone else who remembers what was signed: another project, another owner. */
export interface CheckpointWitness {
  readonly key: NoteKey;
  /** Ed25519 over the cosigned message. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

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
  readonly #witness: CheckpointWitness | null;

  constructor(keys: SigningKeys, witness: CheckpointWitness | null = null) {
    this.#keys = keys;
    this.#witness = witness;
  }

  /** The key that verifies this log, to be handed to auditors. Throws Fault `keys_unavailable`. */
  async verifierKey(origin: string): Promise<NoteKey> {
    return noteKey(origin, 1, await this.#keys.publicKey());
  }

  /** A signed checkpoint, cosigned where there is a witness. Throws Fault `keys_unavailable`. */
  async sign(checkpoint: Checkpoint, now: number): Promise<Uint8Array> {
    const text = checkpointText(checkpoint);
    const key = await this.verifierKey(checkpoint.origin);
    const signature = await this.#keys.sign(Buffer.from(text));
    const signatures = [{ name: key.name, keyHash: key.keyHash, signature }];
    // A key that does not fit its public half would make a record that nobody can verify.
    if (!verifyNote({ text, signatures }, key).isSigned)
      throw new Fault('keys_unavailable', { reason: 'audit' });
    if (this.#witness) signatures.push(await this.#cosign(this.#witness, text, now));
    return formatNote({ text, signatures });
  }

  async #cosign(witness: CheckpointWitness, text: string, now: number) {
    const seconds = Math.floor(now / 1_000);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    const signature = Buffer.concat([time, await witness.sign(cosignedMessage(text, seconds))]);
    return { name: witness.key.name, keyHash: witness.key.keyHash, signature };
  }
}
