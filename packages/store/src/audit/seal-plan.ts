/** The batch that is being sealed: which entries in which order. Fixed in Redis before anything of it is archived. */
import type { AuditEvent, SecurityEvent } from '@workflow-bolt/contracts';
import { gapEvent, placed, presentEvent, type RawEntry } from './present-event.ts';
import type { Fresh } from './seal-sources.ts';
import { formatPosition, type Position, parsePosition } from './seal-state.ts';

type PlanPart = { src: string; sn: number; ids: string[]; position: string };
export type SealPlan = {
  /** When the batch was sealed, epoch ms: part of each leaf. */
  at: number;
  size: number;
  parts: PlanPart[];
  /** What the sealer itself has to say, behind the rest. */
  own: SecurityEvent[];
  ownSn: number;
  /** Last number and MAC of each process, as far as they were checked. */
  macs: [string, string][];
};

export const ownSource = 'seal';

type Drawn = {
  at: number;
  size: number;
  fresh: readonly Fresh[];
  own: readonly SecurityEvent[];
  own_: Position;
  macs: ReadonlyMap<string, string>;
};

export function drawPlan({ at, size, fresh, own, own_, macs }: Drawn): SealPlan {
  const parts = fresh.map(({ src, entries, position }) => ({
    src,
    sn: entries[0]?.sn ?? position.sn + 1,
    ids: entries.map(({ sid }) => sid),
    position: formatPosition(position),
  }));
  return { at, size, parts, own: [...own], ownSn: own_.sn, macs: [...macs] };
}

export function countOf(plan: SealPlan): number {
  return plan.own.length + plan.parts.reduce((sum, { ids }) => sum + ids.length, 0);
}

/** Positions once the plan is sealed. */
export function positionsAfter(plan: SealPlan): Map<string, string> {
  const positions = new Map(plan.parts.map(({ src, position }) => [src, position]));
  if (plan.own.length > 0) {
    const sn = plan.ownSn + plan.own.length;
    positions.set(ownSource, formatPosition({ sid: `${plan.at}-${plan.own.length - 1}`, sn, added: sn }));
  }
  for (const [inst, state] of plan.macs) positions.set(`m:${inst}`, state);
  return positions;
}

/** Reads a plan back from Redis; null when there is none. */
export function parsePlan(text: string): SealPlan | null {
  return text === '' ? null : (JSON.parse(text) as SealPlan);
}

export type FieldsOf = (src: string, ids: readonly string[]) => Promise<Map<string, RawEntry['fields']>>;

/** The events of a plan in order: the same for everyone who builds it. */
export async function eventsOf(
  plan: SealPlan,
  clinic: string | null,
  fieldsOf: FieldsOf,
): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for (const { src, sn, ids } of plan.parts) {
    const fields = await fieldsOf(src, ids);
    for (const [i, sid] of ids.entries()) {
      const place = { src, sid, sn: sn + i };
      const found = fields.get(sid);
      // Taken away between the plan and its sealing: its place stays, and tells so.
      if (found) events.push(presentEvent({ ...place, fields: found }, clinic, plan.at));
      else events.push(placed(gapEvent(clinic, 'stream_count', 1, src), { ...place, sealedAt: plan.at }));
    }
  }
  for (const [k, event] of plan.own.entries()) {
    const place = { src: ownSource, sid: `${plan.at}-${k}`, sn: plan.ownSn + k + 1 };
    events.push(placed(event, { ...place, sealedAt: plan.at }));
  }
  return events;
}

/** Positions as they follow from leaves that are sealed already; `before` is what Redis knew. */
export function positionsFrom(
  events: readonly AuditEvent[],
  before: ReadonlyMap<string, string>,
): Map<string, string> {
  const positions = new Map<string, string>();
  for (const { src, id, sn, inst, iseq, imac } of events) {
    const known = parsePosition(positions.get(src) ?? before.get(src));
    const sid = id.slice(src.length + 1);
    positions.set(src, formatPosition({ sid, sn, added: known.added + (sn - known.sn) }));
    if (inst && iseq) positions.set(`m:${inst}`, `${iseq} ${imac ?? ''}`);
  }
  return positions;
}
