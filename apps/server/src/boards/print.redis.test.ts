/** [H-07] Paper and files: on record before they leave, with how many patients, and only what one may see anyway. */
import type { Role } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { everyone, oneOfEach } from '../test/known-board.ts';
import { withoutRecord } from '../test/recorded-events.ts';
import { type Client, problemOf, type ServerFixture, startServer, today } from '../test/server-fixture.ts';

let redis: RedisServer;
let server: ServerFixture;
beforeAll(async () => {
  redis = await startRedis();
  server = await startServer(redis.url, { developmentUsers: oneOfEach() });
  const desk = await server.login('front-desk');
  for (const id of ['one', 'two', 'three']) await desk.walkIn(id, { fullName: `Zzprint ${id}` });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
});

const record = () => `{b:north:${today().replaceAll('-', '')}}:aud`;
type Kept = { actor: string; what?: string; n?: number; rid?: string; sid?: string };
async function lastKept(): Promise<Kept> {
  const [entry] = (await redis.call('XREVRANGE', record(), '+', '-', 'COUNT', '1')) as [string, string[]][];
  const fields = entry?.[1] ?? [];
  return JSON.parse(fields[fields.indexOf('f') + 1] ?? '{}') as Kept;
}
const print = (client: Client, what: string) => client.post(`${client.board()}/print`, { what });

test('[I5] [audit] a print is on record before it can happen: what, by whom, how many patients, by which request', async () => {
  const desk = await server.login('front-desk');
  const { status, json } = await print(desk, 'board');
  expect(status).toBe(200);
  expect(json).toEqual({
    printedBy: expect.stringContaining('front-desk'),
    at: expect.any(Number),
    patients: 3,
    reference: expect.any(String),
  });
  const kept = await lastKept();
  expect(kept).toMatchObject({ actor: 'front-desk', what: 'print.board', n: 3, rid: json.reference });
  expect(kept.sid).toBeDefined();
});

test('[I5] [audit] what cannot be put on record is not printed and not taken away', async () => {
  const desk = await server.login('front-desk');
  await withoutRecord(redis, record(), async () => {
    for (const answer of [await print(desk, 'report'), await desk.get(`${desk.board()}/report?format=csv`)]) {
      expect(problemOf(answer)).toEqual({ status: 503, code: 'store_unavailable' });
      expect(answer.text).not.toContain('one');
    }
  });
});

test('[authz] [H-01] who may print which page: whoever may see it', async () => {
  const printing: Record<string, string[]> = {};
  for (const what of ['board', 'report', 'differences']) {
    const may: Role[] = [];
    for (const role of everyone)
      if ((await print(await server.login(role), what)).status === 200) may.push(role);
    printing[what] = may.sort();
  }
  const team = ['billing', 'front-desk', 'manager', 'medical-assistant', 'nurse', 'provider'];
  expect(printing).toEqual({ board: team, report: team, differences: ['front-desk', 'manager'] });
});

test.each([
  ['json', 'file.report.json'],
  ['csv', 'file.report.csv'],
  ['text', 'file.report.text'],
])('[audit] a file (%s) is on record as taken away', async (format, what) => {
  const manager = await server.login('manager');
  const answer = await manager.get(`${manager.board()}/report?format=${format}`);
  expect(answer.status).toBe(200);
  expect(await lastKept()).toMatchObject({ actor: 'manager', what, n: 3 });
});

test('[audit] the page itself is read, not taken away; a text for paper says who took it, and when', async () => {
  const manager = await server.login('manager');
  expect((await manager.get(`${manager.board()}/report`)).json).toMatchObject({ clinic: 'north' });
  const read = await lastKept();
  expect(read).toMatchObject({ actor: 'manager', what: 'board.report' });
  expect(read).not.toHaveProperty('n');
  const { text, headers } = await manager.get(`${manager.board()}/report?format=text`);
  const rid = headers.get('x-request-id') ?? '?';
  expect(text.trimEnd().split('\n').at(-1)).toMatch(/^Taken by .*manager, \d{4}-\d\d-\d\dT.*Z, /);
  expect(text).toContain(rid);
});

test.each([
  ['nothing', {}],
  ['something else', { what: 'everything' }],
  ['more', { what: 'board', patients: 1 }],
])('[injection] is refused with %s', async (_what, body) => {
  const desk = await server.login('front-desk');
  expect(problemOf(await desk.post(`${desk.board()}/print`, body))).toEqual({
    ...{ status: 400, code: 'invalid_request' },
  });
});
