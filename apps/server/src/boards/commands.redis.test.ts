import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, problemOf, type ServerFixture, startServer, today } from '../test/server-fixture.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let desk: Client;
let assistant: Client;

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url);
  desk = await fixture.login('front-desk');
  assistant = await fixture.login('medical-assistant');
});
afterAll(async () => {
  await fixture.server.stop();
  await redis.stop();
});

const boardText = async () => (await desk.get(desk.board())).text;

test('one command answers with its outcome, and again with the same one', async () => {
  const body = {
    clientId: 'client-aaaa',
    n: 1,
    command: { type: 'createVisit', visitId: 'a1', kind: 'walk-in', fullName: 'Ana' },
  };
  const first = await desk.post(`${desk.board()}/commands`, body);
  expect(first).toMatchObject({
    status: 200,
    json: { outcomes: [{ outcome: 'applied', n: 1, seq: 2, eventIds: ['client-aaaa:1#0'] }] },
  });
  const before = await boardText();
  const again = await desk.post(`${desk.board()}/commands`, body);
  expect(again).toMatchObject({
    status: 200,
    json: { outcomes: [{ outcome: 'duplicate', n: 1, seq: 2, code: null }] },
  });
  expect(await boardText()).toBe(before);
});

test('the same (clientId, n) for another command is 409 idempotency_mismatch', async () => {
  const command = { type: 'setPinned', visitId: 'a1', isPinned: true };
  const answer = await desk.post(`${desk.board()}/commands`, { clientId: 'client-aaaa', n: 1, command });
  expect(problemOf(answer)).toEqual({ status: 409, code: 'idempotency_mismatch' });
});

test('a gap is held with the number that comes next', async () => {
  const command = { type: 'setPinned', visitId: 'a1', isPinned: true };
  const answer = await desk.post(`${desk.board()}/commands`, { clientId: 'client-aaaa', n: 7, command });
  expect(answer).toMatchObject({
    status: 409,
    json: { code: 'sequence_gap', outcome: 'hold', expectedN: 2 },
  });
  expect(answer.headers.get('retry-after')).toBe('1');
});

test('a rule refuses with 422, its name and what would help; nothing changes', async () => {
  await desk.walkIn('a2');
  const before = await boardText();
  const answer = await assistant.command({ type: 'moveVisit', visitId: 'a2', to: 'scheduled' });
  expect(answer).toMatchObject({ status: 422, json: { code: 'move_not_allowed', outcome: 'rejected' } });
  expect(answer.json.allowed).toContain('appt-prep');
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await boardText()).toBe(before);
});

test('a refusal sent again answers with the same problem', async () => {
  const body = {
    clientId: 'client-bbbb',
    n: 1,
    command: { type: 'moveVisit', visitId: 'a2', to: 'scheduled' },
  };
  const first = await assistant.post(`${desk.board()}/commands`, body);
  const again = await assistant.post(`${desk.board()}/commands`, body);
  expect([problemOf(first), problemOf(again)]).toEqual([
    { status: 422, code: 'move_not_allowed' },
    { status: 422, code: 'move_not_allowed' },
  ]);
  expect(again.json.outcome).toBe('duplicate');
});

test('a role that may not is 403 with the roles that may', async () => {
  const answer = await desk.command({ type: 'moveVisit', visitId: 'a2', to: 'with-doctor' });
  expect(answer).toMatchObject({
    status: 403,
    json: { code: 'permission_denied', required: expect.arrayContaining(['provider']) },
  });
});

test('scenario 9: a stale version is 409 with the present entity, who changed it and when', async () => {
  await desk.walkIn('a3');
  const seen = (await desk.get(desk.board())).json.entities as { id: string; v: number }[];
  const version = seen.find(({ id }) => id === 'v:a3')?.v;
  await assistant.command(
    { type: 'moveVisit', visitId: 'a3', to: 'appt-prep' },
    { expectedVersion: version },
  );
  const answer = await desk.command(
    { type: 'setPinned', visitId: 'a3', isPinned: true },
    { expectedVersion: version },
  );
  expect(answer).toMatchObject({
    status: 409,
    json: {
      code: 'version_conflict',
      outcome: 'conflict',
      current: { id: 'v:a3', d: { status: 'appt-prep', isPinned: false } },
      by: { id: 'medical-assistant' },
    },
  });
});

test('a batch answers 200 with one outcome per command, in order, and stops at a hold', async () => {
  const clientId = 'client-cccc';
  const walkIn = (n: number, visitId: string) => ({
    clientId,
    n,
    command: { type: 'createVisit', visitId, kind: 'walk-in', fullName: 'B' },
  });
  const commands = [
    walkIn(1, 'b1'),
    { clientId, n: 2, command: { type: 'moveVisit', visitId: 'b1', to: 'with-doctor' } },
    walkIn(3, 'b1'),
    { clientId, n: 9, command: { type: 'setPinned', visitId: 'b1', isPinned: true } },
    walkIn(10, 'b2'),
  ];
  const answer = await desk.post(`${desk.board()}/commands`, { commands });
  expect(answer.status).toBe(200);
  expect(answer.json.outcomes).toMatchObject([
    { outcome: 'applied', n: 1 },
    { outcome: 'rejected', n: 2, code: 'permission_denied' },
    { outcome: 'conflict', n: 3, code: 'already_exists' },
    { outcome: 'hold', n: 9, code: 'sequence_gap', expectedN: 4 },
  ]);
  expect(await boardText()).not.toContain('v:b2');
});

test('51 commands in a batch are refused whole', async () => {
  const commands = Array.from({ length: 51 }, (_, i) => ({
    clientId: 'client-dddd',
    n: i + 1,
    command: { type: 'createVisit', visitId: `d${i}`, kind: 'walk-in', fullName: 'D' },
  }));
  const before = await boardText();
  const answer = await desk.post(`${desk.board()}/commands`, { commands });
  expect(problemOf(answer)).toEqual({ status: 400, code: 'invalid_request' });
  expect(await boardText()).toBe(before);
  expect((await desk.post(`${desk.board()}/commands`, { commands: commands.slice(0, 50) })).status).toBe(200);
});

test('a day that was never opened is 404; today opens by itself', async () => {
  expect(problemOf(await desk.get(desk.board('north', '2024-05-06')))).toEqual({
    status: 404,
    code: 'board_not_found',
  });
  const opened = await desk.get(desk.board());
  expect(opened.json).toMatchObject({ clinic: 'north', date: today(), degraded: expect.any(Array) });
});

test('history shows the board as it was, and what happened to one visit', async () => {
  const client = await fixture.login('front-desk');
  await client.walkIn('h1');
  const then = (await client.get(client.board())).json;
  await new Promise((resolve) => setTimeout(resolve, 5));
  await client.command({ type: 'setPinned', visitId: 'h1', isPinned: true });
  const past = await client.get(`${client.board()}/history?at=${then.at}`);
  expect(past.json.seq).toBe(then.seq);
  expect(past.json.entities).toEqual(expect.arrayContaining(then.entities as unknown[]));
  const visit = await client.get(`${client.board()}/visits/h1/history`);
  const entries = visit.json.entries as { command: string; actor: unknown }[];
  expect(entries.map(({ command }) => command)).toEqual(['createVisit', 'setPinned']);
  expect(entries[0]?.actor).toEqual({
    id: 'front-desk',
    name: 'The front-desk',
    role: 'front-desk',
    station: 'desk-1',
  });
  expect(problemOf(await client.get(`${client.board()}/visits/nobody/history`))).toEqual({
    status: 404,
    code: 'visit_not_found',
  });
});

test('I5: reading the board leaves an audit entry before the answer', async () => {
  const tag = `{b:north:${today().replaceAll('-', '')}}`;
  const count = async () => Number(await redis.call('XLEN', `${tag}:aud`));
  const before = await count();
  await desk.get(desk.board());
  expect(await count()).toBe(before + 1);
});

test('the numbers of the day count what is on the board', async () => {
  const client = await fixture.login('manager');
  const entities = (await client.get(client.board())).json.entities as { d: { type: string } }[];
  const summary = (await client.get(`${client.board()}/metrics-summary`)).json as { day: { total: number } };
  expect(summary.day.total).toBe(entities.filter(({ d }) => d.type === 'visit').length);
});
