/** A stream lives for an hour; the rights of its reader do not. */
import type { User } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oneOfEach, rowOf, type SystemBoard, secrets, systemBoard, untilSeen } from '../test/known-board.ts';
import { Client, problemOf, type ServerFixture, startServer, today } from '../test/server-fixture.ts';
import type { StreamReader } from '../test/stream-reader.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let system: SystemBoard;
const turncoat: User = { id: 'turncoat', name: 'Turncoat', role: 'nurse', clinics: ['north'] };

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url, { developmentUsers: [...oneOfEach(), turncoat] });
  const desk = await fixture.login('front-desk');
  await desk.get(desk.board());
  system = await systemBoard(redis.url, { clinic: 'north', date: today() });
  await system.must(rowOf('v1', Date.now()));
  await untilSeen(desk, 'v1');
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  await fixture?.[Symbol.asyncDispose]();
  await redis?.stop();
});

async function openStream(client: Client, query = ''): Promise<StreamReader> {
  const stream = await client.stream(query);
  await stream.ofName('hb');
  return stream;
}

/** Within five seconds of the change. */
async function endOf(stream: StreamReader): Promise<string> {
  await stream.untilEnd(5_000);
  return (await stream.ofName('bye')).code;
}

async function enrolled(): Promise<{ client: Client; id: string }> {
  const manager = await fixture.login('manager');
  await manager.prove('workstation-admin');
  const answer = await manager.post(`${fixture.url}/api/v1/clinics/north/displays`, { name: 'Lobby' });
  const { display, token } = answer.json as { display: { id: string }; token: string };
  return { id: display.id, client: new Client(fixture.url, { authorization: `Bearer ${token}` }) };
}

describe('[authz] [session] an open stream follows the rights of its reader within five seconds', () => {
  test('another role: ended, and opened again it shows what that role may see', async () => {
    turncoat.role = 'nurse';
    const client = await fixture.login('turncoat');
    const stream = await openStream(client);
    expect(JSON.stringify(stream.frames)).toContain(secrets.phone);
    turncoat.role = 'viewer';
    expect(await endOf(stream)).toBe('rotate');
    const again = await client.stream(`?cursor=${stream.cursor}`);
    const snap = await again.ofName('snap');
    expect(snap).toMatchObject({ reason: 'view', view: 'staff-viewer' });
    expect(JSON.stringify(snap)).not.toContain(secrets.phone);
    again.close();
  });

  test('another role: whatever is let in first brings the new token, a stream as well, and what is not found', async () => {
    for (const [path, status] of [
      ['stream', 200],
      ['visits/nobody/history', 404],
    ] as const) {
      turncoat.role = 'nurse';
      const client = await fixture.login('turncoat');
      turncoat.role = 'provider';
      const stop = new AbortController();
      const { headers, signal } = { headers: client.headers, signal: stop.signal };
      const answer = await fetch(`${client.board()}/${path}`, { headers, signal });
      expect([answer.status, answer.headers.getSetCookie().length]).toEqual([status, 1]);
      stop.abort();
    }
  });

  test('a role that may not read: ended for good, and refused when it comes back', async () => {
    turncoat.role = 'nurse';
    const client = await fixture.login('turncoat');
    const stream = await openStream(client);
    turncoat.role = 'admin';
    expect(await endOf(stream)).toBe('revoked');
    expect(problemOf(await client.get(`${client.board()}/stream`))).toEqual({
      status: 403,
      code: 'permission_denied',
    });
  });

  test('the clinic taken away: ended for good', async () => {
    turncoat.role = 'nurse';
    const client = await fixture.login('turncoat');
    const stream = await openStream(client);
    turncoat.clinics = ['south'];
    expect(await endOf(stream)).toBe('revoked');
    turncoat.clinics = ['north'];
  });

  test('nobody else is disturbed', async () => {
    turncoat.role = 'nurse';
    const [mine, other] = [
      await openStream(await fixture.login('turncoat')),
      await openStream(await fixture.login('nurse')),
    ];
    turncoat.role = 'provider';
    expect(await endOf(mine)).toBe('rotate');
    expect(other.isEnded).toBe(false);
    other.close();
  });

  test('a private patient who comes in is shown to those who care for them', async () => {
    const desk = await fixture.login('front-desk');
    await system.must(rowOf('v2', Date.now()));
    await untilSeen(desk, 'v2');
    await desk.command({ type: 'setFlags', visitId: 'v2', privacy: true });
    const nurse = await fixture.login('nurse');
    const stream = await openStream(nurse);
    const reasonOf = (reader: StreamReader) =>
      reader.frames
        .flatMap(({ name, data }) => (name === 'snap' ? data.ents : []))
        .filter(({ id }) => id === 'p:v2');
    expect(reasonOf(stream)).toMatchObject([{ d: { reason: null } }]);
    await desk.command({ type: 'moveVisit', visitId: 'v2', to: 'arrived' });
    expect(await endOf(stream)).toBe('rotate');
    const again = await openStream(nurse, `?cursor=${stream.cursor}`);
    expect(reasonOf(again)).toMatchObject([{ d: { reason: secrets.reason } }]);
    again.close();
  });
});

describe('[kiosk] [authz] [H-22] a wall display', () => {
  test('follows the wall for as long as it is enrolled, and is cut off when it is removed', async () => {
    const { client, id } = await enrolled();
    const stream = await openStream(client);
    expect((await stream.ofName('snap')).view).toBe('wall');
    const manager = await fixture.login('manager');
    await manager.prove('workstation-admin');
    const url = `${fixture.url}/api/v1/clinics/north/displays`;
    expect((await manager.get(url)).json).toMatchObject({
      displays: expect.arrayContaining([expect.objectContaining({ id })]),
    });
    expect((await manager.post(`${url}/${id}/remove`, {})).status).toBe(204);
    expect(await endOf(stream)).toBe('revoked');
    expect(problemOf(await client.get(`${client.board()}/stream`))).toEqual({
      status: 401,
      code: 'not_authenticated',
    });
    expect(problemOf(await manager.post(`${url}/${id}/remove`, {}))).toEqual({
      status: 404,
      code: 'display_not_found',
    });
  });

  test('hears nothing of who else looks at the board', async () => {
    const stream = await openStream((await enrolled()).client);
    const desk = await fixture.login('front-desk');
    const own = await openStream(desk);
    await desk.post(`${desk.board()}/presence`, { tab: crypto.randomUUID(), ackSeq: 0, visible: true });
    await own.ofName('pres');
    expect(stream.frames.map(({ name }) => name)).not.toContain('pres');
    for (const each of [stream, own]) each.close();
  });

  test('its token becomes a cookie that no script reads', async () => {
    const manager = await fixture.login('manager');
    await manager.prove('workstation-admin');
    const answer = await manager.post(`${fixture.url}/api/v1/clinics/north/displays`, { name: 'Hall' });
    const screen = new Client(fixture.url, {});
    const here = await screen.post(
      `${fixture.url}/api/v1/display`,
      { token: answer.json.token },
      { 'sec-fetch-site': 'same-origin' },
    );
    expect(here).toMatchObject({ status: 200, json: { clinic: 'north', name: 'Hall' } });
    const [cookie = ''] = here.headers.getSetCookie();
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const device = new Client(fixture.url, {
      cookie: cookie.split(';')[0] ?? '',
      'sec-fetch-site': 'same-origin',
    });
    const stream = await openStream(device);
    expect((await stream.ofName('snap')).view).toBe('wall');
    stream.close();
    const board = await device.get(device.board());
    expect(problemOf(board)).toEqual({ status: 403, code: 'permission_denied' });
  });

  test.each([
    ['a secret of the right form', (token: string) => `${token.slice(0, 23)}${'A'.repeat(43)}`],
    ['another display’s name', (token: string) => `boltd_${'a'.repeat(16)}${token.slice(22)}`],
    ['a blank behind it', (token: string) => `${token} `],
    ['half of it', (token: string) => token.slice(0, 40)],
    ['Redis syntax for its name', (token: string) => `boltd_*${token.slice(7)}`],
  ])('[injection] is nobody with %s', async (_what, forge) => {
    const { client } = await enrolled();
    const token = (client.headers.authorization ?? '').slice(7);
    const forged = new Client(fixture.url, { authorization: `Bearer ${forge(token)}` });
    const wanted = forge(token).trim() === token ? 200 : 401;
    const stream = await forged.stream();
    stream.close();
    expect(stream.status).toBe(wanted);
  });

  test('[session] [csrf] no cookie together with a bearer token, whosever they are', async () => {
    const { client } = await enrolled();
    const authorization = client.headers.authorization ?? '';
    const desk = await fixture.login('front-desk');
    const site = { 'sec-fetch-site': 'same-origin' };
    for (const headers of [
      { ...desk.headers, authorization },
      { ...site, cookie: `bolt_dev_wall=${authorization.slice(7)}`, authorization },
      { ...site, cookie: `bolt_dev_wall=${authorization.slice(7)}`, authorization: 'Bearer bolt_x' },
    ]) {
      const answer = await new Client(fixture.url, headers).get(`${desk.board()}/stream`);
      expect(problemOf(answer)).toEqual({ status: 400, code: 'ambiguous_credentials' });
    }
  });

  test('[session] beside a session, the session counts; two device cookies count as none', async () => {
    const { client } = await enrolled();
    const token = (client.headers.authorization ?? '').slice(7);
    const desk = await fixture.login('front-desk');
    const both = new Client(fixture.url, {
      ...desk.headers,
      cookie: `${desk.headers.cookie}; bolt_dev_wall=${token}`,
    });
    expect((await both.get(both.board())).status).toBe(200);
    const twice = new Client(fixture.url, {
      cookie: `bolt_dev_wall=${token}; bolt_dev_wall=${token}`,
      'sec-fetch-site': 'same-origin',
    });
    expect(problemOf(await twice.get(twice.board()))).toEqual({ status: 401, code: 'not_authenticated' });
  });
});
