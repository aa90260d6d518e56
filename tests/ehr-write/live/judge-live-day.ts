/** Holds a day of real processes to what write-back promises. */
import type { WriteBackRules } from '@workflow-bolt/domain';
import { assertNoBlindRepeat, assertNothingDropped } from '../../../apps/ehr-simulator/src/assertions.ts';
import * as judges from '../day/journal-judges.ts';
import type { LiveRecord } from './live-record.ts';
import { gapMsOf, marginMs } from './pace.ts';

/** The demo clinic's decisions. */
const rules: WriteBackRules = { readyToBeSeenMeans: 'check-in-completed', leftMeans: null };

/** What is wrong with the day, by rule; rules that hold are left out. */
export function liveViolations(day: LiveRecord): Record<string, string[]> {
  const { journal, granted, turns, changedElsewhere } = day;
  const arrivals = journal
    .filter(({ op }) => op !== 'unknown')
    .map(({ n, op, at }) => ({ n, operation: op, at: Date.parse(at) }));
  const onTime = judges.arrivedOnTime(arrivals, granted, marginMs);
  const all: Record<string, string[]> = {
    'no turn while open': judges.turnsWhileOpen(granted, turns),
    // Who does not reach the gate in time calls alone, three gaps apart: then the two cannot be paired.
    'no call without a turn': day.alone > 0 ? [] : judges.callsWithoutTurn(arrivals, granted),
    'turns keep the gap': judges.turnsTooSoon(granted, (op) => gapMsOf(op) + marginMs),
    'calls keep the limit': day.alone > 0 ? [] : judges.callsTooSoon(arrivals, gapMsOf, onTime),
    'no write repeated': judges.writesRepeated(journal, changedElsewhere),
    'no write repeated blindly': assertNoBlindRepeat(journal).violations.map(({ detail }) => detail),
    'nothing dropped': assertNothingDropped(journal).violations.map(({ detail }) => detail),
    'no case lost': judges.casesLost(day.cases, journal),
    'nobody present moved back': judges.presentMovedBack(day.frames),
    'writes follow the wishes': [...day.wishes].flatMap(([id, wishes]) =>
      judges.writesOutOfOrder(judges.appliedTo(journal, id), wishes),
    ),
    'equal or explained': judges.unexplained(day.ends, rules),
  };
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0));
}
