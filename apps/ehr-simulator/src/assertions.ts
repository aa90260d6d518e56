import type { JournalEntry } from './journal.ts';

/** The result of a check on the journal; `violations` says which calls broke it. */
export interface AssertionResult {
  ok: boolean;
  checked: number;
  violations: { n: number; detail: string }[];
}

const result = (checked: number, violations: AssertionResult['violations']): AssertionResult => ({
  ok: violations.length === 0,
  checked,
  violations,
});

/** No two calls arrived less than `ms` apart. */
export function assertMinGap(entries: readonly JournalEntry[], ms: number): AssertionResult {
  const violations = entries.slice(1).flatMap((entry, i) => {
    const gap = entry.arrivedMs - (entries[i]?.arrivedMs ?? 0);
    return gap < ms ? [{ n: entry.n, detail: `${gap.toFixed(1)} ms after the call before` }] : [];
  });
  return result(entries.length, violations);
}

/** Between `min` and `max` calls were made. */
export function assertCount(entries: readonly JournalEntry[], min: number, max: number): AssertionResult {
  const inside = entries.length >= min && entries.length <= max;
  return result(entries.length, inside ? [] : [{ n: 0, detail: `${entries.length} calls` }]);
}

/** Every call had one of the outcomes that begin with the given word. */
export function assertOutcome(entries: readonly JournalEntry[], outcome: string): AssertionResult {
  const wrong = entries.filter((entry) => !entry.outcome.startsWith(outcome));
  return result(
    entries.length,
    wrong.map((entry) => ({ n: entry.n, detail: entry.outcome })),
  );
}

/** No member of any request was dropped by the strict reader. */
export function assertNothingDropped(entries: readonly JournalEntry[]): AssertionResult {
  const wrong = entries.filter((entry) => entry.dropped.length > 0);
  return result(
    entries.length,
    wrong.map((entry) => ({ n: entry.n, detail: entry.dropped.join(', ') })),
  );
}

/** After a refused login nobody called again within `ms`. */
export function assertStopsAfterAuthFailure(entries: readonly JournalEntry[], ms: number): AssertionResult {
  const violations = entries.slice(1).flatMap((entry, i) => {
    const before = entries[i];
    if (!before?.outcome.startsWith('auth:') || entry.arrivedMs - before.arrivedMs >= ms) return [];
    return [{ n: entry.n, detail: `called again after ${before.outcome}` }];
  });
  return result(entries.length, violations);
}
