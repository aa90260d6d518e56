import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Roster, rosterHeaderSchema, rosterName, rosterOfName } from '@workflow-bolt/contracts';
import { compactDecrypt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { FolderObjectStore } from '../archive/folder-object-store.ts';
import { RosterShelf, rostersAhead, rostersToDrop } from './roster-shelf.ts';
import { offlineKeyId, sealRoster } from './seal-roster.ts';

const at = Date.parse('2026-11-23T14:05:07.250Z');
const roster: Roster = {
  ...{ v: 1, clinic: 'north', clinicName: 'North', date: '2026-11-23', zone: 'America/Chicago', at },
  ...{ seq: 7, over: 0 },
  rows: [
    {
      ...{ startAt: at, name: 'Zulu Canary', dob: '1980-02-03', provider: null, room: null },
      ...{ state: 'Arrived', arrivedAt: at, waitingSince: at, kind: 'Walk-in' },
    },
  ],
};

type Pair = { publicKey: string; privateKey: KeyObject };
function newPair(): Pair {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return { publicKey: publicKey.export({ format: 'jwk' }).x ?? '', privateKey };
}
const opened = async (sealed: Uint8Array | string, { privateKey }: Pair) =>
  JSON.parse(Buffer.from((await compactDecrypt(sealed, privateKey)).plaintext).toString('utf8'));

describe('[H-03] [crypto] a sealed roster', () => {
  test('opens with the private half, and says in clear only whose it is, when it was made and by which key', async () => {
    const pair = newPair();
    const sealed = await sealRoster(roster, pair.publicKey);
    expect(await opened(sealed, pair)).toEqual(roster);
    const header = decodeProtectedHeader(Buffer.from(sealed).toString());
    const { epk: _, ...clear } = rosterHeaderSchema.parse(header);
    expect(clear).toEqual({
      ...{ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'bolt-roster+jwe', kid: await offlineKeyId(pair.publicKey) },
      ...{ clinic: 'north', date: '2026-11-23', at },
    });
  });

  test('[privacy] [I8] shows no patient without the key, in no form', async () => {
    const text = Buffer.from(await sealRoster(roster, newPair().publicKey)).toString();
    const decoded = text.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const each of [text, ...decoded]) expect(each).not.toMatch(/zulu|canary|1980-02-03/i);
  });

  test('is another one each time, so that equal rosters do not look equal', async () => {
    const { publicKey } = newPair();
    const [one, two] = [await sealRoster(roster, publicKey), await sealRoster(roster, publicKey)];
    expect(Buffer.compare(one, two)).not.toBe(0);
  });

  test('another key does not open it, and neither header nor content can be changed', async () => {
    const pair = newPair();
    const text = Buffer.from(await sealRoster(roster, pair.publicKey)).toString();
    await expect(opened(text, newPair())).rejects.toThrow();
    const [head = '', ...rest] = text.split('.');
    const older = { ...JSON.parse(Buffer.from(head, 'base64url').toString()), at: at + 600_000 };
    const forged = [Buffer.from(JSON.stringify(older)).toString('base64url'), ...rest].join('.');
    await expect(opened(forged, pair)).rejects.toThrow();
    const parts = text.split('.');
    const cipher = Buffer.from(parts[3] ?? '', 'base64url');
    cipher[10] = (cipher[10] ?? 0) ^ 1;
    parts[3] = cipher.toString('base64url');
    await expect(opened(parts.join('.'), pair)).rejects.toThrow();
  });

  test('a public key that is none is refused before anything is written', async () => {
    // All bits zero: a point of small order, whose shared secret anybody knows.
    await expect(sealRoster(roster, 'A'.repeat(43))).rejects.toMatchObject({ code: 'internal' });
    await expect(sealRoster(roster, 'short')).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('[H-03] [privacy] the shelf', () => {
  const named = (minutesAgo: number) =>
    rosterName({ clinic: 'north', date: '2026-11-23', at: at - minutesAgo * 60_000 });

  test('names sort by time and say clinic and second', () => {
    expect(named(0)).toBe('north/20261123T140507Z-of-2026-11-23.roster.jwe');
    expect(rosterOfName(named(0))).toEqual({ clinic: 'north', at: at - 250 });
    expect(rosterOfName('north/notes.txt')).toBeNull();
  });

  test('all but the newest so many go, and whatever is too old but the newest', () => {
    const names = [named(90), named(0), named(45), named(30), 'north/notes.txt'];
    expect(rostersToDrop(names, { keepCount: 2, keepHours: 24 }, at)).toEqual([named(45), named(90)]);
    expect(rostersToDrop(names, { keepCount: 8, keepHours: 1 }, at)).toEqual([named(90)]);
    // After a day in which none could be made the last one is still there.
    expect(rostersToDrop([named(3_000), named(3_015)], { keepCount: 8, keepHours: 24 }, at)).toEqual([
      named(3_015),
    ]);
  });

  test('[abuse] what says that it was made in the future displaces no real one, and is named', () => {
    const planted = [-6, -60, -525_600].map(named);
    const names = [named(0), named(15), named(30), named(-5), ...planted];
    expect(rostersToDrop(names, { keepCount: 3, keepHours: 24 }, at)).toEqual([named(30)]);
    expect(rostersAhead(names, at)).toEqual(planted);
  });

  test('one clinic is pruned and cleared without touching another, or what is no roster', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'bolt-roster-'));
    try {
      const shelf = new RosterShelf(new FolderObjectStore(dir));
      const put = (clinic: string, ms: number) =>
        shelf.put({ clinic, date: '2026-11-23', at: ms }, Buffer.from('x'));
      for (const clinic of ['north', 'south']) for (const i of [0, 1, 2]) await put(clinic, at + i * 60_000);
      await writeFile(join(dir, 'north/notes.txt'), 'ours');
      const kept = await shelf.list('north');
      expect(await shelf.prune('north', { keepCount: 1, keepHours: 1 }, at)).toHaveLength(2);
      expect(await shelf.list('north')).toEqual(kept.slice(-1));
      expect(await shelf.clear('north')).toEqual(kept.slice(-1));
      expect(await readdir(join(dir, 'north'))).toEqual(['notes.txt']);
      expect(await shelf.list('south')).toHaveLength(3);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
