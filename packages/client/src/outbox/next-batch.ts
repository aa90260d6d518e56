import { commandBatchMax } from '@workflow-bolt/contracts';
import { type OutboxItem, type OutboxLane, queuedItems } from './outbox-lane.ts';

/**
 * The items to send now, in order; the lane marks them as sent with an unknown outcome, the batch shows them as
 * they were. A batch ends before an item
 * that must name the version an earlier, unanswered one will make, and before a change of identity.
 */
export function takeBatch(lane: OutboxLane): { lane: OutboxLane; batch: OutboxItem[] } {
  const queued = queuedItems(lane);
  const open = new Set(queued.map((item) => item.id));
  const batch: OutboxItem[] = [];
  for (const item of queued.slice(0, commandBatchMax)) {
    const waits = item.expectedVersion !== null && item.after !== null && open.has(item.after);
    if (waits || (batch[0] && batch[0].clientId !== item.clientId)) break;
    batch.push(item);
  }
  const sending = new Set(batch.map((item) => item.id));
  const items = lane.items.map((item) =>
    sending.has(item.id) ? { ...item, isSent: true, isUnknown: true } : item,
  );
  return { lane: batch.length === 0 ? lane : { ...lane, items }, batch };
}
