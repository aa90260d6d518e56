/** Legal holds and early deletions: two people for each, as a table of who may do what in which state. */
import type { holdActs, LegalHold, PurgeRequest, Refusal } from '@workflow-bolt/contracts';
import { daysBetween } from './retention.ts';
import { refusal } from './scene.ts';

/** Who acts, when (epoch ms), and why. */
export type Acting = { by: string; at: number; reason: string | null };
export type HoldAct = (typeof holdActs)[number];

type Answer<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };
const refused = (given: Refusal): Answer<never> => ({ ok: false, refusal: given });

type HoldRow = {
  from: LegalHold['state'];
  to: LegalHold['state'];
  /** Whose act this one answers: the same person may not give both. */
  answers: 'requested' | 'liftRequested' | null;
  records: 'approved' | 'liftRequested' | 'lifted' | null;
};

const holdTable: Record<HoldAct, HoldRow> = {
  approve: { from: 'requested', to: 'active', answers: 'requested', records: 'approved' },
  withdraw: { from: 'requested', to: 'withdrawn', answers: null, records: 'lifted' },
  'request-lift': { from: 'active', to: 'lifting', answers: null, records: 'liftRequested' },
  lift: { from: 'lifting', to: 'lifted', answers: 'liftRequested', records: 'lifted' },
  keep: { from: 'lifting', to: 'active', answers: null, records: null },
};

/** The hold after an act, or why not: `record_state` in another state, `second_person_required` by the same person. */
export function actOnHold(hold: LegalHold, act: HoldAct, acting: Acting): Answer<LegalHold> {
  const row = holdTable[act];
  if (hold.state !== row.from) return refused(refusal('record_state', { state: hold.state }));
  if (row.answers && hold[row.answers]?.by === acting.by) return refused(refusal('second_person_required'));
  const noted = row.records ? { [row.records]: acting } : { liftRequested: null };
  return { ok: true, value: { ...hold, ...noted, state: row.to } };
}

/** Approves or refuses an early deletion that somebody else asked for. */
export function decidePurgeRequest(
  request: PurgeRequest,
  isApproved: boolean,
  acting: Acting,
): Answer<PurgeRequest> {
  if (request.state !== 'requested') return refused(refusal('record_state', { state: request.state }));
  if (isApproved && request.requested.by === acting.by) return refused(refusal('second_person_required'));
  return {
    ok: true,
    value: { ...request, state: isApproved ? 'approved' : 'refused', decided: acting },
  };
}

/** Null when a span may be asked to be deleted early: all of it is older than the class must live. */
export function purgeTooEarly(to: string, today: string, floorDays: number): Refusal | null {
  const age = daysBetween(to, today);
  return age >= floorDays ? null : refusal('purge_too_early', { floorDays, ageDays: age });
}
