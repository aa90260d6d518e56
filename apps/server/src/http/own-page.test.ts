import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { provenanceOf, refuseForeignPages } from './own-page.ts';

const from = (headers: Record<string, string>, method = 'POST') =>
  ({ headers, method }) as unknown as IncomingMessage;
const host = 'board.example:8080';
const site = (name: string, more: Record<string, string> = {}) => ({ host, 'sec-fetch-site': name, ...more });

test.each([
  [{ host }, null, 'unsaid'],
  [site('same-origin'), null, 'own'],
  [site('none'), null, 'foreign'],
  [site('none', { 'sec-fetch-mode': 'navigate' }), null, 'foreign'],
  [site('same-site'), null, 'foreign'],
  [site('cross-site'), null, 'foreign'],
  [site('SAME-ORIGIN'), null, 'foreign'],
  [site(''), null, 'foreign'],
  [{ host, origin: `https://${host}` }, null, 'own'],
  [{ host, origin: `ftp://${host}` }, null, 'foreign'],
  [{ host, origin: `https://user@${host}` }, null, 'foreign'],
  [{ host, origin: 'https://evil.example' }, null, 'foreign'],
  [{ host, origin: 'null' }, null, 'foreign'],
  [{ host, origin: '' }, null, 'foreign'],
  [site('same-origin', { origin: 'https://evil.example' }), null, 'foreign'],
  [site('cross-site', { origin: `https://${host}` }), null, 'foreign'],
  [{ host: 'internal:80', origin: 'https://board.example' }, 'https://board.example', 'own'],
  [{ host: 'internal:80', origin: 'https://board.example.evil' }, 'https://board.example', 'foreign'],
  [{ host: 'internal:80', origin: 'http://board.example' }, 'https://board.example', 'foreign'],
  [{ host: 'internal:80', origin: 'http://internal:80' }, 'https://board.example', 'foreign'],
] as const)('[csrf] a write with %j and public origin %j is %s', (headers, publicOrigin, expected) => {
  expect(provenanceOf(from(headers as Record<string, string>), publicOrigin)).toBe(expected);
});

test('[csrf] an address that a person typed may be read, not embedded', () => {
  const typed = site('none', { 'sec-fetch-mode': 'navigate' });
  expect(provenanceOf(from(typed, 'GET'), null)).toBe('own');
  expect(provenanceOf(from(site('none', { 'sec-fetch-mode': 'no-cors' }), 'GET'), null)).toBe('foreign');
});

test('[csrf] what says nothing is refused where the browser adds the cookie, and left to a bearer token', () => {
  const route = { method: 'get', access: 'read' } as const;
  const judge = (usesCookie: boolean, headers: Record<string, string>) => () =>
    refuseForeignPages(route, from(headers, 'GET'), { publicOrigin: null, usesCookie });
  expect(judge(true, { host })).toThrow(expect.objectContaining({ code: 'cross_site_request' }));
  expect(judge(false, { host })).not.toThrow();
  expect(judge(false, site('cross-site'))).toThrow(expect.objectContaining({ code: 'cross_site_request' }));
  expect(judge(true, site('same-origin'))).not.toThrow();
});
