import { type BreakerState, breakerStates } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { isRecovery } from './is-recovery.ts';

test('[EH-PROBE] reading begins again when its breaker lets all through after it let nobody, seen half open or not', () => {
  const found = breakerStates.flatMap((from) =>
    breakerStates
      .filter((to) => isRecovery('reads', from, to))
      .map((to): [BreakerState, BreakerState] => [from, to]),
  );
  expect(found).toEqual([
    ['open', 'closed'],
    ['open', 'forced_closed'],
    ['half_open', 'closed'],
    ['half_open', 'forced_closed'],
    ['forced_open', 'closed'],
    ['forced_open', 'forced_closed'],
  ]);
  expect(breakerStates.filter((from) => isRecovery('writes', from, 'closed'))).toEqual([]);
});
