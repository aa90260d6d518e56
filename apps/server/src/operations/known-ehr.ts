/**
 * What all workers together know of the EHR. A worker that has not called it for hours, or never, says nothing against
 * one that called it a second ago; and two accounts are two EHRs, of which the worse one counts.
 */
import type { Beat, BreakerState, DependencyName, DependencyState } from '@workflow-bolt/contracts';
import { isBeating } from '@workflow-bolt/store';
import type { HealthWords } from '../stream/view-state.ts';
import { partOf } from './ask-store.ts';

type Told = NonNullable<Beat['ehr']>;
type Condition = DependencyState['state'];
export type KnownAccount = Pick<Told, 'isOk' | 'lastGoodAt' | 'detail' | 'reads' | 'writes'> & {
  /** Whether anybody has called it. */
  isAsked: boolean;
  tookMs: number | null;
  wroteAt: number | null;
  wroteMs: number | null;
};

/** From the one that is well to the one that is worst. */
const ranks: readonly Condition[] = ['up', 'unknown', 'late', 'held', 'refusing', 'away'];
type Reader = (known: KnownAccount) => DependencyState;
const rankOf = (part: DependencyState): number => ranks.indexOf(part.state);

/** The account whose lane is worst; null without any. */
const worstOf = (accounts: readonly KnownAccount[], lane: Reader): KnownAccount | null =>
  accounts.reduce<KnownAccount | null>(
    (worst, one) => (worst === null || rankOf(lane(one)) > rankOf(lane(worst)) ? one : worst),
    null,
  );

const last = (times: readonly (number | null | undefined)[]): number | null => {
  const known = times.filter((at) => at != null);
  return known.length > 0 ? Math.max(...known) : null;
};

/** A process of before `askedAt` was told has asked when it has had an answer, or none. */
const askedAt = ({ at, ehr }: Beat): number | null =>
  ehr?.askedAt === undefined ? (ehr?.lastGoodAt ?? (ehr?.isOk ? null : at)) : ehr.askedAt;

/** Of one account: breakers from whoever spoke last, calls from whoever called last. */
function knownAccount(beats: readonly Beat[]): KnownAccount[] {
  const freshest = beats.reduce((a, b) => (b.at > a.at ? b : a));
  const caller = beats.reduce((a, b) => ((askedAt(b) ?? 0) > (askedAt(a) ?? 0) ? b : a));
  const writer = beats.reduce((a, b) => ((b.ehr?.wroteAt ?? 0) > (a.ehr?.wroteAt ?? 0) ? b : a));
  const { ehr } = caller;
  if (!freshest.ehr || !ehr) return [];
  const { reads, writes } = freshest.ehr;
  const isShut = reads === 'open' || reads === 'forced_open';
  // Why a person holds it is for operators; this travels to whoever asks how the system is.
  const told = isShut ? { isOk: false, detail: `circuit ${reads}` } : { isOk: ehr.isOk, detail: ehr.detail };
  return [
    {
      ...{ ...told, reads, writes, isAsked: askedAt(caller) !== null, tookMs: ehr.tookMs ?? null },
      lastGoodAt: last(beats.map((beat) => beat.ehr?.lastGoodAt)),
      ...{ wroteAt: writer.ehr?.wroteAt ?? null, wroteMs: writer.ehr?.wroteMs ?? null },
    },
  ];
}

/** Each account that a living worker speaks for. */
export function knownAccounts(beats: readonly Beat[], now: number): KnownAccount[] {
  const telling = beats.filter((beat) => beat.ehr !== null && isBeating(beat, now));
  return [...Map.groupBy(telling, ({ ehr }) => ehr?.account ?? '').values()].flatMap(knownAccount);
}

/** The breaker's word is final; a closed one leaves it to the last call. */
function laneCondition(breaker: BreakerState, lastCall: Condition): Condition {
  if (breaker === 'forced_open') return 'held';
  return breaker === 'open' || breaker === 'half_open' ? 'away' : lastCall;
}

function readsOf(known: KnownAccount): DependencyState {
  const { isOk, isAsked, lastGoodAt, detail, reads, tookMs: latencyMs } = known;
  const lastCall = isAsked ? (isOk ? 'up' : 'away') : 'unknown';
  return partOf('ehr-reads', laneCondition(reads, lastCall), { lastGoodAt, detail, latencyMs });
}

/** Reads say how the EHR is; writes are only known by their breaker. */
function writesOf({ isAsked, writes, wroteAt, wroteMs }: KnownAccount): DependencyState {
  const told = { lastGoodAt: wroteAt, latencyMs: wroteMs, detail: `circuit ${writes}` };
  return partOf('ehr-writes', laneCondition(writes, isAsked ? 'up' : 'unknown'), told);
}

/** Both lanes, each as the worst account has it. */
export function ehrParts(accounts: readonly KnownAccount[]): DependencyState[] {
  const unasked = (name: DependencyName) => partOf(name, 'unknown', { detail: 'nobody has asked it yet' });
  const [reads, writes] = [worstOf(accounts, readsOf), worstOf(accounts, writesOf)];
  if (!reads || !writes) return [unasked('ehr-reads'), unasked('ehr-writes')];
  return [readsOf(reads), writesOf(writes)];
}

/** For heartbeats: as fresh as the account that was silent longest; null when no worker tells of any. */
export function wordsOfEhr(accounts: readonly KnownAccount[]): NonNullable<HealthWords['ehr']> | null {
  const [reads, writes] = [worstOf(accounts, readsOf), worstOf(accounts, writesOf)];
  if (!reads || !writes) return null;
  const times = accounts.map(({ lastGoodAt }) => lastGoodAt);
  return {
    isOk: accounts.every(({ isOk }) => isOk),
    lastGoodAt: times.some((at) => at === null) ? null : Math.min(...times.map(Number)),
    ...{ reads: reads.reads, writes: writes.writes },
  };
}
