import { Fault } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { jobLock, toldByCode } from './job-workers.ts';

test('[I6] a dead worker’s job is with another within 10 s, and a living one renews its lock twice before it ends', () => {
  const { lockDuration, stalledInterval } = jobLock;
  expect(lockDuration + stalledInterval).toBeLessThan(10_000);
  // BullMQ renews at half of it.
  expect(lockDuration).toBeGreaterThanOrEqual(2 * stalledInterval);
});

test('[H-04] what a queue keeps of a failure is a code, never the sentence or the stack', async () => {
  const failed = toldByCode(Promise.reject(new Error('could not read Ada Example')));
  const error = await failed.then(
    () => null,
    (thrown: Error) => thrown,
  );
  expect([error?.message, error?.stack]).toEqual(['Error', 'JobFailed: Error']);
  const fault = new Fault('store_unavailable', { reason: 'x' });
  await expect(toldByCode(Promise.reject(fault))).rejects.toThrow('store_unavailable');
  expect(await toldByCode(Promise.resolve(3))).toBe(3);
});
