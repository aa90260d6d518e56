/** [P03] The former system had test pages and demo users in production. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, routeIds, routeOf, serverOptions } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import type { Express } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expressPath, type Handlers } from '../../apps/server/src/http/handler.ts';
import { mountRoutes, type RouteSurroundings } from '../../apps/server/src/http/mount-routes.ts';
import { type BoltServer, createServer } from '../../apps/server/src/server.ts';
import { clinics, users } from '../../apps/server/src/test/server-fixture.ts';
import { publicRoutes } from '../../compliance/catalogue/public-routes.ts';

const root = join(import.meta.dirname, '../..');
let redis: RedisServer;
let server: BoltServer;
const configOf = (redisUrl: string, more: Record<string, string> = {}) =>
  readConfig(serverOptions, {
    REDIS_URL: redisUrl,
    BOLT_CLINICS_FILE: 'unused',
    BOLT_MODE: 'production',
    BOLT_ALLOW_VOLATILE_REDIS: 'true',
    BOLT_PUBLIC_ORIGIN: 'https://board.example.org',
    PORT: '0',
    LOG_LEVEL: 'silent',
    ...more,
  });
beforeAll(async () => {
  redis = await startRedis();
  server = createServer({ config: configOf(redis.url), clinics, developmentUsers: null });
  await server.start();
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

const statusOf = async (path: string, init: RequestInit = {}) =>
  (await fetch(`${server.url}${path}`, init)).status;

describe('[P03] [H-01] the development login', () => {
  const signIn = (body: object) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://board.example.org' },
    body: JSON.stringify(body),
  });

  test('does not exist in production, with any body', async () => {
    expect(await statusOf('/api/v1/dev-users')).toBe(404);
    for (const body of [{ userId: 'front-desk' }, { userId: 'manager', station: 'desk-1' }, {}])
      expect(await statusOf('/api/v1/dev-login', signIn(body))).toBe(404);
  });

  test('keeps a production server from starting when it is asked for', () => {
    const production = configOf('unix:///nowhere.sock');
    expect(() => createServer({ config: production, clinics, developmentUsers: users })).toThrow(
      /development login/i,
    );
  });

  test('is off unless it is asked for', () => {
    expect(configOf('redis://127.0.0.1:1').developmentLogin).toBe(false);
    expect(serverOptions.developmentLogin.default).toBe('false');
  });
});

/** Without the honey routes: whoever asks for one of those is shut out, which detection tests. */
describe('[P03] addresses that debugging leaves behind', () => {
  test.each([
    '/debug',
    '/debug/vars',
    '/_debug/sessions',
    '/api/v1/debug',
    '/api/v1/test',
    '/api/v1/reset',
    '/api/v1/seed',
    '/api/v1/clinics/../debug',
    '/api/v1/users',
    '/graphql',
    '/swagger.json',
    '/package.json',
    '/server.js',
    '/src/main.ts',
    '/assets/../package.json',
    '/assets/%2e%2e/package.json',
    '/phpinfo.php',
    '/debug/pprof/heap',
    '/__vite_ping',
    '/admin/queues',
    '/config.json',
  ])('%s is not there', async (path) => {
    const response = await fetch(`${server.url}${path}`, { headers: { accept: 'application/json' } });
    expect([404, 401, 400]).toContain(response.status);
    expect(await response.text()).not.toMatch(/workspaces|"dependencies"|REDIS_URL|repositoryformatversion/);
  });
});

describe('[P03] [N-07] the list of routes', () => {
  test('what is mounted is the table, row by row, and nothing else', () => {
    const mounted: string[] = [];
    const note = (method: string) => (path: string) => mounted.push(`${method} ${path}`);
    const app = { get: note('get'), post: note('post') } as unknown as Express;
    const handlers = Object.fromEntries(routeIds.map((id) => [id, () => null])) as unknown as Handlers;
    mountRoutes(app, handlers, {} as RouteSurroundings);
    expect(mounted).toEqual(routeIds.map((id) => `${routeOf(id).method} ${expressPath(routeOf(id))}`));
  });

  test('no source of the server mounts anything beside the table', () => {
    const mounting = /\b(?:app|router)\.(?:get|post|put|patch|delete|all|use|route)\(|\bRouter\(/;
    const found = globSync('apps/server/src/**/*.ts', { cwd: root })
      .filter((file) => !/\.test\.ts$|\/test\//.test(file))
      .flatMap((file) => {
        const lines = readFileSync(join(root, file), 'utf8').split('\n');
        return lines.filter((line) => mounting.test(line)).map((line) => `${file}: ${line.trim()}`);
      });
    const known = [
      // Notices who asks for what nothing leads to; answers nothing of its own.
      'apps/server/src/create-app.ts: app.use(watchHoneyRoutes(parts.detection, parts.sessions));',
      'apps/server/src/documents/static-web.ts: ',
      'apps/server/src/http/refuse-the-rest.ts: ',
    ];
    expect(found.filter((line) => !known.some((start) => line.startsWith(start)))).toEqual([]);
    expect(known.filter((start) => !found.some((line) => line.startsWith(start)))).toEqual([]);
  });

  test('what is for development is public nowhere but in the list, and is named so', () => {
    const development = Object.entries(publicRoutes).filter(([, reason]) => reason === 'development');
    expect(development.map(([id]) => id).sort()).toEqual(['getDevUsers', 'postDevLogin']);
    expect(routeIds.filter((id) => /dev|debug|test|seed/i.test(routeOf(id).path))).toEqual([
      'getDevUsers',
      'postDevLogin',
    ]);
  });
});
