import type { CommandEnvelope, CommandOutcome } from '@workflow-bolt/contracts';
import type { BoardRegistry } from '@workflow-bolt/store';
import { expect, test } from 'vitest';
import { HostBoard } from './host-board.ts';

const board = { clinic: 'clinic', date: '2026-07-01' };
const command = (visitId: string) => ({ type: 'noteAbsence', visitId, isConfirmed: false }) as const;

/** A board that counts each client's commands, as `commit` does, and that can lose what it was told. */
function countingHost() {
  const next = new Map<string, number>();
  const taken: string[] = [];
  const state = { isAway: false };
  const answer = ({ clientId, n, command }: CommandEnvelope): CommandOutcome => {
    const hold = { outcome: 'hold', n, retryAfterMs: 1, expectedN: null } as const;
    if (state.isAway) return { ...hold, code: 'store_unavailable' };
    if (n !== (next.get(clientId) ?? 1)) return { ...hold, code: 'sequence_gap' };
    next.set(clientId, n + 1);
    taken.push(JSON.stringify(command));
    return { outcome: 'applied', n, seq: taken.length, eventIds: [] };
  };
  const submitMany = async (envelopes: readonly CommandEnvelope[]) => {
    const outcomes: CommandOutcome[] = [];
    for (const envelope of envelopes) {
      outcomes.push(answer(envelope));
      if (outcomes.at(-1)?.outcome === 'hold') break;
    }
    return outcomes;
  };
  const registry = { get: async () => ({ submitMany }) } as unknown as BoardRegistry;
  /** The log ends where it ended before the newest command of each client. */
  const loseTail = () => {
    for (const [clientId, n] of next) next.set(clientId, n - 1);
  };
  return { registry, state, taken, loseTail };
}

test('[I1] after a lost tail the job counts anew, and what it says is taken once', async () => {
  const { registry, taken, loseTail } = countingHost();
  const job = new HostBoard(registry, board);
  await job.submit([command('v1'), command('v2')]);
  loseTail();
  const outcomes = await job.submit([command('v3'), command('v4')]);
  expect(outcomes.map(({ outcome, n }) => [outcome, n])).toEqual([
    ['applied', 1],
    ['applied', 2],
  ]);
  expect(taken).toEqual(['v1', 'v2', 'v3', 'v4'].map((id) => JSON.stringify(command(id))));
});

test('[I1] numbers that were given up with an absent store hold up nothing that comes after', async () => {
  const { registry, state, taken } = countingHost();
  const job = new HostBoard(registry, board);
  state.isAway = true;
  await expect(job.submit([command('v1')])).rejects.toMatchObject({ code: 'store_unavailable' });
  state.isAway = false;
  expect(await job.submit([command('v1')])).toMatchObject([{ outcome: 'applied', n: 1 }]);
  expect(taken).toHaveLength(1);
});
