import type { Account } from '@workflow-bolt/contracts';
import { isInUse } from '@workflow-bolt/domain';
import { failuresInARowMax, type ThrottleSubject } from '@workflow-bolt/store';
import type { Call } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { SignInParts } from './complete-sign-in.ts';
import type { HashLane } from './hash-gate.ts';
import { subjectOf } from './second-factors.ts';
import { accountEntity, anonymous } from './sign-in-audit.ts';
import { mustTake } from './throttle-answer.ts';

type Trial = {
  account: Account;
  credentials: { version: number; password: string | null };
  subject: ThrottleSubject;
  attempt: string;
};

/**
 * The account of a login name and its password. Throws `sign_in_failed` for every reason alike: an unknown name, a
 * wrong password, no password, an account that is not in use. Each of them takes the same steps and one hash. Throws
 * `too_many_requests` and `sign_in_busy` before the password is looked at.
 */
export async function verifyPassword(
  parts: SignInParts,
  call: Call,
  { login, password }: { login: string; password: string },
): Promise<Account> {
  refuseWhenBusy(parts, laneAtFirstSight(call));
  const found = await parts.accounts.findByLogin(login);
  const account = isInUse(found) && found.kind === 'human' ? found : null;
  const subject = await subjectOf(parts, call, { login, uid: account?.uid ?? null });
  const lane = laneOf(subject);
  refuseWhenBusy(parts, lane);
  const attempt = await takeAttempt(parts, call, subject);
  const failures = await parts.throttle.countFailure(account?.uid ?? null, subject);
  const credentials = await parts.credentials.readPassword(account?.uid ?? null);
  const isRight = await parts.hasher.verify(credentials.password, password, lane);
  if (!isRight || account === null || failures > failuresInARowMax) {
    await writeFailure(parts, call, found, account !== null && failures > failuresInARowMax);
    throw new ProblemError('sign_in_failed');
  }
  await settle(parts, { account, credentials, subject, attempt }, password);
  return account;
}

const laneOf = ({ device, station }: ThrottleSubject): HashLane =>
  device === null && station === null ? 'stranger' : 'known';

/** Whoever shows no cookie is a stranger, which needs no look at Redis: a flood is turned away for next to nothing. */
const laneAtFirstSight = ({ req }: Call): HashLane =>
  req.headers.cookie === undefined ? 'stranger' : 'known';

function refuseWhenBusy({ hasher }: SignInParts, lane: HashLane): void {
  if (hasher.isBusy(lane)) throw new ProblemError('sign_in_busy');
}

async function takeAttempt(parts: SignInParts, call: Call, subject: ThrottleSubject): Promise<string> {
  const admission = await parts.throttle.takePassword(subject);
  if ('waitMs' in admission) {
    const event = {
      sub: 'login',
      act: 'E',
      out: 4,
      why: `throttled.${admission.scope}`,
      agent: anonymous,
    } as const;
    await parts.signInAudit.writeRefusal(call, `${admission.scope} ${subject.login}`, event);
  }
  return mustTake(admission);
}

/**
 * A name that nobody has is not written down: people type passwords into the wrong field. All such names share one count
 * of failures, which says nothing about any of them.
 */
function writeFailure(parts: SignInParts, call: Call, found: Account | null, isOff: boolean): Promise<void> {
  const why = isOff ? 'too_many_in_a_row' : found === null ? 'unknown_account' : 'wrong_password';
  const ent = found ? accountEntity(found.uid) : [{ t: 'Account', id: 'unknown' }];
  return parts.signInAudit.write(call, { sub: 'login', act: 'E', out: 4, why, ent, agent: anonymous });
}

async function settle(parts: SignInParts, trial: Trial, password: string): Promise<void> {
  const { account, credentials, subject, attempt } = trial;
  await parts.throttle.passwordWasRight(subject, attempt);
  await parts.throttle.forgetFailures(account.uid);
  if (credentials.password === null || !parts.hasher.isOutdated(credentials.password)) return;
  // Another sign-in may have done it already; then it is not done again.
  const renewed = await parts.hasher.hash(password);
  await parts.credentials.write(account.uid, credentials.version, { password: renewed });
}
