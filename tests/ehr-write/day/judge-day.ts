/** Holds a played day to what write-back promises, and says what it went through. */
import { createCallGaps } from '@workflow-bolt/ehr';
import { PUBLISHED_GAPS_MS } from '@workflow-bolt/ehr-simulator';
import { assertNoBlindRepeat, assertNothingDropped } from '../../../apps/ehr-simulator/src/assertions.ts';
import type { DayRecord } from './clinic-day.ts';
import * as judges from './journal-judges.ts';

const gaps = createCallGaps();
/** What is wrong with the day, by rule; rules that hold are left out. */
export function violationsOf(day: DayRecord): Record<string, string[]> {
  return Object.fromEntries(Object.entries(judged(day)).filter(([, list]) => list.length > 0));
}

function judged(day: DayRecord): Record<string, string[]> {
  const { journal, granted, turns, rules } = day;
  const arrivals = journal.map(({ n, op, at }) => ({ n, operation: op, at: Date.parse(at) }));
  return {
    'no turn while open': judges.turnsWhileOpen(granted, turns),
    'no call without a turn': judges.callsWithoutTurn(arrivals, granted),
    'turns keep the gap': judges.turnsTooSoon(granted, (op) => gaps.gapMs(op as 'GetPatient')),
    'calls keep the published limit': judges.callsTooSoon(arrivals, (op) => PUBLISHED_GAPS_MS[op] ?? 0),
    'no write repeated': judges.writesRepeated(journal),
    'no write repeated blindly': assertNoBlindRepeat(journal).violations.map(({ detail }) => detail),
    'nothing dropped': assertNothingDropped(journal).violations.map(({ detail }) => detail),
    'no case lost': judges.casesLost(day.cases, journal),
    'nobody present moved back': judges.presentMovedBack(day.frames),
    'writes follow the wishes': [...day.wishes].flatMap(([id, wishes]) =>
      judges.writesOutOfOrder(judges.appliedTo(journal, id), wishes),
    ),
    'walk-ins are created once': judges.doubled(day.walkIns, 'appointments'),
    'walk-ins are one visit': judges.doubled(day.walkIns, 'visits'),
    'equal or explained': judges.unexplained(day.ends, rules),
  };
}

/** How often each thing happened: a day without trouble proves nothing. */
export type Coverage = Record<string, number>;

export function coverageOf({ journal, frames, turns, kills, hangs, ends }: DayRecord): Coverage {
  const calls = (what: RegExp) => journal.filter(({ op, outcome }) => what.test(`${op} ${outcome}`)).length;
  const effects = (kind: string) =>
    journal.filter((call) => call.effects.some((effect) => effect.kind === kind)).length;
  const settled = frames.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'visit.write-settled' ? [event] : [])),
  );
  return {
    calls: journal.length,
    updates: calls(/^UpdateAppointment/),
    created: effects('created'),
    outage: calls(/outage/),
    throttled: calls(/throttled/),
    garbage: calls(/network:(?!outage)|fault:/),
    'not applied': effects('not-applied'),
    'second user': effects('second-user'),
    opened: turns.filter(({ state }) => state === 'open').length,
    kills,
    hangs,
    'conflicts raised': settled.filter(({ conflict }) => conflict !== null).length,
    'conflicts left': ends.filter(({ shown }) => shown === 'conflict').length,
    'given up': settled.filter(({ ehrWrite }) => ehrWrite.failed !== null).length,
    'left failed': ends.filter(({ shown }) => shown === 'failed').length,
  };
}
