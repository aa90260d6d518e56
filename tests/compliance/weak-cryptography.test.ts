/** [P04] The former system encrypted with an unkept library, under a key in the page, and made ids from Math.random. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newUid, openKeyProvider, sealSecret } from '@workflow-bolt/store';
import { describe, expect, test } from 'vitest';
import { weaknessesBelow, weaknessesIn } from '../../compliance/scans/weak-cryptography.ts';
import { weakExceptions } from '../../compliance/scans/weak-exceptions.ts';

const root = join(import.meta.dirname, '../..');

test('[P04] [H-05] the shipped sources hold no weak cryptography but what is written down', () => {
  const found = new Set(weaknessesBelow(root).map(({ file, rule }) => `${rule} in ${file}`));
  const allowed = new Set(weakExceptions.map(({ file, rule }) => `${rule} in ${file}`));
  expect([...found].filter((each) => !allowed.has(each))).toEqual([]);
  expect([...allowed].filter((each) => !found.has(each))).toEqual([]);
});

describe('[P04] the search finds', () => {
  const cases: [string, string, string][] = [
    ['the library of the former system', "import CryptoJS from 'crypto-js';", 'library'],
    ['a part of it', "const AES = require('crypto-js/aes');", 'library'],
    ['a digest in plain JavaScript', "import md5 from 'md5';", 'library'],
    ['MD5', "createHash('md5').update(text)", 'broken digest'],
    ['SHA-1 in short', "hash('sha1', text)", 'broken digest'],
    ['SHA-1 of the browser', "crypto.subtle.digest('SHA-1', bytes)", 'broken digest'],
    ['SHA-1 in Lua', 'local id = redis.sha1hex(text)', 'broken digest'],
    ['a cipher without an initial vector', "createCipher('aes192', key)", 'broken cipher'],
    ['a cipher without authentication', "createCipheriv('aes-256-cbc', key, iv)", 'broken cipher'],
    ['an id from Math.random', 'const id = Math.random().toString(36).slice(2);', 'predictable randomness'],
    ['the same in a comment', '// const id = Math.random();', 'predictable randomness'],
    ['a certificate nobody checks', 'tls: { rejectUnauthorized: false }', 'unverified certificate'],
    ['the same by environment', "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'", 'unverified certificate'],
    ['TLS 1.0', "minVersion: 'TLSv1'", 'old TLS'],
  ];

  test.each(cases)('%s', (_what, line, rule) => {
    expect(weaknessesIn(`const a = 1;\n${line}\n`, 'a.ts')).toEqual([{ file: 'a.ts', rule, line: 2 }]);
  });

  test('and not what is sound', () => {
    const sound = [
      "createHash('sha256').update(text)",
      "createCipheriv('aes-256-gcm', key, iv)",
      'randomBytes(32)',
      "minVersion: 'TLSv1.2'",
      'const sha1 = 1;',
    ];
    expect(weaknessesIn(sound.join('\n'), 'a.ts')).toEqual([]);
  });
});

test('[P04] [crypto] ids, keys and ciphertexts ask nothing of Math.random, and never come out twice', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bolt-random-'));
  const { random } = Math;
  Math.random = () => {
    throw new Error('something predictable was asked for');
  };
  try {
    const keys = await openKeyProvider({ address: join(dir, 'keys.json') });
    const other = await openKeyProvider({ address: join(dir, 'other.json') });
    const sealed = await Promise.all(
      Array.from({ length: 200 }, () => sealSecret(keys, 'credentials', 'same text', 'same place')),
    );
    expect(new Set(sealed).size).toBe(200);
    expect(new Set(Array.from({ length: 1_000 }, () => newUid(Date.now()))).size).toBe(1_000);
    const [a, b] = await Promise.all([keys, other].map((each) => each.mac('session-mac', Buffer.from('x'))));
    expect(a).not.toEqual(b);
  } finally {
    Math.random = random;
    rmSync(dir, { recursive: true });
  }
});
