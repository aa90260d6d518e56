import {
  type Account,
  passwordSignInRequestSchema,
  recoveryCodeSignInRequestSchema,
  totpSignInRequestSchema,
} from '@workflow-bolt/contracts';
import type { SignInStage, SignInTransaction } from '@workflow-bolt/store';
import type { Answer, Call, Handler } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { completeSignIn, type Method, type SignInParts } from './complete-sign-in.ts';
import { type Claim, verifyRecoveryCode, verifyTotp } from './second-factors.ts';
import { accountEntity, anonymous } from './sign-in-audit.ts';
import { verifyPassword } from './verify-password.ts';

/** The first step: login name and password. */
export function postPasswordSignIn(parts: SignInParts): Handler {
  const complete = completeSignIn(parts);
  return async (call) => {
    const { login, password, station } = parseInput(passwordSignInRequestSchema, call.body, 'body');
    const account = await verifyPassword(parts, call, { login, password });
    return complete(call, { account, amr: ['pwd'], station: station ?? null });
  };
}

export function postTotpSignIn(parts: SignInParts): Handler {
  return async (call) => {
    const { transaction, code } = parseInput(totpSignInRequestSchema, call.body, 'body');
    return secondStep(parts, call, { token: transaction, code, method: 'otp', verify: verifyTotp });
  };
}

export function postRecoveryCodeSignIn(parts: SignInParts): Handler {
  return async (call) => {
    const { transaction, code } = parseInput(recoveryCodeSignInRequestSchema, call.body, 'body');
    return secondStep(parts, call, { token: transaction, code, method: 'rc', verify: verifyRecoveryCode });
  };
}

type Step = {
  token: string;
  code: string;
  method: Method;
  verify: (parts: SignInParts, call: Call, claim: Claim) => Promise<boolean>;
};

async function secondStep(parts: SignInParts, call: Call, step: Step): Promise<Answer> {
  const { transaction, account } = await mustFind(parts, step.token, 'second-factor');
  await mustCount(parts, step.token);
  if (!(await step.verify(parts, call, { account, code: step.code }))) {
    await writeWrongCode(parts, call, account, step.method);
    throw new ProblemError('code_refused');
  }
  if (!(await parts.transactions.end(step.token))) throw new ProblemError('sign_in_ended');
  const amr = [...(transaction.amr as Method[]), step.method];
  return completeSignIn(parts)(call, { account, amr, station: transaction.station });
}

/** A sign-in under way and its account. Throws `sign_in_ended` when there is none at this stage. */
export async function mustFind(
  parts: SignInParts,
  token: string,
  stage: SignInStage,
): Promise<{ transaction: SignInTransaction; account: Account }> {
  const transaction = await parts.transactions.find(token);
  const account = transaction && (await parts.accounts.find(transaction.uid));
  if (!account || transaction?.stage !== stage || account.state !== 'active') {
    throw new ProblemError('sign_in_ended');
  }
  return { transaction, account };
}

/** Counts a try at this sign-in before it is judged. Throws `sign_in_ended` after the last one. */
export async function mustCount(parts: SignInParts, token: string): Promise<void> {
  const counted = await parts.transactions.countTry(token);
  if (counted === 'spent') await parts.transactions.end(token);
  if (counted !== 'counted') throw new ProblemError('sign_in_ended');
}

function writeWrongCode(parts: SignInParts, call: Call, account: Account, method: Method): Promise<void> {
  const ent = accountEntity(account.uid);
  return parts.signInAudit.write(call, {
    ...{ sub: 'mfa', act: 'E', out: 4, why: `wrong_${method}`, ent, agent: anonymous },
  });
}
