import type { LoadResult } from '@workflow-bolt/testkit';
import type { Cell } from './bench-report.ts';

/** One open-loop run as a table row: what was offered, what came, how late, and whether the run proves anything. */
export function openLoopRow(about: Record<string, Cell>, result: LoadResult): Record<string, Cell> {
  const errors = Object.values(result.errors).reduce((sum, count) => sum + count, 0);
  return {
    ...about,
    'offered/s': result.offeredPerS,
    'achieved/s': result.achievedPerS,
    'p50 ms': result.latencyMs.p50,
    'p95 ms': result.latencyMs.p95,
    'p99 ms': result.latencyMs.p99,
    'late starts': result.lateStarts,
    errors: errors + result.unfinished + result.dropped,
  };
}
