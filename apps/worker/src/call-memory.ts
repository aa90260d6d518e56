/** Remembers in Redis when each EHR operation was last called, so that a restart neither breaks the gap nor waits for nothing. */
import { createHash } from 'node:crypto';
import type { CallMemory, TebraOperation } from '@workflow-bolt/ehr';
import type { RedisPort } from '@workflow-bolt/store';

/** Longer than any gap the vendor has announced. */
const keptMs = 60_000;

/** The limits are the account's: workers of one customer key share what they remember, under a name that is not the key. */
export function callMemory(redis: RedisPort, customerKey: string): CallMemory<TebraOperation> {
  const account = createHash('sha256').update(customerKey).digest('hex').slice(0, 16);
  const keyOf = (operation: TebraOperation) => `{ehr:${account}}:called:${operation}`;
  return {
    async sinceLast(operation) {
      // By Redis's own clock: machines need not agree on the time.
      const leftMs = Number(await redis.command('PTTL', keyOf(operation)));
      return leftMs < 0 ? Number.POSITIVE_INFINITY : keptMs - leftMs;
    },
    async note(operation) {
      await redis.command('SET', keyOf(operation), '1', 'PX', keptMs);
    },
  };
}
