import { Fault } from '@workflow-bolt/contracts';
import type { FunctionCall } from '../function-call.ts';
import type { Durability, RedisPort } from '../redis-port.ts';

/**
 * Carries out the end of something. With a commit lane, an end that too few replicas hold is not told as done: a failover
 * would undo it. Throws Fault `outcome_unknown`.
 */
export async function sendDurably<Reply>(
  { port, durability }: { port: RedisPort; durability: Durability | null },
  call: FunctionCall<Reply>,
): Promise<Reply> {
  if (!durability) return port.fcall(call);
  const { replies, numAcked } = await port.fcallDurable([call], durability);
  const [reply] = replies;
  if (!reply?.ok) throw reply?.error ?? new Fault('outcome_unknown', { reason: 'no_answer' });
  if (numAcked < durability.numReplicas) throw new Fault('outcome_unknown', { reason: 'too_few_replicas' });
  return reply.reply;
}
