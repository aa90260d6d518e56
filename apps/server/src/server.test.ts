import { problemCodes, readConfig, routeIds, routeOf, serverOptions } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { renderDocsPage } from './documents/docs-page.ts';
import { createServer, ServerRefused } from './server.ts';
import { clinics, users } from './test/server-fixture.ts';

const config = readConfig(serverOptions, { BOLT_CLINICS_FILE: 'unused', REDIS_URL: 'unix:///nowhere.sock' });

test('a development login in production refuses to start', () => {
  const production = { ...config, mode: 'production' as const };
  expect(() => createServer({ config: production, clinics, developmentUsers: users })).toThrow(ServerRefused);
});

test('the page of the API says every route and every problem code, and loads nothing', () => {
  const { html, styleHash } = renderDocsPage();
  for (const id of routeIds) expect(html).toContain(routeOf(id).path);
  for (const code of problemCodes) expect(html).toContain(`id="problem-${code}"`);
  expect(html).not.toMatch(/<script|<link|https?:\/\/(?!localhost)[^"]*\.(js|css)|src=/);
  expect(styleHash).toMatch(/^sha256-/);
  expect(html.replace(/<pre>.*?<\/pre>/gs, '')).not.toContain('`');
});
