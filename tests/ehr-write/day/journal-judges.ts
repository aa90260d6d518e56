/** What must hold of a day, judged from what the EHR itself noted and from the board's log. Each answers with violations. */
import type { BreakerState, EhrLane, EhrStatus, LogFrame, VisitStatus } from '@workflow-bolt/contracts';
import { isInOffice, says, statusInfo, type WriteBackRules } from '@workflow-bolt/domain';
import type { JournalEntry } from '@workflow-bolt/ehr-simulator';

/** A call as the EHR saw it arrive, epoch ms by a clock that it shares with the gate. */
export type Arrival = { n: number; operation: string; at: number };
/** A turn that the gate gave. `isUsed` false: it was given back unused. */
export type Granted = { at: number; operation: string; lane: EhrLane; isUsed: boolean };
export type BreakerTurn = { at: number; lane: EhrLane; state: BreakerState };

const isShut = (state: BreakerState): boolean => state === 'open' || state === 'forced_open';

/** No turn while the lane was shut, by the gate's own clock (I7); instants that near are the same one. */
export function turnsWhileOpen(
  granted: readonly Granted[],
  turns: readonly BreakerTurn[],
  sameMs = 0,
): string[] {
  return granted.flatMap(({ at, operation, lane }) => {
    const state = turns.filter((turn) => turn.lane === lane && turn.at <= at).at(-1)?.state ?? 'closed';
    const isJustTurned = turns.some((turn) => turn.lane === lane && Math.abs(turn.at - at) <= sameMs);
    return isShut(state) && !isJustTurned
      ? [`${operation} had a turn at ${at} while ${lane} were ${state}`]
      : [];
  });
}

/**
 * No call without a turn of its own: at every instant at most as many calls of an operation have arrived as turns were
 * given. With the rule above this is "no call while open": what arrives then had its turn before.
 */
export function callsWithoutTurn(arrivals: readonly Arrival[], granted: readonly Granted[]): string[] {
  return [...new Set(arrivals.map(({ operation }) => operation))].flatMap((operation) => {
    const turns = granted.filter((one) => one.operation === operation && one.isUsed).map(({ at }) => at);
    const calls = arrivals.filter((one) => one.operation === operation).sort((a, b) => a.at - b.at);
    turns.sort((a, b) => a - b);
    return calls.flatMap(({ n, at }, i) => {
      const own = turns[i];
      return own === undefined || own > at ? [`call ${n}, ${operation} at ${at}, had no turn`] : [];
    });
  });
}

/** Two turns of an operation are at least its gap apart. */
export function turnsTooSoon(granted: readonly Granted[], gapMs: (operation: string) => number): string[] {
  return pairs(granted).flatMap(([a, b]) =>
    b.at - a.at < gapMs(b.operation) ? [`${b.operation}: turns ${b.at - a.at} ms apart`] : [],
  );
}

/**
 * Two calls of an operation arrive at least the published gap apart. With `onTime`, only pairs whose first call is among
 * those are judged: a call that was held up on its way comes nearer to the next one than anybody can help.
 */
export function callsTooSoon(
  arrivals: readonly Arrival[],
  gapMs: (operation: string) => number,
  onTime?: ReadonlySet<number>,
): string[] {
  return pairs(arrivals).flatMap(([a, b]) =>
    b.at - a.at < gapMs(b.operation) && (onTime?.has(a.n) ?? true)
      ? [`call ${b.n}, ${b.operation}: ${b.at - a.at} ms after call ${a.n}`]
      : [],
  );
}

/**
 * Numbers of the calls that arrived within so many ms of their turn, the first call to the first turn and so on. A turn
 * that nobody used makes those after it look late, never early.
 */
export function arrivedOnTime(
  arrivals: readonly Arrival[],
  granted: readonly Granted[],
  withinMs: number,
): Set<number> {
  const turns = Map.groupBy(
    [...granted].sort((a, b) => a.at - b.at),
    ({ operation }) => operation,
  );
  const onTime = [...arrivals]
    .sort((a, b) => a.at - b.at)
    .filter(({ operation, at }) => {
      const own = turns.get(operation)?.shift();
      return own !== undefined && own.at <= at && at - own.at <= withinMs;
    });
  return new Set(onTime.map(({ n }) => n));
}

function pairs<One extends { at: number; operation: string }>(all: readonly One[]): [One, One][] {
  const last = new Map<string, One>();
  return [...all]
    .sort((a, b) => a.at - b.at)
    .flatMap((one): [One, One][] => {
      const before = last.get(one.operation);
      last.set(one.operation, one);
      return before ? [[before, one]] : [];
    });
}

/** A status wished for a visit, in the order of the board's log. */
export type Wish = { at: number; status: EhrStatus };

type Applied = { n: number; at: number; status: EhrStatus };

/** The updates of one appointment that took effect, in order. */
export function appliedTo(journal: readonly JournalEntry[], id: number): Applied[] {
  return journal.flatMap(({ n, at, effects }) =>
    effects.flatMap((effect) =>
      (effect.kind === 'applied' || effect.kind === 'created') && effect.id === id
        ? [{ n, at: Date.parse(at), status: effect.status as EhrStatus }]
        : [],
    ),
  );
}

/** What is written follows the wishes in order: never one that nobody had, never an older one after a newer. */
export function writesOutOfOrder(applied: readonly Applied[], wishes: readonly Wish[]): string[] {
  let from = 0;
  return applied.flatMap(({ n, at, status }) => {
    const found = wishes.findIndex((wish, i) => i >= from && wish.status === status && wish.at <= at);
    if (found < 0) return [`call ${n} wrote ${status}, which nobody wished then`];
    from = found;
    return [];
  });
}

/** A status that somebody set from outside, at whichever screen. */
export type ForeignChange = { at: number; id: number };

/** Nothing is written that was written already, unless somebody else had changed it in between. */
export function writesRepeated(
  journal: readonly JournalEntry[],
  others: readonly ForeignChange[] = [],
): string[] {
  const last = new Map<number, { at: number; status: string }>();
  return journal.flatMap(({ n, at: text, effects }) =>
    effects.flatMap((effect) => {
      if (effect.kind === 'second-user' && effect.changed === 'status') last.delete(effect.id);
      if (effect.kind !== 'applied' && effect.kind !== 'created') return [];
      const at = Date.parse(text);
      const before = last.get(effect.id);
      last.set(effect.id, { at, status: effect.status });
      const isForeign =
        before && others.some((one) => one.id === effect.id && one.at >= before.at && one.at <= at);
      if (before?.status !== effect.status || isForeign) return [];
      return [`call ${n} wrote ${effect.status} to ${effect.id} a second time`];
    }),
  );
}

export type CaseHeld = { id: number; before: number | null; after: number | null };

/** Every appointment keeps its billing case. */
export function casesLost(cases: readonly CaseHeld[], journal: readonly JournalEntry[]): string[] {
  const cleared = journal.flatMap(({ n, effects }) =>
    effects.flatMap((effect) =>
      effect.kind === 'case-cleared' ? [`call ${n} cleared the case of ${effect.id}`] : [],
    ),
  );
  const changed = cases.filter(({ before, after }) => before !== after);
  return [...cleared, ...changed.map(({ id, before, after }) => `${id} had case ${before}, has ${after}`)];
}

/** Whom the EHR moved: nobody who is in the building goes back, or out, unless a person accepted it. */
export function presentMovedBack(frames: readonly LogFrame[]): string[] {
  return frames.flatMap(({ command, source, events }, i) =>
    events.flatMap((event) => {
      if (event.type !== 'visit.moved' || source === 'ui' || command === 'resolveConflict') return [];
      return isBack(event.from, event.to)
        ? [`frame ${i}: ${event.visitId} from ${event.from} to ${event.to}`]
        : [];
    }),
  );
}

function isBack(from: VisitStatus, to: VisitStatus): boolean {
  if (!isInOffice(from)) return false;
  const [before, after] = [statusInfo[from].rank ?? 0, statusInfo[to].rank];
  return after === null || after < before;
}

/** A visit at the day's end. `explained` is what its card says when both sides differ; null when it says nothing. */
export type DayEnd = {
  visit: string;
  board: EhrStatus | null;
  ehr: EhrStatus;
  shown: string;
  explained: string | null;
};

/** What another try may mend is no explanation at the day's end: staff have had it tried again. */
const transient = ['outcome-unknown', 'not-applied', 'keeps-changing'];

/** The EHR says what the board says, or the card says why not; a card never claims what is not so. */
export function unexplained(ends: readonly DayEnd[], rules: WriteBackRules): string[] {
  return ends.flatMap(({ visit, board, ehr, shown, explained }) => {
    const isEqual = board === null || says(ehr, board, rules);
    if (isEqual && shown !== 'waiting') return [];
    const isExplained = explained !== null && !(shown === 'failed' && transient.includes(explained));
    return isExplained
      ? []
      : [`${visit}: the board means ${board}, the EHR holds ${ehr}, the card shows ${shown} (${explained})`];
  });
}

/** Walk-ins that somebody has twice. */
export function doubled<Name extends string>(
  walkIns: readonly Readonly<Record<Name, number>>[],
  name: Name,
): string[] {
  return walkIns.flatMap((walkIn, n) => (walkIn[name] > 1 ? [`walk-in ${n + 1}: ${walkIn[name]}`] : []));
}
