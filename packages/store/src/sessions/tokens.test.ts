import { expect, test } from 'vitest';
import { MacKey } from '../mac-key.ts';
import { addressOfApiToken, mintApiToken } from './api-token.ts';
import { openRecord, sealRecord } from './sealed-record.ts';
import { personKeys } from './session-keys.ts';
import {
  addressOfId,
  addressOfToken,
  idOf,
  mintToken,
  newSelector,
  tagOf,
  tokenHash,
} from './session-token.ts';

const key = new MacKey(Buffer.alloc(32, 7));
const address = { tag: tagOf(key, 'dana'), sel: newSelector() };

test('[session] a token is 256 random bits behind an address, and its hash is not in it', () => {
  const [a, b] = [mintToken(address), mintToken(address)];
  expect(a).toMatch(/^[A-Za-z0-9_-]{67}$/);
  expect(a.slice(0, 24)).toBe(b.slice(0, 24));
  expect(a.slice(24)).not.toBe(b.slice(24));
  expect(addressOfToken(a)).toEqual(address);
  expect(addressOfId(idOf(address))).toEqual(address);
  expect(tokenHash(a)).not.toContain(a.slice(24));
});

test('[session] whose keys they are cannot be told without the key', () => {
  expect(tagOf(key, 'dana')).toBe(tagOf(key, 'dana'));
  expect(tagOf(key, 'dana')).not.toBe(tagOf(key, 'amir'));
  expect(tagOf(new MacKey(Buffer.alloc(32, 8)), 'dana')).not.toBe(tagOf(key, 'dana'));
});

test.each([
  '',
  'x',
  'a'.repeat(66),
  'a'.repeat(68),
  `${'a'.repeat(66)} `,
  `{}${'a'.repeat(65)}`,
  `${'a'.repeat(7)}:${'a'.repeat(59)}`,
  `${'a'.repeat(66)}\n`,
])('[session] what no token looks like never becomes a key: %j', (text) => {
  expect(addressOfToken(text)).toBeNull();
  expect(addressOfApiToken(text)).toBeNull();
});

test('[session] a part that would break a key never reaches one', () => {
  expect(() => personKeys('}{u:other')).toThrow(RangeError);
  expect(() => personKeys(address.tag).pinAt('a}b')).toThrow(RangeError);
});

test('[session] an API token carries a checksum: a mistyped or truncated one is refused unasked', () => {
  const token = mintApiToken(address);
  expect(token).toMatch(/^bolt_[A-Za-z0-9_-]{24}_[0-9a-f]{72}$/);
  expect(addressOfApiToken(token)).toEqual(address);
  for (let i = 5; i < token.length; i += 1) {
    const other = token[i] === '0' ? '1' : '0';
    if (token[i] === '_') continue;
    expect(addressOfApiToken(`${token.slice(0, i)}${other}${token.slice(i + 1)}`)).toBeNull();
  }
});

test('[session] a record counts only as it was written, for the address it was written for', () => {
  const text = sealRecord(key, 'here', { uid: 'dana', aal: '1' });
  expect(openRecord(key, 'here', text)).toEqual({ uid: 'dana', aal: '1' });
  expect(openRecord(key, 'there', text)).toBeNull();
  expect(openRecord(new MacKey(Buffer.alloc(32, 8)), 'here', text)).toBeNull();
  expect(openRecord(key, 'here', text.replace('"1"', '"2"'))).toBeNull();
  expect(openRecord(key, 'here', text.slice(1))).toBeNull();
  expect(openRecord(key, 'here', '{"uid":"dana"}')).toBeNull();
  expect(openRecord(key, 'here', null)).toBeNull();
});
