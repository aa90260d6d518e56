/** Checks a certificate of destruction: which keys were destroyed, signed by the key that signs the logs. */
import { type Finding, type FindingKind, Findings } from './findings.ts';
import { isSignedBy, type NoteKey } from './signed-note.ts';

/** What a certificate says; more may stand in it, all of it signed. */
export type Destroyed = {
  clinic: string;
  period: string;
  scope: string;
  keys: readonly { kid: string; sha256: string }[];
  /** Epoch ms. */
  destroyedAt: number;
  unrecoverableFrom: number;
  by: string;
  reason: string;
};

export type CertificateReport = {
  destroyed: Destroyed | null;
  findings: Finding[];
  counts: Partial<Record<FindingKind, number>>;
  exitCode: number;
};

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 8785 for what a certificate is made of: objects, lists, texts and whole numbers. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

/** What the signature is over, with words in front so that it can be taken for nothing else. */
export const certificateMessage = (destruction: unknown): Uint8Array =>
  Buffer.from(`workflow-bolt certificate of destruction v1\n${canonical(destruction)}`);

/** True when these 32 bytes signed it: the key inside a certificate proves nothing by itself. */
export function isCertificateOf(certificate: unknown, publicKey: Uint8Array): boolean {
  if (!isFields(certificate) || publicKey.length !== 32) return false;
  const { destruction, signature } = certificate;
  if (!isFields(destruction) || typeof signature !== 'string') return false;
  return isSignedBy(publicKey, certificateMessage(destruction), Buffer.from(signature, 'base64'));
}

function parsed(bytes: Uint8Array): Fields | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isFields(value) && isFields(value.destruction) ? value : null;
  } catch {
    return null;
  }
}

/** What an archived copy repeats beside the signed part must be the same. */
const repeated = ['clinic', 'period'] as const;

/** Judges the bytes of one certificate by the key that its reader trusts. Never throws. */
export function verifyCertificate(bytes: Uint8Array, key: NoteKey): CertificateReport {
  const findings = new Findings();
  const certificate = parsed(bytes);
  const destruction = certificate?.destruction as Fields | undefined;
  if (!certificate || !destruction) findings.add('missing_piece', 'this is no certificate of destruction');
  else if (!isCertificateOf(certificate, key.publicKey))
    findings.add('bad_signature', `the certificate is not signed by ${key.name}+${key.keyHash}`);
  else
    for (const name of repeated)
      if (name in certificate && certificate[name] !== destruction[name])
        findings.add('leaf_mismatch', `${name} is not what was signed`);
  const { all, counts, exitCode } = findings;
  const destroyed = exitCode === 0 ? (destruction as unknown as Destroyed) : null;
  return { destroyed, findings: all, counts, exitCode };
}
