import {
  type Cursor,
  type Frame,
  formatCursor,
  parseCursor,
  type SnapshotReason,
} from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, problemOf, type ServerFixture, startServer, today } from '../test/server-fixture.ts';
import type { StreamReader } from '../test/stream-reader.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let desk: Client;

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url);
  desk = await fixture.login('front-desk');
  for (let i = 0; i < 5; i += 1) await desk.walkIn(`r${i}`);
});
afterAll(async () => {
  await fixture.server.stop();
  await redis.stop();
});

const logKey = () => `{b:north:${today().replaceAll('-', '')}}:log`;

async function head(): Promise<Cursor> {
  const cursor = parseCursor(String((await desk.get(desk.board())).json.cursor));
  if (!cursor) throw new Error('the snapshot has no cursor');
  return cursor;
}

/** Positions of the log, oldest first, as cursors. */
async function positions(): Promise<Cursor[]> {
  const { view, schema, epoch } = await head();
  const entries = (await redis.call('XRANGE', logKey(), '-', '+')) as [string, string[]][];
  return entries.map(([id, fields]) => {
    const at = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
    return { view, schema, epoch, seq: Number(at('q')), id, chain: at('c') };
  });
}

async function mustAt(index: number): Promise<Cursor> {
  const found = (await positions()).at(index);
  if (!found) throw new Error('the log is shorter than that');
  return found;
}

const open = (cursor: Cursor | string, query = ''): Promise<StreamReader> =>
  desk.stream(`?cursor=${typeof cursor === 'string' ? cursor : formatCursor(cursor)}${query}`);

/** Frames between hello and the first heartbeat, which says that all has been sent. */
async function answerTo(reader: StreamReader) {
  await reader.ofName('hb');
  reader.close();
  return reader.frames.filter(({ name }) => name === 'snap' || name === 'ev');
}

async function snapReason(reader: StreamReader): Promise<SnapshotReason | undefined> {
  const frames = await answerTo(reader);
  expect(frames.every(({ name }) => name === 'snap')).toBe(true);
  return (frames[0]?.data as Frame<'snap'> | undefined)?.reason;
}

const otherChain = 'f'.repeat(32);

describe('resume decision table (board-stream 3.4)', () => {
  test('no session: 401; another clinic: 403', async () => {
    const nobody = await fetch(`${desk.board()}/stream`);
    expect(nobody.status).toBe(401);
    expect(problemOf(await desk.get(`${desk.board('south')}/stream`))).toEqual({
      status: 403,
      code: 'permission_denied',
    });
  });

  test('no cursor, unparsable cursor: snap init', async () => {
    expect(await snapReason(await desk.stream())).toBe('init');
    expect(await snapReason(await open('v1.nonsense'))).toBe('init');
  });

  test('cursor of another view: snap view', async () => {
    expect(await snapReason(await open({ ...(await head()), view: 'wall' }))).toBe('view');
  });

  test('cursor of another schema: snap schema', async () => {
    expect(await snapReason(await open({ ...(await head()), schema: 9 }))).toBe('schema');
  });

  test('epoch differs, such as of another board: snap epoch', async () => {
    expect(await snapReason(await open({ ...(await head()), epoch: '0'.repeat(32) }))).toBe('epoch');
  });

  test('seq beyond the head: snap ahead', async () => {
    const { seq, ...rest } = await head();
    expect(await snapReason(await open({ ...rest, seq: seq + 1 }))).toBe('ahead');
  });

  test('at the head with the same chain: live, nothing is sent but the heartbeat', async () => {
    expect(await answerTo(await open(await head()))).toEqual([]);
  });

  test('at the head with another chain: snap fork', async () => {
    expect(await snapReason(await open({ ...(await head()), chain: otherChain }))).toBe('fork');
  });

  test('earlier entry with its chain, in memory: replay from there to the head', async () => {
    const [from, top] = [await mustAt(-3), await head()];
    const frames = await answerTo(await open(from));
    expect(frames).toMatchObject([{ name: 'ev', id: formatCursor(top), data: { p: from.seq, s: top.seq } }]);
    const changed = frames.flatMap(({ name, data }) => (name === 'ev' ? data.ch.map(({ id }) => id) : []));
    expect(changed.toSorted()).toEqual(['p:r3', 'p:r4', 'v:r3', 'v:r4']);
  });

  test('earlier entry with another chain: snap fork', async () => {
    expect(await snapReason(await open({ ...(await mustAt(-3)), chain: otherChain }))).toBe('fork');
  });

  test('earlier entry that only the log knows: replay, read once for all who ask together', async () => {
    await using second = await startServer(redis.url);
    const client = await second.login('front-desk');
    const [from, top] = [await mustAt(-3), await head()];
    await client.get(client.board());
    await redis.call('CONFIG', 'RESETSTAT');
    const readers = await Promise.all(
      Array.from({ length: 20 }, () => client.stream(`?cursor=${formatCursor(from)}`)),
    );
    for (const reader of readers) {
      expect(await answerTo(reader)).toMatchObject([{ name: 'ev', data: { p: from.seq, s: top.seq } }]);
    }
    const stats = String(await redis.call('INFO', 'commandstats'));
    const reads = Number(/cmdstat_fcall_ro:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    expect(reads).toBeLessThanOrEqual(20);
  });

  test('earlier entry that only the log knows, with another chain: snap fork', async () => {
    await using second = await startServer(redis.url);
    const client = await second.login('front-desk');
    const cursor = formatCursor({ ...(await mustAt(-3)), chain: otherChain });
    expect(await snapReason(await client.stream(`?cursor=${cursor}`))).toBe('fork');
  });

  test('the header Last-Event-ID wins over the query', async () => {
    const reader = await desk.stream('?cursor=v1.nonsense', { 'last-event-id': formatCursor(await head()) });
    expect(await answerTo(reader)).toEqual([]);
  });

  test('over 500 missed: snap cheaper', async () => {
    const client = await fixture.login('front-desk');
    const from = await head();
    for (let batch = 0; batch < 11; batch += 1) {
      const commands = Array.from({ length: 50 }, (_, i) => ({
        clientId: client.clientId,
        n: batch * 50 + i + 1,
        command: { type: 'setNote', visitId: 'r0', note: `note ${batch} ${i}` },
      }));
      expect((await client.post(`${client.board()}/commands`, { commands })).status).toBe(200);
    }
    expect(await snapReason(await open(from))).toBe('cheaper');
  });

  test('entry trimmed, even if only one is missing: snap trimmed', async () => {
    await using second = await startServer(redis.url);
    const client = await second.login('front-desk');
    const [from, next] = [await mustAt(-5), await mustAt(-4)];
    await redis.call('XTRIM', logKey(), 'MINID', next.id);
    expect(await snapReason(await client.stream(`?cursor=${formatCursor(from)}`))).toBe('trimmed');
    expect(await answerTo(await client.stream(`?cursor=${formatCursor(next)}`))).toMatchObject([
      { name: 'ev' },
    ]);
  });
});

describe('limits', () => {
  test('more streams than allowed: 503 overloaded with Retry-After; a free place is given again', async () => {
    await using small = await startServer(redis.url, { config: { streamsMax: 1 } });
    const client = await small.login('front-desk');
    const first = await client.stream();
    await first.ofName('hb');
    const refused = await client.get(`${client.board()}/stream`);
    expect(problemOf(refused)).toEqual({ status: 503, code: 'overloaded' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    first.close();
    while (small.server.streams > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await (await client.stream()).ofName('hb');
  });

  test('an Accept header without event streams: 406', async () => {
    const answer = await desk.get(`${desk.board()}/stream`, { accept: 'application/json' });
    expect(problemOf(answer)).toEqual({ status: 406, code: 'not_acceptable' });
  });
});
