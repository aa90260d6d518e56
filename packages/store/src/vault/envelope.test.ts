import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { cryptReasonOf } from './crypt-failure.ts';
import { kidOf, openBytes, type SealingKey, sealBytes, sealingKey, writesMax } from './envelope.ts';

const key = sealingKey('k1', Buffer.alloc(32, 1));
const other = sealingKey('k2', Buffer.alloc(32, 2));
const bound = { info: 'person|fields|1', aad: 'north|2026-11-23|p:w1' };
const text = 'Zztest Canary, born 1970-01-01';
const sealed = sealBytes(key, bound, Buffer.from(text));
const parts = sealed.split('.');

function opened(envelope: string, by: SealingKey = key, at = bound): string {
  try {
    return openBytes(by, at, envelope).toString();
  } catch (error) {
    return `refused: ${cryptReasonOf(error)}`;
  }
}

/** The envelope with one of its seven parts changed. */
const withPart = (i: number, change: (part: string) => string): string =>
  parts.map((part, at) => (at === i ? change(part) : part)).join('.');

function flipped(part: string, bit: number): string {
  const bytes = Buffer.from(part, 'base64url');
  const at = (bit < 0 ? bytes.length * 8 + bit : bit) >> 3;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
  return bytes.toString('base64url');
}

test('[H-05] what was sealed opens for its place, and says which key it needs', () => {
  expect(opened(sealed)).toBe(text);
  expect([kidOf(sealed), parts.slice(0, 3)]).toEqual(['k1', ['bolt1', 'g1', 'k1']]);
  const lengths = parts.slice(3).map((part) => Buffer.from(part, 'base64url').length);
  expect(lengths).toEqual([16, 12, 32, text.length + 16]);
});

test.each([
  ['a flipped bit of the salt', withPart(3, (part) => flipped(part, 0)), 'wrong_key'],
  ['a flipped bit of the nonce', withPart(4, (part) => flipped(part, 5)), 'tampered'],
  ['a flipped bit of the commitment', withPart(5, (part) => flipped(part, 9)), 'wrong_key'],
  ['a flipped bit of the ciphertext', withPart(6, (part) => flipped(part, 0)), 'tampered'],
  ['a flipped bit of the tag', withPart(6, (part) => flipped(part, -1)), 'tampered'],
  ['a ciphertext cut by one byte', withPart(6, (part) => part.slice(0, -2)), 'malformed|tampered'],
  [
    'a tag cut to four bytes',
    withPart(6, (part) => Buffer.from(part, 'base64url').subarray(0, -12).toString('base64url')),
    'tampered',
  ],
  ['less than a tag', withPart(6, () => 'AAAA'), 'malformed'],
  ['an empty ciphertext', withPart(6, () => ''), 'malformed'],
  ['a nonce of another length', withPart(4, (part) => `${part}AAAA`), 'malformed'],
  ['another key id', withPart(2, () => 'k2'), 'wrong_key'],
  ['a key id with a path in it', withPart(2, () => '../k1'), 'malformed'],
  ['an unknown algorithm', withPart(1, () => 'g9'), 'unknown_algorithm'],
  ['an algorithm that is only reserved', withPart(1, () => 'q1'), 'unknown_algorithm'],
  [
    'an algorithm named like a property of every object',
    withPart(1, () => 'constructor'),
    'unknown_algorithm',
  ],
  ['a later form', withPart(0, () => 'bolt2'), 'malformed'],
  ['one part too many', `${sealed}.AAAA`, 'malformed'],
  ['one part too few', parts.slice(0, 6).join('.'), 'malformed'],
  ['another spelling of the same bytes', withPart(3, (part) => `${part}=`), 'malformed'],
  ['loose bits at the end of a part', withPart(3, (part) => `${part.slice(0, -1)}B`), 'malformed|wrong_key'],
  ['white space', withPart(6, (part) => `${part} `), 'malformed'],
  ['no envelope at all', text, 'malformed'],
  ['nothing', '', 'malformed'],
])('[H-07] [crypto] refuses %s, whole', (_name, envelope, reason) => {
  expect(reason.split('|').map((word) => `refused: ${word}`)).toContain(opened(envelope));
});

test.each([
  ['another record', { ...bound, aad: 'north|2026-11-23|p:w2' }, 'tampered'],
  ['another clinic', { ...bound, aad: 'south|2026-11-23|p:w1' }, 'tampered'],
  ['another kind of field', { ...bound, info: 'visit|fields|1' }, 'wrong_key'],
])('[H-07] [crypto] refuses an envelope that was moved to %s', (_name, at, reason) => {
  expect(opened(sealed, key, at)).toBe(`refused: ${reason}`);
});

test('[crypto] one ciphertext cannot be made to open under two keys: the key is committed to', () => {
  const foreign = sealBytes(other, bound, Buffer.from(text)).split('.');
  // Its own commitment under our id, and ours with its ciphertext.
  expect(opened(foreign.map((part, i) => (i === 2 ? 'k1' : part)).join('.'))).toBe('refused: wrong_key');
  expect(opened(withPart(6, () => foreign[6] ?? ''))).toBe('refused: tampered');
  expect(opened(sealed, sealingKey('k1', Buffer.alloc(32, 2)))).toBe('refused: wrong_key');
});

const partsOf = (by: SealingKey, at = bound) => sealBytes(by, at, Buffer.from(text)).split('.');

test('[crypto] no nonce is drawn twice, and equal texts look different', () => {
  const made = Array.from({ length: 2_000 }, () => partsOf(key));
  for (const i of [4, 6]) expect(new Set(made.map((envelope) => envelope[i])).size).toBe(made.length);
});

test('[crypto] a salt serves one key and purpose in one process, and so many writes', () => {
  const fresh = sealingKey('k3', randomBytes(32));
  const counts = new Map<string, number>();
  for (let i = 0; i < 2 * writesMax + 1; i += 1) {
    const salt = partsOf(fresh)[3] ?? '';
    counts.set(salt, (counts.get(salt) ?? 0) + 1);
  }
  expect([...counts.values()]).toEqual([writesMax, writesMax, 1]);
  const elsewhere = [partsOf(fresh, { ...bound, info: 'visit|fields|1' }), partsOf(key), partsOf(other)];
  // Another process has the same bytes, and draws for itself.
  elsewhere.push(partsOf(sealingKey('k1', Buffer.alloc(32, 1))));
  expect(new Set([...counts.keys(), ...elsewhere.map((envelope) => envelope[3])]).size).toBe(7);
  const late = sealBytes(fresh, bound, Buffer.from(text));
  expect(opened(late, sealingKey('k3', fresh.key.export()))).toBe(text);
});

test('[crypto] each part has one spelling: loose bits at its end are refused', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (const [i, part] of parts.entries()) {
    if (i < 3) continue;
    const bytes = Buffer.from(part, 'base64url');
    const twins = [...alphabet]
      .map((last) => part.slice(0, -1) + last)
      .filter((twin) => twin !== part && Buffer.from(twin, 'base64url').equals(bytes));
    expect(twins).toHaveLength([0, 0, 15, 3][part.length % 4] ?? 0);
    for (const twin of twins) expect(opened(withPart(i, () => twin))).toBe('refused: malformed');
  }
});

test('[crypto] a key of another length and an id that could leave its place are refused', () => {
  expect(() => sealingKey('k1', randomBytes(16))).toThrow(RangeError);
  expect(() => sealingKey('a.b', randomBytes(32))).toThrow(RangeError);
  expect(() => sealingKey('', randomBytes(32))).toThrow(RangeError);
});
