import type { AuditSpan } from '@workflow-bolt/client';

const dayMs = 86_400_000;
const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** The day of an instant on this device, YYYY-MM-DD. */
export function dayText(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}

/** Two days of this device as moments, both days whole; null when one is no day. */
export function spanOf(from: string, to: string): AuditSpan | null {
  const [first, last] = [Date.parse(`${from}T00:00:00`), Date.parse(`${to}T00:00:00`)];
  return Number.isNaN(first) || Number.isNaN(last) ? null : { from: first, to: last + dayMs - 1 };
}

/** The last seven days, today included. */
export const lastWeek = (now: number): { from: string; to: string } => ({
  from: dayText(now - 6 * dayMs),
  to: dayText(now),
});
