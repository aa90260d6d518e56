import type { Account } from '@workflow-bolt/contracts';
import { canonicalLogin } from '@workflow-bolt/domain';
import type { Credentials, ThrottleSubject } from '@workflow-bolt/store';
import type { Call } from '../http/handler.ts';
import type { SignInParts } from './complete-sign-in.ts';
import { deviceTokenOf } from './device-cookie.ts';
import { withoutCode } from './recovery-codes.ts';
import { mustTake } from './throttle-answer.ts';
import { stepOf } from './totp.ts';

/** Two requests may read before one writes; the loser looks again, and finds the code used. */
const readsMax = 3;

/** The lane in which an attempt counts: of a known browser, an enrolled workstation, or a stranger. */
export async function subjectOf(
  parts: SignInParts,
  call: Call,
  { login, uid }: { login: string; uid: string | null },
): Promise<ThrottleSubject> {
  const [device, station] = await Promise.all([
    parts.devices.find(uid, deviceTokenOf(call.req, parts.cookies)),
    parts.workstationOf(call.req),
  ]);
  return { login: canonicalLogin(login), network: parts.networkOf(call.req), device, station };
}

/**
 * Whether a code of the authenticator is right and was not used before. Counted before it is judged. Throws
 * `too_many_requests`.
 */
export function verifyTotp(parts: SignInParts, call: Call, { account, code }: Claim): Promise<boolean> {
  return judged(parts, call, account, (credentials) => {
    const { totp, version } = credentials;
    const step = totp ? stepOf(totp.seed, code, parts.now()) : null;
    if (!totp || step === null || step <= totp.step) return null;
    return () => parts.credentials.takeStep(account.uid, version, step);
  });
}

/** Whether a recovery code is right; it is used up. Counted before it is judged. Throws `too_many_requests`. */
export function verifyRecoveryCode(
  parts: SignInParts,
  call: Call,
  { account, code }: Claim,
): Promise<boolean> {
  return judged(parts, call, account, ({ recoveryCodes, version }) => {
    const left = withoutCode(recoveryCodes, code);
    if (left === null) return null;
    return () => parts.credentials.write(account.uid, version, { recoveryCodes: left });
  });
}

export type Claim = { account: Account; code: string };
/** Null: wrong. Otherwise what makes it used; false when somebody wrote meanwhile. */
type Judge = (credentials: Credentials) => (() => Promise<boolean>) | null;

async function judged(parts: SignInParts, call: Call, account: Account, judge: Judge): Promise<boolean> {
  const subject = await subjectOf(parts, call, { login: account.login ?? '', uid: account.uid });
  const attempt = mustTake(await parts.throttle.takeCode(subject));
  const isRight = await useOnce(parts, account.uid, judge);
  if (isRight) await parts.throttle.codeWasRight(subject, attempt);
  return isRight;
}

async function useOnce(parts: SignInParts, uid: string, judge: Judge): Promise<boolean> {
  for (let reads = 0; reads < readsMax; reads += 1) {
    const use = judge(await parts.credentials.read(uid));
    if (use === null) return false;
    if (await use()) return true;
  }
  return false;
}
