import type { Actor } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { clock, testDay, today } from './board-player.ts';
import { BoardState } from './board-state.ts';
import { decide } from './decide.ts';
import { foldFrame } from './evolve.ts';

const actor: Actor = { id: 'system', name: 'System', role: 'system', station: null };
const context = {
  board: { clinic: 'test', date: today },
  now: clock('08:00'),
  commandId: 'opener-0001:1',
  actor,
  source: 'rule' as const,
};

test('whoever opens a day that is open meanwhile changes nothing: its providers stay', () => {
  const state = new BoardState();
  const first = decide(state, testDay, context, 0);
  if (!first.ok) throw new Error(first.refusal.code);
  const { actor: by, source, commandId } = context;
  const frame = { rules: 0, at: context.now, commandId, command: 'configureDay', actor: by, source };
  state.apply(foldFrame(state, { ...frame, command: 'configureDay', events: first.events }), 1);
  const bare = { ...testDay, day: { ...testDay.day, providers: [] } };
  const late = decide(state, bare, context, 0);
  expect(late.ok ? 'decided' : late.refusal.code).toBe('version_conflict');
  expect(decide(state, bare, context, 1).ok).toBe(true);
});
