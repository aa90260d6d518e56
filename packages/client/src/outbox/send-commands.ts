import type { BoardKey, CommandEnvelope, ProblemCode } from '@workflow-bolt/contracts';
import type { ApiClient } from '../api/api-client.ts';
import { ApiError } from '../api/api-error.ts';
import type { SendAnswer } from './outbox.ts';

/** Answers with which the server says that the request itself is wrong, now and for ever. */
const finalCodes: ReadonlySet<ProblemCode> = new Set([
  'permission_denied',
  'invalid_request',
  'malformed_json',
  'json_too_deep',
  'body_too_large',
]);
/** Turned away before anything was tried. */
const untouchedCodes: ReadonlySet<ProblemCode> = new Set([
  'not_authenticated',
  'csrf_token_invalid',
  'cross_site_request',
  'too_many_requests',
  'draining',
  'overloaded',
  'store_unavailable',
  'deadline_exceeded',
  'upgrade_required',
  'board_not_found',
]);

/** Sends a batch; every way of failing is either a final word or a hold, never a loss. */
export async function sendCommands(
  api: ApiClient,
  key: BoardKey,
  commands: readonly CommandEnvelope[],
): Promise<SendAnswer> {
  try {
    return { kind: 'outcomes', outcomes: await api.commands(key, commands) };
  } catch (error) {
    if (!(error instanceof ApiError)) return { kind: 'hold', code: null, retryAfterMs: 0, isUnknown: true };
    const { code, message: title, retryAfterMs } = error;
    if (finalCodes.has(code)) return { kind: 'refused', code, title };
    return { kind: 'hold', code, retryAfterMs, isUnknown: !untouchedCodes.has(code) };
  }
}
