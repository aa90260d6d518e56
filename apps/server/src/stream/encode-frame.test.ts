import { expect, test } from 'vitest';
import { encodeText, frameText } from './encode-frame.ts';

test('a frame is one SSE message on one data line', () => {
  const text = frameText('bye', { code: 'drain', after: 3 }, 'v1.cursor');
  expect(text).toBe('event: bye\nid: v1.cursor\ndata: {"code":"drain","after":3}\n\n');
  expect(frameText('auth', { expIn: 1 })).toBe('event: auth\ndata: {"expIn":1}\n\n');
});

test('a line break in a name cannot end the data line', () => {
  const user = { id: 'a', name: 'A\n\nevent: bye\r\u2028', role: 'viewer', tabs: 1, editing: null };
  expect(
    frameText('pres', { users: [user] })
      .trimEnd()
      .split('\n'),
  ).toHaveLength(2);
});

test.each(['', 'x', 'Zoë 李雷 👩🏽‍⚕️', 'y'.repeat(5_000)])(
  'the chunk frames exactly the payload of "%s"',
  (text) => {
    const { chunk, payload } = encodeText(text);
    const length = Buffer.byteLength(text).toString(16);
    expect(payload.toString()).toBe(text);
    expect(chunk.toString()).toBe(`${length}\r\n${text}\r\n`);
    expect(payload.buffer).toBe(chunk.buffer);
  },
);
