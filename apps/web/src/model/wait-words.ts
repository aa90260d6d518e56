import type { Day, Visit } from '@workflow-bolt/contracts';
import { type Alarm, isExpected, timeInStatusMs, visitAlarms, waitOf } from '@workflow-bolt/domain';
import type { Tone } from '../card/wait-badge.tsx';
import { shortDuration } from '../format/duration.ts';

export type WaitWords = { key: string; tone: Tone; text: string; measures: string; word?: string };

const toneOf = (alarm: Alarm | undefined): Tone => alarm?.level ?? 'calm';

function expectedWords(alarms: readonly Alarm[]): WaitWords[] {
  const proposed = alarms.find((alarm) => alarm.kind === 'no-show-proposed');
  const late = proposed ?? alarms.find((alarm) => alarm.kind === 'late');
  if (!late) return [];
  const word = proposed ? 'late – no show?' : 'late';
  return [{ key: 'late', tone: toneOf(late), text: shortDuration(late.ms), measures: 'Late by', word }];
}

const measures: Partial<Record<Visit['status'], string>> = {
  arrived: 'Lobby wait',
  'appt-prep': 'Prep time',
  'ready-for-md': 'Wait for the provider',
  'with-doctor': 'With the doctor',
  'seen-by-md': 'Since seen',
};

/** The clock a column speaks of; an early patient's wait starts at the booked time. */
function stageWords(visit: Visit, alarms: readonly Alarm[], now: number): WaitWords[] {
  const measure = measures[visit.status];
  if (!measure) return [];
  const alarm = alarms.find((each) => each.kind !== 'visit-total');
  const isEarly = visit.status === 'arrived' && visit.startAt !== null && visit.startAt > now;
  const lobby =
    visit.status === 'arrived' ? waitOf(visit, isEarly ? 'lobbyRaw' : 'lobbyAdjusted', now) : null;
  const ms = alarm?.ms ?? lobby?.ms ?? timeInStatusMs(visit, now);
  const words: WaitWords = { key: 'stage', tone: toneOf(alarm), text: shortDuration(ms), measures: measure };
  return [isEarly ? { ...words, word: '(came early)' } : words];
}

/** The running clocks of a card at `now`, with their alarm; empty when nothing runs. */
export function waitWords(visit: Visit, day: Day, now: number): WaitWords[] {
  const alarms = visitAlarms(visit, day, now);
  if (isExpected(visit.status)) return expectedWords(alarms);
  const total = alarms.find((alarm) => alarm.kind === 'visit-total');
  const stage = stageWords(visit, alarms, now);
  if (!total) return stage;
  const text = shortDuration(total.ms);
  return [...stage, { key: 'total', tone: toneOf(total), text, measures: 'Whole visit', word: 'in all' }];
}
