/** Proof that a request comes from an enrolled workstation: a signature over a challenge that counts once. */
import { createPublicKey, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type WorkstationPurpose, workstationMessage } from '@workflow-bolt/contracts';
import type { WorkstationRecord, WorkstationStore } from '@workflow-bolt/store';
import { ProblemError } from '../http/problem-answer.ts';
import { type CookiePolicy, workstationCookieOf } from './session-cookie.ts';

export type ProofParts = { workstations: WorkstationStore; cookies: CookiePolicy };
export type SignedChallenge = { challenge: string; signature: string };

const coordinateBytes = 32;

/** True for a signature over `message` by the key of a raw P-256 point. */
export function isSignedBy(publicKey: string, message: string, signature: string): boolean {
  const point = Buffer.from(publicKey, 'base64url');
  const half = (from: number) => point.subarray(from, from + coordinateBytes).toString('base64url');
  try {
    const key = createPublicKey({
      key: { kty: 'EC', crv: 'P-256', x: half(1), y: half(1 + coordinateBytes) },
      format: 'jwk',
    });
    const given = Buffer.from(signature, 'base64url');
    return verify('sha256', Buffer.from(message), { key, dsaEncoding: 'ieee-p1363' }, given);
  } catch {
    // A point that is not on the curve proves nothing.
    return false;
  }
}

/** The workstation that a request's cookie names; null when it names none that is enrolled. It proves nothing. */
export async function namedWorkstation(
  { workstations, cookies }: ProofParts,
  req: IncomingMessage,
): Promise<WorkstationRecord | null> {
  const id = workstationCookieOf(req, cookies);
  return id === null ? null : workstations.find(id);
}

/** The workstation that signed. The challenge is spent even when the rest is wrong. Throws `workstation_not_proved`. */
export async function mustProve(
  parts: ProofParts,
  req: IncomingMessage,
  shown: SignedChallenge & { purpose: WorkstationPurpose; userId?: string },
): Promise<WorkstationRecord> {
  const { challenge, signature, purpose, userId = '' } = shown;
  const workstation = await namedWorkstation(parts, req);
  const isFresh = workstation && (await parts.workstations.takeChallenge(workstation.id, challenge));
  const message =
    workstation && workstationMessage(purpose, { workstation: workstation.id, challenge, userId });
  if (!workstation || !isFresh || !message || !isSignedBy(workstation.publicKey, message, signature)) {
    throw new ProblemError('workstation_not_proved');
  }
  return workstation;
}
