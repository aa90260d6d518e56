/** Days end when their time has passed, never while a hold keeps them, and nothing is lost when a sweep is killed. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '@workflow-bolt/contracts';
import { dateAfter } from '@workflow-bolt/domain';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  boardKeys,
  FolderObjectStore,
  freezeDeletions,
  fromUrl,
  liftFreeze,
  type ObjectStore,
  outboxKey,
  RetentionStore,
  type SweepParts,
} from '../src/index.ts';
import { namesIn, RetentionProcess } from './retention-fixture.ts';

let redis: RedisServer;
let root: string;
let here: RetentionProcess;
beforeAll(async () => {
  redis = await startRedis({ persist: 'aof-always' });
  root = await mkdtemp(join(tmpdir(), 'bolt-retention-'));
  here = await RetentionProcess.start(fromUrl(redis.url), new FolderObjectStore(root));
});
afterAll(async () => {
  await here?.stop();
  await redis?.stop();
  await rm(root, { recursive: true, force: true });
});

const date = '2026-03-02';
const on = (age: number): string => dateAfter(date, age);
const acting = (by: string, reason: string | null = 'litigation/2026-CV-118') => ({ by, at: 1_000, reason });
const span = { class: 'flow', from: date, to: date } as const;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  );

test('[I8] [privacy] a day of ninety days is gone everywhere but for its counts', async () => {
  const board = { clinic: 'gone', date };
  await here.day(board, 12, true);
  await here.port.command('HSET', outboxKey(board), 'e:v1', '{}');
  await here.sweep('gone', on(30));
  expect(await here.sweep('gone', on(89))).toMatchObject({ purged: [] });
  expect(await here.sweep('gone', on(90))).toMatchObject({ purged: [date] });
  expect(await namesIn(here.objects, 'boards/gone/')).toEqual([]);
  const [numbers = ''] = await namesIn(here.objects, 'metrics/gone/');
  expect(JSON.parse(await readFile(join(root, numbers), 'utf8'))).toMatchObject({
    clinic: 'gone',
    total: 12,
    counts: { 'no-show': 12 },
  });
  await here.registry.checkAll();
  const followed = await here.registry.get(board);
  expect({ isPurged: followed.isPurged, size: followed.state.size }).toEqual({ isPurged: true, size: 0 });
  const fresh = await RetentionProcess.start(fromUrl(redis.url), here.objects);
  expect(await codeOf(fresh.registry.get(board))).toBe('board_purged');
  await fresh.stop();
  const left = (await here.port.command('KEYS', '{b:gone:*')) as string[];
  const { meta, aud, idem } = boardKeys(board);
  expect(left.sort()).toEqual([meta, aud, idem(`day-${date}`)].sort());
  expect((await new RetentionStore(here.port, 'gone').read()).days.get(date)).toMatchObject({
    state: 'purged',
    isClosed: true,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('[abuse] a day nobody closed is not kept for longer by that, and is marked', async () => {
  await here.day({ clinic: 'open', date }, 2, false);
  expect(await here.sweep('open', on(29))).toMatchObject({ archived: [] });
  expect(await here.sweep('open', on(30))).toMatchObject({ archived: [date], cooled: [date] });
  expect((await new RetentionStore(here.port, 'open').read()).days.get(date)).toMatchObject({
    isClosed: false,
  });
  // Too few people for numbers that would name nobody.
  const [numbers = ''] = await namesIn(here.objects, 'metrics/open/');
  expect(JSON.parse(await readFile(join(root, numbers), 'utf8'))).toEqual({
    clinic: 'open',
    date,
    seq: 3,
    total: null,
    counts: {},
    lwbsPercent: null,
    noShowPercent: null,
    intervals: {},
  });
});

test('a closed day stays in Redis alone while it may be reopened', async () => {
  await here.day({ clinic: 'recent', date }, 1, true);
  expect(await here.sweep('recent', on(7))).toMatchObject({ archived: [] });
  expect(await here.sweep('recent', on(8))).toMatchObject({ archived: [date], cooled: [] });
});

test('a day that went on after it was archived is archived as it is now, and the former copy goes', async () => {
  const board = { clinic: 'again', date };
  await here.day(board, 1, false);
  await here.registry.get(board);
  const archived = await here.archive.write(here.port, board);
  const store = new RetentionStore(here.port, 'again');
  if (!archived) throw new Error('nothing was archived');
  await store.keepDay({
    date,
    state: 'archived',
    ...archived,
    metricsObject: 'metrics/again/old.json',
    isClosed: false,
    archivedAt: 1,
    coldAt: null,
    purgedAt: null,
  });
  const host = await here.registry.get(board);
  const pin = { type: 'setPinned', visitId: 'w1', isPinned: true } as const;
  const manager = { id: 'mia', name: 'Mia', role: 'manager', station: null } as const;
  await host.submit({ clientId: 'went-on-1', n: 1, command: pin }, manager, 'ui');
  expect(await here.sweep('again', on(30))).toMatchObject({ archived: [], cooled: [date, date] });
  const names = await namesIn(here.objects, 'boards/again/');
  expect(names).toHaveLength(1);
  expect(names[0]).not.toBe(archived.object);
  expect((await here.registry.get(board)).state.get('v:w1')?.d).toMatchObject({ isPinned: true });
});

test('[abuse] [H-24] a hold of two people keeps a day beyond its time; lifted by two, it goes', async () => {
  await here.day({ clinic: 'held', date }, 1, true);
  const store = new RetentionStore(here.port, 'held');
  const hold = await store.requestHold(span, acting('mina'));
  expect(await store.actOnHold(hold.id, 'approve', acting('mina'))).toEqual({
    ok: false,
    refusal: { code: 'second_person_required' },
  });
  expect(await store.actOnHold(hold.id, 'approve', acting('ada'))).toMatchObject({
    ok: true,
    value: { state: 'active', gone: [] },
  });
  expect(await here.sweep('held', on(400))).toMatchObject({ cooled: [date], purged: [], held: [date] });
  expect(await store.actOnHold(hold.id, 'lift', acting('ada'))).toMatchObject({ ok: false });
  await store.actOnHold(hold.id, 'request-lift', acting('ada'));
  expect(await here.sweep('held', on(400))).toMatchObject({ purged: [], held: [date] });
  expect(await store.actOnHold(hold.id, 'lift', acting('ada'))).toEqual({
    ok: false,
    refusal: { code: 'second_person_required' },
  });
  await store.actOnHold(hold.id, 'lift', acting('mina'));
  expect(await here.sweep('held', on(400))).toMatchObject({ purged: [date], held: [] });
});

test('[abuse] one request alone holds nothing, and deletes nothing', async () => {
  await here.day({ clinic: 'asked', date }, 1, true);
  const store = new RetentionStore(here.port, 'asked');
  const request = await store.requestPurge(span, acting('mina'));
  expect(await here.sweep('asked', on(31))).toMatchObject({ purged: [] });
  expect(await store.decidePurge(request.id, true, acting('mina'))).toEqual({
    ok: false,
    refusal: { code: 'second_person_required' },
  });
  await store.requestHold(span, acting('mina'));
  await store.decidePurge(request.id, true, acting('ada'));
  expect(await store.decidePurge(request.id, false, acting('ada'))).toEqual({
    ok: false,
    refusal: { code: 'record_state', details: { state: 'approved' } },
  });
  expect(await here.sweep('asked', on(31))).toMatchObject({ purged: [date] });
});

test('[abuse] a hold that comes into force while a deletion begins either wins or names the day as gone', async () => {
  for (let round = 0; round < 6; round++) {
    const clinic = `race-${round}`;
    await here.day({ clinic, date }, 1, true);
    await here.sweep(clinic, on(31));
    const store = new RetentionStore(here.port, clinic);
    const hold = await store.requestHold(span, acting('mina'));
    const [report, answer] = await Promise.all([
      here.sweep(clinic, on(90)),
      store.actOnHold(hold.id, 'approve', acting('ada')),
    ]);
    if (!answer.ok) throw new Error('the hold was refused');
    const day = (await store.read()).days.get(date);
    expect({ isGone: answer.value.gone.length > 0 }).toEqual({ isGone: report.purged.length > 0 });
    expect(day?.state).toBe(report.purged.length > 0 ? 'purged' : 'cold');
  }
});

test('[audit] while the record of accesses is in doubt nothing is deleted, and archiving goes on', async () => {
  await here.day({ clinic: 'frozen', date }, 1, true);
  await freezeDeletions(here.port, { why: 'AUD-1', since: 5 });
  await freezeDeletions(here.port, { why: 'a later reason', since: 6 });
  expect(await here.sweep('frozen', on(400))).toMatchObject({
    isFrozen: true,
    archived: [date],
    cooled: [],
    purged: [],
  });
  await liftFreeze(here.port);
  expect(await here.sweep('frozen', on(400))).toMatchObject({ isFrozen: false, purged: [date] });
});

test('[audit] a doubt in the middle of a sweep stops it before the next thing it would delete', async () => {
  const clinic = 'doubt';
  const days = [date, dateAfter(date, 1)];
  for (const each of days) await here.day({ clinic, date: each }, 1, true);
  const doubt = () => freezeDeletions(here.port, { why: 'AUD-1', since: 5 });
  await doubt();
  expect(await here.sweep(clinic, on(400))).toMatchObject({ archived: days, cooled: [] });
  await liftFreeze(here.port);
  // The record is found wanting while the first of the two is put on it.
  expect(await here.sweep(clinic, on(400), { record: doubt })).toMatchObject({
    ...{ isFrozen: true, cooled: [date], purged: [], shredded: [] },
  });
  await liftFreeze(here.port);
  expect(await here.sweep(clinic, on(400))).toMatchObject({ isFrozen: false, purged: days });
});

test('[audit] [I5] what cannot be recorded is not deleted', async () => {
  await here.day({ clinic: 'mute', date }, 1, true);
  await here.sweep('mute', on(31));
  const record = () => Promise.reject(new Fault('store_unavailable', { reason: 'audit' }));
  expect(await codeOf(here.sweep('mute', on(90), { record }))).toBe('store_unavailable');
  expect(await namesIn(here.objects, 'boards/mute/')).toHaveLength(1);
  expect(await here.sweep('mute', on(90))).toMatchObject({ purged: [date] });
  const own = here.recorded.filter(({ cid }) => cid === 'mute').map(({ sub, act }) => `${sub} ${act}`);
  expect(own).toEqual(['retention C', 'retention D', 'retention D']);
});

test('[H-23] the key of a month is destroyed when the last of its days is gone, once, with a certificate', async () => {
  const clinic = 'shred';
  for (const day of ['2026-03-02', '2026-03-20']) await here.day({ clinic, date: day }, 1, true);
  const asked: string[] = [];
  const shredder = {
    shredPeriod: async (of: string, dataClass: string, month: string) => {
      asked.push(`${of} ${dataClass} ${month}`);
      return { keyId: 'rk-1', horizonDays: 7 };
    },
  };
  expect(await here.sweep(clinic, '2026-06-05', { shredder })).toMatchObject({
    purged: ['2026-03-02'],
    shredded: [],
  });
  // Both days are gone, but the month itself has not been over for ninety days.
  expect(await here.sweep(clinic, '2026-06-20', { shredder })).toMatchObject({
    purged: ['2026-03-20'],
    shredded: [],
  });
  expect(await here.sweep(clinic, '2026-06-29', { shredder })).toMatchObject({ shredded: ['2026-03'] });
  expect(await here.sweep(clinic, '2026-07-29', { shredder })).toMatchObject({ shredded: [] });
  expect(asked).toEqual(['shred flow 2026-03']);
  const certificate = await readFile(join(root, 'certificates/shred/flow/2026-03.json'), 'utf8');
  expect(JSON.parse(certificate)).toMatchObject({ clinic, class: 'flow', period: '2026-03', keyId: 'rk-1' });
});

/** Everything a sweep does to the outside, with a process that dies at the n-th of them. */
class Dying {
  left: number;
  readonly isAfter: boolean;
  constructor(left: number, isAfter: boolean) {
    this.left = left;
    this.isAfter = isAfter;
  }

  wrap<T extends object>(inner: T, names: readonly string[]): T {
    return new Proxy(inner, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (!names.includes(String(name))) return value.bind(target);
        return async (...given: unknown[]) => this.#act(() => value.apply(target, given) as Promise<unknown>);
      },
    });
  }

  async #act(work: () => Promise<unknown>): Promise<unknown> {
    this.left -= 1;
    if (this.left < -1) throw new Error('dead');
    if (this.left === -1 && !this.isAfter) throw new Error('killed before');
    const done = await work();
    if (this.left === -1) throw new Error('killed after');
    return done;
  }
}

function dyingParts(process: RetentionProcess, dying: Dying): Partial<SweepParts> {
  const objects: ObjectStore = dying.wrap(process.objects, ['create', 'put', 'delete']);
  const archive = dying.wrap(process.archive, ['write', 'remove']);
  return { objects, archive, port: dying.wrap(process.port, ['fcall']), record: async () => {} };
}

test.each([
  ['before', false],
  ['after', true],
] as const)(
  '[abuse] killed %s any effect of a sweep: nothing is lost, the next sweep finishes',
  async (_when, isAfter) => {
    let kills = 0;
    for (let n = 0; ; n++) {
      const clinic = `kill-${isAfter ? 'a' : 'b'}-${n}`;
      const board = { clinic, date };
      await here.day(board, 1, true);
      const process = await RetentionProcess.start(fromUrl(redis.url), here.objects);
      const dying = new Dying(n, isAfter);
      const isKilled = await process.sweep(clinic, on(90), dyingParts(process, dying)).then(
        () => false,
        () => true,
      );
      await process.stop();
      const kept = (await new RetentionStore(here.port, clinic).read()).days.get(date);
      const isGoing = kept?.state === 'purging' || kept?.state === 'purged';
      const reader = await RetentionProcess.start(fromUrl(redis.url), here.objects);
      if (!isGoing)
        expect((await reader.registry.get(board)).state.get('v:w1')?.d).toMatchObject({ id: 'w1' });
      await reader.sweep(clinic, on(90));
      expect((await new RetentionStore(here.port, clinic).read()).days.get(date)?.state).toBe('purged');
      expect(await namesIn(here.objects, `boards/${clinic}/`)).toEqual([]);
      await reader.stop();
      if (!isKilled) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(5);
  },
);
