/**
 * A clinic day on the board beside the same day in the EHR: ours, theirs, and what both were last seen to say, for each
 * field. Pure: pairs in, differences out. What was seen to agree is handed on, so that the next comparison can tell who
 * moved.
 */
import {
  type DriftAgreements,
  type DriftDifference,
  type DriftRow,
  driftFields,
  driftRowsMax,
  type EhrStatus,
  type Visit,
} from '@workflow-bolt/contracts';
import { isExpected } from '../status-info.ts';
import {
  type AdviceContext,
  adviceOf,
  removalAdvice,
  sideOf,
  withoutAppointmentAdvice,
} from './drift-advice.ts';
import type { Absence, DriftPair, TheirAppointment } from './drift-pair.ts';
import { type ComparedField, differs, presenceSaidBy, type Sides, sidesOf } from './drift-values.ts';

export type DriftContext = AdviceContext & {
  /** What the comparison before this one handed on. */
  agreed: DriftAgreements;
  /** The EHR status that write-back and pulls last agreed on; undefined when there is none. */
  agreedStatusOf: (visit: Visit) => EhrStatus | undefined;
};

export type DriftComparison = {
  compared: number;
  drifted: number;
  /** At most `driftRowsMax`, in order of their booked start. */
  rows: DriftRow[];
  agreed: DriftAgreements;
};

const comparedFields = driftFields.filter((field): field is ComparedField => field !== 'removal');
type Agreed = DriftAgreements[string];

/** An appointment that has not changed since it was taken over says now what it said then. */
function takenOver(visit: Visit, theirs: TheirAppointment, sides: Record<ComparedField, Sides>): Agreed {
  if (visit.external?.fingerprint !== theirs.fingerprint) return {};
  const { start, duration, location, provider, type } = sides;
  const booking = isExpected(visit.status) ? { provider: provider.theirs, type: type.theirs } : {};
  return { start: start.theirs, duration: duration.theirs, location: location.theirs, ...booking };
}

function agreedOn(visit: Visit, theirs: TheirAppointment, context: DriftContext): Agreed {
  const sides = sidesOf(visit, theirs, context);
  const status = context.agreedStatusOf(visit);
  return {
    ...takenOver(visit, theirs, sides),
    ...context.agreed[visit.id],
    ...(status === undefined ? {} : { status, presence: presenceSaidBy(status, context.rules) }),
  };
}

/** What both sides say now replaces what they said before. */
function agreedNow(known: Agreed, sides: Record<ComparedField, Sides>): Agreed {
  const same = comparedFields.filter((field) => {
    const { ours, theirs } = sides[field];
    return ours !== null && ours === theirs;
  });
  return { ...known, ...Object.fromEntries(same.map((field) => [field, sides[field].ours])) };
}

type Judged = { differences: DriftDifference[]; agreed: Agreed };

function judgePair(visit: Visit, theirs: TheirAppointment, context: DriftContext): Judged {
  const sides = sidesOf(visit, theirs, context);
  const known = agreedOn(visit, theirs, context);
  const differences = comparedFields.flatMap((field): DriftDifference[] => {
    if (!differs(field, sides[field])) return [];
    const last = known[field];
    const side = sideOf(sides[field], last);
    const advice = adviceOf(field, { visit, theirs, side }, context);
    return [{ field, ...sides[field], ...(last === undefined ? {} : { agreed: last }), side, advice }];
  });
  if (visit.external?.isRemoved) {
    const advice = 'read-again';
    differences.push({ field: 'removal', ours: 'removed', theirs: 'listed', side: 'theirs', advice });
  }
  return { differences, agreed: agreedNow(known, sides) };
}

function removal(visit: Visit, absence: Absence | 'none', context: DriftContext): DriftDifference[] {
  const isNone = absence === 'none';
  const advice = isNone ? withoutAppointmentAdvice(visit, context) : removalAdvice(visit, absence);
  if (advice === null) return [];
  const agreed = isNone ? {} : { agreed: 'listed' };
  const ours = visit.external?.isRemoved ? 'removed' : 'listed';
  return [{ field: 'removal', ours, theirs: absence, ...agreed, side: isNone ? 'ours' : 'theirs', advice }];
}

const notHere: DriftDifference = {
  field: 'removal',
  ours: 'none',
  theirs: 'listed',
  side: 'theirs',
  advice: 'read-again',
};

function rowOf(pair: DriftPair, differences: DriftDifference[]): DriftRow {
  const { visit, theirs } = pair;
  const appointment = typeof theirs === 'string' ? null : theirs;
  const kind = visit === null ? 'ehr-only' : appointment === null ? 'board-only' : 'both';
  return {
    kind,
    visitId: visit?.id ?? null,
    appointmentId: appointment?.appointmentId ?? visit?.external?.appointmentId ?? null,
    startAt: visit?.startAt ?? appointment?.startAt ?? null,
    status: visit?.status ?? null,
    ehrStatus: appointment?.status ?? null,
    differences,
  };
}

function judge(pair: DriftPair, context: DriftContext): Judged {
  const { visit, theirs } = pair;
  if (visit === null) return { differences: [notHere], agreed: {} };
  if (typeof theirs !== 'string') return judgePair(visit, theirs, context);
  return { differences: removal(visit, theirs, context), agreed: context.agreed[visit.id] ?? {} };
}

/** Compares a day, pair by pair. The same pairs give the same report, whatever their order. */
export function compareDay(pairs: readonly DriftPair[], context: DriftContext): DriftComparison {
  const agreed: DriftAgreements = {};
  const rows: DriftRow[] = [];
  for (const pair of pairs) {
    const judged = judge(pair, context);
    if (pair.visit && Object.keys(judged.agreed).length > 0) agreed[pair.visit.id] = judged.agreed;
    if (judged.differences.length > 0) rows.push(rowOf(pair, judged.differences));
  }
  rows.sort(byStart);
  return { compared: pairs.length, drifted: rows.length, rows: rows.slice(0, driftRowsMax), agreed };
}

function byStart(a: DriftRow, b: DriftRow): number {
  const [first, second] = [a, b].map(({ startAt }) => startAt ?? Number.MAX_SAFE_INTEGER);
  const [one, other] = [a, b].map((row) => `${row.visitId ?? ''} ${row.appointmentId ?? ''}`);
  return (first ?? 0) - (second ?? 0) || ((one ?? '') < (other ?? '') ? -1 : 1);
}
