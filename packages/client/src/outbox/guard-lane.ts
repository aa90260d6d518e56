/**
 * What must not be sent without a person looking at it: steps of somebody else, and steps so old that the
 * clinic has moved on.
 */
import { leaveLine, type OutboxItem, type OutboxLane, queuedItems } from './outbox-lane.ts';

export type GuardContext = {
  actorId: string;
  /** Workstation clock: both ends of an age are read from the same one. */
  wallMs: number;
  /** The clinic's local day; null while unknown. */
  today: string | null;
  freshClientId: () => string;
};

/** A step made offline is carried out without asking for this long; a lunch break, not half a day. */
export const outboxAgeMaxMs = 4 * 3_600_000;

export function guardLane(lane: OutboxLane, context: GuardContext): OutboxLane {
  let guarded = lane;
  for (const item of queuedItems(lane)) {
    const kind = guardKind(item, context);
    if (kind !== null) guarded = setAside(guarded, item.id, kind, context.freshClientId());
  }
  return guarded;
}

function guardKind(item: OutboxItem, context: GuardContext): 'other-actor' | 'confirm' | null {
  if (item.actorId !== context.actorId) return 'other-actor';
  const ageMs = context.wallMs - item.at;
  const isOld = ageMs > outboxAgeMaxMs || ageMs < -outboxAgeMaxMs;
  const isOtherDay = context.today !== null && item.madeOn !== null && item.madeOn !== context.today;
  return isOld || isOtherDay ? 'confirm' : null;
}

const titles = {
  confirm: 'This step waited too long to be sent by itself. Send it now, or discard it.',
  'other-actor': 'Someone else made this step on this device. Only they can send it.',
} as const;

function setAside(
  lane: OutboxLane,
  id: string,
  kind: keyof typeof titles,
  freshClientId: string,
): OutboxLane {
  const item = lane.items.find((it) => it.id === id);
  if (!item) return lane;
  const problem = { kind, code: null, title: titles[kind], details: {}, current: null, by: null, at: null };
  const rest = leaveLine(lane, id, freshClientId);
  return { ...rest, items: [...rest.items, { ...item, state: 'attention', problem }] };
}
