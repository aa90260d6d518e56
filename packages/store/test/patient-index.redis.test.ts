/** The blind index of patients on a real server: what it says to whom, what a crash leaves, what a deletion leaves. */
import { type BoardKey, type Command, type Entity, Fault } from '@workflow-bolt/contracts';
import { BoardState, dateAfter, type IndexedValue } from '@workflow-bolt/domain';
import { awaitUntil, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  BoardRegistry,
  boardKeys,
  clinicIndexKeys,
  createRedisPort,
  dayIndexKey,
  fromUrl,
  IndexWriter,
  nearSpan,
  PatientIndex,
  type RedisPort,
  rotateClinicKey,
  sweepClinic,
  sweepIndex,
  wholeSpan,
} from '../src/index.ts';
import { resealSearchKey } from '../src/vault/search-key.ts';
import { Client, configureDay, freshBoard, manager, nurse } from './board-fixture.ts';
import { MemoryObjectStore } from './memory-object-store.ts';
import { RetentionProcess } from './retention-fixture.ts';
import { person, visit } from './sealed-day.ts';
import { TestVaults } from './test-vaults.ts';

const never = 3_600_000;
let redis: RedisServer;
let vaults: TestVaults;
let port: RedisPort;
let registry: BoardRegistry;

beforeAll(async () => {
  [redis, vaults] = await Promise.all([startRedis(), TestVaults.make()]);
  port = createRedisPort(fromUrl(redis.url), 'index');
  registry = new BoardRegistry({ port, vault: vaults.open(), checkIntervalMs: never });
  await registry.start();
});
afterAll(async () => {
  await registry?.stop();
  await port?.close();
  await redis?.stop();
  await vaults?.remove();
});

const dob = '1931-07-19';
const phone: IndexedValue = { kind: 'phone', value: '+13125550177' };
const nameAndDob: IndexedValue = { kind: 'name-dob', value: `zqcanary|${dob}` };
const arrival = (visitId: string): Command => ({
  type: 'createVisit',
  visitId,
  kind: 'walk-in',
  fullName: 'Ann Zqcanary',
  dob,
  phone: '(312) 555-0177',
});

const newIndex = () => new PatientIndex(port, vaults.open());
const hostOf = (board: BoardKey) => registry.get(board);
const sweep = (
  index: PatientIndex,
  { clinic, date }: BoardKey,
  span: { back: number; ahead: number } = nearSpan,
) => sweepIndex({ port, index, hostOf }, clinic, { today: date, ...span });
const on = ({ date }: BoardKey, ...visitIds: string[]) => [{ date, visitIds }];

/** A day with one patient, as committed by a process that indexes nothing. */
async function dayOf(board: BoardKey, ...visitIds: string[]): Promise<Client> {
  const host = await registry.get(board);
  const client = new Client(`client-${board.clinic}-${board.date}`);
  await host.submit(client.next(configureDay()), manager, 'ui');
  for (const visitId of visitIds) await host.submit(client.next(arrival(visitId)), nurse, 'ui');
  return client;
}

/** So many people on one day, each with a name and number of their own. */
function crowd(numPeople: number): BoardState {
  const entities: [string, { v: number; d: Entity }][] = [];
  for (let i = 0; i < numPeople; i++) {
    const id = `v${i}`;
    const external = { ...visit(id).external, patientId: `${5_000 + i}` } as never;
    entities.push([`v:${id}`, { v: 1, d: visit(id, { external }) }]);
    const each = { fullName: `Zz Person${i}`, phone: `312555${1_000 + i}` };
    entities.push([`p:${id}`, { v: 1, d: person(id, each) }]);
  }
  return new BoardState(entities as never, 1);
}

const at = { epoch: 'a'.repeat(32), seq: 7 };

test('a commit is indexed a moment later; who changes is found under what holds now, and nowhere else', async () => {
  const index = newIndex();
  const writer = new IndexWriter(index, (error) => expect(error).toBeUndefined());
  const own = createRedisPort(fromUrl(redis.url), 'writer');
  const indexing = new BoardRegistry({
    ...{ port: own, vault: vaults.open(), checkIntervalMs: never },
    onPatients: (host) => writer.due(host),
  });
  await indexing.start();
  const board = freshBoard();
  const host = await indexing.get(board);
  const client = new Client('client-a');
  await host.submit(client.next(configureDay()), manager, 'ui');
  await host.submit(client.next(arrival('w1')), nurse, 'ui');
  await awaitUntil(
    'the patient is found',
    async () => (await index.candidates(board.clinic, [phone])).length > 0,
  );
  expect(await index.candidates(board.clinic, [nameAndDob])).toEqual(on(board, 'w1'));
  const changed: Command = { type: 'updatePerson', visitId: 'w1', phone: '312 555 0999' };
  await host.submit(client.next(changed), { ...nurse, role: 'front-desk' }, 'ui');
  // Stopping brings in what is due.
  await writer.stop();
  const fields = await redis.client().call('HGETALL', dayIndexKey(board));
  await indexing.stop();
  await own.close();
  expect(await index.candidates(board.clinic, [{ kind: 'phone', value: '+13125550999' }])).toEqual(
    on(board, 'w1'),
  );
  expect(String(fields).match(/p8\./g)).toHaveLength(1);
});

test('[privacy] [I8] the index holds ids and short tags: no value, and no tag that is one patient’s own', async () => {
  const board = freshBoard();
  await dayOf(board, 'w1');
  const index = newIndex();
  await sweep(index, board);
  const stored = JSON.stringify(await redis.client().call('HGETALL', dayIndexKey(board)));
  for (const word of ['zqcanary', dob, '3125550177', '5550177', '555-0177']) {
    for (const form of [word, Buffer.from(word).toString('base64'), Buffer.from(word).toString('hex')])
      expect(stored.toLowerCase()).not.toContain(form.toLowerCase());
  }
  const tags = [...stored.matchAll(/"([prn])(\d+)\.([0-9a-f]+)"/g)];
  expect(tags.map(([, kind]) => kind).toSorted()).toEqual(['n', 'p']);
  for (const [, , bits, tag = ''] of tags) expect(Number.parseInt(tag, 16)).toBeLessThan(2 ** Number(bits));
});

test('[privacy] a tag of a whole clinic stands for several people, and the width follows their number', async () => {
  const board = freshBoard();
  const index = newIndex();
  await index.publish(board, crowd(600), at);
  expect(await index.fitWidth(board.clinic)).toBe(8);
  await index.publish(board, crowd(60), { ...at, seq: 8 });
  expect(await index.fitWidth(board.clinic)).toBe(4);
  await index.publish(board, crowd(600), { ...at, seq: 9 });
  const [found] = await index.candidates(board.clinic, [{ kind: 'record', value: '5123' }]);
  expect(found?.visitIds).toContain('v123');
  // 600 people under 16 tags.
  expect(found?.visitIds.length).toBeGreaterThan(10);
  // A day of another width is found until it has been indexed anew.
  expect(await index.fitWidth(board.clinic)).toBe(8);
  expect(await index.isCurrent(board, { ...at, seq: 9 })).toBe(false);
  const still = await index.candidates(board.clinic, [{ kind: 'record', value: '5123' }]);
  expect(still[0]?.visitIds).toContain('v123');
});

test('a day of two thousand patients is indexed in steps, and the mark comes with the last', async () => {
  const board = freshBoard();
  const index = newIndex();
  await redis.client().call('SET', clinicIndexKeys(board.clinic).bits, '16');
  await index.publish(board, crowd(2_000), at);
  expect(await index.isCurrent(board, at)).toBe(true);
  const [found] = await index.candidates(board.clinic, [{ kind: 'phone', value: '+13125552999' }]);
  expect(found?.visitIds).toContain('v1999');
  await index.forgetDay(board);
  expect(await redis.client().call('HGET', dayIndexKey(board), 'at')).toBe('gone');
  expect(await redis.client().call('HLEN', dayIndexKey(board))).toBe(2);
});

test('what a process did not index before it died, the sweep does; what was lost is made again', async () => {
  const board = freshBoard();
  await dayOf(board, 'w1');
  const index = newIndex();
  expect(await index.candidates(board.clinic, [phone])).toEqual([]);
  expect(await sweep(index, board)).toEqual({ looked: 1, made: 1, forgotten: 0, failed: 0 });
  expect(await index.candidates(board.clinic, [phone])).toEqual(on(board, 'w1'));
  // Counted now: the width fits one row, and after that nothing is left to do.
  expect(await sweep(index, board)).toMatchObject({ made: 1 });
  expect(await sweep(index, board)).toEqual({ looked: 1, made: 0, forgotten: 0, failed: 0 });
  await redis.client().call('UNLINK', dayIndexKey(board), clinicIndexKeys(board.clinic).days);
  expect(await sweep(index, board, wholeSpan)).toEqual({ looked: 1, made: 1, forgotten: 0, failed: 0 });
  expect(await index.candidates(board.clinic, [phone])).toEqual(on(board, 'w1'));
});

test('an index that was left half written has no mark of its state, and is made again', async () => {
  const board = freshBoard();
  await dayOf(board, 'w1', 'w2');
  const index = newIndex();
  await sweep(index, board);
  const client = redis.client();
  const before = await client.call('HGETALL', dayIndexKey(board));
  await client.call('HDEL', dayIndexKey(board), 'at');
  const [field = ''] = (before as string[]).filter((each) => each.startsWith('p'));
  await client.call('HDEL', dayIndexKey(board), field);
  expect(await index.candidates(board.clinic, [phone])).toEqual([]);
  expect(await sweep(index, board)).toMatchObject({ made: 1 });
  expect(await index.candidates(board.clinic, [phone])).toEqual(on(board, 'w1', 'w2'));
});

test('an older state of the board never replaces a newer one, whoever comes last', async () => {
  const board = freshBoard();
  const index = newIndex();
  await index.publish(board, crowd(3), { ...at, seq: 9 });
  await index.publish(board, crowd(1), { ...at, seq: 8 });
  expect(await index.isCurrent(board, { ...at, seq: 9 })).toBe(true);
  const states = [10, 11, 12, 13].map((seq) => index.publish(board, crowd(seq), { ...at, seq }));
  await Promise.all(states);
  expect(await index.isCurrent(board, { ...at, seq: 13 })).toBe(true);
  const [found] = await index.candidates(board.clinic, [{ kind: 'record', value: '5012' }]);
  expect(found?.visitIds).toContain('v12');
});

test('[privacy] a patient who asks for privacy leaves the index, and comes back to it', async () => {
  const board = freshBoard();
  const client = await dayOf(board, 'w1');
  const host = await registry.get(board);
  const index = newIndex();
  await sweep(index, board);
  for (const privacy of [true, false]) {
    await host.submit(client.next({ type: 'setFlags', visitId: 'w1', privacy }), nurse, 'ui');
    await sweep(index, board);
    expect(await index.candidates(board.clinic, [phone])).toEqual(privacy ? [] : on(board, 'w1'));
  }
});

test('[privacy] [H-05] one visit can be forgotten without the others', async () => {
  const board = freshBoard();
  await dayOf(board, 'w1', 'w2');
  const index = newIndex();
  await sweep(index, board);
  await index.forgetVisit(board, 'w1');
  expect(await index.candidates(board.clinic, [phone, nameAndDob])).toEqual(on(board, 'w2'));
});

test('[crypto] [H-05] when the search keys are destroyed the tags say nothing; a sweep makes others', async () => {
  const board = freshBoard();
  await dayOf(board, 'w1');
  await sweep(newIndex(), board);
  const client = redis.client();
  const before = (await client.call('HKEYS', dayIndexKey(board))) as string[];
  await vaults.open().destroySearchKeys(board.clinic);
  const index = newIndex();
  // A short tag of new keys may meet an old one by chance; what it leads to is opened and compared.
  expect(await index.isCurrent(board, { ...at, seq: 2 })).toBe(false);
  expect(await sweep(index, board)).toMatchObject({ made: 1 });
  expect(await index.candidates(board.clinic, [phone])).toEqual(on(board, 'w1'));
  const mark = await client.call('HGET', dayIndexKey(board), 'at');
  expect(before).toContain('at');
  expect(String(mark)).toMatch(/^[0-9a-f]{32} 2 \d+ sk-[0-9a-f]{8} 1$/);
});

test('[crypto] keys of two clinics and of two fields differ: equal values have other tags', async () => {
  const [here, there] = [freshBoard(), freshBoard()];
  const vault = vaults.open();
  const [a, b] = await Promise.all([vault.searchKeys(here.clinic), vault.searchKeys(there.clinic)]);
  const bytes = [a, b].flatMap(({ of }) => Object.values(of).map((key) => key.export().toString('hex')));
  expect(new Set(bytes).size).toBe(6);
  expect(await vaults.open().searchKeys(here.clinic)).toEqual(a);
});

test('[crypto] the clinic key is rotated: the search keys are sealed anew, and everybody is found as before', async () => {
  const board = freshBoard();
  await dayOf(board, 'w1');
  await sweep(newIndex(), board);
  const day = 86_400_000;
  const vault = vaults.open();
  await rotateClinicKey(vault.hierarchy, board.clinic);
  const later = vaults.open({ now: () => Date.now() + day });
  expect(await sweepClinic(later.hierarchy, board.clinic)).toMatchObject({ oldest: 'ck2' });
  const uses: string[] = [];
  const fresh = vaults.open({ onUse: ({ use, kid }) => uses.push(`${use} ${kid}`) });
  expect(await new PatientIndex(port, fresh).candidates(board.clinic, [phone])).toEqual(on(board, 'w1'));
  expect(uses).toEqual(['opened ck2', expect.stringMatching(/^opened sk-/)]);
});

test('[crypto] search keys that are destroyed while they are sealed anew do not come back', async () => {
  const store = new MemoryObjectStore();
  const vault = vaults.open({ store });
  const first = await vault.searchKeys('raced');
  await rotateClinicKey(vault.hierarchy, 'raced');
  const newest = await vault.hierarchy.clinicKey('raced');
  const put = store.put.bind(store);
  store.put = async (name, bytes) => {
    if (name.endsWith('/search-key.json')) await vaults.open({ store }).destroySearchKeys('raced');
    await put(name, bytes);
  };
  await resealSearchKey(vault.hierarchy, 'raced', newest);
  expect(await store.get('clinics/raced/search-key.json')).toBeNull();
  expect((await vaults.open({ store }).searchKeys('raced')).kid).not.toBe(first.kid);
});

test('[privacy] [H-05] a deleted day leaves no tag, and whoever still holds it cannot bring one back', async () => {
  const objects = new MemoryObjectStore();
  const here = await RetentionProcess.start(fromUrl(redis.url), objects);
  const board = { clinic: `purged-${process.pid}`, date: '2026-03-10' };
  await here.day(board, 2, true);
  const index = newIndex();
  const held = (await here.registry.get(board)).state;
  const position = { ...(await here.registry.get(board)).position };
  await index.publish(board, crowd(3), position);
  const lookup: IndexedValue = { kind: 'record', value: '5001' };
  // In the archive it is still found.
  await here.sweep(board.clinic, '2026-04-12', { index });
  expect(await index.candidates(board.clinic, [lookup])).toEqual([
    { date: board.date, visitIds: expect.arrayContaining(['v1']) },
  ]);
  expect(await here.sweep(board.clinic, '2026-07-12', { index })).toMatchObject({ purged: [board.date] });
  const left = async () => (await redis.client().call('HKEYS', dayIndexKey(board))) as string[];
  expect((await left()).toSorted()).toEqual(['at', 'v']);
  await index.publish(board, held, position);
  await index.publish(board, crowd(3), { ...position, seq: position.seq + 1 });
  expect((await left()).toSorted()).toEqual(['at', 'v']);
  expect(await redis.client().call('SMEMBERS', clinicIndexKeys(board.clinic).days)).toEqual([]);
  expect(Number(await redis.client().call('PTTL', dayIndexKey(board)))).toBeGreaterThan(0);
  await here.stop();
});

test('[privacy] what is left of a day whose deletion was interrupted, the sweep removes', async () => {
  const board = freshBoard();
  await dayOf(board, 'w1');
  const index = newIndex();
  await sweep(index, board);
  await redis.client().call('HSET', boardKeys(board).meta, 'arch', '-');
  expect(await sweep(index, board)).toEqual({ looked: 1, made: 0, forgotten: 1, failed: 0 });
  expect(await sweep(index, board)).toEqual({ looked: 1, made: 0, forgotten: 0, failed: 0 });
  expect(await index.candidates(board.clinic, [phone])).toEqual([]);
});

test('a day that cannot be read now keeps no other from being indexed; it is looked at again', async () => {
  const board = freshBoard();
  const broken = { ...board, date: dateAfter(board.date, -1) };
  await dayOf(board, 'w1');
  await dayOf(broken, 'w1');
  const index = newIndex();
  const parts = { port, index, hostOf };
  const failing = async (each: BoardKey) => {
    if (each.date === broken.date) throw new Fault('archive_unavailable');
    return hostOf(each);
  };
  const span = { today: board.date, ...nearSpan };
  expect(await sweepIndex({ ...parts, hostOf: failing }, board.clinic, span)).toMatchObject({
    made: 1,
    failed: 1,
  });
  expect(await index.candidates(board.clinic, [phone])).toEqual(on(board, 'w1'));
  expect(await sweepIndex(parts, board.clinic, span)).toMatchObject({ failed: 0 });
  expect(await index.isCurrent(broken, (await registry.get(broken)).position)).toBe(true);
});

test.each([
  [{ clinic: 'north}x', date: '2026-11-23' }],
  [{ clinic: 'a:b', date: '2026-11-23' }],
  [{ clinic: 'north', date: '2026' }],
])('[injection] an id that would break a key never reaches one: %j', (bad) => {
  expect(() => [dayIndexKey(bad), clinicIndexKeys(bad.clinic)]).toThrow(RangeError);
});

test('a sweep that sees an older board than Redis has marks the index as that, so that the next one looks again', async () => {
  const board = freshBoard();
  const client = await dayOf(board);
  const host = await registry.get(board);
  const behind = { state: new BoardState([...host.state.entries()], 1), position: { ...host.position } };
  await host.submit(client.next(arrival('w1')), nurse, 'ui');
  const index = newIndex();
  const span = { today: board.date, ...nearSpan };
  const parts = { port, index, hostOf: async () => behind };
  expect(await sweepIndex(parts, board.clinic, span)).toMatchObject({ made: 1 });
  expect(await index.candidates(board.clinic, [phone])).toEqual([]);
  expect(await index.isCurrent(board, host.position)).toBe(false);
  expect(await sweep(index, board)).toMatchObject({ made: 1 });
  expect(await index.candidates(board.clinic, [phone])).toEqual(on(board, 'w1'));
});
