/** What a failed Redis command means to the caller: not carried out, unknown, or broken. */
import { Fault } from '@workflow-bolt/contracts';

/** Redis checks these before it runs a function, so nothing was carried out. */
const refusedUnrun =
  /^(LOADING|READONLY|MISCONF|NOREPLICAS|OOM|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|NOPERM|NOAUTH|WRONGPASS|NOPROTO)\b/;
const unsent =
  /Stream isn't writeable|enableOfflineQueue|Connection is not|No sharded subscriber|Failed to refresh slots|None of startup nodes|All sentinels are unreachable/i;
const functionMissing = /Function not found/i;

export function isFunctionMissing(error: unknown): boolean {
  return error instanceof Error && functionMissing.test(error.message);
}

function isReplyError(error: Error): boolean {
  return error.name === 'ReplyError' || error.constructor.name === 'ReplyError';
}

/**
 * `store_unavailable`: nothing was carried out. `outcome_unknown`: the command may have run; repeat it with the
 * same id. `internal`: the function broke an invariant.
 */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (functionMissing.test(cause.message))
    return new Fault('store_unavailable', { reason: 'function_missing' }, cause);
  if (refusedUnrun.test(cause.message)) {
    return new Fault('store_unavailable', { reason: cause.message.split(' ', 1)[0] ?? '' }, cause);
  }
  if (isReplyError(cause)) return new Fault('internal', { reason: 'redis_error' }, cause);
  if (unsent.test(cause.message)) return new Fault('store_unavailable', { reason: 'not_connected' }, cause);
  return new Fault('outcome_unknown', { reason: 'no_answer' }, cause);
}
