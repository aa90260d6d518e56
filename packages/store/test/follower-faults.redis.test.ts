/** One server that loses what it should keep: each loss is seen, announced, and never mixed into a history. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { awaitUntil, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type BoardHost,
  BoardRegistry,
  boardKeys,
  createRedisPort,
  fromUrl,
  type RedisPort,
} from '../src/index.ts';
import { Client, configureDay, freshBoard, manager, nurse, walkIn } from './board-fixture.ts';

type Process = { port: RedisPort; registry: BoardRegistry; host: BoardHost; resets: string[] };

let server: RedisServer;
const board = freshBoard();
const processes: Process[] = [];
let client: Client;

async function startProcess(): Promise<Process> {
  const port = createRedisPort(fromUrl(server.url));
  const registry = new BoardRegistry({ port, checkIntervalMs: 100 });
  await registry.start();
  const host = await registry.get(board);
  const resets: string[] = [];
  host.onReset((reason) => resets.push(reason));
  host.onChange(() => {});
  processes.push({ port, registry, host, resets });
  return { port, registry, host, resets };
}

beforeEach(async () => {
  server = await startRedis({ persist: 'aof-always' });
  client = new Client('client-a');
});

afterEach(async () => {
  for (const { registry, port } of processes.splice(0)) {
    await registry.stop();
    await port.close();
  }
  await server.stop();
});

async function openDay(host: BoardHost, numVisits: number): Promise<void> {
  await host.submit(client.next(configureDay()), manager, 'ui');
  for (let i = 1; i <= numVisits; i++) await host.submit(client.next(walkIn(`w${i}`)), nurse, 'ui');
}

async function untilAllAt(seq: number): Promise<void> {
  await awaitUntil(`all processes stand at ${seq}`, async () =>
    processes.every(({ host }) => !host.isDegraded && host.position.seq === seq),
  );
}

function assertAllEqual(): void {
  const [first] = processes;
  for (const { host } of processes) {
    expect(host.position).toEqual(first?.host.position);
    expect(host.state.digestText).toBe(first?.host.state.digestText);
  }
}

test('[BL-FORK] a lost tail is a fork: one new epoch, and everyone reads the board again', async () => {
  const a = await startProcess();
  const b = await startProcess();
  await openDay(a.host, 2);
  await untilAllAt(3);
  const { epoch } = a.host.position;
  await server.kill9();
  const keep = server.truncateAof(0);
  await server.start();
  await untilAllAt(3);
  expect(a.host.position.epoch).toBe(epoch);
  await a.host.submit(client.next(walkIn('w3')), nurse, 'ui');
  await a.host.submit(client.next(walkIn('w4')), nurse, 'ui');
  await untilAllAt(5);
  await server.kill9();
  server.truncateAof(10_000_000);
  expect(keep).toBeGreaterThan(0);
  await server.start();
  await untilAllAt(0);
  expect(a.host.position.epoch).not.toBe(epoch);
  assertAllEqual();
  expect([a.resets.at(-1), b.resets.at(-1)].sort()).toContain('fork');
  const retained = { clientId: 'client-a', n: 1, command: configureDay() };
  expect(await b.host.submit(retained, manager, 'ui')).toMatchObject({ outcome: 'applied', seq: 1 });
  await untilAllAt(1);
  assertAllEqual();
});

test('[BL-FORK] an old backup that comes back, and grows past where everyone stood, is still a fork', async () => {
  const a = await startProcess();
  await openDay(a.host, 2);
  await server.term();
  const backup = join(server.dir, 'backup');
  cpSync(join(server.dir, 'appendonlydir'), backup, { recursive: true });
  await server.start();
  await untilAllAt(3);
  const { epoch } = a.host.position;
  await a.host.submit(client.next(walkIn('w3')), nurse, 'ui');
  const lost = a.host.position;
  // It sleeps through the whole exchange, so it cannot see a lower position: only the chain tells.
  await a.registry.stop();
  await server.term();
  rmSync(join(server.dir, 'appendonlydir'), { recursive: true });
  cpSync(backup, join(server.dir, 'appendonlydir'), { recursive: true });
  await server.start();
  const b = await startProcess();
  await b.host.submit({ clientId: 'client-b', n: 1, command: walkIn('x1') }, nurse, 'ui');
  await b.host.submit({ clientId: 'client-b', n: 2, command: walkIn('x2') }, nurse, 'ui');
  const reasons: string[] = [];
  a.host.onReset((reason) => reasons.push(reason));
  await awaitUntil('its connection is back', async () => a.port.isReady);
  await a.host.checked(lost, await b.port.fcall(b.host.positionCall()), true);
  await untilAllAt(5);
  expect(a.host.position.epoch).not.toBe(epoch);
  expect(a.host.state.get('v:w3')).toBeUndefined();
  expect(reasons).toEqual(['fork']);
  await b.registry.checkAll();
  assertAllEqual();
  const cursor = { view: 'staff', schema: 1, ...lost } as const;
  expect(await b.host.resume(cursor, 'staff')).toMatchObject({ kind: 'snap', reason: 'epoch' });
});

test('[BL-EPOCH] a position that is gone is restored from the log under a new epoch', async () => {
  const a = await startProcess();
  const b = await startProcess();
  await openDay(a.host, 2);
  await untilAllAt(3);
  const before = a.host.position;
  const digest = a.host.state.digestText;
  await a.port.command('DEL', boardKeys(board).meta);
  await awaitUntil('a new epoch', async () =>
    processes.every(({ host }) => host.position.epoch !== before.epoch),
  );
  await untilAllAt(3);
  assertAllEqual();
  expect(a.host.state.digestText).toBe(digest);
  expect(a.host.position.chain).toBe(before.chain);
  expect(await b.host.submit(client.next(walkIn('w3')), nurse, 'ui')).toMatchObject({
    outcome: 'applied',
    seq: 4,
  });
});

test('[BL-EPOCH] position and log gone: the entities are kept and their versions stay unique', async () => {
  const a = await startProcess();
  await openDay(a.host, 2);
  const digest = a.host.state.digestText;
  await a.port.command('DEL', boardKeys(board).meta, boardKeys(board).log);
  await awaitUntil('a reset', async () => a.resets.includes('fork'));
  await untilAllAt(3);
  expect(a.host.state.digestText).toBe(digest);
  expect(await a.host.submit(client.next(walkIn('w3')), nurse, 'ui')).toMatchObject({
    outcome: 'applied',
    seq: 4,
  });
  const b = await startProcess();
  expect(b.host.state.digestText).toBe(a.host.state.digestText);
  await a.host.submit(client.next(walkIn('w4')), nurse, 'ui');
  await untilAllAt(5);
  assertAllEqual();
});

test('[BL-TRIM] a follower behind a trimmed log reads the board again in the same epoch', async () => {
  const a = await startProcess();
  const b = await startProcess();
  await openDay(a.host, 1);
  await untilAllAt(2);
  const { epoch } = a.host.position;
  await b.registry.stop();
  const behind = b.host.position;
  for (const id of ['w2', 'w3', 'w4']) await a.host.submit(client.next(walkIn(id)), nurse, 'ui');
  await a.port.command('XTRIM', boardKeys(board).log, 'MAXLEN', '1');
  const found = await a.port.fcall(a.host.positionCall());
  const reasons: string[] = [];
  b.host.onReset((reason) => reasons.push(reason));
  await b.host.checked(behind, found, true);
  expect(b.host.position).toEqual({ ...a.host.position, epoch });
  expect(reasons).toEqual(['trimmed']);
  assertAllEqual();
});

test('a server that is away: commands are held, reads go on, and it says so until it is back', async () => {
  const a = await startProcess();
  await openDay(a.host, 1);
  const states: boolean[] = [];
  a.host.onDegraded((isDegraded) => states.push(isDegraded));
  await server.kill9();
  await awaitUntil('the loss is noticed', async () => a.host.isDegraded);
  const envelope = client.next(walkIn('w2'));
  expect(await a.host.submit(envelope, nurse, 'ui')).toMatchObject({
    outcome: 'hold',
    code: 'store_unavailable',
  });
  expect(a.host.state.get('v:w1')?.v).toBe(2);
  await server.start();
  await untilAllAt(2);
  expect(await a.host.submit(envelope, nurse, 'ui')).toMatchObject({ outcome: 'applied', seq: 3 });
  expect(states).toEqual([true, false]);
});

test('[BL-ONCE] a stalled server: the outcome is unknown, and the same command tells it later', async () => {
  const a = await startProcess();
  await openDay(a.host, 1);
  await server.pause();
  const envelope = client.next(walkIn('w2'));
  const outcome = await a.host.submit(envelope, nurse, 'ui', { deadlineMs: a.host.now() + 60_000 });
  expect(outcome).toMatchObject({ outcome: 'hold', code: 'outcome_unknown' });
  server.resume();
  await awaitUntil('an answer', async () => {
    const again = await a.host.submit(envelope, nurse, 'ui');
    return again.outcome !== 'hold';
  });
  const done = await a.host.submit(envelope, nurse, 'ui');
  expect(done).toEqual({ outcome: 'duplicate', n: 3, seq: 3, code: null });
  expect(await a.port.command('XLEN', boardKeys(board).log)).toBe(3);
});

test('[BL-DOORBELL] a user who may not publish still gets a true answer', async () => {
  const { ensureFunctions } = await import('../src/index.ts');
  const a = await startProcess();
  await ensureFunctions(a.port);
  await openDay(a.host, 1);
  await server.call('ACL', 'SETUSER', 'mute', 'on', 'nopass', '~*', '&*', '+@all', '-publish');
  const port = createRedisPort({ ...fromUrl(server.url), username: 'mute', password: 'x' });
  const registry = new BoardRegistry({ port });
  await registry.start();
  const mute = await registry.get(board);
  expect(await mute.submit(client.next(walkIn('w2')), nurse, 'ui')).toMatchObject({
    outcome: 'applied',
    seq: 3,
  });
  expect(mute.position.seq).toBe(3);
  await untilAllAt(3);
  await registry.stop();
  await port.close();
});
