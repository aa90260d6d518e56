import { connect } from 'node:net';
import { type Frame, frameSchemas, heartbeatMs } from '@workflow-bolt/contracts';
import { BoardState } from '@workflow-bolt/domain';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, eventually, type ServerFixture, startServer } from '../test/server-fixture.ts';
import type { StreamReader } from '../test/stream-reader.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let desk: Client;
let assistant: Client;

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url, { heartbeatMs: 600 });
  desk = await fixture.login('front-desk');
  assistant = await fixture.login('medical-assistant');
});
afterAll(async () => {
  await fixture.server.stop();
  await redis.stop();
});

/** Applies frames as board-stream 3.6 says, and asserts that nothing is missing. */
function replica(reader: StreamReader): { seq: number; digest: string; entities: Map<string, unknown> } {
  const versions = new Map<string, number>();
  const entities = new Map<string, unknown>();
  let seq = -1;
  for (const frame of reader.frames) {
    expect(frameSchemas[frame.name].safeParse(frame.data).error).toBeUndefined();
    if (frame.name === 'snap') {
      if (frame.data.part === 1) for (const held of [versions, entities]) held.clear();
      for (const { id, v, d } of frame.data.ents) {
        versions.set(id, v);
        entities.set(id, d);
      }
      seq = frame.data.s;
    }
    if (frame.name === 'ev' && frame.data.s > seq) {
      expect(frame.data.p).toBeLessThanOrEqual(seq);
      for (const { o, id, v, d } of frame.data.ch) {
        if (v <= (versions.get(id) ?? -1)) continue;
        versions.set(id, v);
        if (o === 'set') entities.set(id, d);
        else entities.delete(id);
      }
      seq = frame.data.s;
    }
  }
  const state = new BoardState(
    [...entities].map(([id, d]) => [id, { v: versions.get(id) ?? 0, d }] as never),
    seq,
  );
  return { seq, digest: state.digestText, entities };
}

const order = (reader: StreamReader) => reader.frames.map(({ name }) => name);

test('a stream begins with hello, the snapshot and a heartbeat that agrees with it', async () => {
  const reader = await desk.stream();
  await reader.ofName('hb');
  expect(order(reader)).toEqual(['hello', 'snap', 'hb']);
  expect(reader.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  const hb = await reader.ofName('hb');
  const { maxAge, ...hello } = await reader.ofName('hello');
  expect(hello).toMatchObject({ proto: 1, hb: 600 });
  expect(maxAge).toBeGreaterThanOrEqual(2_700_000);
  expect(maxAge).toBeLessThanOrEqual(3_300_000);
  const { s, c, dg, n } = await reader.ofName('snap');
  expect(hb).toMatchObject({ s, c, dg, n });
  expect(replica(reader).digest).toBe(dg);
  reader.close();
});

test('I2, I3: two people act at once and every reader ends with the board, in one order', async () => {
  const readers = await Promise.all(Array.from({ length: 5 }, () => desk.stream()));
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      await (i % 2 === 0 ? desk : assistant).post(`${desk.board()}/commands`, {
        clientId: `parallel-${i}`,
        n: 1,
        command: { type: 'createVisit', visitId: `p${i}`, kind: 'walk-in', fullName: 'P' },
      });
    }),
  );
  const board = (await desk.get(desk.board())).json as { seq: number; digest: string };
  for (const reader of readers) {
    await eventually(() => expect(replica(reader).seq).toBe(board.seq));
    expect(replica(reader).digest).toBe(board.digest);
    reader.close();
  }
});

test('changes name the command that caused them', async () => {
  const reader = await desk.stream();
  await reader.ofName('hb');
  const answer = await desk.walkIn('m1');
  const { eventIds } = (answer.json.outcomes as { eventIds: string[] }[])[0] ?? { eventIds: [] };
  const frame = await reader.ofName('ev');
  expect(frame.ch.map(({ m }) => m)).toEqual([eventIds[0]?.split('#')[0], eventIds[0]?.split('#')[0]]);
  reader.close();
});

test('a batch of commands reaches a reader in few frames, none of them missing', async () => {
  const reader = await desk.stream();
  const before = (await reader.ofName('hb')).s;
  const commands = Array.from({ length: 50 }, (_, i) => ({
    clientId: 'batching-1',
    n: i + 1,
    command: { type: 'createVisit', visitId: `q${i}`, kind: 'walk-in', fullName: 'Q' },
  }));
  await desk.post(`${desk.board()}/commands`, { commands });
  await eventually(() => expect(replica(reader).seq).toBe(before + 50));
  expect(order(reader).filter((name) => name === 'ev').length).toBeLessThanOrEqual(10);
  reader.close();
});

test('a heartbeat comes by itself and never tells of more than was sent', async () => {
  const reader = await desk.stream();
  await reader.ofName('hb');
  for (let i = 0; i < 10; i += 1) {
    await desk.walkIn(`hb${i}`);
    await new Promise((resolve) => setTimeout(resolve, 130));
  }
  let sent = -1;
  for (const { name, data } of reader.frames) {
    if (name === 'ev' || name === 'snap') sent = data.s;
    if (name === 'hb') expect(data.s).toBe(sent);
  }
  expect(order(reader).filter((name) => name === 'hb').length).toBeGreaterThanOrEqual(2);
  reader.close();
});

test('a hidden reader gets changes coalesced, and is brought up to date when it is shown', async () => {
  const tab = crypto.randomUUID();
  const hidden = await desk.stream(`?vis=hidden&tab=${tab}`);
  await hidden.ofName('hb');
  await desk.walkIn('hid');
  for (let i = 0; i < 10; i += 1)
    await desk.command({ type: 'setPinned', visitId: 'hid', isPinned: i % 2 === 0 });
  const { seq } = (await desk.get(desk.board())).json as { seq: number };
  await eventually(() => expect(replica(hidden).seq).toBe(seq));
  expect(order(hidden).filter((name) => name === 'ev').length).toBeLessThanOrEqual(3);
  const visible = { tab, ackSeq: seq, visible: true };
  expect((await desk.post(`${desk.board()}/presence`, visible)).status).toBe(204);
  await desk.command({ type: 'setNote', visitId: 'hid', note: 'shown' });
  const frame = await hidden.ofName('ev', ({ s }) => s === seq + 1);
  expect(frame.p).toBe(seq);
  hidden.close();
});

test('the wall sees initials and rooms only, also in changes; its heartbeat counts what it sees', async () => {
  const wall = await desk.stream('?view=wall');
  await wall.ofName('hb');
  await desk.walkIn('wall1', { fullName: 'Walter Example', dob: '1970-01-01', reason: 'Private matter' });
  const frame = await wall.ofName('ev');
  expect(frame.ch.find(({ id }) => id === 'p:wall1')?.d).toMatchObject({
    fullName: 'W. E.',
    dob: null,
    reason: null,
  });
  const later = await wall.ofName('hb', ({ s }) => s === frame.s);
  expect(replica(wall)).toMatchObject({ digest: later.dg });
  expect(JSON.stringify(wall.frames)).not.toMatch(/Walter|1970-01-01|Private matter/);
  wall.close();
});

test('a visit that leaves the wall is deleted there, and the next change continues from it', async () => {
  const wall = await desk.stream('?view=wall');
  await wall.ofName('hb');
  await desk.walkIn('wall2');
  await desk.command({ type: 'setFlags', visitId: 'wall2', privacy: true });
  const gone = await wall.ofName('ev', ({ ch }) => ch.some(({ o, id }) => o === 'del' && id === 'v:wall2'));
  await desk.command({ type: 'setNote', visitId: 'wall2', note: 'unseen' });
  await desk.walkIn('wall3');
  const next = await wall.ofName('ev', ({ ch }) => ch.some(({ id }) => id === 'v:wall3'));
  expect(next.p).toBeGreaterThanOrEqual(gone.s);
  await eventually(() => expect(replica(wall).entities.has('v:wall2')).toBe(false));
  wall.close();
});

test('people are told who else looks, gathered by person', async () => {
  const reader = await desk.stream();
  const say = (client: Client, more: object) =>
    client.post(`${client.board()}/presence`, {
      tab: crypto.randomUUID(),
      ackSeq: 1,
      visible: true,
      ...more,
    });
  await say(assistant, {});
  await say(assistant, { editing: 'v:p1' });
  const isThere = ({ users }: Frame<'pres'>) =>
    users.some(({ id, tabs }) => id === 'medical-assistant' && tabs === 2);
  const { users } = await reader.ofName('pres', isThere);
  expect(users.find(({ id }) => id === 'medical-assistant')).toEqual({
    id: 'medical-assistant',
    name: 'The medical-assistant',
    role: 'medical-assistant',
    tabs: 2,
    editing: 'v:p1',
  });
  reader.close();
});

test('mode=poll answers at once with a snapshot, later with what has changed, then ends', async () => {
  const first = await desk.stream('?mode=poll');
  await first.untilEnd();
  expect([...new Set(order(first))]).toEqual(['hello', 'snap', 'hb']);
  const second = await desk.stream(`?mode=poll&cursor=${first.cursor}`);
  await second.ofName('hb');
  await desk.walkIn('poll1');
  await second.untilEnd();
  expect(order(second)).toEqual(['hello', 'hb', 'ev', 'hb']);
});

test('an old stream is asked to rotate', async () => {
  await using short = await startServer(redis.url, { heartbeatMs: 120, config: { streamMaxAgeMs: 200 } });
  const client = await short.login('front-desk');
  const reader = await client.stream();
  expect(await reader.ofName('bye')).toEqual({ code: 'rotate', after: 0 });
  await reader.untilEnd();
  await eventually(() => expect(short.server.streams).toBe(0));
});

test('I9: a session ends at its time, announced, however busy its stream; reconnecting asks to sign in', async () => {
  await using short = await startServer(redis.url, { heartbeatMs: 120, config: { sessionHours: 1 / 3_600 } });
  const client = await short.login('front-desk');
  const reader = await client.stream();
  expect((await reader.ofName('auth')).expIn).toBeLessThanOrEqual(1_000);
  expect(await reader.ofName('bye')).toEqual({ code: 'auth', after: 0 });
  await reader.untilEnd();
  expect(order(reader).filter((name) => name === 'auth')).toHaveLength(1);
  expect((await client.get(`${client.board()}/stream`)).status).toBe(401);
});

test('signing out ends the streams of that session at once, and no other', async () => {
  const [leaving, staying] = [await fixture.login('provider'), await fixture.login('provider')];
  const [gone, kept] = [await leaving.stream(), await staying.stream()];
  await Promise.all([gone.ofName('hb'), kept.ofName('hb')]);
  expect((await leaving.post(`${leaving.url}/api/v1/logout`, {})).status).toBe(204);
  expect((await gone.ofName('bye')).code).toBe('revoked');
  expect((await leaving.get(leaving.board())).status).toBe(401);
  const seen = kept.frames.length;
  await desk.walkIn('after-logout');
  await eventually(() => expect(kept.frames.length).toBeGreaterThan(seen));
  kept.close();
});

test('an HTTP/1.0 reader, such as a proxy with its defaults, gets the bare stream', async () => {
  const { pathname, host, port } = new URL(`${desk.board()}/stream`);
  const socket = connect(Number(port), '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  socket.write(
    `GET ${pathname} HTTP/1.0\r\nHost: ${host}\r\nSec-Fetch-Site: same-origin\r\nCookie: ${desk.headers.cookie}\r\n\r\n`,
  );
  await eventually(() => expect(text).toContain('event: hb'));
  expect(text).not.toContain('Transfer-Encoding');
  expect(text).toContain('\r\n\r\nretry: 1000\nevent: hello\n');
  socket.destroy();
});

test('the default heartbeat is the one of the contract', () => {
  expect(heartbeatMs).toBe(15_000);
});
