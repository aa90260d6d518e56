import type { SystemStateResponse } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { renderStatus } from './render-status.ts';

const at = 1_773_151_200_000;
const status: SystemStateResponse = {
  ...{ state: 'degraded', word: 'Degraded', meaning: 'The board works; something behind it does not.' },
  reasons: [{ code: 'ehr-away', text: 'The EHR does not answer: its schedule may be old.' }],
  ...{ since: at - 360_000, at },
  dependencies: [
    { name: 'redis', state: 'up', isOk: true, latencyMs: 0.4, lastGoodAt: at, detail: null },
    {
      ...{ name: 'ehr-reads', state: 'away', isOk: false, latencyMs: null, lastGoodAt: at - 372_000 },
      detail: 'circuit open',
    },
  ],
};

test('the state comes first, every mark has its word, columns stand in line', () => {
  const processes = {
    at,
    processes: [
      {
        ...({
          node: 'worker-1',
          role: 'worker',
          version: '0.1.0',
          state: 'missing',
          at: at - 42_000,
        } as const),
        ...{ startedAt: null, cpu: 0.07, loopMs: 11.2, streamsBehind: null, jobsWaiting: 3, oldestJobMs: 9 },
      },
    ],
  };
  expect(renderStatus(status, processes).split('\n')).toEqual([
    '! Degraded (since 6 min)',
    'The board works; something behind it does not.',
    '  ehr-away: The EHR does not answer: its schedule may be old.',
    '',
    'DEPENDENCY  STATE   ANSWER  LAST GOOD  DETAIL',
    'redis       ✔ up    0.4 ms  0 s ago',
    'ehr-reads   ✘ away  -       6 min ago  circuit open',
    '',
    'PROCESS   STATE      VERSION  HEARD     CPU  LOOP     STREAMS BEHIND  JOBS WAITING',
    'worker-1  ✘ missing  0.1.0    42 s ago  7 %  11.2 ms  -               3',
  ]);
});
