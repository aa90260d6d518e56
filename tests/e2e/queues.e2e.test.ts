/** The page of the queues in a real browser: everything it draws is drawn under its policy, and it says nothing secret. */
import { queuePrefix, scheduleSyncQueue } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, type ServerFixture, startServer } from '../../apps/server/src/test/server-fixture.ts';
import { launchChromium, patienceMs } from './clinic-browser.ts';

const ada = { id: 'ada', name: 'Ada', role: 'admin' as const, clinics: ['north'] };
let redis: RedisServer;
let server: ServerFixture;
let browser: Browser;
let connection: Redis;
let queue: Queue;
let admin: Client;
beforeAll(async () => {
  redis = await startRedis({ tcp: true });
  [server, browser] = await Promise.all([
    startServer(redis.url, { developmentUsers: [ada] }),
    launchChromium(),
  ]);
  connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  queue = new Queue(scheduleSyncQueue, { connection, prefix: queuePrefix });
  await queue.add('sync', { clinic: 'north', date: null, trigger: 'manual', requestedBy: 'ada' });
  admin = await server.login('ada');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await queue?.close();
  connection?.disconnect();
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
});

type Watched = { violations: string[] };
type Opened = { page: Page; troubles: string[]; asked: string[]; violations: () => Promise<string[]> };

/** A window of the administrator, which notes every violation of the policy from the first byte on. */
async function open(path: string): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const [name = '', value = ''] = (admin.headers.cookie ?? '').split('=', 2);
  await context.addCookies([{ name, value, url: server.url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const [troubles, asked]: [string[], string[]] = [[], []];
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) troubles.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  await page.addInitScript(() => {
    const own = globalThis as unknown as Watched;
    own.violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      own.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`),
    );
  });
  await page.goto(`${server.url}${path}`);
  const violations = () => page.evaluate(() => (globalThis as unknown as Watched).violations);
  return { page, troubles, asked, violations };
}

test('[csrf] queues, a queue and a job are drawn without one violation of the policy, and nothing comes from elsewhere', async () => {
  await admin.prove('connector-config');
  const { page, troubles, asked, violations } = await open('/queues');
  await page.getByText(scheduleSyncQueue).first().waitFor();
  expect(await violations()).toEqual([]);
  await page.goto(`${server.url}/queues/queue/${scheduleSyncQueue}`);
  await page.getByText('sync', { exact: true }).first().waitFor();
  await page.getByText('requestedBy').first().waitFor();
  expect(await page.getByText('north').count()).toBeGreaterThan(0);
  expect(await violations()).toEqual([]);
  await page.goto(`${server.url}/queues/job-schedulers`);
  await page.getByRole('heading').first().waitFor();
  expect(troubles).toEqual([]);
  expect(await violations()).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([]);
  await page.context().close();
});

test('[authz] [session] without a fresh proof the browser gets a refusal, not a page', async () => {
  const fresh = await server.login('ada');
  const known = admin;
  admin = fresh;
  const { page } = await open('/queues');
  admin = known;
  expect(JSON.parse((await page.locator('body').textContent()) ?? '')).toMatchObject({
    code: 'step_up_required',
  });
  await page.context().close();
});
