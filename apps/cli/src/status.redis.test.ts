/** The real command, as a process of its own, against a real server on a private Redis. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  type Beat,
  beatsKey,
  type SystemStateResponse,
  type SystemSummary,
  systemReasons,
  systemStateWords,
} from '@workflow-bolt/contracts';
import { awaitUntil, freePort, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import { type ServerFixture, startServer } from '../../server/src/test/server-fixture.ts';
import { systemFace } from '../../web/src/header/system-words.ts';

type Ended = { code: number | null; out: string; err: string };
type Told = { data: (SystemStateResponse & { processes: { node: string; state: string }[] | null }) | null };

const main = join(import.meta.dirname, 'main.ts');

async function bolt(...args: string[]): Promise<Ended> {
  const environment = { ...process.env, BOLT_API_URL: '', BOLT_TOKEN_FILE: '', NODE_OPTIONS: '' };
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([
    ...([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>] as const),
  ]);
  return { code, out, err };
}

const status = (url: string, ...more: string[]): Promise<Ended> =>
  bolt('status', '--api-url', url, '--timeout', '30s', ...more);
const jsonOf = ({ out }: Ended) =>
  JSON.parse(out) as Told & { ok: boolean; schema: string; error: { code: string; exit: number } | null };

/** A worker that lives: here only its word counts. */
async function sayWorker(redis: RedisServer, at = Date.now()): Promise<void> {
  const beat: Beat = { node: 'worker-1', role: 'worker', version: '0.1.0', at, ehr: null };
  await redis.call('HSET', beatsKey, beat.node, JSON.stringify(beat));
}

async function untilState(fixture: ServerFixture, wanted: SystemSummary): Promise<SystemStateResponse> {
  return awaitUntil(
    `the API says ${wanted.state}`,
    async () => {
      const answer = (await (
        await fetch(`${fixture.url}/api/v1/system-state`)
      ).json()) as SystemStateResponse;
      const codes = answer.reasons.map(({ code }) => code).join();
      return answer.state === wanted.state && codes === wanted.reasons.join() && answer;
    },
    60_000,
  );
}

type Scene = { wanted: SystemSummary; exit: number; bring: (redis: RedisServer) => Promise<unknown> };
const scenes: Scene[] = [
  { wanted: { state: 'degraded', reasons: ['worker-away'] }, exit: 8, bring: async () => {} },
  {
    wanted: { state: 'live', reasons: [] },
    exit: 0,
    // An hour ahead, so that a slow machine does not find it silent within the test.
    bring: (redis) => sayWorker(redis, Date.now() + 3_600_000),
  },
  {
    wanted: { state: 'read-only', reasons: ['store-refusing'] },
    exit: 1,
    bring: (redis) => redis.call('CONFIG', 'SET', 'min-replicas-to-write', '1'),
  },
  { wanted: { state: 'down', reasons: ['store-away'] }, exit: 1, bring: (redis) => redis.kill9() },
];

test('[H-19] API, stream, screens and command line say the same in every state', async () => {
  await using redis = await startRedis();
  await using fixture = await startServer(redis.url, { heartbeatMs: 300 });
  const desk = await fixture.login('front-desk');
  const reader = await desk.stream();
  for (const { wanted, exit, bring } of scenes) {
    await bring(redis);
    const api = await untilState(fixture, wanted);
    const { data } = await reader.until(
      (frame) => frame.name === 'hb' && JSON.stringify(frame.data.system) === JSON.stringify(wanted),
      60_000,
    );
    const { system } = data as { system?: SystemSummary };
    const cli = await status(fixture.url, '--json');
    const words = {
      ...systemStateWords[wanted.state],
      reasons: wanted.reasons.map((code) => ({ code, text: systemReasons[code].text })),
    };
    expect(api).toMatchObject({ state: wanted.state, ...words });
    expect(system).toEqual(wanted);
    const asked = api.dependencies.filter(({ name }) => name === 'redis' || name === 'functions');
    if (wanted.state !== 'down')
      expect(asked.map(({ latencyMs }) => typeof latencyMs)).toEqual(['number', 'number']);
    const face = systemFace(system ?? null);
    const { word, meaning } = systemStateWords[wanted.state];
    expect(face && { word: face.word, meaning: face.meaning, lines: face.lines }).toEqual(
      wanted.state === 'live' ? null : { word, meaning, lines: words.reasons.map((reason) => reason.text) },
    );
    expect([cli.code, cli.err]).toEqual([exit, '']);
    expect(jsonOf(cli)).toMatchObject({
      ...{ schema: 'bolt.status/1', ok: exit === 0, error: null, warnings: [] },
      data: { state: wanted.state, ...words, processes: null },
    });
  }
  reader.close();
}, 120_000);

test('with a token of an administrator it lists processes; a refused token ends with 4 beside the state', async () => {
  await using redis = await startRedis();
  // Before the server looks for the first time.
  await sayWorker(redis, Date.now() - 60_000);
  await using fixture = await startServer(redis.url, {
    developmentUsers: [
      { id: 'ada', name: 'Ada', role: 'admin', clinics: ['north'] },
      { id: 'desk', name: 'Desk', role: 'front-desk', clinics: ['north'] },
    ],
  });
  await using files = await tokenFiles();
  const mine = await files.keep('admin', await tokenOf(fixture, 'ada'));
  const listed = await status(fixture.url, '--json', '--token-file', mine);
  expect(listed).toMatchObject({ code: 8, err: '' });
  const told = jsonOf(listed).data;
  expect(told?.processes?.map(({ node, state }) => [node.split('-')[0], state]).toSorted()).toEqual([
    ['server', 'beating'],
    ['worker', 'missing'],
  ]);
  const keys = ['keys', '--api-url', fixture.url, '--timeout', '30s'] as const;
  const [shown, denied] = await Promise.all([
    bolt(...keys, '--json', '--token-file', mine),
    bolt(...keys, '--token-file', await files.keep('desk', await tokenOf(fixture, 'desk'))),
  ]);
  expect([shown.code, shown.err, jsonOf(shown).schema]).toEqual([0, '', 'bolt.keys/1']);
  expect([denied.code, denied.out]).toEqual([4, '']);
  const breaker = (file: string) =>
    bolt('breaker', '--json', '--api-url', fixture.url, '--timeout', '30s', '--token-file', file);
  const account = '9f3c51d20b7e44aa';
  const held = { st: 'forced_open', gen: '2', at: '1773151200000', why: 'vendor/INC-4411', by: 'ada' };
  await redis.call('HSET', 'sys:ehr', account, '1');
  await redis.call('HSET', `{ehr:${account}}:cb:writes`, ...Object.entries(held).flat());
  const listedBreakers = await breaker(mine);
  expect(listedBreakers).toMatchObject({ code: 8, err: '' });
  expect(JSON.parse(listedBreakers.out)).toMatchObject({
    ...{ schema: 'bolt.breaker/1', error: null },
    data: {
      accounts: [{ account, breakers: [{ state: 'closed' }, { state: 'forced_open', by: 'ada' }] }],
    },
  });
  expect((await breaker(await files.keep('desk', await tokenOf(fixture, 'desk')))).code).toBe(4);
  for (const token of [await tokenOf(fixture, 'desk'), 'nobodys-token']) {
    const refused = await status(fixture.url, '--token-file', await files.keep('other', token));
    expect(refused.code).toBe(4);
    expect(refused.out).toMatch(/^! Degraded /);
    expect(refused.err).toMatch(/^✘ .+\n {2}Give a token of an account that may do this/);
    expect(`${refused.out}${refused.err}`).not.toContain(token);
  }
}, 120_000);

test('nobody, somebody else and wrong use are told apart, on standard error only', async () => {
  const page = createServer((_, response) => void response.end('<html>Sign in to the network</html>'));
  page.listen(0, '127.0.0.1');
  await once(page, 'listening');
  await using files = await tokenFiles();
  const open = await files.keep('open', 'a-token', 0o644);
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const ends = await Promise.all([
    status(nobody),
    status(`http://127.0.0.1:${(page.address() as AddressInfo).port}`),
    status('http://somebody:secret@127.0.0.1'),
    status(nobody, '--token-file', open),
    bolt('status', '--nonsense'),
    bolt('nonsense'),
  ]);
  page.close();
  expect(ends.map(({ code, out }) => [code, out])).toEqual([
    [3, ''],
    [3, ''],
    [2, ''],
    [2, ''],
    [2, ''],
    [2, ''],
  ]);
  const told = ends.map(({ err }) => err);
  expect(told[0]).toContain('(ECONNREFUSED)');
  expect(told[2]).not.toContain('secret');
  expect(told[3]).toContain('chmod 600');
  expect(told[5]).toBe('✘ There is no command "nonsense".\n  bolt --help lists the commands.\n');
  expect(jsonOf(await status(nobody, '--json'))).toMatchObject({
    ...{ schema: 'bolt.status/1', ok: false, data: null },
    error: { code: 'unreachable', exit: 3 },
  });
}, 120_000);

async function tokenOf(fixture: ServerFixture, userId: string): Promise<string> {
  const { headers } = await fixture.login(userId);
  return (headers.cookie ?? '').split('=')[1] ?? '';
}

async function tokenFiles() {
  const dir = await mkdtemp(join(tmpdir(), 'bolt-cli-'));
  return {
    keep: async (name: string, token: string, mode = 0o600): Promise<string> => {
      const path = join(dir, name);
      await writeFile(path, `${token}\n`);
      await chmod(path, mode);
      return path;
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
