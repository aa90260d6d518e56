/**
 * The one end of every way to sign in. Whoever has verified a factor - password, passkey, an identity provider - hands
 * over what was shown; what is missing is asked for, and only what is complete opens a session.
 */
import type { Account, SignInMethod, SignInResponse } from '@workflow-bolt/contracts';
import { isInUse } from '@workflow-bolt/domain';
import type { Answer, Call } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { CookiePolicy } from '../session/session-cookie.ts';
import type { AccountParts } from './account-parts.ts';
import { deviceCookie, deviceTokenOf } from './device-cookie.ts';
import { accountEntity, type SignInAudit } from './sign-in-audit.ts';

/**
 * What somebody has shown, in the words of RFC 8176 where it has one: `pwd` password · `otp` authenticator code · `rc`
 * recovery code · `hwk`, `swk` passkey with user verification · `fed` an identity provider · `mfa` two factors there.
 */
export type Method = 'pwd' | 'otp' | 'rc' | 'hwk' | 'swk' | 'fed' | 'mfa';

export type ShownFactors = {
  account: Account;
  amr: readonly Method[];
  station: string | null;
  /** Made on the way, to be shown once. */
  recoveryCodes?: readonly string[];
};
export type CompleteSignIn = (call: Call, shown: ShownFactors) => Promise<Answer>;

const twoAtOnce: readonly Method[] = ['hwk', 'swk', 'mfa'];
const first: readonly Method[] = ['pwd', 'fed'];
const second: readonly Method[] = ['otp', 'rc'];

/** Two different factors: a passkey is both, a password needs a code. */
export const hasTwoFactors = (amr: readonly Method[]): boolean =>
  amr.some((each) => twoAtOnce.includes(each)) ||
  (amr.some((each) => first.includes(each)) && amr.some((each) => second.includes(each)));

export type SignInParts = AccountParts & { signInAudit: SignInAudit; cookies: CookiePolicy };

/** Answers with a session when two factors were shown, otherwise with the next step. */
export function completeSignIn(parts: SignInParts): CompleteSignIn {
  return async (call, shown) => {
    // Read again: the account may have been deactivated between its factors.
    const account = await parts.accounts.find(shown.account.uid);
    if (!isInUse(account) || account.kind !== 'human') throw new ProblemError('sign_in_failed');
    return hasTwoFactors(shown.amr)
      ? openSession(parts, call, { ...shown, account })
      : askForNext(parts, { ...shown, account });
  };
}

async function openSession(parts: SignInParts, call: Call, shown: ShownFactors): Promise<Answer> {
  const { account, amr, station, recoveryCodes } = shown;
  const { uid, roles } = account;
  const opened = await parts.sessions.open(call.req, { uid, aal: '2', amr, station });
  const { session } = opened;
  try {
    await parts.signInAudit.write(call, {
      ...{ sub: 'login', act: 'E', out: 0, ent: accountEntity(uid) },
      agent: {
        uid,
        kind: 'human',
        role: roles[0] ?? null,
        aal: '2',
        amr: [...amr],
        sid: session.id.slice(0, 16),
      },
    });
  } catch (error) {
    // Nobody is signed in whose sign-in is not on record.
    await parts.sessions.revoke(uid, session.id).catch(() => {});
    throw error;
  }
  const known = await parts.devices.remember(uid, deviceTokenOf(call.req, parts.cookies));
  const json: SignInResponse = {
    next: 'done',
    ...(recoveryCodes ? { recoveryCodes: [...recoveryCodes] } : {}),
  };
  return { status: 200, json, cookies: [opened.cookie, deviceCookie(call.req, parts.cookies, known)] };
}

async function askForNext(parts: SignInParts, { account, amr, station }: ShownFactors): Promise<Answer> {
  const { uid } = account;
  const { best, methods } = await secondMethodsOf(parts, uid);
  const stage = best === null ? 'enrol' : 'second-factor';
  const transaction = await parts.transactions.open({ uid, amr, station, stage, pendingSeed: null });
  const json: SignInResponse =
    best === null ? { next: 'enrol', transaction } : { next: best, transaction, methods };
  return { status: 200, json };
}

type SecondMethods = { best: 'passkey' | 'totp' | null; methods: SignInMethod[] };

/** What can follow the first factor; a recovery code only stands in for a factor that there is. */
async function secondMethodsOf(parts: AccountParts, uid: string): Promise<SecondMethods> {
  const [credentials, passkeys] = await Promise.all([parts.credentials.read(uid), parts.countPasskeys(uid)]);
  const factors = [
    ...(passkeys > 0 ? (['passkey'] as const) : []),
    ...(credentials.totp ? (['totp'] as const) : []),
  ];
  const [best] = factors;
  if (best === undefined) return { best: null, methods: [] };
  const spare = credentials.recoveryCodes.length > 0 ? (['recovery-code'] as const) : [];
  return { best, methods: [...factors, ...spare] };
}
