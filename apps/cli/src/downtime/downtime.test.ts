import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Roster, rosterName } from '@workflow-bolt/contracts';
import { sealRoster } from '@workflow-bolt/store';
import { afterAll, describe, expect, test } from 'vitest';
import { drawPassphrase, makeOfflineKey, openOfflineKey } from './offline-key.ts';
import { openNewestRoster, rosterFiles } from './open-roster.ts';
import { readPassphrase } from './read-passphrase.ts';
import { rosterPage } from './roster-page.ts';
import { ageWords, cellsOf, clockOf, countWords } from './roster-words.ts';

const dir = mkdtempSync(join(tmpdir(), 'bolt-open-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const at = Date.parse('2026-11-23T20:05:00Z');
const row: Roster['rows'][number] = {
  ...{ startAt: at, name: 'Ann <Smith>', dob: '1980-02-03', provider: 'Dr. Okafor', room: null },
  ...{ state: 'Arrived', arrivedAt: at - 300_000, waitingSince: at, kind: 'Follow-up' },
};
const roster: Roster = {
  ...{ v: 1, clinic: 'north', clinicName: 'North & South', date: '2026-11-23', zone: 'America/Chicago', at },
  ...{ seq: 7, over: 3, rows: [row] },
};

const key = await makeOfflineKey(join(dir, 'key.pem'), 'the passphrase of the test');
const other = await makeOfflineKey(join(dir, 'other.pem'), 'the passphrase of the test');

/** A folder of its own with rosters of these ages, in minutes. */
async function shelf(name: string, agesMin: readonly number[], publicKey = key.publicKey): Promise<string> {
  const folder = join(dir, name);
  mkdirSync(join(folder, 'north'), { recursive: true });
  for (const age of agesMin) {
    const each = { ...roster, at: at - age * 60_000, seq: Math.max(0, age) };
    writeFileSync(join(folder, rosterName(each)), await sealRoster(each, publicKey));
  }
  return folder;
}

describe('[H-03] [crypto] the offline key', () => {
  test('lies protected in a file of its owner’s, and never takes the place of another', async () => {
    const path = join(dir, 'key.pem');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const pem = readFileSync(path, 'utf8');
    await expect(makeOfflineKey(path, 'another passphrase altogether')).rejects.toMatchObject({
      ...{ code: 'key-file', exit: 2 },
    });
    expect(readFileSync(path, 'utf8')).toBe(pem);
    expect(await openOfflineKey(path, 'the passphrase of the test')).toMatchObject({
      ...{ publicKey: key.publicKey, kid: key.kid },
    });
  });

  test.each([
    ['passphrase', 'key.pem', 'not the passphrase of the test'],
    ['passphrase', 'rsa.pem', 'x'],
    ['passphrase', 'text.txt', 'x'],
    ['key-file', 'nowhere.pem', 'x'],
  ])('does not open: %s of %s', async (code, file, passphrase) => {
    writeFileSync(join(dir, 'rsa.pem'), '-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n');
    writeFileSync(join(dir, 'text.txt'), 'notes');
    await expect(openOfflineKey(join(dir, file), passphrase)).rejects.toMatchObject({ code, exit: 2 });
  });

  test('a key of another kind is told from it', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(join(dir, 'ed.pem'), pem);
    await expect(openOfflineKey(join(dir, 'ed.pem'), 'x')).rejects.toMatchObject({ code: 'key-kind' });
  });

  test('a drawn passphrase is five groups of five signs that paper keeps apart, another one each time', () => {
    const drawn = Array.from({ length: 50 }, drawPassphrase);
    for (const each of drawn) expect(each).toMatch(/^(?:[a-km-np-z2-9]{5}-){4}[a-km-np-z2-9]{5}$/);
    expect(new Set(drawn).size).toBe(50);
  });

  test('a passphrase file gives its first line; an empty one gives none', async () => {
    writeFileSync(join(dir, 'pass.txt'), 'first line\r\nsecond\n');
    expect(await readPassphrase(join(dir, 'pass.txt'))).toBe('first line');
    writeFileSync(join(dir, 'empty.txt'), '\n');
    await expect(readPassphrase(join(dir, 'empty.txt'))).rejects.toMatchObject({ code: 'passphrase' });
    await expect(readPassphrase(join(dir, 'none.txt'))).rejects.toMatchObject({ code: 'passphrase-file' });
  });
});

describe('[H-03] opening', () => {
  test('of a folder the newest that this key opens, whoever else’s rosters lie there', async () => {
    const mine = await shelf('mixed', [45, 15, 30]);
    await shelf('mixed', [1], other.publicKey);
    writeFileSync(join(mine, 'north/notes.txt'), 'ours');
    const { opened, warnings } = await openNewestRoster(rosterFiles(mine), key, at);
    const { roster: found, header } = opened;
    expect(warnings).toEqual([]);
    expect(found).toEqual({ ...roster, at: at - 900_000, seq: 15 });
    expect(header).toMatchObject({ clinic: 'north', date: roster.date, at: at - 900_000, kid: key.kid });
  });

  test('another key, a changed file, an empty folder and nothing at all are told apart', async () => {
    const mine = await shelf('mine', [0]);
    const [file = ''] = rosterFiles(mine);
    await expect(openNewestRoster([file], other, at)).rejects.toMatchObject({ code: 'other-key', exit: 2 });
    const changed = join(dir, 'changed.roster.jwe');
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      changed,
      text.replace(/\.(.)([^.]*)$/, (_, sign, rest) => `.${sign === 'A' ? 'B' : 'A'}${rest}`),
    );
    await expect(openNewestRoster([changed], key, at)).rejects.toMatchObject({
      ...{ code: 'roster-broken', exit: 1 },
    });
    writeFileSync(join(dir, 'cut.roster.jwe'), text.slice(0, 40));
    await expect(openNewestRoster([join(dir, 'cut.roster.jwe')], key, at)).rejects.toMatchObject({
      ...{ code: 'roster-broken', exit: 1 },
    });
    mkdirSync(join(dir, 'empty'));
    for (const path of ['empty', 'nowhere'])
      expect(() => rosterFiles(join(dir, path))).toThrow(
        expect.objectContaining({ code: 'roster-file', exit: 2 }),
      );
  });

  test('[abuse] a file from the future and a torn one stand before no real roster; each is named', async () => {
    const mine = await shelf('planted', [-600, -6, 1, 15]);
    const [, torn = ''] = rosterFiles(mine).toSorted();
    const { opened: before } = await openNewestRoster(rosterFiles(mine), key, at);
    expect(before.roster.at).toBe(at - 60_000);
    expect(torn).toBe(before.path);
    const [whole, namesOf] = [readFileSync(torn, 'utf8'), [-600, -6, 1]];
    // Cut within the seal, within the content, and within what stands in front of it.
    for (const left of [-5, -60, 40]) {
      writeFileSync(torn, whole.slice(0, left));
      const { opened, warnings } = await openNewestRoster(rosterFiles(mine), key, at);
      expect(opened.roster.at).toBe(at - 900_000);
      expect(warnings.map(({ code }) => code)).toEqual(['roster-ahead', 'roster-ahead', 'roster-broken']);
      for (const [i, age] of namesOf.entries())
        expect(warnings[i]?.message).toContain(rosterName({ ...roster, at: at - age * 60_000 }).slice(6));
    }
  });

  test('a clock a little slow is no future; a slow one is told, and a file that is named by itself opens', async () => {
    const close = await shelf('close', [-5, 15]);
    const { opened, warnings } = await openNewestRoster(rosterFiles(close), key, at);
    expect([opened.roster.at, warnings]).toEqual([at + 300_000, []]);
    const files = rosterFiles(await shelf('slow', [0, 15]));
    const slow = at - 86_400_000;
    await expect(openNewestRoster(files, key, slow)).rejects.toMatchObject({ code: 'roster-ahead', exit: 1 });
    const one = await openNewestRoster(files.slice(0, 1), key, slow);
    expect([one.opened.path, one.warnings.map(({ code }) => code)]).toEqual([files[0], ['roster-ahead']]);
  });

  test('[abuse] what stands in front of a roster must be true of what is in it', async () => {
    const { CompactEncrypt, importJWK } = await import('jose');
    const jwk = await importJWK({ kty: 'OKP', crv: 'X25519', x: key.publicKey }, 'ECDH-ES');
    const head = { alg: 'ECDH-ES', enc: 'A256GCM', typ: 'bolt-roster+jwe', kid: key.kid } as const;
    const sealed = await new CompactEncrypt(Buffer.from(JSON.stringify({ ...roster, at: at - 86_400_000 })))
      .setProtectedHeader({ ...head, clinic: 'north', date: roster.date, at })
      .encrypt(jwk);
    const path = join(dir, 'two-times.roster.jwe');
    writeFileSync(path, sealed);
    await expect(openNewestRoster([path], key, at)).rejects.toMatchObject({ code: 'roster-broken' });
  });

  test('a roster that was sealed by somebody else in another form is not taken for one', async () => {
    const odd = { ...roster, rows: [{ ...row, phone: '555' }] } as unknown as Roster;
    await expect(sealRoster(odd, key.publicKey)).rejects.toThrow();
  });
});

describe('[H-03] on paper', () => {
  test('times are those of the clinic’s wall, whatever this computer’s are', () => {
    const clock = clockOf('America/Chicago');
    expect(cellsOf(row, clock)).toEqual([
      ...['14:05', 'Ann <Smith>', '1980-02-03', 'Dr. Okafor', '', 'Arrived', '14:00', '14:05', 'Follow-up'],
    ]);
    expect(cellsOf({ ...row, startAt: null, arrivedAt: null, waitingSince: null }, clock)[0]).toBe('walk-in');
    expect([0, 59_999, 60_000, 7_199_999, 7_260_000].map(ageWords)).toEqual([
      ...['0 minutes old', '0 minutes old', '1 minute old', '119 minutes old', '2 hours 1 minutes old'],
    ]);
    expect(countWords(roster)).toBe('1 patient is here or expected; 3 visits of the day are over.');
  });

  test('[injection] the page says its age in big letters, and nothing in it runs or is fetched', () => {
    const page = rosterPage(roster, at + 23 * 60_000);
    expect(page).toContain('<p class="age">23 MINUTES OLD</p>');
    expect(page).toContain('As it stood at <strong>14:05</strong>; opened at 14:28.');
    expect(page).toContain('North &amp; South');
    expect(page).toContain('<td>Ann &lt;Smith&gt;</td>');
    expect(page).not.toMatch(/<script|<link|<img|src=|href=|https?:|@import/i);
  });
});
