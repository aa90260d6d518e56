import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webPages } from '@workflow-bolt/contracts';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseTheRest } from '../http/refuse-the-rest.ts';
import { noncePlaceholder, serveWeb } from './static-web.ts';

/** What a browser sends when somebody opens an address. */
const asBrowser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const root = mkdtempSync(join(tmpdir(), 'bolt-web-'));
writeFileSync(join(root, 'index.html'), `<!doctype html><script nonce="${noncePlaceholder}"></script>`);
const app = express();
serveWeb(app, root);
refuseTheRest(app);
const server = createServer(app);
let origin = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
});

async function open(path: string, headers: Record<string, string> = asBrowser) {
  const answer = await fetch(origin + path, { headers });
  const [type] = (answer.headers.get('content-type') ?? '').split(';');
  return { status: answer.status, type, policy: answer.headers.get('content-security-policy') };
}

test('every page of the app is served as one, with the strict policy', async () => {
  for (const path of [...webPages, '/drift/', '/drift?clinic=main'])
    expect([path, await open(path)]).toEqual([
      path,
      { status: 200, type: 'text/html', policy: expect.stringContaining("'strict-dynamic'") },
    ]);
});

test('a person who opens an address that is no page gets the page that says so, with 404', async () => {
  for (const path of ['/bord', '/admin/people', '/wall.html', '/Account'])
    expect([path, await open(path)]).toEqual([
      path,
      { status: 404, type: 'text/html', policy: expect.stringContaining("'strict-dynamic'") },
    ]);
});

test('a program gets the problem document there, and nobody gets a page below /api', async () => {
  const problem = { status: 404, type: 'application/problem+json', policy: expect.any(String) };
  for (const accept of ['*/*', 'application/json', 'image/png'])
    expect(await open('/bord', { accept })).toEqual(problem);
  expect(await open('/api/v1/bord')).toEqual(problem);
});
