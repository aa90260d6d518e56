/** What a person does with their own account. Every change of a factor asks for a fresh proof and renews the session. */
import {
  type Account,
  changePasswordRequestSchema,
  removeFactorRequestSchema,
  totpSignInRequestSchema,
} from '@workflow-bolt/contracts';
import type { CredentialChange } from '@workflow-bolt/store';
import { type Answer, type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { SignInParts } from './complete-sign-in.ts';
import { openPending, pendingAad } from './enrolment-handlers.ts';
import { assertNotLastFactor, factorsOf, mustOwnAccount } from './own-account.ts';
import { newRecoveryCodes } from './recovery-codes.ts';
import { accountEntity, agentOf } from './sign-in-audit.ts';
import { mustCount, mustFind } from './sign-in-handlers.ts';
import { newSeed, seedUri, stepOf } from './totp.ts';
import { verifyPassword } from './verify-password.ts';

export function getOwnAccount(parts: SignInParts): Handler {
  return async (call) => {
    const account = await mustOwnAccount(parts, mustSession(call));
    return ok({ account, factors: await factorsOf(parts, account.uid) });
  };
}

/** Ends every other session of the person: whoever else knew the old password is out. */
export function postOwnPassword(parts: SignInParts): Handler {
  return async (call) => {
    const { current, next } = parseInput(changePasswordRequestSchema, call.body, 'body');
    const session = mustSession(call);
    const account = await mustOwnAccount(parts, session);
    await verifyPassword(parts, call, { login: account.login ?? '', password: current });
    const { totp, passkeys } = await factorsOf(parts, account.uid);
    parts.policy.assertUsable(next, { account, hasSecondFactor: totp !== null || passkeys > 0 });
    const answer = await change(parts, call, account, { password: await parts.hasher.hash(next) });
    await parts.sessions.revokeAll(account.uid, session.id);
    return answer;
  };
}

/** A seed for a further or a new authenticator; the present one goes on until a code of the new one came back. */
export function postOwnTotp(parts: SignInParts): Handler {
  return async (call) => {
    const account = await mustOwnAccount(parts, mustSession(call));
    const secret = newSeed();
    const transaction = await parts.transactions.open({
      ...{ uid: account.uid, stage: 'add-totp', amr: [], station: null },
      pendingSeed: await parts.sealer.seal(secret, pendingAad(account.uid)),
    });
    return ok({ transaction, secret, uri: seedUri(secret, account.login ?? account.name) });
  };
}

export function postConfirmOwnTotp(parts: SignInParts): Handler {
  return async (call) => {
    const { transaction: token, code } = parseInput(totpSignInRequestSchema, call.body, 'body');
    const own = await mustOwnAccount(parts, mustSession(call));
    const { transaction, account } = await mustFind(parts, token, 'add-totp');
    // Somebody else's seed must not become one's own, nor one's own somebody else's.
    if (account.uid !== own.uid) throw new ProblemError('sign_in_ended');
    await mustCount(parts, token);
    const seed = await openPending(parts, own.uid, transaction.pendingSeed);
    const step = stepOf(seed, code, parts.now());
    if (step === null) throw new ProblemError('code_refused');
    await parts.transactions.end(token);
    return change(parts, call, own, { totp: { seed, addedAt: parts.now(), step } });
  };
}

/** Ten new ones; the old ones are good no longer. */
export function postRecoveryCodes(parts: SignInParts): Handler {
  return async (call) => {
    const account = await mustOwnAccount(parts, mustSession(call));
    const { codes, hashes } = newRecoveryCodes();
    const answer = await change(parts, call, account, { recoveryCodes: hashes });
    return answer && { ...answer, status: 200, json: { recoveryCodes: codes } };
  };
}

export function postRemoveFactor(parts: SignInParts): Handler {
  return async (call) => {
    const { factor } = parseInput(removeFactorRequestSchema, call.body, 'body');
    const account = await mustOwnAccount(parts, mustSession(call));
    if (factor === 'totp') await assertNotLastFactor(parts, account.uid, 'totp');
    return change(parts, call, account, factor === 'totp' ? { totp: null } : { recoveryCodes: [] });
  };
}

/** Writes one change of the credentials, and gives the session a new token. */
async function change(
  parts: SignInParts,
  call: Call,
  { uid }: Account,
  wanted: CredentialChange,
): Promise<Answer> {
  const session = mustSession(call);
  const { version } = await parts.credentials.read(uid);
  await parts.signInAudit.write(call, {
    ...{
      sub: 'mfa',
      act: 'U',
      out: 0,
      ent: accountEntity(uid, Object.keys(wanted)),
      agent: agentOf(session),
    },
  });
  if (!(await parts.credentials.write(uid, version, wanted))) throw new ProblemError('account_changed');
  const { cookie } = await parts.sessions.rotate(call.req, session, 'factor-change');
  return { status: 204, cookies: [cookie] };
}
