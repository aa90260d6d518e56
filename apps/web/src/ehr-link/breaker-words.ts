/** A circuit breaker of the link to the EHR, as a person says it. */
import type { Breaker, BreakerChange, EhrLane } from '@workflow-bolt/contracts';
import { plural } from '../format/duration.ts';
import { moment } from '../format/moment.ts';

export type BreakerFace = {
  name: string;
  tone: 'calm' | 'amber' | 'red';
  state: string;
  /** Sentences: since when, why, who, until when, and what it has counted. */
  lines: readonly string[];
  isForced: boolean;
};

export const laneName: Record<EhrLane, string> = { reads: 'Reading', writes: 'Writing' };

const states: Record<Breaker['state'], { word: string; tone: BreakerFace['tone'] }> = {
  closed: { word: 'Working', tone: 'calm' },
  half_open: { word: 'Trying again', tone: 'amber' },
  open: { word: 'Resting: the EHR fails', tone: 'red' },
  forced_open: { word: 'Stopped by hand', tone: 'red' },
  forced_closed: { word: 'Kept on by hand', tone: 'amber' },
};

const reasons: Record<string, string> = {
  failures: 'too many calls failed',
  slow: 'too many calls were slow',
  credentials: 'the EHR refuses the account',
  recovered: 'calls succeed again',
  ended: 'the time set by hand is over',
};

/** Why a breaker turned: a code of its own, or the reason a person gave. */
export const breakerReason = (why: string): string => reasons[why] ?? why;

const isForcedState = (state: Breaker['state']): boolean =>
  state === 'forced_open' || state === 'forced_closed';

function sinceLine({ since, why, by }: Breaker): string[] {
  if (since === null) return [];
  const because = why === '' ? '' : `: ${breakerReason(why)}`;
  return [`Since ${moment(since)}${because}${by === '' ? '' : `, by ${by}`}.`];
}

function tillLine({ state, till }: Breaker): string[] {
  if (till === null) return isForcedState(state) ? ['Until somebody gives it back.'] : [];
  return [isForcedState(state) ? `Until ${moment(till)}.` : `Tried again at ${moment(till)}.`];
}

/** What a breaker's row says. */
export function breakerFace(breaker: Breaker): BreakerFace {
  const { lane, state, calls, failed, slow } = breaker;
  const counts = `Of the last ${plural(calls, 'call')}, ${failed} failed and ${slow} ${slow === 1 ? 'was' : 'were'} slow.`;
  return {
    name: laneName[lane],
    tone: states[state].tone,
    state: states[state].word,
    lines: [...sinceLine(breaker), ...tillLine(breaker), ...(calls > 0 ? [counts] : [])],
    isForced: isForcedState(state),
  };
}

/** One line of the history. */
export function breakerChangeWords({ lane, from, to, why, by }: BreakerChange): string {
  const who = by === '' ? '' : `, by ${by}`;
  return `${laneName[lane]}: ${states[from].word} → ${states[to].word} (${breakerReason(why) || 'no reason'}${who})`;
}
