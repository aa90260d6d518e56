import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SlowProbe } from './slow-probe.ts';

const probeOf = (ask: () => Promise<unknown>, timeoutMs = 60_000) => {
  let answers = 0;
  const onAnswer = () => {
    answers += 1;
  };
  const probe = new SlowProbe({ name: 'keys', ask, everyMs: 3_600_000, timeoutMs, onAnswer });
  return { probe, answers: () => answers };
};

test('what was not asked is unknown; an answer is up; a failure is away and remembers when it was last good', async () => {
  let isThere = true;
  const { probe, answers } = probeOf(async () => {
    if (!isThere) throw new Error('key file /secret/place is gone');
  });
  expect(probe.state).toMatchObject({ name: 'keys', state: 'unknown', isOk: false, lastGoodAt: null });
  await probe.ask();
  const { lastGoodAt } = probe.state;
  expect(probe.state).toMatchObject({ state: 'up', isOk: true, detail: null });
  isThere = false;
  await probe.ask();
  expect(probe.state).toMatchObject({ state: 'away', isOk: false, lastGoodAt, detail: 'no answer' });
  expect([answers(), JSON.stringify(probe.state).includes('secret')]).toEqual([2, false]);
});

test('an answer that does not come in time is none, and no second question is asked beside the first', async () => {
  let asked = 0;
  const { probe } = probeOf(() => {
    asked += 1;
    return sleep(3_600_000, null, { ref: false });
  }, 10);
  await Promise.all([probe.ask(), probe.ask()]);
  expect([asked, probe.state.state]).toEqual([1, 'away']);
});
