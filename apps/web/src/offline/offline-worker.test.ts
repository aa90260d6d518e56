import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';

const source = readFileSync(join(import.meta.dirname, '../../public/offline-worker.js'), 'utf8');
const origin = 'https://board.example';
type Answer = { status: number; from: string };
type Asked = { method: string; mode: string; url: string };
type Fetching = { request: Asked; respondWith: (answer: Promise<Answer>) => void };

/** The worker in a scope of its own: what it hands out for an address; null where it leaves that to the browser. */
function workerOf(fetch: () => Promise<Answer>, shell: Answer | undefined) {
  const listeners = new Map<string, (event: Fetching) => void>();
  const addEventListener = (name: string, listener: (event: Fetching) => void) =>
    void listeners.set(name, listener);
  const caches = { open: async () => ({ match: async (at: string) => (at === '/' ? shell : undefined) }) };
  runInNewContext(source, { self: { addEventListener, location: { origin } }, caches, fetch, URL });
  return (path: string, mode = 'navigate') => {
    let answered: Promise<Answer> | null = null;
    const request = { method: 'GET', mode, url: `${origin}${path}` };
    listeners.get('fetch')?.({ request, respondWith: (answer) => (answered = answer) });
    return answered as Promise<Answer> | null;
  };
}

const kept: Answer = { status: 200, from: 'kept' };
const said = (status: number) => async (): Promise<Answer> => ({ status, from: 'server' });
const silence = () => Promise.reject(new TypeError('fetch failed'));

test.each([500, 502, 503, 504])(
  '[ONC-d-7] a proxy that finds no server (%i) gives way to the page that was kept',
  async (status) => {
    expect(await workerOf(said(status), kept)('/')).toEqual(kept);
    // Without a kept page there is nothing better than what the proxy says.
    expect(await workerOf(said(status), undefined)('/')).toEqual({ status, from: 'server' });
  },
);

test.each([0, 200, 304, 403, 404, 499])(
  "[session] the server's own answer (%i) comes before the kept page",
  async (status) => {
    expect(await workerOf(said(status), kept)('/')).toEqual({ status, from: 'server' });
  },
);

test('nobody answers: the kept page, or what the browser says of it; the API is never answered for', async () => {
  expect(await workerOf(silence, kept)('/?view=wall')).toEqual(kept);
  await expect(workerOf(silence, undefined)('/')).rejects.toThrow('fetch failed');
  expect(workerOf(silence, kept)('/api/v1/session')).toBeNull();
});
