/** The queues of jobs over HTTP: who may look, who may have a job tried again, and what neither of them shows. */
import { queuePrefix, scheduleSyncQueue } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { everyone, oneOfEach } from '../test/known-board.ts';
import {
  type Client,
  eventually,
  problemOf,
  type ServerFixture,
  startServer,
} from '../test/server-fixture.ts';

let redis: RedisServer;
let server: ServerFixture;
let queue: Queue;
let connection: Redis;
let admin: Client;
let failedId: string;
beforeAll(async () => {
  redis = await startRedis();
  server = await startServer(redis.url, { developmentUsers: oneOfEach() });
  connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  queue = new Queue(scheduleSyncQueue, { connection, prefix: queuePrefix });
  failedId = await failOne();
  admin = await server.login('admin');
});
afterAll(async () => {
  await queue?.close();
  connection?.disconnect();
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
});

/** A job that a worker gave up, with a sentence that must not be shown. */
async function failOne(): Promise<string> {
  const job = await queue.add('sync', { clinic: 'north', date: null, trigger: 'manual', requestedBy: 'noa' });
  const own = connection.duplicate();
  const failing = new Worker(scheduleSyncQueue, () => Promise.reject(new Error('Ann Smith broke it')), {
    connection: own,
    prefix: queuePrefix,
  });
  await eventually(async () => expect(await job.isFailed()).toBe(true), 30_000);
  await failing.close();
  own.disconnect();
  return job.id ?? '';
}

const api = (path: string) => `${server.url}${path}`;
const pages = () => [
  '',
  '/job-schedulers',
  `/queue/${scheduleSyncQueue}`,
  `/queue/${scheduleSyncQueue}/${failedId}`,
];
const retry = (client: Client, id = failedId, name: string = scheduleSyncQueue) =>
  client.post(api(`/api/v1/queues/${name}/jobs/${id}/retry`), {});

test('[authz] [H-04] nobody but the administrator, and only with a fresh proof: the page, its data, and the retry', async () => {
  const addresses = [
    ...pages().map((page) => `/queues${page}`),
    '/queues/api/queues',
    `/queues/api/queues/${scheduleSyncQueue}/${failedId}`,
    '/queues/api/job-schedulers',
    '/api/v1/queues',
  ];
  const let_in: string[] = [];
  for (const role of everyone.filter((each) => each !== 'admin')) {
    const client = await server.login(role);
    for (const path of addresses) {
      const { code } = problemOf(await client.get(api(path)));
      if (code !== 'permission_denied') let_in.push(`${role} ${path} ${code}`);
    }
    if (problemOf(await retry(client)).code !== 'permission_denied') let_in.push(`${role} retry`);
  }
  expect(let_in).toEqual([]);
  for (const path of addresses) expect(problemOf(await admin.get(api(path))).code).toBe('step_up_required');
  expect(problemOf(await retry(admin)).code).toBe('step_up_required');
  for (const path of addresses) expect((await fetch(api(path))).status).toBe(401);
});

test('[csrf] the page runs only scripts of its own response, loads nothing from elsewhere, and its opening is on the record', async () => {
  await admin.prove('connector-config');
  for (const page of pages()) {
    const answer = await admin.get(api(`/queues${page}`));
    const policy = answer.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([\w-]{24})' 'strict-dynamic'/.exec(policy)?.[1];
    expect([answer.status, nonce === undefined]).toEqual([200, false]);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types default;");
    const nonces = [...answer.text.matchAll(/<script[^>]* nonce="([^"]*)"/g)].map(([, each]) => each);
    expect(new Set(nonces)).toEqual(new Set([nonce]));
    expect(answer.text.match(/<script/g)?.length).toBe(nonces.length);
    expect(answer.text).not.toMatch(/https?:\/\//);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
  expect((await fetch(api('/queues/static/favicon-32x32.png'))).status).toBe(401);
  for (const path of [
    '/package.json',
    '/js/nothing.js',
    '/js/async/..%2F..%2Findex.ejs',
    '/locales/de-DE/messages.json',
  ])
    expect([path, (await admin.get(api(`/queues/static${path}`))).status >= 400]).toEqual([path, true]);
  const file = await admin.get(api('/queues/static/favicon-32x32.png'));
  expect([file.status, file.headers.get('content-security-policy')]).toEqual([
    200,
    "default-src 'none'; frame-ancestors 'none'",
  ]);
  const events = await Promise.all(
    (await connection.keys('{a:*}:ev')).map((key) => connection.xrange(key, '-', '+')),
  );
  const kept = events.flat().map(([, fields]) => fields.join(' '));
  expect(kept.filter((text) => text.includes('"Queues"') && text.includes('"uid":"admin"')).length).toBe(
    pages().length,
  );
});

test('the page lists the queues and their jobs, and cannot change one', async () => {
  await admin.prove('connector-config');
  const listed = await admin.get(
    api(`/queues/api/queues?activeQueue=${scheduleSyncQueue}&status=failed&page=1&jobsPerPage=10`),
  );
  const queues = listed.json.queues as {
    name: string;
    readOnlyMode: boolean;
    jobs: { id: string; data: unknown }[];
  }[];
  expect(queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
  const ours = queues.find(({ name }) => name === scheduleSyncQueue);
  expect(ours?.jobs.map(({ id }) => id)).toEqual([failedId]);
  const one = await admin.get(api(`/queues/api/queues/${scheduleSyncQueue}/${failedId}`));
  expect(one.json).toMatchObject({ status: 'failed', job: { id: failedId } });
  expect((await admin.get(api('/queues/api/job-schedulers'))).status).toBe(200);
  expect((await admin.get(api(`/queues/api/queues/${scheduleSyncQueue}/workers`))).status).toBe(200);
  expect((await admin.get(api(`/queues/api/queues/${scheduleSyncQueue}/${failedId}/logs`))).status).toBe(200);
  for (const path of ['/no-such-queue/1', `/${scheduleSyncQueue}/${failedId}/obliterate`])
    expect(problemOf(await admin.get(api(`/queues/api/queues${path}`))).code).toBe('record_not_found');
  for (const [method, path] of [
    ['PUT', `/${scheduleSyncQueue}/${failedId}/retry`],
    ['PUT', `/${scheduleSyncQueue}/${failedId}/clean`],
    ['PUT', `/${scheduleSyncQueue}/obliterate`],
    ['POST', `/${scheduleSyncQueue}/add`],
    ['PUT', '/pause'],
  ]) {
    const answer = await fetch(api(`/queues/api/queues${path}`), {
      method,
      headers: admin.headers,
    } as RequestInit);
    expect([path, answer.status >= 400]).toEqual([path, true]);
  }
  expect(await queue.getFailedCount()).toBe(1);
});

test('[privacy] the list of failures says codes, never sentences', async () => {
  await admin.prove('connector-config');
  const { json, text } = await admin.get(api('/api/v1/queues'));
  const ours = (json.queues as { queue: string; counts: object; failed: object[] }[]).find(
    (each) => each.queue === scheduleSyncQueue,
  );
  expect(ours).toMatchObject({
    counts: { failed: 1, waiting: 0 },
    failed: [{ id: failedId, name: 'sync', reason: 'error' }],
  });
  expect(text).not.toContain('Ann');
});

test('[audit] a failed job is tried again, once, and it is on the record by whom', async () => {
  await admin.prove('connector-config');
  expect(problemOf(await retry(admin, '999999')).code).toBe('record_not_found');
  expect(problemOf(await retry(admin, failedId, 'no-such-queue')).code).toBe('record_not_found');
  expect((await retry(admin)).status).toBe(204);
  expect(await queue.getWaitingCount()).toBe(1);
  expect(problemOf(await retry(admin)).code).toBe('job_not_failed');
  const events = await Promise.all(
    (await connection.keys('{a:*}:ev')).map((key) => connection.xrange(key, '-', '+')),
  );
  const kept = events.flat().map(([, fields]) => fields.join(' '));
  const ours = kept.filter(
    (text) => text.includes(`${scheduleSyncQueue}/${failedId}`) && text.includes('"why":"retry"'),
  );
  expect(ours.map((text) => text.includes('"uid":"admin"'))).toEqual([true]);
});
