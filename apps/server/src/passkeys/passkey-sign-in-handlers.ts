/** Signing in with a passkey: alone, because it is two factors by itself, or after a password. */
import { randomBytes } from 'node:crypto';
import {
  type Account,
  passkeyEnrolSchema,
  passkeyEnrolStartSchema,
  passkeySignInSchema,
  passkeySignInStartSchema,
} from '@workflow-bolt/contracts';
import type { Passkey, SignInTransaction } from '@workflow-bolt/store';
import { completeSignIn, type Method } from '../accounts/complete-sign-in.ts';
import { newRecoveryCodes } from '../accounts/recovery-codes.ts';
import { accountEntity } from '../accounts/sign-in-audit.ts';
import { mustCount, mustFind } from '../accounts/sign-in-handlers.ts';
import { mustTake } from '../accounts/throttle-answer.ts';
import { type Call, type Handler, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { ceremony, methodOf, mustCeremonies, type PasskeyParts } from './passkey-parts.ts';

/** A challenge: for the account of a sign-in under way, or for whoever the authenticator knows. */
export function postPasskeySignInOptions(parts: PasskeyParts): Handler {
  return async (call) => {
    const given = parseInput(passkeySignInStartSchema, call.body, 'body');
    const ceremonies = mustCeremonies(parts);
    if (given.transaction !== null) {
      const { account } = await mustFind(parts, given.transaction, 'second-factor');
      const options = await ceremonies.beginAssertion('passkey-sign-in', given.transaction, account.uid);
      return ok({ transaction: given.transaction, options });
    }
    mustTake(await parts.throttle.takeRequest('start', parts.networkOf(call.req)));
    const transaction = randomBytes(32).toString('base64url');
    return ok({
      transaction,
      options: await ceremonies.beginAssertion('passkey-sign-in', transaction, null),
    });
  };
}

/** The authenticator's answer opens a session. */
export function postPasskeySignIn(parts: PasskeyParts): Handler {
  return async (call) => {
    const { transaction: token, response, station } = parseInput(passkeySignInSchema, call.body, 'body');
    const under = await parts.transactions.find(token);
    if (under) await mustCount(parts, token);
    const answering = mustCeremonies(parts).finishAssertion('passkey-sign-in', token, response);
    const passkey = await ceremony(parts, call, answering);
    const account = await parts.accounts.find(passkey.uid);
    if (!account) throw new ProblemError('passkey_refused');
    const shown = under ? await shownBefore(parts, token, { under, passkey }) : [];
    const amr = [...shown, methodOf(passkey)];
    return completeSignIn(parts)(call, { account, amr, station: under?.station ?? station ?? null });
  };
}

/** What was shown in this sign-in before the passkey; ends it, so that it opens one session. */
async function shownBefore(
  parts: PasskeyParts,
  token: string,
  { under, passkey }: { under: SignInTransaction; passkey: Passkey },
): Promise<Method[]> {
  const isSame = under.uid === passkey.uid && under.stage === 'second-factor';
  if (!isSame || !(await parts.transactions.end(token))) throw new ProblemError('sign_in_ended');
  return under.amr as Method[];
}

const enrolBinding = (token: string): string => `enrol|${token}`;

/** The first second factor of an account may be a passkey. */
export function postEnrolPasskeyOptions(parts: PasskeyParts): Handler {
  return async (call) => {
    const { transaction } = parseInput(passkeyEnrolStartSchema, call.body, 'body');
    const { account } = await mustFind(parts, transaction, 'enrol');
    const beginning = mustCeremonies(parts).beginRegistration(named(account), enrolBinding(transaction));
    return ok({ options: await ceremony(parts, call, beginning) });
  };
}

/** Keeps it, makes the recovery codes, and signs in. */
export function postEnrolPasskey(parts: PasskeyParts): Handler {
  return async (call) => {
    const { transaction: token, label, response } = parseInput(passkeyEnrolSchema, call.body, 'body');
    const { transaction, account } = await mustFind(parts, token, 'enrol');
    await mustCount(parts, token);
    const credentials = await parts.credentials.read(account.uid);
    // Only an account without a second factor gets its first one on the strength of a password.
    if (credentials.totp || (await parts.countPasskeys(account.uid)) > 0)
      throw new ProblemError('sign_in_ended');
    const passkey = await ceremony(
      parts,
      call,
      mustCeremonies(parts).finishRegistration(account.uid, enrolBinding(token), { label, response }),
    );
    if (!(await parts.transactions.end(token))) throw new ProblemError('sign_in_ended');
    const { codes, hashes } = newRecoveryCodes();
    await parts.credentials.write(account.uid, credentials.version, { recoveryCodes: hashes });
    await recordFirst(parts, call, account);
    const amr = [...(transaction.amr as Method[]), methodOf(passkey)];
    return completeSignIn(parts)(call, { account, amr, station: transaction.station, recoveryCodes: codes });
  };
}

const recordFirst = (parts: PasskeyParts, call: Call, { uid, roles }: Account): Promise<void> =>
  parts.signInAudit.write(call, {
    ...{ sub: 'mfa', act: 'C', out: 0, ent: accountEntity(uid, ['passkey', 'recoveryCodes']) },
    agent: { uid, kind: 'human', role: roles[0] ?? null, amr: ['pwd'] },
  });

/** How an authenticator lists the account. */
export const named = ({ uid, login, name }: Account) => ({ uid, login: login ?? name, name });
