/**
 * From a one-time code to an account that can sign in: a password, then a second factor. The code is handed over in
 * person (an invitation, or a reset that two people agreed on) or printed at the first start.
 */
import {
  type Account,
  enrolmentLookupRequestSchema,
  enrolPasswordRequestSchema,
  resetRequestSchema,
  totpSignInRequestSchema,
  transactionRequestSchema,
} from '@workflow-bolt/contracts';
import { canonicalLogin, isInUse, isUsableLogin } from '@workflow-bolt/domain';
import type { EnrolmentGrant } from '@workflow-bolt/store';
import type { z } from 'zod';
import { intendedChange } from '../audit/intended-change.ts';
import { type Call, type Handler, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { completeSignIn, type Method, type SignInParts } from './complete-sign-in.ts';
import { newRecoveryCodes } from './recovery-codes.ts';
import { accountEntity, anonymous } from './sign-in-audit.ts';
import { mustCount, mustFind } from './sign-in-handlers.ts';
import { mustTake } from './throttle-answer.ts';
import { newSeed, seedUri, stepOf } from './totp.ts';

type EnrolRequest = z.output<typeof enrolPasswordRequestSchema>;

/** What an enrolment code is good for; it is not used up. */
export function postEnrolmentLookup(parts: SignInParts): Handler {
  return async (call) => {
    const { code } = parseInput(enrolmentLookupRequestSchema, call.body, 'body');
    const { grant, account } = await mustFindGrant(parts, call, code);
    const shown = account && { login: account.login, name: account.name };
    return ok({ purpose: grant.purpose, account: shown, expiresAt: grant.expiresAt });
  };
}

/** Uses up a code: sets the password, for the first account also makes it, and goes on to the second factor. */
export function postEnrolmentPassword(parts: SignInParts): Handler {
  return async (call) => {
    const request = parseInput(enrolPasswordRequestSchema, call.body, 'body');
    const { grant, account } = await mustFindGrant(parts, call, request.code);
    const person = account ?? mustName(grant, request);
    parts.policy.assertUsable(request.password, { account: person, hasSecondFactor: false });
    const verifier = await parts.hasher.hash(request.password);
    const eventOf = (person: Account | null) =>
      enrolEvent(person, { why: grant.purpose, fields: ['password'] });
    const write = (event: ReturnType<typeof eventOf>) => parts.signInAudit.write(call, event);
    const enrolled = await intendedChange(write, eventOf(account), {
      work: async () => {
        const taker = await takeCode(parts, request, account);
        const { version } = await parts.credentials.read(taker.uid);
        if (!(await parts.credentials.write(taker.uid, version, { password: verifier })))
          throw new ProblemError('enrolment_refused');
        return taker;
      },
      done: eventOf,
    });
    return completeSignIn(parts)(call, { account: enrolled, amr: ['pwd'], station: request.station ?? null });
  };
}

const agentBy = (person: Account | null, amr: string) =>
  person
    ? { uid: person.uid, kind: 'human' as const, role: person.roles[0] ?? null, amr: [amr] }
    : { ...anonymous, amr: [amr] };

/** `person` is null for the first account while it is about to be made. */
const enrolEvent = (person: Account | null, { why, fields }: { why: string; fields: string[] }) => ({
  ...{ sub: 'enrol' as const, act: 'C' as 'C' | 'E', out: 0 as 0 | 4, why },
  ...{ ent: accountEntity(person?.uid ?? 'new', fields), agent: agentBy(person, 'code') },
});

async function mustFindGrant(
  parts: SignInParts,
  call: Call,
  code: string,
): Promise<{ grant: EnrolmentGrant; account: Account | null }> {
  mustTake(await parts.throttle.takeRequest('enrolment', parts.networkOf(call.req)));
  const grant = await parts.codes.find(code);
  const account = grant?.uid ? await parts.accounts.find(grant.uid) : null;
  if (!grant || (grant.uid !== null && !isInUse(account))) {
    await parts.signInAudit.writeRefusal(call, `enrol ${parts.networkOf(call.req)}`, {
      ...{ sub: 'enrol', act: 'E', out: 4, why: 'enrolment_refused', agent: anonymous },
    });
    throw new ProblemError('enrolment_refused');
  }
  return { grant, account };
}

/** The first account names itself; every other was named by whoever made it. */
function mustName(
  { purpose }: EnrolmentGrant,
  { login, name }: EnrolRequest,
): { login: string; name: string } {
  const isNamed = purpose === 'bootstrap' && login !== undefined && name !== undefined;
  if (!isNamed)
    throw new ProblemError('invalid_request', { errors: [{ path: 'body.login', message: 'required' }] });
  if (!isUsableLogin(canonicalLogin(login))) throw new ProblemError('login_unusable');
  return { login, name };
}

/** Of two who use one code at the same time one gets here; the other finds it used. */
async function takeCode(parts: SignInParts, request: EnrolRequest, known: Account | null): Promise<Account> {
  const grant = await parts.codes.take(request.code);
  if (!grant) throw new ProblemError('enrolment_refused');
  if (known) return known;
  const { login, name } = mustName(grant, request);
  // A second bootstrap code may be out, from before the first account was made.
  if ((await parts.accounts.count()) > 0) throw new ProblemError('enrolment_refused');
  const made = await parts.accounts.create({
    kind: 'human',
    login,
    name,
    roles: ['admin'],
    clinics: [],
    owner: null,
  });
  if ('refused' in made) throw new ProblemError('login_taken');
  return made.account;
}

/** A new seed for the authenticator app, good once a code of it has come back. */
export function postEnrolTotp(parts: SignInParts): Handler {
  return async (call) => {
    const { transaction: token } = parseInput(transactionRequestSchema, call.body, 'body');
    const { transaction, account } = await mustFind(parts, token, 'enrol');
    const secret = newSeed();
    const pendingSeed = await parts.sealer.seal(secret, pendingAad(account.uid));
    await parts.transactions.update(token, { ...transaction, pendingSeed });
    return ok({ transaction: token, secret, uri: seedUri(secret, account.login ?? account.name) });
  };
}

/** The first code of the new authenticator: it is enrolled, the recovery codes are shown, the person is signed in. */
export function postConfirmEnrolTotp(parts: SignInParts): Handler {
  return async (call) => {
    const { transaction: token, code } = parseInput(totpSignInRequestSchema, call.body, 'body');
    const { transaction, account } = await mustFind(parts, token, 'enrol');
    await mustCount(parts, token);
    const seed = await openPending(parts, account.uid, transaction.pendingSeed);
    const step = stepOf(seed, code, parts.now());
    if (step === null) throw new ProblemError('code_refused');
    if (!(await parts.transactions.end(token))) throw new ProblemError('sign_in_ended');
    const { codes, hashes } = newRecoveryCodes();
    const factors = { totp: { seed, addedAt: parts.now(), step }, recoveryCodes: hashes };
    const event = {
      ...enrolEvent(account, { why: 'first-factor', fields: ['totp', 'recoveryCodes'] }),
      ...{ sub: 'mfa' as const, agent: agentBy(account, 'pwd') },
    };
    await intendedChange((said: typeof event) => parts.signInAudit.write(call, said), event, {
      work: () => enrolFirst(parts, account, factors),
    });
    const amr = [...(transaction.amr as Method[]), 'otp' as const];
    return completeSignIn(parts)(call, { account, amr, station: transaction.station, recoveryCodes: codes });
  };
}

export const pendingAad = (uid: string): string => `pending-totp|${uid}`;

/** The seed under way. Throws `code_refused` when none was asked for. */
export function openPending(parts: SignInParts, uid: string, sealed: string | null): Promise<string> {
  if (sealed === null) throw new ProblemError('code_refused');
  return parts.sealer.open(sealed, pendingAad(uid));
}

/** Only an account without a second factor gets its first one on the strength of a password. */
async function enrolFirst(
  parts: SignInParts,
  { uid }: Account,
  change: { totp: { seed: string; addedAt: number; step: number }; recoveryCodes: string[] },
): Promise<void> {
  const credentials = await parts.credentials.read(uid);
  if (credentials.totp || (await parts.countPasskeys(uid)) > 0) throw new ProblemError('sign_in_ended');
  if (!(await parts.credentials.write(uid, credentials.version, change)))
    throw new ProblemError('sign_in_ended');
}

/** Somebody cannot sign in any more: gives a number to read to a manager. The same for a name that nobody has. */
export function postResetRequest(parts: SignInParts): Handler {
  return async (call) => {
    const { login } = parseInput(resetRequestSchema, call.body, 'body');
    mustTake(await parts.throttle.takeRequest('reset', parts.networkOf(call.req)));
    const account = await parts.accounts.findByLogin(login);
    const asked = await parts.codes.askForReset(canonicalLogin(login));
    const ent = account ? accountEntity(account.uid) : [{ t: 'Account', id: 'unknown' }];
    await parts.signInAudit.write(call, {
      sub: 'recovery',
      act: 'E',
      out: 0,
      why: 'asked',
      ent,
      agent: anonymous,
    });
    return { status: 202, json: asked };
  };
}
