import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { awaitWorker } from './await-worker.ts';

const startedAt = 1_773_151_200_000;

/** A server that says one after the other of its worker, the last one for ever. */
async function serverThatSays(...told: { isOk: boolean; lastGoodAt: number | null }[]) {
  let asked = 0;
  const server = createServer((_request, response) => {
    const worker = told[Math.min(asked++, told.length - 1)];
    response.end(worker ? JSON.stringify({ dependencies: [{ name: 'worker', ...worker }] }) : 'not yet');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { baseUrl, asked: () => asked, [Symbol.dispose]: () => void server.close() };
}

const wait = (baseUrl: string, more: { isRunning?: () => boolean; timeoutMs?: number } = {}) =>
  awaitWorker({ baseUrl, startedAt, isRunning: () => true, timeoutMs: 120_000, ...more });

test('npm start waits until the server has heard the worker that was started, not the one before', async () => {
  using server = await serverThatSays(
    ...[
      { isOk: false, lastGoodAt: null },
      { isOk: true, lastGoodAt: startedAt - 1 },
    ],
    { isOk: true, lastGoodAt: startedAt },
  );
  expect(await wait(server.baseUrl)).toBe('beats');
  expect(server.asked()).toBe(3);
});

test('a worker that ends is told from one that is not heard in time, and a server that does not answer is waited for', async () => {
  using silent = await serverThatSays({ isOk: false, lastGoodAt: null });
  using dumb = await serverThatSays();
  expect(await wait(silent.baseUrl, { timeoutMs: 300 })).toBe('silent');
  expect(await wait(dumb.baseUrl, { timeoutMs: 300 })).toBe('silent');
  expect(await wait(silent.baseUrl, { isRunning: () => silent.asked() < 5 })).toBe('ended');
});
