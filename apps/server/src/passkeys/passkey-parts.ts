import type { Passkey, PasskeyStore } from '@workflow-bolt/store';
import type { Method, SignInParts } from '../accounts/complete-sign-in.ts';
import { accountEntity, anonymous } from '../accounts/sign-in-audit.ts';
import type { Call } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { type PasskeyCeremonies, type PasskeyRefusal, PasskeyRefused } from './passkey-ceremonies.ts';

export type PasskeyParts = SignInParts & {
  passkeys: PasskeyStore;
  /** Null where passkeys cannot be: see `relyingPartyOf`. */
  ceremonies: PasskeyCeremonies | null;
};

/** Throws `passkeys_unavailable`. */
export function mustCeremonies({ ceremonies }: PasskeyParts): PasskeyCeremonies {
  if (!ceremonies) throw new ProblemError('passkeys_unavailable');
  return ceremonies;
}

/** A key that cannot leave its device, or one that its maker copies to others: the words of RFC 8176. */
export const methodOf = ({ isBackupEligible }: Passkey): Method => (isBackupEligible ? 'swk' : 'hwk');

const answers: Partial<Record<PasskeyRefusal, 'passkey_suspended' | 'passkey_taken' | 'passkeys_full'>> = {
  suspended: 'passkey_suspended',
  regressed: 'passkey_suspended',
  taken: 'passkey_taken',
  full: 'passkeys_full',
};

/**
 * Does one ceremony. Why it was refused is recorded, with the account where a signature proved it; a stranger learns
 * one thing for everything else. Throws ProblemError.
 */
export async function ceremony<T>(parts: PasskeyParts, call: Call, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PasskeyRefused)) throw error;
    await recordRefusal(parts, call, error);
    throw new ProblemError(answers[error.reason] ?? 'passkey_refused', {}, error);
  }
}

/** A copied key is an incident; everything else is written at most once a minute for a network. */
function recordRefusal(parts: PasskeyParts, call: Call, { reason, uid }: PasskeyRefused): Promise<void> {
  const event = { sub: 'mfa', act: 'E', why: `passkey_${reason}`, agent: anonymous } as const;
  const ent = uid === null ? {} : { ent: accountEntity(uid) };
  return reason === 'regressed'
    ? parts.signInAudit.write(call, { ...event, ...ent, type: 'security', out: 8 })
    : parts.signInAudit.writeRefusal(call, `passkey ${uid ?? parts.networkOf(call.req)}`, {
        ...event,
        ...ent,
        out: 4,
      });
}
