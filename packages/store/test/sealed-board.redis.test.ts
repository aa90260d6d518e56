/** Boards whose records are sealed, on a real server: upgrade from plain ones, followers, destruction, restored backups. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '@workflow-bolt/contracts';
import { awaitUntil, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type BoardHost,
  BoardRegistry,
  boardKeys,
  countKids,
  createRedisPort,
  fromUrl,
  nextChain,
  type RedisPort,
  type Vault,
} from '../src/index.ts';
import { Client, configureDay, freshBoard, manager, nurse } from './board-fixture.ts';
import { TestVaults } from './test-vaults.ts';

const never = 3_600_000;
const order = { by: 'mia', reason: 'asked to be forgotten' };
let redis: RedisServer;
let vaults: TestVaults;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  [redis, vaults] = await Promise.all([startRedis({ persist: 'aof-always' }), TestVaults.make()]);
});
afterAll(async () => {
  for (const close of closers) await close();
  await redis?.stop();
  await vaults?.remove();
});

/** A process of its own on the server: with a vault, or as it was before there was one. */
async function processOn(server: RedisServer, vault: Vault | null): Promise<BoardRegistry> {
  const port = createRedisPort(fromUrl(server.url), 'test');
  const registry = new BoardRegistry({ port, vault, checkIntervalMs: never });
  closers.push(async () => {
    await registry.stop();
    await port.close();
  });
  await registry.start();
  return registry;
}

async function source(): Promise<RedisPort> {
  const port = createRedisPort(fromUrl(redis.url), 'source');
  closers.push(() => port.close());
  await port.connect();
  return port;
}

const canary = (visitId: string): Command => ({
  type: 'createVisit',
  visitId,
  kind: 'walk-in',
  fullName: `Zqcanary ${visitId}`,
  dob: '1931-07-19',
  phone: '+1 555 0177',
  reason: 'zqcanary-reason',
});
const note = (visitId: string): Command => ({ type: 'setNote', visitId, note: 'zqcanary-note' });
const words = /zqcanary|1931-07-19|555 0177/i;

function persons(host: BoardHost): Map<string, string> {
  const found = new Map<string, string>();
  for (const [id, { d }] of host.state.entries()) if (d.type === 'person') found.set(id, d.fullName);
  return found;
}

/** All that the server has on disk and in its keys. */
async function everythingIn(server: RedisServer): Promise<string> {
  const client = server.client();
  // Compressed, a name could hide from the search.
  await client.call('CONFIG', 'SET', 'rdbcompression', 'no');
  await client.call('SAVE');
  const files = (await readdir(server.dir, { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile(),
  );
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  return texts.join('\n');
}

test('[H-05] [I8] a day leaves nothing of its patients in dump, append-only file, keys or slow log', async () => {
  const board = freshBoard();
  const host = await (await processOn(redis, vaults.open())).get(board);
  const client = new Client('client-a');
  await redis.client().call('CONFIG', 'SET', 'slowlog-log-slower-than', '0');
  await host.submit(client.next(configureDay()), manager, 'ui');
  for (const command of [canary('w1'), canary('w2'), note('w1')])
    expect(await host.submit(client.next(command), nurse, 'ui')).toMatchObject({ outcome: 'applied' });
  const slow = JSON.stringify(await redis.client().call('SLOWLOG', 'GET', '128'));
  expect(slow).toContain('commit');
  const all = (await everythingIn(redis)) + slow;
  expect(words.exec(all)).toBeNull();
  const inPlain = await (await processOn(redis, null)).get(freshBoard());
  const other = new Client('client-b');
  await inPlain.submit(other.next(configureDay()), manager, 'ui');
  await inPlain.submit(other.next(canary('w9')), nurse, 'ui');
  // The search can find: without a vault the name is there.
  expect(words.exec(await everythingIn(redis))).not.toBeNull();
});

test('[I1] [I2] a board from before goes on sealed: old entries are read, old commands are known, history is whole', async () => {
  const board = freshBoard();
  const client = new Client('client-a');
  const registry = await processOn(redis, null);
  const before = await registry.get(board);
  await before.submit(client.next(configureDay()), manager, 'ui');
  const first = client.next(canary('w1'));
  await before.submit(first, nurse, 'ui');
  const after = await (await processOn(redis, vaults.open())).get(board);
  expect(after.state.get('p:w1')?.d).toMatchObject({ fullName: 'Zqcanary w1' });
  expect(await after.submit(first, nurse, 'ui')).toMatchObject({ outcome: 'duplicate', seq: 2 });
  const changed = { ...first, command: canary('w3') };
  expect(await after.submit(changed, nurse, 'ui')).toMatchObject({
    outcome: 'rejected',
    code: 'idempotency_mismatch',
  });
  expect(await after.submit(client.next(note('w1')), nurse, 'ui')).toMatchObject({
    outcome: 'applied',
    seq: 3,
  });
  expect((await after.visitHistory('w1')).flatMap(({ events }) => events.map(({ type }) => type))).toEqual([
    'visit.created',
    'person.noted',
  ]);
  const { state } = await after.historyAt(after.now() + 1_000);
  expect(state.get('p:w1')?.d).toMatchObject({ fullName: 'Zqcanary w1', note: 'zqcanary-note' });
  const { counts, numPlain } = await countKids(await source(), boardKeys(board));
  // The note's event, and the person it is now part of. What was plain stays, but for what was written anew.
  expect([[...counts.values()], numPlain]).toEqual([[2], 7]);
  // A process that was started without keys says that it cannot follow, and goes on living.
  expect(before.state.get('p:w1')?.d).toMatchObject({ note: null });
  await registry.checkAll();
  expect(before.isDegraded).toBe(true);
});

test('[I3] a follower that lacks a key of another process reads it and misses nothing', async () => {
  const board = freshBoard();
  const [one, two] = await Promise.all(
    [vaults.open(), vaults.open()].map((vault) => processOn(redis, vault)),
  );
  const [host, follower] = [await one?.get(board), await two?.get(board)];
  if (!host || !follower) throw new Error('no host');
  const client = new Client('client-a');
  await host.submit(client.next(configureDay()), manager, 'ui');
  const visits = Array.from({ length: 70 }, (_, i) => `w${i}`);
  await host.submitMany(
    visits.map((id) => client.next(canary(id))),
    nurse,
    'ui',
  );
  await awaitUntil(
    'the follower stands where the host does',
    async () => follower.position.seq === host.position.seq,
  );
  expect(persons(follower)).toEqual(persons(host));
  const another = new Client('client-b');
  await follower.submit(another.next(note('w3')), nurse, 'ui');
  await awaitUntil('the host follows', async () => host.position.seq === follower.position.seq);
  expect(host.state.get('p:w3')?.d).toMatchObject({ note: 'zqcanary-note' });
});

test('[H-23] [privacy] a backup of Redis restored after the destruction yields no name; the rest of the day does', async () => {
  const board = freshBoard();
  const vault = vaults.open();
  const host = await (await processOn(redis, vault)).get(board);
  const client = new Client('client-a');
  await host.submit(client.next(configureDay()), manager, 'ui');
  for (const id of ['w1', 'w2']) await host.submit(client.next(canary(id)), nurse, 'ui');
  const keys = boardKeys(board);
  const names = [keys.meta, keys.ent, keys.log];
  const backup = await Promise.all(names.map((name) => redis.client().dumpBuffer(name)));
  await vault.destroyVisit(await source(), board, { visitId: 'w1', ...order });
  const restored = await startRedis();
  closers.push(() => restored.stop());
  await Promise.all(names.map((name, i) => restored.client().restore(name, 0, backup[i] ?? Buffer.from(''))));
  const reopened = await (await processOn(restored, vaults.open())).get(board);
  expect(persons(reopened)).toEqual(
    new Map([
      ['p:w1', 'Erased'],
      ['p:w2', 'Zqcanary w2'],
    ]),
  );
  expect(reopened.state.get('p:w1')?.d).toMatchObject({ dob: null, phone: null, reason: null, note: null });
  expect(JSON.stringify(await reopened.visitHistory('w1'))).not.toMatch(words);
  await vault.destroyPeriod({ clinic: board.clinic, period: board.date.slice(0, 7) }, order);
  const gone = await (await processOn(restored, vaults.open())).get(board);
  expect([...persons(gone).values()]).toEqual(['Erased', 'Erased']);
  // Nothing new can be written under a month that is gone; the command waits, and nothing is half done.
  const before = gone.position;
  expect(await gone.submit(new Client('client-z').next(canary('w7')), nurse, 'ui')).toMatchObject({
    outcome: 'hold',
    code: 'phi_unreadable',
  });
  expect(gone.position).toEqual(before);
});

test('[H-07] [crypto] an entry that was changed in Redis is not shown: the board says that it is stale, and lives', async () => {
  const board = freshBoard();
  const reasons = new Set<string>();
  const host = await (await processOn(redis, vaults.open())).get(board);
  const client = new Client('client-a');
  await host.submit(client.next(configureDay()), manager, 'ui');
  await host.submit(client.next(canary('w1')), nurse, 'ui');
  const keys = boardKeys(board);
  const raw = redis.client();
  const stored = (await raw.hget(keys.ent, 'p:w1')) ?? '';
  await raw.hset(keys.ent, 'p:w2', stored);
  const alarmed = vaults.open({
    onUse: ({ use, clinic, reason }) => use === 'failed' && reasons.add(`${clinic} ${reason}`),
  });
  await expect((await processOn(redis, alarmed)).get(board)).rejects.toMatchObject({
    code: 'phi_unreadable',
    details: { reason: 'tampered' },
  });
  expect([...reasons]).toEqual([`${board.clinic} tampered`]);
  await raw.hdel(keys.ent, 'p:w2');
  // A forged bell with a right chain, as whoever may publish and write could make.
  const { epoch, seq, chain } = host.position;
  const frame = 'sealed1 0:bolt1.g1.x.y - {';
  const bell = `${epoch} ${seq + 1} ${seq} ${nextChain(chain, seq + 1, frame)} 9-1 9\n${frame}`;
  await raw.publish(keys.channel, bell);
  await awaitUntil(
    'the bell was heard and the log was asked',
    async () => !host.isDegraded && host.position.seq === seq,
  );
  expect(await host.submit(client.next(note('w1')), nurse, 'ui')).toMatchObject({
    outcome: 'applied',
    seq: seq + 1,
  });
});

test('a crowd of first records, more than a block of keys holds, is sealed all the same', async () => {
  const registry = await processOn(redis, vaults.open());
  const host = await registry.get(freshBoard());
  await host.submit(new Client('opener-0').next(configureDay()), manager, 'ui');
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      host.submit(new Client(`crowd-${1000 + i}`).next(canary(`v${i}`)), nurse, 'ui'),
    ),
  );
  const kinds = new Set(outcomes.map(({ outcome }) => outcome));
  // Two hundred on one board collide; whoever lost too often is told to come again, and nobody is told of a fault.
  expect([...kinds].filter((kind) => kind !== 'applied' && kind !== 'hold')).toEqual([]);
  expect(persons(host).size).toBe(outcomes.filter(({ outcome }) => outcome === 'applied').length);
  expect(persons(host).size).toBeGreaterThan(64);
});
