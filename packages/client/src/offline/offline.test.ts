import 'fake-indexeddb/auto';
import type { OfflineBoard } from '@workflow-bolt/contracts';
import { offlineBoardLifeMs, offlineBoardSchema } from '@workflow-bolt/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import type { BoardSnapshot } from '../board-snapshot.ts';
import { offlineBoardOf } from './offline-board-of.ts';
import { OfflineKeeper, type OfflineKeeperParts, type ShareHolder } from './offline-keeper.ts';
import { type HeldShare, OfflineVault, offlineDatabase, wipeOfflineBoard } from './offline-vault.ts';
import { goneOn, type SessionEnds, sessionEndsOf } from './session-ends.ts';

const now = 1_773_151_200_000;
const ends: SessionEnds = { until: now + 86_400_000, expiresAt: now + 90_000_000, idleMs: 900_000 };
const ann: HeldShare = { share: 'a'.repeat(43), uid: 'ann', workstation: null, ...ends };
const board: OfflineBoard = {
  ...{ v: 1, clinic: 'north', clinicName: 'North', date: '2026-03-10', zone: 'America/Chicago', asOf: now },
  rows: [
    {
      ...{ status: 'arrived', statusSince: now, startAt: null, arrivedAt: now, name: 'Canary W.' },
      ...{ provider: null, room: 'Lobby' },
    },
  ],
};
const opened = { board, endsAt: now + offlineBoardLifeMs };
const databases = async () => (await indexedDB.databases()).map(({ name }) => name);
afterEach(() => wipeOfflineBoard());

async function rawRecords(): Promise<unknown[]> {
  const { openDB } = await import('idb');
  const db = await openDB(offlineDatabase);
  const found = [...(await db.getAll('keys')), ...(await db.getAll('boards'))];
  db.close();
  return found;
}

describe('[ONC-d-7] [crypto] the kept board', () => {
  test('opens for whoever kept it, and for nobody else: not with another half, not under another name', async () => {
    for (const other of [
      { ...ann, share: 'b'.repeat(43) },
      { ...ann, uid: 'bob' },
    ]) {
      await new OfflineVault().save(board, ann, now);
      expect(await new OfflineVault().load(ann, now + 1)).toEqual(opened);
      expect(await new OfflineVault().load(other, now + 1)).toBeNull();
      // A board that somebody else tried to open is not left for a second try.
      expect(await databases()).not.toContain(offlineDatabase);
    }
  });

  test('[I8] [privacy] shows nothing of anybody as it lies there, and its half cannot be read out', async () => {
    await new OfflineVault().save(board, ann, now);
    const records = await rawRecords();
    const [half, sealed] = records as [CryptoKey, { data: ArrayBuffer }];
    expect([half.extractable, half.usages]).toEqual([false, ['sign']]);
    await expect(crypto.subtle.exportKey('raw', half)).rejects.toThrow();
    const text = Buffer.from(sealed.data).toString('latin1') + JSON.stringify(records);
    expect(text).not.toMatch(/Canary|Lobby|north|ann/);
  });

  test('is another text each time, and a changed one does not open', async () => {
    await new OfflineVault().save(board, ann, now);
    const { openDB } = await import('idb');
    const db = await openDB(offlineDatabase);
    const sealed = (await db.get('boards', 'board')) as { savedAt: number; data: ArrayBuffer };
    // Made younger: the age is bound to what it is the age of.
    await db.put('boards', { ...sealed, savedAt: sealed.savedAt + 60_000 }, 'board');
    db.close();
    expect(await new OfflineVault().load(ann, now + 60_001)).toBeNull();
    expect(await databases()).not.toContain(offlineDatabase);
  });

  test('lives twelve hours, and does not come from the future', async () => {
    for (const [at, found] of [
      [now + offlineBoardLifeMs, opened],
      [now + offlineBoardLifeMs + 1, null],
      [now - 1, null],
    ] as const) {
      await new OfflineVault().save(board, ann, now);
      expect(await new OfflineVault().load(ann, at)).toEqual(found);
      expect((await databases()).includes(offlineDatabase)).toBe(found !== null);
    }
  });

  test('[ONC-d-5] [session] opens until the session that kept it ends, and is gone after it', async () => {
    for (const [until, found] of [
      [now + 2, opened],
      [now + 1, null],
      [now, null],
      // As a worker holds it to whom nobody has said when: no end is no leave.
      [undefined as unknown as number, null],
    ] as const) {
      await new OfflineVault().save(board, ann, now);
      expect(await new OfflineVault().load({ ...ann, until }, now + 1)).toEqual(found);
      expect((await databases()).includes(offlineDatabase)).toBe(found !== null);
    }
  });

  test('a wipe takes the half with it, and what was still being written is not there afterwards', async () => {
    const vault = new OfflineVault();
    const saves = [vault.save(board, ann, now), vault.save(board, ann, now + 1)];
    await vault.wipe();
    await Promise.all(saves);
    await vault.save(board, ann, now + 2);
    expect(await databases()).not.toContain(offlineDatabase);
    expect(await new OfflineVault().load(ann, now + 3)).toBeNull();
    expect(await databases()).not.toContain(offlineDatabase);
  });
});

/** A keeper whose surroundings are lists and a clock that is turned by hand. */
function stage(more: Partial<OfflineKeeperParts> = {}, former: HeldShare | null = null) {
  const said: string[] = [];
  let held = former;
  const shown = { phase: 'live', isLive: true, ageMs: 4_000 as number | null };
  let turn: (() => void) | null = null;
  const holder: ShareHolder = {
    prepare: async () => void said.push('prepare'),
    hold: (given) => {
      held = given;
    },
    ask: async () => held,
    forget: async () => {
      held = null;
      said.push('forget');
    },
  };
  const snapshot = () =>
    ({
      connection: { phase: shown.phase, isLive: shown.isLive },
      ageMs: shown.ageMs,
      serverEntities: new Map([
        ['day', { v: 1, d: { type: 'day', ...board, clinicName: 'North', providers: [] } }],
      ]),
    }) as unknown as BoardSnapshot;
  const saved: OfflineBoard[] = [];
  const keeper = new OfflineKeeper({
    clock: {
      monotonicMs: () => 0,
      wallMs: () => now,
      after: (_ms, run) => {
        turn = run;
        return () => {
          turn = null;
        };
      },
    },
    actor: { id: 'ann' },
    workstation: null,
    share: async () => ann.share,
    ends: () => ends,
    snapshot,
    nowMs: () => now,
    vault: {
      save: async (each) => void saved.push(each),
      clear: async () => void said.push('clear'),
      wipe: async () => void said.push('wipe'),
    },
    holder,
    ...more,
  });
  const next = async () => {
    turn?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { keeper, said, saved, shown, next, held: () => held, isWaiting: () => turn !== null };
}

test('[ONC-d-7] [privacy] of a patient a short name is kept, of a private one initials, and nothing else of who or why', () => {
  const flow = { status: 'arrived', statusSince: now, milestones: { arrivedAt: now }, startAt: null };
  const visit = (id: string, more: object = {}) => [
    `v:${id}`,
    { v: 1, d: { type: 'visit', id, ...flow, providerId: 'dr', roomId: 'r1', flags: {}, ...more } },
  ];
  const person = (visitId: string, fullName: string) => [
    `p:${visitId}`,
    {
      v: 1,
      d: { type: 'person', visitId, fullName, dob: '1980-02-03', phone: '555', reason: 'cough', note: 'n' },
    },
  ];
  const { clinic, clinicName, date, zone } = board;
  const day = { type: 'day', clinic, clinicName, date, zone, providers: [{ id: 'dr', name: 'Dr. A' }] };
  const kept = offlineBoardOf(
    new Map([
      ['day', { v: 1, d: day }],
      ['r:r1', { v: 1, d: { type: 'room', id: 'r1', name: 'Exam 1' } }],
      visit('one'),
      person('one', 'Smith, Ann'),
      visit('two', { startAt: now - 1, flags: { privacy: true } }),
      person('two', 'Di Quiet'),
      visit('over', { status: 'completed' }),
      person('over', 'Ed Gone'),
    ] as never),
    now,
  );
  const row = {
    ...{ status: 'arrived', statusSince: now, arrivedAt: now },
    provider: 'Dr. A',
    room: 'Exam 1',
  };
  expect(offlineBoardSchema.parse(kept)).toEqual({
    ...board,
    rows: [
      { ...row, startAt: now - 1, name: 'D. Q.' },
      { ...row, startAt: null, name: 'Ann S.' },
    ],
  });
  expect(offlineBoardOf(new Map(), now)).toBeNull();
});

describe('[ONC-d-7] [privacy] keeping the board', () => {
  test('only where the clinic has decided so; else what an earlier decision left is taken away', async () => {
    const { keeper, said, saved, held, isWaiting } = stage({ share: async () => null }, ann);
    await keeper.start();
    expect([said, saved, held(), isWaiting()]).toEqual([['forget', 'clear'], [], null, false]);
  });

  test('while it is live, and with the moment when it last was proved to be', async () => {
    const { keeper, saved, shown, next, held } = stage();
    await keeper.start();
    expect(saved.map(({ asOf }) => asOf)).toEqual([now - 4_000]);
    expect(held()).toEqual(ann);
    Object.assign(shown, { phase: 'offline', isLive: false });
    await next();
    expect(saved).toHaveLength(1);
    Object.assign(shown, { phase: 'live', isLive: true, ageMs: 0 });
    await next();
    expect(saved.map(({ asOf }) => asOf)).toEqual([now - 4_000, now]);
    keeper.stop();
  });

  test.each([
    ['somebody else', { ...ann, uid: 'bob' }],
    ['another standing of this computer', { ...ann, workstation: 'w'.repeat(22) }],
  ])('what %s kept here goes first', async (_whose, former) => {
    const { keeper, said, held } = stage({}, former);
    await keeper.start();
    expect(said).toEqual(['forget', 'clear', 'prepare']);
    expect(held()).toEqual(ann);
    keeper.stop();
  });

  test.each(['needs-auth', 'forbidden'])(
    '[session] a stream that is refused (%s) ends it at once',
    async (phase) => {
      const { keeper, said, shown, held, isWaiting } = stage();
      await keeper.start();
      keeper.notice();
      expect(said).toEqual(['prepare']);
      Object.assign(shown, { phase, isLive: false });
      keeper.notice();
      await new Promise((resolve) => setImmediate(resolve));
      expect([said, held(), isWaiting()]).toEqual([['prepare', 'forget', 'wipe'], null, false]);
    },
  );

  test('whoever leaves takes it along; whoever only turns the page finds it again', async () => {
    const leaving = stage();
    await leaving.keeper.start();
    await leaving.keeper.leave();
    expect([leaving.said, leaving.held()]).toEqual([['prepare', 'forget', 'wipe'], null]);
    const turning = stage();
    await turning.keeper.start();
    turning.keeper.stop();
    expect([turning.said, turning.held(), turning.isWaiting()]).toEqual([['prepare'], ann, false]);
  });

  test('a server that cannot be asked, and a browser that cannot keep, change nothing', async () => {
    const away = stage({ share: () => Promise.reject(new Error('away')) }, ann);
    await away.keeper.start();
    expect([away.said, away.saved, away.held()]).toEqual([[], [], ann]);
  });
});

describe('[ONC-d-5] [session] when a session ends, where no server can be asked', () => {
  const told = { now: 1_000, idleEndsAt: 61_000, expiresAt: 300_000 };

  test('it is the earlier of both ends, in the time of the device', () => {
    const first = sessionEndsOf(told, 501_000);
    expect(first).toEqual({ until: 561_000, expiresAt: 800_000, idleMs: 60_000 });
    expect(sessionEndsOf({ ...told, expiresAt: 31_000 }, 1_000).until).toBe(31_000);
    // An answer in the middle of an idle time does not shorten what an action gives.
    const later = sessionEndsOf({ ...told, now: 41_000 }, 541_000, first);
    expect(later).toEqual({ until: 561_000, expiresAt: 800_000, idleMs: 60_000 });
  });

  test('whoever does something goes on, never past the end of the session, and never after it has ended', () => {
    const present: SessionEnds = { until: 60_000, expiresAt: 100_000, idleMs: 60_000 };
    expect(goneOn(present, 30_000).until).toBe(90_000);
    expect(goneOn(present, 59_999).until).toBe(100_000);
    expect(goneOn(present, 60_000)).toBe(present);
  });

  test('the holder is told anew at each look, and nothing is kept while nobody has said when', async () => {
    let heard: SessionEnds | null = ends;
    const { keeper, next, held } = stage({ ends: () => heard });
    await keeper.start();
    heard = { ...ends, until: ends.until + 1 };
    await next();
    expect(held()).toEqual({ ...ann, until: ends.until + 1 });
    keeper.stop();
    const untold = stage({ ends: () => null });
    await untold.keeper.start();
    expect([untold.said, untold.saved, untold.held()]).toEqual([[], [], null]);
  });
});
