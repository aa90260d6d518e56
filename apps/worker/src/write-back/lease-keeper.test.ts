/** The lease of a board from its keeper's side: what ends a relay, and that no lease is held without one. */
import type { HoldAnswer, WriteOutbox } from '@workflow-bolt/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BoardRelay } from './board-relay.ts';
import { LeaseKeeper } from './lease-keeper.ts';

const contents = { records: new Map(), epoch: '', seq: 0 };
const held: HoldAnswer = { kind: 'held', contents };
const renewed: HoldAnswer = { kind: 'held', contents: null };

/** A keeper whose outboxes answer what is in `answers`, and that says what it did. */
function keeper(answers: (HoldAnswer | Error)[], isRelayFailing: () => boolean = () => false) {
  const said: string[] = [];
  let holders = 0;
  const lease = new LeaseKeeper(
    { clinic: 'north', date: '2026-03-10' },
    {
      times: { ttlMs: 6_000, lookMs: 1_500 },
      newOutbox: () => {
        holders += 1;
        const holder = holders;
        const hold = async () => {
          said.push(`hold ${holder}`);
          const answer = answers.shift() ?? renewed;
          if (answer instanceof Error) throw answer;
          return answer;
        };
        return { hold } as unknown as WriteOutbox;
      },
      newRelay: async () => {
        if (isRelayFailing()) throw new Error('the board cannot be read');
        const tell = (what: string) => () => void said.push(what);
        return {
          start: tell('start'),
          abandon: tell('abandon'),
          stop: tell('stop'),
        } as unknown as BoardRelay;
      },
    },
  );
  return { lease, said };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('[WB-LEASE] a renewed lease goes on with its relay; one that cannot be renewed ends it before it ends itself', async () => {
  const away = new Error('away');
  const { lease, said } = keeper([held, renewed, away, away]);
  await lease.look();
  await lease.look();
  await expect(lease.look()).rejects.toThrow('away');
  expect(lease.relay).not.toBeNull();
  await vi.advanceTimersByTimeAsync(6_000);
  expect(lease.relay).toBeNull();
  await expect(lease.look()).rejects.toThrow('away');
  expect(said).toEqual(['hold 1', 'start', 'hold 1', 'hold 1', 'abandon', 'hold 2']);
});

test('[WB-LEASE] whoever finds another in its place ends at once, and asks under another name', async () => {
  const { lease, said } = keeper([held, { kind: 'busy', leftMs: 900 }, held]);
  for (const _ of [1, 2, 3]) await lease.look();
  expect(said).toEqual(['hold 1', 'start', 'hold 1', 'abandon', 'hold 2', 'start']);
});

test('a relay that could not be made leaves no lease behind that nobody uses', async () => {
  let isFailing = true;
  const { lease, said } = keeper([held, { kind: 'busy', leftMs: 900 }, held], () => isFailing);
  await expect(lease.look()).rejects.toThrow('the board cannot be read');
  isFailing = false;
  await lease.look();
  await lease.look();
  expect([said, lease.relay === null]).toEqual([['hold 1', 'hold 2', 'hold 2', 'start'], false]);
});
