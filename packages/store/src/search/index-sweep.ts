/**
 * Brings the index of a clinic to what its boards say. A day whose index was made of another state, by another key or
 * at another width is made anew, a deleted day loses what is left of its own: whatever a process that died had not
 * done is done here, and an index that was lost is there again. Two sweeps at once do no harm.
 */
import { type BoardKey, Fault, type ProblemCode } from '@workflow-bolt/contracts';
import { dateAfter } from '@workflow-bolt/domain';
import type { BoardHost } from '../board-host.ts';
import type { RedisPort } from '../redis-port.ts';
import { type KeptDate, keptDates } from './kept-dates.ts';
import type { PatientIndex } from './patient-index.ts';

export type IndexSweepParts = {
  port: RedisPort;
  index: PatientIndex;
  /** The board of a day, from Redis or the archive, and where it stands. */
  hostOf: (board: BoardKey) => Promise<Pick<BoardHost, 'state' | 'position'>>;
};
/** `failed` counts days that could not be read now: they are looked at again by the next sweep. */
export type IndexSweepReport = { looked: number; made: number; forgotten: number; failed: number };

/** Trouble of one day, which keeps no other from being indexed. */
const ofOneDay: readonly ProblemCode[] = [
  'board_purged',
  'archive_broken',
  'archive_unavailable',
  'phi_unreadable',
];

/** Back to the longest life of a board, and ahead as far as schedules are imported. */
export const wholeSpan = { back: 400, ahead: 120 } as const;
/** Days on which people work: yesterday's corrections, and the appointments of the next weeks. */
export const nearSpan = { back: 3, ahead: 30 } as const;

/** Looks at the days around `today` (the clinic's local date). Throws Fault; what was made until then stays. */
export async function sweepIndex(
  parts: IndexSweepParts,
  clinic: string,
  { today, back, ahead }: { today: string; back: number; ahead: number },
): Promise<IndexSweepReport> {
  const span = { from: dateAfter(today, -back), to: dateAfter(today, ahead) };
  await parts.index.fitWidth(clinic);
  const report = { looked: 0, made: 0, forgotten: 0, failed: 0 };
  for (const day of await keptDates(parts.port, clinic, span)) {
    report.looked += 1;
    const done = await sweepDay(parts, clinic, day).catch((error: unknown): 'failed' => {
      if (error instanceof Fault && ofOneDay.includes(error.code)) return 'failed';
      throw error;
    });
    if (done !== null) report[done] += 1;
  }
  return report;
}

/** What had to be done about a day; null when nothing had. */
async function sweepDay(
  { index, hostOf }: IndexSweepParts,
  clinic: string,
  { date, isPurged, ...at }: KeptDate,
): Promise<'made' | 'forgotten' | null> {
  const board = { clinic, date };
  if (isPurged) return (await index.forgetLeft(board)) ? 'forgotten' : null;
  if (await index.isCurrent(board, at)) return null;
  // Of the board as it is here: what Redis has beyond it is not in it yet, and makes the next sweep look again.
  const { state, position } = await hostOf(board);
  await index.publish(board, state, { epoch: position.epoch, seq: position.seq });
  return 'made';
}
