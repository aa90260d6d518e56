/** Certificates of destruction: what was destroyed, when, by whom, and from when on no backup can hold it. */
import { createPublicKey, verify } from 'node:crypto';
import {
  type Destruction,
  type DestructionCertificate,
  destructionCertificateSchema,
} from '@workflow-bolt/contracts';
import canonicalize from 'canonicalize';
import type { KeyProvider } from './key-provider.ts';

/** Backups of the key store live seven days at most (docs/security); until then they may hold what was destroyed. */
export const keyBackupMs = 7 * 86_400_000;

/** What the signature is over: RFC 8785 JSON, with words in front so that it can be taken for nothing else. */
function signedBytes(destruction: Destruction): Buffer {
  return Buffer.from(`workflow-bolt certificate of destruction v1\n${canonicalize(destruction)}`);
}

/** Throws Fault `keys_unavailable`. */
export async function certify(
  provider: KeyProvider,
  destruction: Destruction,
): Promise<DestructionCertificate> {
  const [publicKey, signature] = await Promise.all([
    provider.publicKey(),
    provider.sign(signedBytes(destruction)),
  ]);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return { destruction, publicKey: text(publicKey), signature: text(signature) };
}

/** The fixed beginning of an Ed25519 public key in SPKI form. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * True when the certificate was signed by the key that its reader trusts (32 bytes, known from elsewhere: the key
 * inside the certificate proves nothing by itself).
 */
export function verifyCertificate(certificate: unknown, trustedKey: Uint8Array): boolean {
  const parsed = destructionCertificateSchema.safeParse(certificate);
  if (!parsed.success || trustedKey.length !== 32) return false;
  const { destruction, signature } = parsed.data;
  const key = createPublicKey({
    key: Buffer.concat([spkiPrefix, trustedKey]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, signedBytes(destruction), key, Buffer.from(signature, 'base64'));
}
