import type { Breaker } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { type LinkStanding, renderBreakers } from './render-breakers.ts';

const at = 1_773_151_200_000;
const counts = { opens: 1, permits: 0, calls: 8, failed: 6, slow: 1 };
const reads: Breaker = {
  ...{ lane: 'reads', state: 'open', since: at, till: at + 10_400, why: 'failures', by: '', ...counts },
};
const writes: Breaker = {
  ...{ lane: 'writes', state: 'forced_open', since: at, till: null, why: 'vendor/INC-4411', by: 'ada-king' },
  ...counts,
};
const opened = {
  at,
  lane: 'reads',
  from: 'closed',
  to: 'open',
  why: 'failures',
  by: '',
  till: null,
} as const;
const example: LinkStanding = {
  accounts: [{ account: '9f3c51d20b7e44aa', breakers: [reads, writes], history: [opened] }],
};

test('[EH-FORCE] each lane with its state as a word, who holds it and till when, then when they turned', () => {
  expect(renderBreakers(example, at + 60_000).split('\n')).toEqual([
    'EHR account 9f3c51d20b7e44aa',
    'LANE    STATE          SINCE      TILL                      CALLS                  WHY',
    'reads   ✘ open         1 min ago  2026-03-10T14:00:10.400Z  6 failed, 1 slow of 8  failures',
    'writes  ✘ forced_open  1 min ago  -                         6 failed, 1 slow of 8  vendor/INC-4411 (ada-king)',
    '',
    'TURNED                    LANE   CHANGE         WHY',
    '2026-03-10T14:00:00.000Z  reads  closed → open  failures',
  ]);
  expect(renderBreakers({ accounts: [] }, at)).toBe('No worker has spoken for an EHR account yet.');
});
