/**
 * From a signal to alerts. Pure: `asksOf` says what to count, whoever keeps the counts counts it, `alertsOf` judges.
 * A replay keeps them in memory, the servers together in Redis, and both come to the same answer.
 */
import type { Alert } from '@workflow-bolt/contracts';
import {
  type DetectionLimit,
  type DetectionRule,
  type DetectionWindow,
  detectionRules,
  reviewMs,
} from './rules.ts';
import type { Signal } from './signal.ts';

/** One member to be added to one window, whose size is wanted. */
export type WindowAsk = {
  rule: DetectionRule['id'];
  subject: string;
  window: string;
  member: string;
  spanMs: number;
};
/** An alert before it has an id. `matter` is the same for what belongs together. */
export type AlertDraft = Omit<Alert, 'id' | 'review'> & { matter: string; session: string | null };

const hourMs = 3_600_000;
const subjectOf = (rule: DetectionRule, { uid, network, object }: Signal): string | null => {
  if (rule.subject === 'installation') return 'installation';
  if (rule.subject === 'object') return object;
  return rule.subject === 'account' ? uid : (network ?? uid);
};

/** Rules that a signal speaks to. `honey` are objects that nobody has a reason to touch. */
function rulesOn(signal: Signal, honey: ReadonlySet<string>): DetectionRule[] {
  return detectionRules.filter(
    (rule) =>
      rule.on.includes(signal.kind) &&
      (!rule.isHoney || honey.has(signal.object)) &&
      subjectOf(rule, signal) !== null,
  );
}

function memberOf({ member }: DetectionWindow, { object, at }: Signal): string {
  const hour = String(Math.floor(at / hourMs));
  if (member === 'hour') return hour;
  return member === 'object' ? object : `${object}@${hour}`;
}

/** What to count before the signal can be judged; in this order the counts are given to `alertsOf`. */
export function asksOf(signal: Signal, honey: ReadonlySet<string>): WindowAsk[] {
  return rulesOn(signal, honey).flatMap((rule) =>
    rule.windows.map((window) => ({
      rule: rule.id,
      subject: subjectOf(rule, signal) ?? '',
      window: window.name,
      member: memberOf(window, signal),
      spanMs: window.spanMs,
    })),
  );
}

type Counts = ReadonlyMap<string, number>;

/** Twice nothing is nothing: without a history of some hours nobody has a usual. */
function isBeyondUsual({ beyondUsual }: DetectionLimit, counts: Counts, present: number): boolean {
  if (!beyondUsual) return true;
  const { times, total, hours, hoursMin } = beyondUsual;
  // The present hour is no measure of itself.
  const before = (counts.get(hours) ?? 1) - 1;
  const opened = (counts.get(total) ?? present) - present;
  return before >= hoursMin && present > (times * opened) / before;
}

function overLimit(rule: DetectionRule, counts: Counts): number | null {
  if (rule.limits.length === 0) return 1;
  const over = rule.limits.find((limit) => {
    const present = counts.get(limit.window) ?? 0;
    return present > limit.limit && isBeyondUsual(limit, counts, present);
  });
  return over ? (counts.get(over.window) ?? null) : null;
}

/** The alerts that a signal leads to, given the counts in the order of `asksOf`. */
export function alertsOf(
  signal: Signal,
  honey: ReadonlySet<string>,
  counted: readonly number[],
): AlertDraft[] {
  const rest = [...counted];
  return rulesOn(signal, honey).flatMap((rule) => {
    const counts = new Map(rule.windows.map(({ name }) => [name, rest.shift() ?? 0]));
    const count = overLimit(rule, counts);
    return count === null ? [] : [draftOf(rule, signal, count)];
  });
}

function draftOf(rule: DetectionRule, signal: Signal, count: number): AlertDraft {
  const { at, clinic, uid, network, session, kind } = signal;
  // What was judged about one thing says nothing of what else happens to it.
  const subject = [...(rule.subject === 'object' ? [kind] : []), subjectOf(rule, signal) ?? ''].join(' ');
  const { id, severity, responses, quietMs, reviewWithinMs } = rule;
  return {
    rule: id,
    severity,
    clinic,
    at,
    uid,
    network,
    session,
    count,
    responses: [...responses],
    reviewDueAt: at + (reviewWithinMs ?? reviewMs[severity]),
    matter: `${id} ${subject} ${Math.floor(at / quietMs)}`,
  };
}
