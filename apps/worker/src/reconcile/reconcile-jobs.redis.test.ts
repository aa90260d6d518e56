/** When days are compared: by the hour whoever asks, after the EHR was away, and once where several workers ask. */
import { queuePrefix, type ReconcileJob, reconcileQueue } from '@workflow-bolt/contracts';
import { awaitUntil, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ReconcileJobs } from './reconcile-jobs.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis?.stop());

const never = 86_400_000;
const timer = { clinic: 'north', date: null, trigger: 'timer', requestedBy: 'system' };

/** A worker's part of it, and what it was given to do. */
function jobsOf(firstAfterMs: number, clinics = ['north'], work = () => Promise.resolve()) {
  const stack = new AsyncDisposableStack();
  const connect = () => {
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    stack.defer(() => connection.disconnect());
    return connection;
  };
  const done: ReconcileJob[] = [];
  const failures: string[] = [];
  const jobs = new ReconcileJobs({
    ...{ clinics, connections: { queue: connect(), blocking: connect } },
    reconcile: async (job) => {
      done.push(job);
      await work();
      return { ok: true, compared: 0, drifted: 0 };
    },
    onFailure: (_queue, _job, error) => failures.push(error.message),
    timing: { everyMs: never, firstAfterMs },
  });
  jobs.start();
  stack.defer(() => jobs.stop(100));
  return { jobs, done, failures, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function settled(): Promise<number> {
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  const queue = new Queue(reconcileQueue, { connection, prefix: queuePrefix });
  const { completed = 0, failed = 0 } = await queue.getJobCounts('completed', 'failed');
  await queue.close();
  connection.disconnect();
  return completed + failed;
}

test('[DR-WHEN] several workers that ask for the same hour have it compared once, for each clinic', async () => {
  await using first = jobsOf(1, ['north', 'south']);
  await using second = jobsOf(1, ['north', 'south']);
  await using third = jobsOf(1, ['north', 'south']);
  await awaitUntil('both clinics are compared', async () => (await settled()) >= 2, 30_000);
  // A request that was not merged would stand in the queue before this one, which comes last.
  first.jobs.requestAfterRecovery();
  await awaitUntil('the recovery is compared', async () => (await settled()) >= 4, 30_000);
  const all = [...first.done, ...second.done, ...third.done];
  expect(
    all.filter(({ trigger }) => trigger === 'timer').toSorted((a, b) => (a.clinic < b.clinic ? -1 : 1)),
  ).toEqual([timer, { ...timer, clinic: 'south' }]);
  expect(all.filter(({ trigger }) => trigger === 'recovery')).toHaveLength(2);
  expect([...first.failures, ...second.failures, ...third.failures]).toEqual([]);
});

test('[privacy] a failure leaves a code in the queue, never a sentence', async () => {
  await redis.client().flushall();
  await using worker = jobsOf(1, ['east'], () => Promise.reject(new Error('Ann Smith was not found')));
  await awaitUntil('it has failed', () => worker.failures.length > 0, 30_000);
  const keys = await redis.client().keys(`${queuePrefix}:${reconcileQueue}:*`);
  const hashes = await Promise.all(
    keys.map(async (key) =>
      (await redis.client().type(key)) === 'hash' ? JSON.stringify(await redis.client().hgetall(key)) : '',
    ),
  );
  expect(hashes.join('')).toContain('JobFailed');
  expect(hashes.join('')).not.toContain('Ann');
});
