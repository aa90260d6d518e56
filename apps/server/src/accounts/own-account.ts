import type { Account, Factors } from '@workflow-bolt/contracts';
import { ProblemError } from '../http/problem-answer.ts';
import type { Session } from '../session/session.ts';
import type { AccountParts } from './account-parts.ts';

/** The account of a session. Throws `account_not_found` for demo users, who have none. */
export async function mustOwnAccount(parts: AccountParts, session: Session): Promise<Account> {
  const account = session.isDevelopment ? null : await parts.accounts.find(session.user.id);
  if (!account) throw new ProblemError('account_not_found');
  return account;
}

/** What an account can sign in with. */
export async function factorsOf(parts: AccountParts, uid: string): Promise<Factors> {
  const [credentials, passkeys] = await Promise.all([parts.credentials.read(uid), parts.countPasskeys(uid)]);
  const { password, totp, recoveryCodes } = credentials;
  return {
    hasPassword: password !== null,
    totp: totp && { addedAt: totp.addedAt },
    passkeys,
    recoveryCodesLeft: recoveryCodes.length,
  };
}

/**
 * Throws `last_factor` when the account would be left without two factors once this one is gone. To be asked before a
 * passkey or the authenticator is removed; recovery codes stand in for a factor and are none.
 */
export async function assertNotLastFactor(
  parts: AccountParts,
  uid: string,
  removed: 'totp' | 'passkey',
): Promise<void> {
  const [{ totp }, passkeys] = await Promise.all([factorsOf(parts, uid), parts.countUsablePasskeys(uid)]);
  const left = (totp && removed !== 'totp' ? 1 : 0) + passkeys - (removed === 'passkey' ? 1 : 0);
  if (left <= 0) throw new ProblemError('last_factor');
}
