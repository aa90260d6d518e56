/** The sliding windows of detection, shared by all processes: five servers count as one. */
import { hash } from 'node:crypto';
import { Fault } from '@workflow-bolt/contracts';
import type { WindowAsk } from '@workflow-bolt/domain';
import { countWindowCall } from '../generated/function-calls.generated.ts';
import type { RedisPort } from '../redis-port.ts';
import { windowKey } from '../retention/retention-keys.ts';

/** Far above every limit; who goes on beyond it has long been stopped. */
const membersMax = 5_000;

/** What was typed or sent never becomes part of a key. */
const hashOf = (text: string): string => hash('sha256', text, 'hex').slice(0, 24);

/** Adds each member to its window and returns the sizes, in order. Throws Fault `store_unavailable`. */
export async function countWindows(port: RedisPort, asks: readonly WindowAsk[]): Promise<number[]> {
  if (asks.length === 0) return [];
  const calls = asks.map(({ rule, subject, window, member, spanMs }) =>
    countWindowCall(
      { window: windowKey(rule, hashOf(subject), window) },
      { member: hashOf(member), windowMs: spanMs, countMax: membersMax },
    ),
  );
  return (await port.fcallMany(calls)).map((reply) => {
    if (!reply.ok) throw new Fault('store_unavailable', { reason: 'detection' }, reply.error);
    return reply.reply.count;
  });
}
