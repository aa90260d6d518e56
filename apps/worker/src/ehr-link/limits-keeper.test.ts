import { type EhrResult, type EhrThrottle, ehrFailed, ehrOk } from '@workflow-bolt/ehr';
import { awaitUntil } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import { LimitsKeeper } from './limits-keeper.ts';

const limits = (minGapMs: number): EhrThrottle[] => [{ endpoint: 'GetPatient', minGapMs }];
const away: EhrResult<EhrThrottle[]> = ehrFailed({ kind: 'transport', reason: 'refused', code: null });

/** Answers one after the other, the last one for ever. */
function keeper(answers: EhrResult<EhrThrottle[]>[], timing: { everyMs: number; retryMs: number }) {
  const learned: number[] = [];
  let asked = 0;
  const limitsKeeper = new LimitsKeeper({
    ask: async () => answers[Math.min(asked++, answers.length - 1)] ?? away,
    learn: (throttles) => learned.push(...throttles.map(({ minGapMs }) => minGapMs)),
    timing,
  });
  return { limitsKeeper, learned, asked: () => asked };
}

test('[EH-GATE] limits that could not be learned at the start are asked for again, and again after they are known', async () => {
  const { limitsKeeper, learned } = keeper([away, away, ehrOk(limits(700)), ehrOk(limits(900))], {
    ...{ everyMs: 1, retryMs: 1 },
  });
  limitsKeeper.start();
  await awaitUntil('both are learned', () => learned.length >= 2, 30_000);
  await limitsKeeper.stop();
  expect(learned.slice(0, 2)).toEqual([700, 900]);
});

test('[EH-GATE] when the EHR answers again nobody waits for the hour; who stops asks no more', async () => {
  const { limitsKeeper, learned, asked } = keeper([away, ehrOk(limits(700))], {
    ...{ everyMs: 3_600_000, retryMs: 3_600_000 },
  });
  limitsKeeper.start();
  await awaitUntil('it has asked', () => asked() === 1, 30_000);
  expect(learned).toEqual([]);
  await awaitUntil(
    'it has learned',
    () => {
      limitsKeeper.hurry();
      return learned.length > 0;
    },
    30_000,
  );
  await limitsKeeper.stop();
  const before = asked();
  limitsKeeper.hurry();
  expect(asked()).toBe(before);
});
