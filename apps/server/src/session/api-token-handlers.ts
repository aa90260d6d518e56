/** A person's API tokens: made, shown once, listed and ended. */
import { createApiTokenRequestSchema } from '@workflow-bolt/contracts';
import type { ApiTokenStore, StoredApiToken } from '@workflow-bolt/store';
import { type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { agentOfSession, type RecordEvent, sessionEvent } from './session-audit.ts';

export type ApiTokenParts = { tokens: ApiTokenStore; record: RecordEvent; now: () => number };

const dayMs = 86_400_000;

const present = ({ id, record }: StoredApiToken) => {
  const { name, scopes, createdAt, expiresAt } = record;
  return { id, name, scopes, createdAt, expiresAt };
};

export function getApiTokens({ tokens }: ApiTokenParts): Handler {
  return async (call) => ok({ tokens: (await tokens.list(mustSession(call).user.id)).map(present) });
}

export function postApiToken({ tokens, record, now }: ApiTokenParts): Handler {
  return async (call) => {
    const { name, scopes, days } = parseInput(createApiTokenRequestSchema, call.body, 'body');
    // Sessions, factors and tokens belong to the person, who would otherwise never be rid of a stolen one.
    if (scopes.includes('self'))
      throw new ProblemError('permission_denied', { detail: 'No token manages its owner.' });
    const uid = mustSession(call).user.id;
    const made = await tokens.create({ uid, name, scopes, expiresAt: now() + days * dayMs });
    if (!made) throw new ProblemError('token_limit');
    await record(tokenEvent(call, 'C', made.id));
    return ok({ token: present(made), secret: made.token });
  };
}

export function postApiTokenRevoke({ tokens, record }: ApiTokenParts): Handler {
  return async (call) => {
    const id = call.params.tokenId ?? '';
    if (!(await tokens.end(mustSession(call).user.id, id))) throw new ProblemError('token_not_found');
    await record(tokenEvent(call, 'D', id));
    return { status: 204 };
  };
}

const tokenEvent = (call: Call, act: 'C' | 'D', id: string) =>
  sessionEvent(call, agentOfSession(mustSession(call)), {
    ...{ sub: 'token', act, out: 0, ent: [{ t: 'ApiToken', id }] },
  });
