/** A person's API tokens: made, shown once, listed and ended. */
import { createApiTokenRequestSchema } from '@workflow-bolt/contracts';
import type { ApiTokenStore, StoredApiToken } from '@workflow-bolt/store';
import { intendedChange } from '../audit/intended-change.ts';
import { type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { agentOfSession, type RecordEvent, sessionEvent } from './session-audit.ts';

export type ApiTokenParts = { tokens: ApiTokenStore; record: RecordEvent; now: () => number };

const dayMs = 86_400_000;

export const presentToken = ({ id, record }: StoredApiToken) => {
  const { name, scopes, createdAt, expiresAt } = record;
  return { id, name, scopes, createdAt, expiresAt };
};

export const tokenEndsAt = (now: number, days: number): number => now + days * dayMs;

/** Sessions, factors and tokens belong to the person, who would otherwise never be rid of a stolen one. */
export function refuseSelf(scopes: readonly string[]): void {
  if (scopes.includes('self'))
    throw new ProblemError('permission_denied', { detail: 'No token manages its owner.' });
}

export function getApiTokens({ tokens }: ApiTokenParts): Handler {
  return async (call) => ok({ tokens: (await tokens.list(mustSession(call).user.id)).map(presentToken) });
}

export function postApiToken({ tokens, record, now }: ApiTokenParts): Handler {
  return async (call) => {
    const { name, scopes, days } = parseInput(createApiTokenRequestSchema, call.body, 'body');
    refuseSelf(scopes);
    const uid = mustSession(call).user.id;
    const made = await intendedChange(record, tokenEvent(call, 'C', 'new'), {
      work: async () => {
        const token = await tokens.create({ uid, name, scopes, expiresAt: tokenEndsAt(now(), days) });
        if (!token) throw new ProblemError('token_limit');
        return token;
      },
      done: ({ id }) => tokenEvent(call, 'C', id),
    });
    return ok({ token: presentToken(made), secret: made.token });
  };
}

export function postApiTokenRevoke({ tokens, record }: ApiTokenParts): Handler {
  return async (call) => {
    const id = call.params.tokenId ?? '';
    const { user } = mustSession(call);
    if ((await tokens.findById(id))?.record.uid !== user.id) throw new ProblemError('token_not_found');
    await intendedChange(record, tokenEvent(call, 'D', id), {
      work: async () => {
        if (!(await tokens.end(user.id, id))) throw new ProblemError('token_not_found');
      },
    });
    return { status: 204 };
  };
}

const tokenEvent = (call: Call, act: 'C' | 'D', id: string) =>
  sessionEvent(call, agentOfSession(mustSession(call)), {
    ...{ sub: 'token', act, out: 0, why: 'token', ent: [{ t: 'ApiToken', id }] },
  });
