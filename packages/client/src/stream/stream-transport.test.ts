import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { fetchTransport, retryAfterMs } from './stream-transport.ts';

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = null;
});

async function listen(handle: RequestListener): Promise<string> {
  server = createServer(handle);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/stream`;
}

function read(url: string) {
  const heard: string[] = [];
  const abort = fetchTransport(fetch)(url, {
    headers: () => heard.push('headers'),
    bytes: (chunk) => heard.push(new TextDecoder().decode(chunk)),
    ended: () => heard.push('ended'),
    failed: (why) => heard.push(why),
    refused: ({ status, retryAfterMs: ms }) => heard.push(`${status} ${ms}`),
  });
  return { heard, abort };
}

describe('fetchTransport', () => {
  test('hears headers, bytes as they come, and the end', async () => {
    const url = await listen((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      res.end('data: x\n\n');
    });
    const { heard } = read(url);
    await expect.poll(() => heard).toEqual(['headers', 'data: x\n\n', 'ended']);
  });

  test.each<[string, number, Record<string, string>, string]>([
    [
      '[3.12] Captive portal / 200 HTML is a network failure',
      200,
      { 'content-type': 'text/html' },
      'not-a-stream',
    ],
    ['a type that only begins like ours', 200, { 'content-type': 'text/event-stream-x' }, 'not-a-stream'],
    ['no type at all', 200, {}, 'not-a-stream'],
    ['204', 204, {}, 'not-a-stream'],
    ['401', 401, {}, '401 0'],
    ['503 with Retry-After', 503, { 'retry-after': '3' }, '503 3000'],
  ])('%s', async (_name, status, headers, expected) => {
    const url = await listen((_req, res) => {
      res.writeHead(status, headers);
      res.end(status === 204 ? undefined : '<html>sign in</html>');
    });
    const { heard } = read(url);
    await expect.poll(() => heard).toEqual([expected]);
  });

  test('[3.12] API process killed: a broken stream is a failure', async () => {
    const url = await listen((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: x\n\n');
      setTimeout(() => res.destroy(), 10);
    });
    const { heard } = read(url);
    await expect.poll(() => heard.at(-1)).toBe('network');
  });

  test('after an abort nothing is heard, and the server sees it go', async () => {
    let isGone = false;
    const url = await listen((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: x\n\n');
      res.on('close', () => {
        isGone = true;
      });
    });
    const { heard, abort } = read(url);
    await expect.poll(() => heard.length).toBe(2);
    abort();
    await expect.poll(() => isGone).toBe(true);
    expect(heard).toHaveLength(2);
  });

  test('nobody listening is a failure', async () => {
    const url = await listen(() => {});
    await new Promise((resolve) => server?.close(resolve));
    const { heard } = read(url);
    await expect.poll(() => heard).toEqual(['network']);
  });
});

test('Retry-After is believed in seconds and up to five minutes', () => {
  expect([null, '2', '999999', 'Wed, 21 Oct 2026 07:28:00 GMT', '-1'].map(retryAfterMs)).toEqual([
    0, 2_000, 300_000, 0, 0,
  ]);
});
