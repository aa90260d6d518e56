/** Rows of the failure matrix (board-stream 3.12) that the server answers for, each by its name. */
import { formatCursor, parseCursor } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Client, eventually, problemOf, startServer, today } from '../test/server-fixture.ts';

let redis: RedisServer;
beforeEach(async () => {
  redis = await startRedis({ persist: 'aof-always' });
});
afterEach(async () => {
  await redis.stop();
});

const tag = () => `{b:north:${today().replaceAll('-', '')}}`;
const board = async (client: Client) =>
  (await client.get(client.board())).json as { seq: number; digest: string; epoch: string; cursor: string };

test('API process killed: another one takes the reader from its cursor, no change lost or doubled', async () => {
  await using survivor = await startServer(redis.url);
  const dying = await startServer(redis.url);
  const desk = await dying.login('front-desk');
  const reader = await desk.stream();
  await reader.ofName('hb');
  await desk.walkIn('k1');
  await reader.ofName('ev');
  const { cursor } = reader;
  await dying.server.stop();
  await reader.untilEnd();
  const other = await survivor.login('front-desk');
  await other.walkIn('k2');
  const again = await other.stream(`?cursor=${cursor}`);
  const frame = await again.ofName('ev');
  expect(frame).toMatchObject({ p: parseCursor(cursor ?? '')?.seq, s: (await board(other)).seq });
  expect(frame.ch.map(({ id }) => id).toSorted()).toEqual(['p:k2', 'v:k2']);
  again.close();
});

test('a session opened at one process is known to the other', async () => {
  await using one = await startServer(redis.url);
  await using two = await startServer(redis.url);
  const client = await one.login('manager');
  const answer = await client.get(`${two.url}/api/v1/session`);
  expect(answer).toMatchObject({ status: 200, json: { user: { id: 'manager' }, station: 'desk-1' } });
});

test('two servers on one Redis see each other’s changes, in one order', async () => {
  await using one = await startServer(redis.url);
  await using two = await startServer(redis.url);
  const [a, b] = [await one.login('front-desk'), await two.login('front-desk')];
  const [left, right] = [await a.stream(), await b.stream()];
  await Promise.all([left.ofName('hb'), right.ofName('hb')]);
  await Promise.all(Array.from({ length: 12 }, (_, i) => (i % 2 ? a : b).walkIn(`x${i}`)));
  // The day and twelve visits; either server may still be hearing of the other's last ones.
  const seq = 13;
  await eventually(async () => expect(await board(a)).toMatchObject({ seq }));
  const { digest } = await board(a);
  await eventually(async () => expect(await board(b)).toMatchObject({ seq, digest }));
  for (const reader of [left, right]) {
    await reader.ofName('ev', ({ s }) => s === seq);
    const positions = reader.frames.flatMap(({ name, data }) => (name === 'ev' ? [data.s] : []));
    expect(positions).toEqual(positions.toSorted((x, y) => x - y));
    reader.close();
  }
});

describe('rolling deploy', () => {
  test('every reader is told to go elsewhere, each after its own time; readiness is off first', async () => {
    const going = await startServer(redis.url);
    const desk = await going.login('front-desk');
    const readers = await Promise.all(Array.from({ length: 8 }, () => desk.stream()));
    await Promise.all(readers.map((reader) => reader.ofName('hb')));
    const draining = going.server.drain();
    const byes = await Promise.all(readers.map((reader) => reader.ofName('bye')));
    await draining;
    expect(byes.every(({ code, after }) => code === 'drain' && after >= 0 && after <= 8_000)).toBe(true);
    expect(new Set(byes.map(({ after }) => after)).size).toBeGreaterThan(1);
    await Promise.all(readers.map((reader) => reader.untilEnd()));
    await expect(fetch(`${going.url}/healthz`)).rejects.toThrow();
    await going.server.stop();
  });

  test('a request that is under way when the drain begins is answered', async () => {
    const going = await startServer(redis.url);
    const desk = await going.login('front-desk');
    await desk.walkIn('d1');
    const slow = slowCommand(desk);
    await slow.headersSent;
    const draining = going.server.drain();
    slow.finish();
    expect((await slow.answer).status).toBe(200);
    await draining;
    await going.server.stop();
  });
});

/** A command whose body is sent only when asked: a request that is under way. */
function slowCommand(client: Client) {
  const encoder = new TextEncoder();
  const sent = Promise.withResolvers<void>();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
      given.enqueue(encoder.encode('{"clientId":"slow-client","n":1,'));
    },
  });
  const answer = fetch(`${client.board()}/commands`, {
    method: 'POST',
    headers: { ...client.headers, 'content-type': 'application/json' },
    body,
    duplex: 'half',
  } as RequestInit);
  setTimeout(sent.resolve, 100);
  const finish = () => {
    controller?.enqueue(encoder.encode('"command":{"type":"setPinned","visitId":"d1","isPinned":true}}'));
    controller?.close();
  };
  return { headersSent: sent.promise, answer, finish };
}

test('Redis down: nobody is let in on a memory, streams stay and say so; then all is well again', async () => {
  await using fixture = await startServer(redis.url, { heartbeatMs: 300 });
  const desk = await fixture.login('front-desk');
  await desk.walkIn('down1');
  const reader = await desk.stream();
  await reader.ofName('hb');
  const before = await board(desk);
  await redis.kill9();
  await reader.ofName('hb', ({ degraded }) => degraded?.includes('redis') ?? false);
  const held = await desk.post(`${desk.board()}/commands`, {
    clientId: 'held-client',
    n: 1,
    command: { type: 'setPinned', visitId: 'down1', isPinned: true },
  });
  expect(problemOf(held)).toEqual({ status: 503, code: 'store_unavailable' });
  expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(problemOf(await desk.get(desk.board()))).toEqual({ status: 503, code: 'store_unavailable' });
  expect((await fetch(`${fixture.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${fixture.url}/healthz`)).status).toBe(200);
  expect(reader.isEnded).toBe(false);
  await redis.start();
  await eventually(async () => {
    const again = await desk.post(`${desk.board()}/commands`, {
      clientId: 'held-client',
      n: 1,
      command: { type: 'setPinned', visitId: 'down1', isPinned: true },
    });
    expect(again.status).toBe(200);
  });
  const frame = await reader.ofName('ev');
  expect(frame).toMatchObject({ p: before.seq, s: before.seq + 1 });
  await reader.ofName('hb', ({ s, degraded }) => s === frame.s && !degraded?.includes('redis'));
  await eventually(async () => expect((await fetch(`${fixture.url}/readyz`)).status).toBe(200));
  reader.close();
});

test('[I5] no read is answered, and none recorded, while it cannot be asked who reads', async () => {
  await using fixture = await startServer(redis.url);
  const desk = await fixture.login('front-desk');
  await board(desk);
  const before = Number(await redis.call('XLEN', `${tag()}:aud`));
  await redis.kill9();
  for (const url of [desk.board(), `${desk.board()}/metrics-summary`, `${desk.board()}/stream`]) {
    expect(problemOf(await desk.get(url))).toEqual({ status: 503, code: 'store_unavailable' });
  }
  await redis.start();
  await eventually(async () => expect((await desk.get(desk.board())).status).toBe(200));
  expect(Number(await redis.call('XLEN', `${tag()}:aud`))).toBe(before + 1);
});

test('Redis failover, tail lost: a new epoch, every reader gets a snapshot', async () => {
  await using fixture = await startServer(redis.url, { heartbeatMs: 300 });
  const desk = await fixture.login('front-desk');
  await desk.walkIn('kept');
  const saved = await board(desk);
  await desk.walkIn('lost');
  const reader = await desk.stream();
  await reader.ofName('hb');
  const cursor = reader.cursor ?? '';
  await forgetLastEntry();
  const snap = await reader.ofName('snap', ({ reason }) => reason === 'fork' || reason === 'epoch');
  expect(snap.e).not.toBe(saved.epoch);
  const ids = snap.ents.map(({ id }) => id);
  expect(ids).toContain('v:kept');
  expect(ids).not.toContain('v:lost');
  const late = await desk.stream(`?cursor=${cursor}`);
  expect((await late.ofName('snap')).reason).toBe('epoch');
  for (const each of [reader, late]) each.close();
});

/** What a promoted replica looks like that never got the last entry: the log, the entities and the position before it. */
async function forgetLastEntry(): Promise<void> {
  const entries = (await redis.call('XREVRANGE', `${tag()}:log`, '+', '-', 'COUNT', '2')) as [
    string,
    string[],
  ][];
  const [last, previous] = entries;
  if (!last || !previous) throw new Error('the log is too short');
  const field = (name: string) => previous[1][previous[1].indexOf(name) + 1] ?? '';
  await redis.call('XDEL', `${tag()}:log`, last[0]);
  await redis.call('HDEL', `${tag()}:ent`, 'v:lost', 'p:lost');
  await redis.call('HSET', `${tag()}:meta`, 'seq', field('q'), 'c', field('c'), 'id', previous[0]);
}

test('meta key deleted: a new epoch, rebuilt from the entities', async () => {
  await using fixture = await startServer(redis.url, { heartbeatMs: 300 });
  const desk = await fixture.login('front-desk');
  await desk.walkIn('rebuilt');
  const { epoch } = await board(desk);
  const reader = await desk.stream();
  await reader.ofName('hb');
  await redis.call('DEL', `${tag()}:meta`);
  const snap = await reader.ofName('snap', ({ e }) => e !== epoch);
  expect(snap.ents.map(({ id }) => id)).toContain('v:rebuilt');
  reader.close();
});

test('Pub/Sub message lost: the position check brings the change within its second', async () => {
  await using one = await startServer(redis.url);
  await using two = await startServer(redis.url);
  const [a, b] = [await one.login('front-desk'), await two.login('front-desk')];
  const reader = await b.stream();
  const { s } = await reader.ofName('hb');
  // Its subscriber is cut off at the server and does not know it: half-open.
  await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await a.walkIn('unheard');
  const frame = await reader.ofName('ev', ({ ch }) => ch.some(({ id }) => id === 'v:unheard'));
  expect(frame).toMatchObject({ p: s, s: s + 1 });
  reader.close();
});

test('token revoked: the next request is 401 and the stream is closed', async () => {
  await using fixture = await startServer(redis.url);
  const desk = await fixture.login('front-desk');
  const reader = await desk.stream();
  await reader.ofName('hb');
  await desk.post(`${fixture.url}/api/v1/logout`, {});
  expect((await reader.ofName('bye')).code).toBe('revoked');
  expect(problemOf(await desk.get(`${desk.board()}/stream`))).toEqual({
    status: 401,
    code: 'not_authenticated',
  });
});

test('schema change: a cursor of another version gets a snapshot', async () => {
  await using fixture = await startServer(redis.url);
  const desk = await fixture.login('front-desk');
  const cursor = parseCursor((await board(desk)).cursor);
  if (!cursor) throw new Error('no cursor');
  const reader = await desk.stream(`?cursor=${formatCursor({ ...cursor, schema: cursor.schema + 1 })}`);
  expect((await reader.ofName('snap')).reason).toBe('schema');
  reader.close();
});

test('a Redis that evicts: the server refuses to start and says why', async () => {
  await redis.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  await expect(startServer(redis.url, { config: { allowVolatileRedis: false } })).rejects.toThrow(
    /noeviction/,
  );
});
