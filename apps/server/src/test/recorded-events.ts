/** What the record of accesses holds beside the boards, as it stands in Redis. */
import type { SecurityEvent } from '@workflow-bolt/contracts';
import type { RedisServer } from '@workflow-bolt/testkit';

/**
 * Events of a log, oldest first: `i` is the installation's, `c.<clinic>` a clinic's. What parts of the installation say of
 * themselves, such as uses of keys, comes when it comes and is left out.
 */
export async function recordedEvents(redis: RedisServer, log = 'i'): Promise<SecurityEvent[]> {
  const entries = (await redis.call('XRANGE', `{a:${log}}:ev`, '-', '+')) as [string, string[]][];
  return entries
    .map(([, fields]) => JSON.parse(fields[fields.indexOf('f') + 1] ?? '{}') as SecurityEvent)
    .filter(({ agent }) => agent.kind !== 'service');
}

/** The record cannot be written meanwhile, while everything else works. */
export async function withoutRecord(
  redis: RedisServer,
  stream: string,
  work: () => Promise<void>,
): Promise<void> {
  const isThere = (await redis.call('EXISTS', stream)) === 1;
  if (isThere) await redis.call('RENAME', stream, 'aside');
  await redis.call('SET', stream, 'not a stream');
  try {
    await work();
  } finally {
    await redis.call('DEL', stream);
    if (isThere) await redis.call('RENAME', 'aside', stream);
  }
}
