import { describe, expect, test } from 'vitest';
import { decodeFrame, FrameError } from './decode-frame.ts';

const hb = { e: 'e', s: 3, c: 'c', t: 5, dg: 'd', n: 1, dur: 2 };
const decode = (name: string, body: unknown, id: string | null = null) =>
  decodeFrame({ name, data: typeof body === 'string' ? body : JSON.stringify(body), id });

describe('decodeFrame', () => {
  test('answers a frame with its cursor, and lets fields of newer servers pass', () => {
    expect(decode('hb', { ...hb, novel: true }, 'x')).toEqual({
      name: 'hb',
      body: { ...hb, novel: true },
      id: 'x',
    });
  });

  test('ignores frames of an unknown name', () => {
    expect([decode('novelty', {}), decode('toString', {})]).toEqual([null, null]);
  });

  test.each<[string, string, unknown]>([
    ['no JSON', 'hb', '{"e":'],
    ['no object', 'hb', '7'],
    ['a missing position', 'hb', { ...hb, s: undefined }],
    ['a negative position', 'hb', { ...hb, s: -1 }],
    ['a fractional position', 'hb', { ...hb, s: 1.5 }],
    ['changes that are no list', 'ev', { ...hb, p: 1, ch: {} }],
    ['a set without its entity', 'ev', { ...hb, p: 1, ch: [{ o: 'set', id: 'day', v: 1 }] }],
    [
      'a change of an unknown kind',
      'ev',
      { ...hb, p: 1, ch: [{ o: 'merge', id: 'day', v: 1, d: { type: 'day' } }] },
    ],
    ['a change without version', 'ev', { ...hb, p: 1, ch: [{ o: 'del', id: 'day' }] }],
    ['a null change', 'ev', { ...hb, p: 1, ch: [null] }],
  ])('refuses %s', (_name, name, body) => {
    expect(() => decode(name, body)).toThrow(FrameError);
  });
});
