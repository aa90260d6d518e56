import { type CheckResult, resultOf } from './history.ts';

/** One entry as an observer saw it. */
export interface ObservedEntry {
  readonly seq: number;
  /** Tells entries with one seq apart: the event's id or chain hash. Ignored on a snapshot. */
  readonly id: string;
  /** A history that was replaced (restore, failover with loss) has another epoch; orders are compared within one. */
  readonly epoch?: string;
  /** The observer took a whole state as of `seq` and goes on after it: a legal jump. */
  readonly isSnapshot?: boolean;
}

export interface ObserverLog {
  readonly observer: string;
  readonly entries: readonly ObservedEntry[];
}

export interface PrefixOptions {
  /** The log itself. Then observers are compared with it, and entries it lacks are problems. */
  readonly truth?: readonly ObservedEntry[];
  /** Every observer must have arrived at the end of the truth. */
  readonly mustBeComplete?: boolean;
}

/**
 * All observers saw one order: within a snapshot's reach no entry was skipped, repeated or seen out of order, and no two
 * observers (nor an observer and the log) had different entries in one place.
 */
export function checkPrefixes(logs: readonly ObserverLog[], options: PrefixOptions = {}): CheckResult {
  const order = new Map<string, { id: string; observer: string }>();
  const truth = options.truth?.filter((entry) => !entry.isSnapshot);
  const problems = truth ? orderProblems({ observer: 'the log', entries: truth }, order, false) : [];
  for (const log of logs) {
    problems.push(...gapProblems(log), ...orderProblems(log, order, truth !== undefined));
    const end = truth?.at(-1);
    if (options.mustBeComplete && end) problems.push(...incompleteness(log, end));
  }
  return resultOf(problems);
}

function gapProblems({ observer, entries }: ObserverLog): string[] {
  const problems: string[] = [];
  let last: ObservedEntry | undefined;
  for (const entry of entries) {
    if (!entry.isSnapshot && last) {
      const isNewEpoch = entry.epoch !== last.epoch;
      if (isNewEpoch)
        problems.push(`${observer}: went from epoch ${last.epoch} to ${entry.epoch} without a snapshot`);
      else if (entry.seq > last.seq + 1)
        problems.push(`${observer}: gap, ${last.seq} is followed by ${entry.seq}`);
      else if (entry.seq <= last.seq) problems.push(`${observer}: ${entry.seq} came after ${last.seq}`);
    }
    if (entry.isSnapshot && last && entry.epoch === last.epoch && entry.seq < last.seq) {
      problems.push(`${observer}: a snapshot went back from ${last.seq} to ${entry.seq}`);
    }
    last = entry;
  }
  return problems;
}

function orderProblems(
  { observer, entries }: ObserverLog,
  order: Map<string, { id: string; observer: string }>,
  isClosed: boolean,
): string[] {
  const problems: string[] = [];
  for (const { seq, id, epoch, isSnapshot } of entries) {
    if (isSnapshot) continue;
    const place = `${epoch ?? ''}#${seq}`;
    const known = order.get(place);
    if (!known && isClosed) problems.push(`${observer}: ${id} at ${place} is not in the log`);
    else if (!known) order.set(place, { id, observer });
    else if (known.id !== id)
      problems.push(`${observer} saw ${id} at ${place}, ${known.observer} saw ${known.id}`);
  }
  return problems;
}

function incompleteness({ observer, entries }: ObserverLog, end: ObservedEntry): string[] {
  const last = entries.at(-1);
  if (last && last.seq >= end.seq && last.epoch === end.epoch) return [];
  return [`${observer}: stopped at ${last?.seq ?? 'nothing'}, the log ends at ${end.seq}`];
}
