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

/** No call had an effect of that kind: no case was cleared, nobody's work was overwritten. */
export function assertNoEffect(entries: readonly JournalEntry[], kind: string): AssertionResult {
  const violations = entries.flatMap((entry) =>
    entry.effects
      .filter((effect) => effect.kind === kind)
      .map((effect) => ({ n: entry.n, detail: `${kind} ${effect.id}` })),
  );
  return result(entries.length, violations);
}

/** Nobody called from one instant (included) to another, both in ms as `arrivedMs` counts. */
export function assertSilentBetween(
  entries: readonly JournalEntry[],
  fromMs: number,
  toMs: number,
): AssertionResult {
  const calls = entries.filter(({ arrivedMs }) => arrivedMs >= fromMs && arrivedMs < toMs);
  return result(
    entries.length,
    calls.map((entry) => ({ n: entry.n, detail: `${entry.op} at ${entry.arrivedMs.toFixed(1)} ms` })),
  );
}

/** What must be read after a write before the same thing may be written again. */
const READ_BEFORE_REPEAT: Readonly<Record<string, string>> = {
  UpdateAppointment: 'GetAppointment',
  CreateAppointment: 'GetAppointments',
};

/**
 * No write followed another to the same appointment without a read of it in between. A refused write did nothing and may be
 * sent again at once; one whose answer was lost may have been applied, whatever really became of it. Ask this of the whole
 * journal: reads count.
 */
export function assertNoBlindRepeat(entries: readonly JournalEntry[]): AssertionResult {
  const open = new Map<string, JournalEntry>();
  const violations: AssertionResult['violations'] = [];
  for (const entry of entries) {
    const subject = subjectOf(entry);
    if (entry.op in READ_BEFORE_REPEAT) {
      const before = open.get(`${entry.op} ${subject}`);
      if (before) violations.push({ n: entry.n, detail: `${entry.op} again, unread since call ${before.n}` });
      if (mayHaveBeenApplied(entry)) open.set(`${entry.op} ${subject}`, entry);
    }
    for (const [write, read] of Object.entries(READ_BEFORE_REPEAT)) {
      if (entry.op === read && entry.outcome === 'ok') open.delete(`${write} ${subject}`);
    }
  }
  return result(entries.length, violations);
}

/** Creations have no id yet: what counts is that the list was read. */
function subjectOf({ op, criteria }: JournalEntry): string {
  return op === 'CreateAppointment' || op === 'GetAppointments' ? '' : (criteria.AppointmentId ?? '');
}

function mayHaveBeenApplied({ outcome }: JournalEntry): boolean {
  return !['throttled', 'error', 'auth:', 'fault:Des'].some((word) => outcome.startsWith(word));
}
