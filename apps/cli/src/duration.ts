import { CliFailure } from './cli-failure.ts';
import { exitCodes } from './exit-codes.ts';

const units = { ms: 1, s: 1_000, m: 60_000 } as const;

/** `250ms`, `5s`, `2m` in ms. Throws CliFailure; nothing waits for ever, and nothing not at all. */
export function parseDuration(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(count) * (units[unit as keyof typeof units] ?? 0);
  if (ms > 0) return ms;
  throw new CliFailure('duration', exitCodes.usage, `${text} is no duration.`, 'Write 250ms, 5s or 2m.');
}

const steps: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** How long ago, to the whole unit: `12 s ago`. */
export function agoText(at: number | null, now: number): string {
  if (at === null) return 'never';
  const ms = now - at;
  const [unitMs, unit] = steps.find(([size]) => ms >= size) ?? [1_000, 's'];
  return `${Math.max(0, Math.floor(ms / unitMs))} ${unit} ago`;
}
