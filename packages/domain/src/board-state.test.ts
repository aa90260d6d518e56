import { describe, expect, it } from 'vitest';
import { playerIn } from './board-player.ts';
import { BoardState, overlay } from './board-state.ts';
import { addToDigest, emptyDigest, formatDigest } from './digest.ts';

describe('BoardState', () => {
  it('keeps the digest of its versions whatever the order of changes', () => {
    const player = playerIn('with-doctor');
    const rebuilt = new BoardState([...player.board.entries()].reverse(), player.board.seq);
    expect(rebuilt.digestText).toBe(player.board.digestText);
    expect(rebuilt.size).toBe(player.board.size);
    rebuilt.put('v:v1', { v: 999, d: player.visit('v1') });
    expect(rebuilt.digestText).not.toBe(player.board.digestText);
    rebuilt.remove('v:v1');
    expect(rebuilt.get('v:v1')).toBeUndefined();
    const clone = player.board.clone();
    clone.apply(new Map([['v:v1', null]]), player.board.seq + 1);
    expect([player.board.get('v:v1') === undefined, clone.get('v:v1') === undefined]).toEqual([false, true]);
    expect(clone.digestText).toBe(rebuilt.digestText);
  });

  it('refuses a position that is not later', () => {
    const state = new BoardState([], 5);
    expect(() => state.apply(new Map(), 5)).toThrow(RangeError);
    state.advance(3);
    expect(state.seq).toBe(5);
    state.advance(8);
    state.apply(new Map(), 9);
    expect(state.seq).toBe(9);
  });

  it('digests are order-independent sums that tell versions apart', () => {
    const one = addToDigest(addToDigest(emptyDigest, 'a', 1), 'b', 2);
    const other = addToDigest(addToDigest(emptyDigest, 'b', 2), 'a', 1);
    expect(formatDigest(one)).toBe(formatDigest(other));
    expect(formatDigest(addToDigest(emptyDigest, 'a', 2))).not.toBe(
      formatDigest(addToDigest(emptyDigest, 'a', 1)),
    );
  });

  it('an overlay shows changes and deletions without touching what lies beneath', () => {
    const player = playerIn('arrived');
    const visit = { ...player.visit('v1'), isPinned: true };
    const view = overlay(
      player.board,
      new Map([
        ['v:v1', visit],
        ['p:v1', null],
      ] as const),
    );
    expect(view.get('v:v1')?.d).toBe(visit);
    expect(view.get('p:v1')).toBeUndefined();
    const ids = [...view.entries()].map(([id]) => id);
    expect(ids).toContain('v:v1');
    expect(ids).not.toContain('p:v1');
    expect(player.person('v1').fullName).toBe('Patient v1');
  });
});
