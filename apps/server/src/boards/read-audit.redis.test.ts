/** I5 for reads, strictly: no answer without its entry, on every way by which a board is read. */
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyHash } from '../access/policy-hash.ts';
import {
  type Client,
  eventually,
  problemOf,
  type ServerFixture,
  startServer,
  today,
} from '../test/server-fixture.ts';

let redis: RedisServer;
let server: ServerFixture;
let desk: Client;
beforeAll(async () => {
  redis = await startRedis();
  server = await startServer(redis.url);
  desk = await server.login('front-desk');
  await desk.walkIn('known', { fullName: 'Zzread Known' });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
});

const record = () => `{b:north:${today().replaceAll('-', '')}}:aud`;

type Mark = { sid?: string; aal?: string; rid?: string; pol?: string; pou?: string };
type Kept = Mark & { code: string; actor: string; what?: string; command?: string; pat?: string[] };
async function kept(): Promise<Kept[]> {
  const entries = (await redis.call('XRANGE', record(), '-', '+')) as [string, string[]][];
  return entries.map(([, fields]) => {
    const text = fields[fields.indexOf('f') + 1] ?? '{}';
    return { ...(JSON.parse(text) as Omit<Kept, 'code'>), code: fields[fields.indexOf('o') + 1] ?? '' };
  });
}

/** The record cannot be written while everything else works: neither sessions nor the board are in the way. */
async function withoutRecord(work: () => Promise<void>): Promise<void> {
  await redis.call('RENAME', record(), 'aside');
  await redis.call('SET', record(), 'not a stream');
  try {
    await work();
  } finally {
    await redis.call('RENAME', 'aside', record());
  }
}

const ways: Record<string, (client: Client) => string> = {
  'the board': (client) => client.board(),
  'its past': (client) => `${client.board()}/history?at=${Date.now()}`,
  'a visit': (client) => `${client.board()}/visits/known/history`,
  'the report': (client) => `${client.board()}/report`,
  'a stream': (client) => `${client.board()}/stream`,
};

test.each(Object.entries(ways))(
  '[I5] [audit] [H-07] %s is not shown when nobody can write down that it was',
  async (_name, addressOf) => {
    const manager = await server.login('manager');
    const streams = server.server.streams;
    await withoutRecord(async () => {
      const answer = await manager.get(addressOf(manager));
      expect(problemOf(answer)).toEqual({ status: 503, code: 'store_unavailable' });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.text).not.toContain('Zzread');
    });
    expect(server.server.streams).toBe(streams);
  },
);

test('[I5] [audit] what was refused is not owed: only answered reads are on the record', async () => {
  const before = (await kept()).length;
  await withoutRecord(async () => {
    for (let i = 0; i < 5; i++) expect((await desk.get(desk.board())).status).toBe(503);
  });
  expect((await desk.get(desk.board())).status).toBe(200);
  const after = await kept();
  expect(after.slice(before)).toMatchObject([{ code: 'read', actor: 'front-desk', what: 'board.read' }]);
  // Nothing is caught up on later either.
  expect((await desk.get(desk.board())).status).toBe(200);
  expect((await kept()).length).toBe(before + 2);
});

test('[I5] [audit] a patient who comes onto an open stream is on the record before the screen hears of it', async () => {
  const viewer = await server.login('viewer');
  const reader = await viewer.stream();
  await reader.ofName('hb');
  const before = await kept();
  expect(before.at(-1)).toMatchObject({ actor: 'viewer', what: 'board.stream.staff', code: 'read' });
  const atArrival = reader.ofName('ev', ({ ch }) => ch.some(({ id }) => id === 'v:late')).then(kept);
  expect((await desk.walkIn('late')).status).toBe(200);
  // Whoever has the stream since then and whoever arrived: both are there, in this order.
  expect((await atArrival).slice(before.length)).toMatchObject([
    { code: 'applied', command: 'createVisit', pat: ['visit:late'] },
  ]);
  reader.close();
});

test('[I5] [audit] while the record cannot be written nobody new is shown on an open stream either', async () => {
  const reader = await desk.stream();
  await reader.ofName('hb');
  const numFrames = () => reader.frames.filter(({ name }) => name === 'ev' || name === 'snap').length;
  const shown = numFrames();
  await withoutRecord(async () => {
    expect(problemOf(await desk.walkIn('unrecorded'))).toEqual({ status: 500, code: 'internal' });
    expect(await redis.call('HEXISTS', record().replace(':aud', ':ent'), 'v:unrecorded')).toBe(0);
  });
  expect(numFrames()).toBe(shown);
  await eventually(async () => expect((await desk.get(desk.board())).status).toBe(200));
  reader.close();
});

const markIn = ({ sid, aal, rid, pol }: Mark): Mark => ({ sid, aal, rid, pol });

test('[H-06] [ONC-d-2] [audit] a read, a change and a refusal of one session name it, its proof, its request and the policy', async () => {
  const own = await server.login('front-desk');
  const before = (await kept()).length;
  const answers = [await own.get(own.board()), await own.walkIn('marked'), await own.walkIn('marked')];
  const entries = (await kept()).slice(before);
  expect(entries.map(({ code }) => code)).toEqual(['read', 'applied', 'already_exists']);
  const sid = entries[0]?.sid;
  expect(sid).toMatch(/^[\w.-]{16}$/);
  expect(entries.map(markIn)).toEqual(
    answers.map(({ headers }) => ({ sid, aal: '2', rid: headers.get('x-request-id'), pol: policyHash })),
  );
  const again = await server.login('front-desk');
  expect((await again.walkIn('marked-2')).status).toBe(200);
  const other = (await kept()).at(-1)?.sid;
  expect(other).toMatch(/^[\w.-]{16}$/);
  expect(other).not.toBe(sid);
});

test('[H-06] [privacy] the record alone keeps the mark: what is replayed to every screen names no session', async () => {
  const client = await server.login('front-desk');
  expect((await client.walkIn('unmarked')).status).toBe(200);
  const { sid = '?', rid = '?' } = (await kept()).at(-1) ?? {};
  const log = JSON.stringify(await redis.call('XRANGE', record().replace(':aud', ':log'), '-', '+'));
  expect(log).toContain('unmarked');
  expect([log.includes(sid), log.includes(rid)]).toEqual([false, false]);
});

test('[H-06] [audit] commands in a batch share the mark of their request', async () => {
  const client = await server.login('front-desk');
  const before = (await kept()).length;
  const commands = [1, 2].map((n) => ({
    ...{ clientId: client.clientId, n },
    command: { type: 'createVisit', visitId: `batch-${n}`, kind: 'walk-in', fullName: 'Zzread Batch' },
  }));
  const { status, headers } = await client.post(`${client.board()}/commands`, { commands });
  expect(status).toBe(200);
  const rid = headers.get('x-request-id');
  expect((await kept()).slice(before)).toMatchObject([
    { code: 'applied', rid, aal: '2' },
    { code: 'applied', rid, aal: '2' },
  ]);
});

test('[I5] [audit] a storm of readers is recorded whole in far fewer writes than readers', async () => {
  const numReaders = 400;
  const before = (await kept()).length;
  const calls = async () =>
    Number(/cmdstat_fcall:calls=(\d+)/.exec(String(await redis.call('INFO', 'commandstats')))?.[1] ?? 0);
  const callsBefore = await calls();
  const readers = await Promise.all(Array.from({ length: numReaders }, () => desk.stream()));
  await Promise.all(readers.map((reader) => reader.ofName('hb')));
  const numCalls = (await calls()) - callsBefore;
  for (const reader of readers) reader.close();
  const opened = (await kept()).slice(before).filter(({ what }) => what === 'board.stream.staff');
  expect(opened).toHaveLength(numReaders);
  // How few depends on how fast they come: `npm run bench -- --only reconnect-storm` has the figure.
  expect(numCalls).toBeLessThan(numReaders / 2);
});
