/** What the retention schedule asks for today, as steps; what a legal hold forbids. Pure: jobs carry it out. */
import type {
  ClinicRetention,
  KeptDay,
  LegalHold,
  PurgeRequest,
  RetentionClass,
} from '@workflow-bolt/contracts';
import { reopenWindowDays } from './close-day.ts';

/** A day as the sweep finds it. `isLive`: Redis holds its board. */
export type DayFacts = { date: string; isLive: boolean; isClosed: boolean; kept: KeptDay | null };
export type RetentionStep = { kind: 'archive' | 'cool' | 'purge'; date: string };
export type HeldDay = { date: string; holdId: string };
export type RetentionPlan = { steps: RetentionStep[]; held: HeldDay[] };

const dayMs = 86_400_000;

/** Whole days from one calendar date to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

/** The calendar date so many days later; negative for earlier. */
export function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

type Span = { class: RetentionClass; from: string; to: string };
const covers = (span: Span, date: string): boolean => span.from <= date && date <= span.to;

/** In force: from the second person's approval until the second person's lifting. */
export const isInForce = ({ state }: LegalHold): boolean => state === 'active' || state === 'lifting';

/** The hold that forbids to delete this day's data of the class, if any. */
export function holdOn(
  holds: readonly LegalHold[],
  dataClass: RetentionClass,
  date: string,
): LegalHold | undefined {
  return holds.find((hold) => isInForce(hold) && hold.class === dataClass && covers(hold, date));
}

/** The hold that forbids to destroy the key of a month, if any: one held day holds the whole month. */
export function holdOnMonth(
  holds: readonly LegalHold[],
  dataClass: RetentionClass,
  month: string,
): LegalHold | undefined {
  return holds.find(
    (hold) =>
      isInForce(hold) &&
      hold.class === dataClass &&
      hold.from.slice(0, 7) <= month &&
      month <= hold.to.slice(0, 7),
  );
}

type PlanRules = ClinicRetention & { holds: readonly LegalHold[]; requests: readonly PurgeRequest[] };

function isDue(date: string, age: number, { flowDays, requests }: PlanRules): boolean {
  const isApproved = requests.some(
    (request) => request.state === 'approved' && request.class === 'flow' && covers(request, date),
  );
  return age >= flowDays || isApproved;
}

function stepOf(day: DayFacts, age: number, rules: PlanRules): RetentionStep | null {
  const { date, kept, isLive, isClosed } = day;
  if (kept?.state === 'purged') return null;
  if (kept?.state === 'purging') return { kind: 'purge', date };
  const isPurgeDue = isDue(date, age, rules);
  const isHotOver = age >= rules.flowHotDays || isPurgeDue;
  const isSettled = isClosed && age > reopenWindowDays;
  if (kept === null) return isLive && (isHotOver || isSettled) ? { kind: 'archive', date } : null;
  if (kept.state === 'archived') return isHotOver ? { kind: 'cool', date } : null;
  return isPurgeDue ? { kind: 'purge', date } : null;
}

/**
 * The next step of each day, oldest first; a day takes at most one at a time. `today` is the clinic's local date.
 * A held day is still archived and taken out of memory: that deletes nothing.
 */
export function planRetention(days: readonly DayFacts[], rules: PlanRules, today: string): RetentionPlan {
  const plan: RetentionPlan = { steps: [], held: [] };
  for (const day of [...days].sort((a, b) => (a.date < b.date ? -1 : 1))) {
    const step = stepOf(day, daysBetween(day.date, today), rules);
    if (!step) continue;
    const hold = step.kind === 'purge' ? holdOn(rules.holds, 'flow', day.date) : undefined;
    if (hold) plan.held.push({ date: day.date, holdId: hold.id });
    else plan.steps.push(step);
  }
  return plan;
}

/**
 * Months of a class whose key may be destroyed: over, older than the class lives to their last day, nothing of them
 * left, and nothing held. `days` are all days that were ever kept.
 */
export function monthsToShred(days: readonly DayFacts[], rules: PlanRules, today: string): string[] {
  const months = new Set(days.map(({ date }) => date.slice(0, 7)));
  return [...months].sort().filter((month) => {
    const own = days.filter(({ date }) => date.startsWith(month));
    const isEmpty = own.every(({ kept }) => kept?.state === 'purged');
    const lastDate = dateAfter(`${nextMonth(month)}-01`, -1);
    const isOver = daysBetween(lastDate, today) >= rules.flowDays;
    return isEmpty && isOver && !holdOnMonth(rules.holds, 'flow', month);
  });
}

function nextMonth(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
