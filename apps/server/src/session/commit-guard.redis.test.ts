/** Commands of a session that this process remembers: the commit asks whether it still stands (ADR 9). */
import { boardKeys } from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  Client,
  eventually,
  problemOf,
  type ServerFixture,
  startServer,
  today,
} from '../test/server-fixture.ts';

const clock = { ms: Date.now() };
let redis: RedisServer;
let here: ServerFixture;
let elsewhere: ServerFixture;
let desk: Client;
let other: Client;

beforeAll(async () => {
  redis = await startRedis();
  here = await startServer(redis.url, { sessionClock: () => clock.ms });
  elsewhere = await startServer(redis.url, { sessionClock: () => clock.ms });
});
afterAll(async () => {
  await Promise.all([here.server.stop(), elsewhere.server.stop()]);
  await redis.stop();
});
/** The same browser, whose next request goes to the other process. */
beforeEach(async () => {
  desk = await here.login('front-desk');
  other = new Client(elsewhere.url, desk.headers);
  expect((await desk.walkIn(crypto.randomUUID())).status).toBe(200);
});

const written = async () => {
  const { log, aud } = boardKeys({ clinic: 'north', date: today() });
  return Promise.all([redis.call('XLEN', log), redis.call('XLEN', aud)]);
};
/** What processes asked Redis themselves; the function's own commands are not among it. */
const asked = async (during: () => Promise<void>): Promise<string[]> => {
  await redis.call('CONFIG', 'SET', 'slowlog-max-len', '10000');
  await redis.call('CONFIG', 'SET', 'slowlog-log-slower-than', '0');
  await redis.call('SLOWLOG', 'RESET');
  await during();
  const rows = (await redis.call('SLOWLOG', 'GET', '-1')) as [number, number, number, string[]][];
  await redis.call('CONFIG', 'SET', 'slowlog-log-slower-than', '-1');
  return rows
    .map(([, , , words]) => words.slice(0, 3).join(' '))
    .filter((words) => /sess|_commit/.test(words));
};

test('[I5] [session] a known session costs no question of its own: the commit asks', async () => {
  const questions = await asked(async () => {
    for (const _ of Array.from({ length: 5 })) {
      expect((await desk.walkIn(crypto.randomUUID())).status).toBe(200);
    }
  });
  expect(questions).toEqual(Array.from({ length: 5 }, () => expect.stringMatching(/^FCALL b\d+_commit 9$/)));
});

test('[I5] [session] one that was ended elsewhere is refused at its next command, and nothing is written', async () => {
  expect((await other.post(`${elsewhere.url}/api/v1/logout`, {})).status).toBe(204);
  const before = await written();
  expect(problemOf(await desk.walkIn('after-the-end'))).toEqual({ status: 401, code: 'not_authenticated' });
  expect(await written()).toEqual(before);
});

test('[I5] [session] so is everybody once all sessions were ended at once', async () => {
  await redis.call('INCR', '{sess}:ep');
  const before = await written();
  expect(problemOf(await desk.walkIn('after-all-ended'))).toEqual({ status: 401, code: 'not_authenticated' });
  expect(await written()).toEqual(before);
});

test('[I5] [session] its end is judged by the clock too, with nobody asked', async () => {
  clock.ms += 15 * 60_000;
  const before = await written();
  expect(problemOf(await desk.walkIn('after-idle'))).toEqual({ status: 401, code: 'not_authenticated' });
  expect(await written()).toEqual(before);
});

test('[session] one that was only used elsewhere goes on, and its command is carried out once', async () => {
  clock.ms += 60_000;
  expect((await other.walkIn(crypto.randomUUID())).status).toBe(200);
  const [entries] = await written();
  expect((await desk.walkIn(crypto.randomUUID())).status).toBe(200);
  expect((await written())[0]).toBe(Number(entries) + 1);
});

test('[session] a token that was replaced elsewhere works for ten seconds more, and not longer', async () => {
  const bystander = await here.login('front-desk');
  const proof = { method: 'development', purpose: 'export' };
  expect((await other.post(`${elsewhere.url}/api/v1/step-up`, proof)).status).toBe(204);
  clock.ms += 9_000;
  expect((await desk.walkIn(crypto.randomUUID())).status).toBe(200);
  clock.ms += 1_001;
  expect(problemOf(await desk.walkIn('too-late'))).toEqual({ status: 401, code: 'not_authenticated' });
  // A replaced token that comes back ends every session of its account, a moment later: not the next test's ones.
  await eventually(async () => expect((await bystander.get(bystander.board())).status).toBe(401), 60_000);
});

test('[I1] [session] a command that may have become true is answered as in doubt, whatever a lookup would say', async () => {
  await redis.call('CLIENT', 'PAUSE', '4000', 'ALL');
  const answer = await desk.walkIn('in-doubt');
  expect(problemOf(answer)).toEqual({ status: 503, code: 'outcome_unknown' });
  await eventually(async () => {
    const again = await desk.post(`${desk.board()}/commands`, {
      ...{ clientId: desk.clientId, n: 2 },
      command: { type: 'createVisit', visitId: 'in-doubt', kind: 'walk-in', fullName: 'Person in-doubt' },
    });
    expect(again.json).toMatchObject({ outcomes: [{ n: 2 }] });
  }, 60_000);
  // The pause was of both processes: the next test is to find the other one whole, too.
  await eventually(async () => expect((await other.walkIn(crypto.randomUUID())).status).toBe(200), 60_000);
}, 180_000);

const walkIns = (client: Client, ids: readonly string[]) => ({
  commands: ids.map((visitId, i) => ({
    ...{ clientId: client.clientId, n: 2 + i },
    command: { type: 'createVisit', visitId, kind: 'walk-in', fullName: `Person ${visitId}` },
  })),
});

test('[I5] [session] a batch of a session that was ended elsewhere is refused whole', async () => {
  expect((await other.post(`${elsewhere.url}/api/v1/logout`, {})).status).toBe(204);
  const before = await written();
  const answer = await desk.post(`${desk.board()}/commands`, walkIns(desk, ['batch-a', 'batch-b']));
  expect(problemOf(answer)).toEqual({ status: 401, code: 'not_authenticated' });
  expect(await written()).toEqual(before);
});

test('[csrf] a known session is no reason to take a command without its CSRF token', async () => {
  const { 'x-bolt-csrf': _, ...rest } = desk.headers;
  const before = await written();
  const answer = await new Client(here.url, rest).walkIn('forged');
  expect(problemOf(answer)).toEqual({ status: 403, code: 'csrf_token_invalid' });
  expect(await written()).toEqual(before);
});

test('[session] what the rules refuse is answered as refused, not as a repetition of itself', async () => {
  const move = { type: 'moveVisit', visitId: 'nobody', to: 'arrived' };
  const refused = await desk.command(move as Parameters<Client['command']>[0]);
  expect(problemOf(refused)).toEqual({ status: 404, code: 'visit_not_found' });
  expect(refused.json).not.toMatchObject({ outcome: 'duplicate' });
});
