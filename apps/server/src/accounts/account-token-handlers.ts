/** API tokens as administrators see them: those of services, which sign in nowhere, and the end of anybody's. */
import { type Account, type AccountChangeKind, createApiTokenRequestSchema } from '@workflow-bolt/contracts';
import { apiTokensMax } from '@workflow-bolt/store';
import { intendedChange } from '../audit/intended-change.ts';
import { type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { presentToken, refuseSelf, tokenEndsAt } from '../session/api-token-handlers.ts';
import { noteChange } from './account-changes-handlers.ts';
import { mustAdminister, mustSee } from './administered-account.ts';
import type { SignInParts } from './complete-sign-in.ts';
import { accountEntity, agentOf } from './sign-in-audit.ts';

export function getAccountTokens(parts: SignInParts): Handler {
  return async (call) => {
    const { uid } = await mustSee(parts, call);
    return ok({ tokens: (await parts.tokens.list(uid)).map(presentToken) });
  };
}

/** Only a service's: a token of a person would let whoever made it act in that person's name. */
export function postAccountToken(parts: SignInParts): Handler {
  return async (call) => {
    const { name, scopes, days } = parseInput(createApiTokenRequestSchema, call.body, 'body');
    refuseSelf(scopes);
    const account = await mustAdminister(parts, call);
    if (account.kind !== 'service' || account.state !== 'active')
      throw new ProblemError('administration_refused', { rule: 'no_service' });
    if ((await parts.tokens.list(account.uid)).length >= apiTokensMax) throw new ProblemError('token_limit');
    const made = await recorded(parts, call, { account, what: 'token-made', id: 'new' }, async () => {
      const expiresAt = tokenEndsAt(parts.now(), days);
      const token = await parts.tokens.create({ uid: account.uid, name, scopes, expiresAt });
      if (!token) throw new ProblemError('token_limit');
      return token;
    });
    return ok({ token: presentToken(made), secret: made.token });
  };
}

export function postAccountTokenRevoke(parts: SignInParts): Handler {
  return async (call) => {
    const account = await mustAdminister(parts, call);
    const id = call.params.tokenId ?? '';
    if ((await parts.tokens.findById(id))?.record.uid !== account.uid)
      throw new ProblemError('token_not_found');
    await recorded(parts, call, { account, what: 'token-ended', id }, async () => {
      if (!(await parts.tokens.end(account.uid, id))) throw new ProblemError('token_not_found');
      return { id };
    });
    return { status: 204 };
  };
}

type About = { account: Account; what: Extract<AccountChangeKind, `token-${string}`>; id: string };

/**
 * On the record before and after, and beside it for who answers for the account. That is noted first: a token whose secret
 * never reached anybody must not live on because of it.
 */
async function recorded<T extends { id: string }>(
  parts: SignInParts,
  call: Call,
  { account, what, id }: About,
  work: () => Promise<T>,
): Promise<T> {
  const eventOf = (tokenId: string) => ({
    ...{ type: 'admin' as const, sub: 'token' as const, out: 0 as 0 | 4, why: what as string },
    act: (what === 'token-made' ? 'C' : 'D') as 'C' | 'D' | 'E',
    ent: [...accountEntity(account.uid), { t: 'ApiToken', id: tokenId }],
    agent: agentOf(mustSession(call)),
  });
  const write = (event: ReturnType<typeof eventOf>) => parts.signInAudit.write(call, event);
  return intendedChange(write, eventOf(id), {
    work: async () => {
      await noteChange(parts, call, account, { what });
      return work();
    },
    done: (made) => eventOf(made.id),
  });
}
