/** Certificates of destruction: what was destroyed, when, by whom, and from when on no backup can hold it. */
import { certificateMessage } from '@workflow-bolt/audit-verifier';
import type { Destruction, DestructionCertificate } from '@workflow-bolt/contracts';
import type { KeyProvider } from './key-provider.ts';

/** Backups of the key store live seven days at most (docs/security); until then they may hold what was destroyed. */
export const keyBackupMs = 7 * 86_400_000;

/** Throws Fault `keys_unavailable`. */
export async function certify(
  provider: KeyProvider,
  destruction: Destruction,
): Promise<DestructionCertificate> {
  const [publicKey, signature] = await Promise.all([
    provider.publicKey(),
    provider.sign(certificateMessage(destruction)),
  ]);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return { destruction, publicKey: text(publicKey), signature: text(signature) };
}
