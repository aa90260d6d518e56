import { stepUpRequestSchema } from '@workflow-bolt/contracts';
import type { z } from 'zod';
import { intendedChange } from '../audit/intended-change.ts';
import { type Call, type Handler, mustSession } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { Session } from '../session/session.ts';
import type { Method, SignInParts } from './complete-sign-in.ts';
import { mustOwnAccount } from './own-account.ts';
import { verifyRecoveryCode, verifyTotp } from './second-factors.ts';
import { accountEntity, agentOf } from './sign-in-audit.ts';

type StepUp = z.output<typeof stepUpRequestSchema>;

/** A fresh second factor of the person who is signed in, for one purpose. A password alone proves nothing new. */
export function postStepUp(parts: SignInParts): Handler {
  return async (call) => {
    const request = parseInput(stepUpRequestSchema, call.body, 'body');
    const session = mustSession(call);
    const method = await prove(parts, call, session, request);
    const { purpose } = request;
    const event = stepUpEvent(session, purpose);
    const opened = await intendedChange((said: typeof event) => parts.signInAudit.write(call, said), event, {
      work: () => parts.sessions.stepUp(call.req, session, { purpose, amr: [method] }),
      done: ({ session: proven }) => stepUpEvent(proven, purpose),
    });
    return { status: 204, cookies: [opened.cookie] };
  };
}

/** The one entry before the proof counts, and the one after. */
export const stepUpEvent = (session: Session, purpose: string) => ({
  ...{ sub: 'stepup' as const, act: 'E' as const, out: 0 as 0 | 4, why: purpose },
  ...{ ent: accountEntity(session.user.id), agent: agentOf(session) },
});

async function prove(
  parts: SignInParts,
  call: Call,
  session: Session,
  request: StepUp,
): Promise<Method | 'development'> {
  if (request.method === 'development') {
    if (!session.isDevelopment) throw new ProblemError('permission_denied');
    return 'development';
  }
  const account = await mustOwnAccount(parts, session);
  const isTotp = request.method === 'totp';
  const verify = isTotp ? verifyTotp : verifyRecoveryCode;
  if (await verify(parts, call, { account, code: request.code })) return isTotp ? 'otp' : 'rc';
  await parts.signInAudit.write(call, {
    ...stepUpEvent(session, request.purpose),
    out: 4,
  });
  throw new ProblemError('code_refused');
}
