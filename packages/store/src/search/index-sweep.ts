/**
 * Brings the index of a clinic to what its boards say. A day whose index was made of another state, by another key or
 * at another width is made anew, a deleted day loses what is left of its own: whatever a process that died had not
 * done is done here, and an index that was lost is there again. Two sweeps at once do no harm.
 */
import type { BoardKey } from '@workflow-bolt/contracts';
import { type BoardState, dateAfter } from '@workflow-bolt/domain';
import type { RedisPort } from '../redis-port.ts';
import { keptDates } from './kept-dates.ts';
import type { PatientIndex } from './patient-index.ts';

export type IndexSweepParts = {
  port: RedisPort;
  index: PatientIndex;
  /** The board of a day, from Redis or the archive. */
  stateOf: (board: BoardKey) => Promise<BoardState>;
};
export type IndexSweepReport = { looked: number; made: number; forgotten: number };

/** Back to the longest life of a board, and ahead as far as schedules are imported. */
export const wholeSpan = { back: 400, ahead: 120 } as const;
/** Days on which people work: yesterday's corrections, and the appointments of the next weeks. */
export const nearSpan = { back: 3, ahead: 30 } as const;

/** Looks at the days around `today` (the clinic's local date). Throws Fault; what was made until then stays. */
export async function sweepIndex(
  { port, index, stateOf }: IndexSweepParts,
  clinic: string,
  { today, back, ahead }: { today: string; back: number; ahead: number },
): Promise<IndexSweepReport> {
  const span = { from: dateAfter(today, -back), to: dateAfter(today, ahead) };
  await index.fitWidth(clinic);
  const report = { looked: 0, made: 0, forgotten: 0 };
  for (const { date, isPurged, ...at } of await keptDates(port, clinic, span)) {
    const board = { clinic, date };
    report.looked += 1;
    if (isPurged) {
      if (await index.forgetLeft(board)) report.forgotten += 1;
    } else if (!(await index.isCurrent(board, at))) {
      await index.publish(board, await stateOf(board), at);
      report.made += 1;
    }
  }
  return report;
}
