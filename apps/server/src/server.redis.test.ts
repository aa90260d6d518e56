import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildOpenApi } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clinics, startServer, users } from './test/server-fixture.ts';

let redis: RedisServer;
let dir: string;
beforeAll(async () => {
  redis = await startRedis({ persist: 'aof-always' });
  dir = mkdtempSync(join(tmpdir(), 'bolt-server-'));
  writeFileSync(join(dir, 'clinics.json'), JSON.stringify({ clinics }));
  writeFileSync(join(dir, 'users.json'), JSON.stringify({ users }));
});
afterAll(async () => {
  rmSync(dir, { recursive: true });
  await redis.stop();
});

/** Whom the law wants named before a production server may start. */
const officials = {
  BOLT_SECURITY_OFFICIAL: 'Sam Sekura',
  BOLT_PUBLIC_ORIGIN: 'https://board.example.org',
  BOLT_PRIVACY_OFFICIAL: 'Pia Privata',
};

type Ended = { code: number | null; output: string };

/** Starts the process as an operator does, and resolves when it listens or has ended. */
function startProcess(environment: Record<string, string>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      PATH: process.env.PATH ?? '',
      REDIS_URL: redis.url,
      PORT: '0',
      BOLT_CLINICS_FILE: join(dir, 'clinics.json'),
      ...environment,
    },
  });
  let output = '';
  const listening = Promise.withResolvers<string>();
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, output })));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const port = /"server.listening".*"port":(\d+)/.exec(output)?.[1];
      if (port) listening.resolve(`http://127.0.0.1:${port}`);
    });
  }
  return { child, ended, listening: listening.promise };
}

// Each starts processes, one after the other: a loaded machine needs longer than a test usually has.
describe('the process', { timeout: 180_000 }, () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s drains and ends it with 0', async (signal) => {
    const { child, ended, listening } = startProcess({
      BOLT_DEV_LOGIN: 'true',
      BOLT_DEV_USERS_FILE: join(dir, 'users.json'),
    });
    const url = await listening;
    expect((await (await fetch(`${url}/api/v1/dev-users`)).json()).users).toEqual(users);
    child.kill(signal);
    const { code, output } = await ended;
    expect(code).toBe(0);
    expect(output).toContain('server.stopped');
  });

  test.each([
    ['BOLT_MODE', 'production'],
    ['NODE_ENV', 'production'],
  ])('a development login with %s=%s refuses to start', async (name, value) => {
    const { code, output } = await startProcess({ ...officials, BOLT_DEV_LOGIN: 'true', [name]: value })
      .ended;
    expect({ code, output }).toEqual({
      code: 1,
      output: 'server: The development login cannot be switched on in production (BOLT_DEV_LOGIN).\n',
    });
  });

  test('in production without it, the login does not exist', async () => {
    const { child, ended, listening } = startProcess({ ...officials, BOLT_MODE: 'production' });
    const url = await listening;
    expect((await fetch(`${url}/api/v1/dev-users`)).status).toBe(404);
    const login = await fetch(`${url}/api/v1/dev-login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"userId":"manager"}',
    });
    expect(login.status).toBe(404);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  test('bad configuration, a missing file and a taken port are each said in words', async () => {
    const bad = await startProcess({ PORT: 'eighty' }).ended;
    expect(bad).toMatchObject({
      code: 1,
      output: expect.stringContaining('PORT: a whole number (is "eighty")'),
    });
    const missing = await startProcess({ BOLT_CLINICS_FILE: join(dir, 'none.json') }).ended;
    expect(missing).toMatchObject({ code: 1, output: expect.stringContaining('cannot be read as JSON') });
    await using first = await startServer(redis.url);
    const taken = await startProcess({ PORT: new URL(first.url).port }).ended;
    expect(taken).toMatchObject({ code: 1, output: expect.stringContaining('is taken') });
  });

  test('without Redis it says so and ends', async () => {
    const { code, output } = await startProcess({ REDIS_URL: 'unix:///nowhere/redis.sock' }).ended;
    expect(code).toBe(1);
    expect(output).toContain('The store cannot be reached');
  });
});

describe('operations', () => {
  test('readiness names each dependency', async () => {
    await using fixture = await startServer(redis.url);
    const answer = await fetch(`${fixture.url}/readyz`);
    const { status, dependencies } = (await answer.json()) as {
      status: string;
      dependencies: { name: string; isOk: boolean }[];
    };
    expect(answer.status).toBe(200);
    expect(status).toBe('degraded');
    // Keys and archive are asked in the background: their answers may be there already.
    expect(dependencies.slice(0, 3).map(({ name, isOk }) => [name, isOk])).toEqual([
      ['redis', true],
      ['functions', true],
      ['worker', false],
    ]);
    expect(dependencies.slice(3).map(({ name }) => name)).toEqual(['jobs', 'record', 'keys', 'archive']);
  });

  test('a worker’s beat makes it ready, and its EHR words reach the heartbeats', async () => {
    const beat = {
      node: 'w1',
      role: 'worker',
      version: '1',
      at: Date.now(),
      ehr: { isOk: true, lastGoodAt: Date.now(), detail: null, reads: 'closed', writes: 'closed' },
    };
    await redis.call('HSET', 'sys:nodes', 'w1', JSON.stringify(beat));
    await using fixture = await startServer(redis.url);
    expect(((await (await fetch(`${fixture.url}/readyz`)).json()) as { status: string }).status).toBe(
      'ready',
    );
    const desk = await fixture.login('front-desk');
    const reader = await desk.stream();
    expect((await reader.ofName('hb')).ehr).toEqual({
      isOk: true,
      lastGoodAt: beat.ehr.lastGoodAt,
      reads: 'closed',
      writes: 'closed',
    });
    reader.close();
    await redis.call('DEL', 'sys:nodes');
  });

  test('metrics count requests by route and open streams', async () => {
    await using fixture = await startServer(redis.url);
    const desk = await fixture.login('front-desk');
    const reader = await desk.stream();
    await reader.ofName('hb');
    await desk.get(desk.board());
    const text = await (await fetch(`${fixture.url}/metrics`)).text();
    expect(text).toMatch(/^bolt_streams 1$/m);
    expect(text).toMatch(/bolt_http_request_seconds_count\{route="getBoard",status="200"\} 1/);
    reader.close();
  });

  test('the documents are served as they are built', async () => {
    await using fixture = await startServer(redis.url);
    expect(await (await fetch(`${fixture.url}/openapi.json`)).json()).toEqual(buildOpenApi());
    const page = await fetch(`${fixture.url}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('/api/v1/boards/{clinic}/{date}/commands');
  });

  test('a synchronisation is handed over once, and answered with its job', async () => {
    await using fixture = await startServer(redis.url);
    const desk = await fixture.login('front-desk');
    const [first, second] = [
      await desk.post(`${desk.board()}/sync`, {}),
      await desk.post(`${desk.board()}/sync`, {}),
    ];
    expect(first).toMatchObject({ status: 202, json: { jobId: expect.stringMatching(/./), sync: null } });
    expect(second.json.jobId).toBe(first.json.jobId);
    const viewer = await fixture.login('viewer');
    expect((await viewer.post(`${viewer.board()}/sync`, {})).status).toBe(403);
  });
});
