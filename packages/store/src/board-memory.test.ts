/** The parts of a host that need no Redis. */

import { BoardState } from '@workflow-bolt/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type BoardEntry,
  nextChain,
  parseDoorbell,
  parseEntities,
  parseEntries,
  timeOfId,
} from './board-log.ts';
import { BoardRing, replayEntriesMax } from './board-ring.ts';
import { readReply } from './function-call.ts';
import { Listeners } from './listeners.ts';
import { paramHash, stableJson } from './param-hash.ts';
import { RecordingView } from './recording-view.ts';
import { RedisClock } from './redis-clock.ts';

const entry = (seq: number, p = seq - 1): BoardEntry => ({
  p,
  seq,
  chain: String(seq).padStart(32, '0'),
  id: `${seq}-0`,
  t: seq,
  commandId: `client-a:${seq}`,
  changes: [{ id: 'day', v: seq, d: null, m: '' }],
  frame: null,
});

test('the ring serves a reader from every place it holds, its base included, and from no other', () => {
  const ring = new BoardRing({ seq: 4, chain: 'base' });
  for (const seq of [5, 6, 7]) ring.push(entry(seq));
  expect(ring.chainAt(4)).toBe('base');
  expect(ring.chainAt(6)).toBe(entry(6).chain);
  expect([ring.chainAt(3), ring.chainAt(8)]).toEqual([null, null]);
  expect(ring.after(4)?.map((e) => e.seq)).toEqual([5, 6, 7]);
  expect(ring.after(6)?.map((e) => e.seq)).toEqual([7]);
  expect([ring.after(3), ring.after(7)]).toEqual([null, null]);
  expect(() => ring.push(entry(9))).toThrow(RangeError);
});

test('the ring forgets the oldest beyond its limit and keeps its chain as base', () => {
  const ring = new BoardRing({ seq: 0, chain: 'base' });
  for (let seq = 1; seq <= replayEntriesMax + 2; seq++) ring.push(entry(seq));
  expect(ring.after(1)).toBeNull();
  expect(ring.chainAt(2)).toBe(entry(2).chain);
  expect(ring.after(2)).toHaveLength(replayEntriesMax);
  ring.restart({ seq: 9, chain: 'new' });
  expect([ring.chainAt(9), ring.chainAt(2)]).toEqual(['new', null]);
});

test('the history hash is that of the library: the first 32 digits of SHA-1', () => {
  expect(nextChain('0'.repeat(32), 7, '{"a":"ü"}')).toBe('4e3f14d8f7476e2ab546442d57f66eb7');
  expect(nextChain('0'.repeat(32), 7, 'x')).not.toBe(nextChain('0'.repeat(31).concat('1'), 7, 'x'));
});

test('a doorbell is read whole or not at all', () => {
  const head = `${'a'.repeat(32)} 2 1 ${'b'.repeat(32)} 1700000000000-0 1700000000000`;
  expect(parseDoorbell(`${head}\n{"x":"line\\nbreak"}`)).toEqual({
    epoch: 'a'.repeat(32),
    seq: 2,
    p: 1,
    chain: 'b'.repeat(32),
    id: '1700000000000-0',
    t: 1_700_000_000_000,
    frame: '{"x":"line\\nbreak"}',
  });
  for (const bad of ['', head, `x${head}\n{}`, '{"e":1}\n', `${head} 9\n{}`])
    expect(parseDoorbell(bad)).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => parseDoorbell(text) === null));
});

test('stored entries and entities are read with what they need', () => {
  expect(parseEntries([['5-1', ['q', '3', 'c', 'cc', 'f', '{}', 'x', 'r:1 r:2']]])).toEqual([
    { id: '5-1', seq: 3, chain: 'cc', frame: '{}', deleted: ['r:1', 'r:2'] },
  ]);
  expect(() => parseEntries([['5-1', ['q', '3']]])).toThrow(TypeError);
  expect(() => parseEntries('OK')).toThrow(TypeError);
  expect(parseEntities(['day', '12|{"a":"x|y"}'])).toEqual([{ id: 'day', v: 12, text: '{"a":"x|y"}' }]);
  expect(timeOfId('1700000000000-4')).toBe(1_700_000_000_000);
});

test('a reply is read by its words', () => {
  const call = { name: 'f', isReadOnly: false, keys: [], args: [], fields: { seq: 'int' } } as const;
  expect(readReply(call, ['status', 'ok', 'seq', '12', 'id', '5-0'])).toEqual({
    status: 'ok',
    seq: 12,
    id: '5-0',
  });
  for (const bad of [null, 'OK', [], ['status'], ['seq', '1']])
    expect(() => readReply(call, bad)).toThrow(TypeError);
});

test('two spellings of one command hash alike; another command, version or person does not', () => {
  expect(stableJson({ b: 1, a: [{ d: null, c: 2 }] })).toBe('{"a":[{"c":2,"d":null}],"b":1}');
  const hash = paramHash({ type: 'x', n: 1 }, null, 'noa');
  expect(paramHash({ n: 1, type: 'x' }, null, 'noa')).toBe(hash);
  const others = [paramHash({ type: 'x', n: 2 }, null, 'noa'), paramHash({ type: 'x', n: 1 }, 3, 'noa')];
  expect(new Set([hash, ...others, paramHash({ type: 'x', n: 1 }, null, 'mia')]).size).toBe(4);
  expect(hash).toMatch(/^[0-9a-f]{32}$/);
});

test("the clock follows Redis's, takes half the round trip off, and never steps back", () => {
  let monotonic = 1_000;
  const clock = new RedisClock(() => monotonic);
  const sentAt = clock.mark();
  monotonic = 1_020;
  clock.learn(5_000, sentAt);
  expect(clock.now()).toBe(5_010);
  monotonic = 1_120;
  expect(clock.now()).toBe(5_110);
  clock.learn(3_000, clock.mark());
  expect(clock.now()).toBe(5_110);
  monotonic = 4_000;
  expect(clock.now()).toBe(5_880);
});

test('a recording view remembers every entity that was asked for, absent ones included', () => {
  const day = { type: 'day' } as never;
  const view = new RecordingView(new BoardState([['day', { v: 3, d: day }]], 3));
  expect(view.get('day')?.v).toBe(3);
  expect(view.get('v:none')).toBeUndefined();
  expect([...view.entries()]).toHaveLength(1);
  expect([...view.versionsRead]).toEqual([
    ['day', 3],
    ['v:none', 0],
  ]);
});

test('every listener is told although one throws, and the error is not lost', () => {
  const listeners = new Listeners<number>();
  const told: number[] = [];
  listeners.add(() => {
    throw new Error('broken');
  });
  const remove = listeners.add((value) => told.push(value));
  expect(() => listeners.emit(1)).toThrow('broken');
  remove();
  expect(() => listeners.emit(2)).toThrow('broken');
  expect(told).toEqual([1]);
});
