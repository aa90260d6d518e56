import type { CommandOf, EhrStatus } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { BoardPlayer, scheduleRow } from '../board-player.ts';
import { steadyVersion } from '../decide.ts';

type Settle = CommandOf<'settleWrite'>;

/** A visit that has arrived, as staff see it, and the version at which they do. */
function arrived(): { player: BoardPlayer; seen: number } {
  const player = new BoardPlayer();
  player.must('system', scheduleRow('v1', '09:00'), { at: '08:30' });
  player.must('system', { type: 'setWriteBack', mode: 'on' });
  player.must('front-desk', { type: 'moveVisit', visitId: 'v1', to: 'arrived' }, { at: '08:55' });
  return { player, seen: versionOf(player) };
}

const versionOf = (player: BoardPlayer): number => player.board.get('v:v1')?.v ?? 0;
const steadyOf = (player: BoardPlayer): number => {
  const versioned = player.board.get('v:v1');
  return versioned ? steadyVersion(versioned) : 0;
};

const settle = (turn: number, theirs: EhrStatus, conflict: Settle['conflict'] = null): Settle => ({
  ...{ type: 'settleWrite', visitId: 'v1', turn, theirs, conflict },
  ...{ agreed: theirs, dropped: null, failed: null, created: null, would: null },
});

const roomed = { type: 'moveVisit', visitId: 'v1', to: 'appt-prep' } as const;

describe('what write-back notes does not overtake people', () => {
  it('a step that names the version before the notes is taken, however many there were', () => {
    const { player, seen } = arrived();
    player.must('system', settle(1, 'Confirmed'));
    player.must('system', settle(2, 'CheckedIn'));
    expect([versionOf(player) - seen, steadyOf(player)]).toEqual([2, seen]);
    player.must('medical-assistant', roomed, { expectedVersion: seen });
    expect(player.visit('v1')).not.toHaveProperty('steadySince');
    expect(steadyOf(player)).toBe(versionOf(player));
  });

  it('a step that names a version before somebody else’s is out of date, with or without a note after it', () => {
    const { player, seen } = arrived();
    player.must('system', settle(1, 'CheckedIn'));
    player.must('front-desk', { type: 'setPinned', visitId: 'v1', isPinned: true });
    player.must('system', settle(2, 'Roomed'));
    const expected = { code: 'version_conflict', details: { expected: seen, current: versionOf(player) } };
    expect(player.refused('medical-assistant', roomed, { expectedVersion: seen })).toMatchObject(expected);
    player.must('medical-assistant', roomed, { expectedVersion: versionOf(player) - 1 });
  });

  it('a question to staff is something they must have seen', () => {
    const { player, seen } = arrived();
    const asked = {
      reason: 'status-changed',
      theirs: 'Cancelled',
      ours: 'CheckedIn',
      lastAgreed: null,
      members: [],
    } as const;
    player.must('system', settle(1, 'Cancelled', { ...asked, members: [] }));
    expect(player.visit('v1').conflict).not.toBeNull();
    expect(player.refused('medical-assistant', roomed, { expectedVersion: seen }).code).toBe(
      'version_conflict',
    );
  });

  it('a version that is not there yet names nothing', () => {
    const { player, seen } = arrived();
    player.must('system', settle(1, 'CheckedIn'));
    expect(player.refused('medical-assistant', roomed, { expectedVersion: seen + 2 }).code).toBe(
      'version_conflict',
    );
  });
});
