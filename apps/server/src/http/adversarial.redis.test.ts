/** Hostile and broken input: each is answered by the right problem, and nothing changes. */
import { request } from 'node:http';
import { bodyLimits } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, problemOf, type ServerFixture, startServer, today } from '../test/server-fixture.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let desk: Client;
let lines = '';

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url, {
    config: { logLevel: 'debug' },
    logTo: {
      write: (line: string) => {
        lines += line;
      },
    },
  });
  desk = await fixture.login('front-desk');
  await desk.walkIn('known');
});
afterAll(async () => {
  await fixture.server.stop();
  await redis.stop();
});

const commands = () => `${desk.board()}/commands`;
const boardText = async () => (await desk.get(desk.board())).text;

/** Sends it and asserts the problem, and that the board is byte for byte what it was. */
async function refused(
  send: () => Promise<Awaited<ReturnType<Client['post']>>>,
  status: number,
  code: string,
) {
  const before = await boardText();
  const answer = await send();
  expect(problemOf(answer)).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.json).toMatchObject({
    title: expect.any(String),
    requestId: answer.headers.get('x-request-id'),
  });
  expect(await boardText()).toBe(before);
  return answer;
}

const walkIn = (more: object) => ({
  clientId: 'hostile-client',
  n: 1,
  command: { type: 'createVisit', visitId: 'h1', kind: 'walk-in', fullName: 'H', ...more },
});

describe('[injection] [N-05] bodies', () => {
  test.each([
    ['no JSON', '{"clientId":', 'malformed_json'],
    ['an empty body', '', 'malformed_json'],
    ['two documents', '{}{}', 'malformed_json'],
    ['a byte that is no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'malformed_json'],
    ['null', 'null', 'invalid_request'],
    ['a list', '[]', 'invalid_request'],
    ['an empty batch', '{"commands":[]}', 'invalid_request'],
    [
      'a prototype as a field',
      '{"__proto__":{"x":1},"clientId":"hostile-client","n":1,"command":{}}',
      'invalid_request',
    ],
  ])('%s', async (_name, body, code) => {
    await refused(() => desk.post(commands(), body), 400, code);
  });

  test('a body beyond 1 MiB is refused by its announced length', async () => {
    const body = JSON.stringify(walkIn({ reason: 'x'.repeat(bodyLimits.commands) }));
    const answer = await refused(() => desk.post(commands(), body), 413, 'body_too_large');
    expect(answer.json.maxBytes).toBe(bodyLimits.commands);
  });

  test('an endless body is refused at the limit; what follows is not kept', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const { status, sent } = await postForever();
    expect(status).toBe(413);
    expect(sent).toBeGreaterThan(bodyLimits.commands);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1_048_576);
  });

  test('20 levels are read, 21 are refused before they are parsed; brackets in a string do not count', async () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    await refused(() => desk.post(commands(), deep(20)), 400, 'invalid_request');
    await refused(() => desk.post(commands(), deep(21)), 400, 'json_too_deep');
    await refused(() => desk.post(commands(), '['.repeat(1_000_000)), 400, 'json_too_deep');
    await refused(() => desk.post(commands(), `{"a":"${'['.repeat(100)}\\"["}`), 400, 'invalid_request');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'media type "%s" is refused',
    async (type) => {
      await refused(
        () => desk.post(commands(), '{}', { 'content-type': type }),
        415,
        'unsupported_media_type',
      );
    },
  );

  test('a compressed body is refused: it could grow', async () => {
    await refused(
      () => desk.post(commands(), '{}', { 'content-encoding': 'gzip' }),
      415,
      'unsupported_media_type',
    );
  });
});

/** Posts chunks until the server answers, and reports how many bytes it had taken. */
function postForever(): Promise<{ status: number; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let isAnswered = false;
    const headers = { ...desk.headers, 'content-type': 'application/json' };
    const req = request(commands(), { method: 'POST', headers, agent: false }, (res) => {
      isAnswered = true;
      res.resume();
      res.on('end', () => {
        req.destroy();
        resolve({ status: res.statusCode ?? 0, sent });
      });
    });
    req.on('error', (error) => (isAnswered ? undefined : reject(error)));
    const more = () => {
      while (!isAnswered && !req.destroyed) {
        sent += 65_536;
        if (!req.write(Buffer.alloc(65_536, 0x20))) return;
      }
    };
    req.on('drain', more);
    more();
  });
}

describe('[injection] [N-05] fields', () => {
  test.each([
    ['an unknown field', { hacked: true }, 'body.command', 'unknown field'],
    ['a wrong type', { fullName: 7 }, 'body.command.fullName', expect.any(String)],
    ['a missing name', { fullName: undefined }, 'body.command.fullName', expect.any(String)],
    ['a date that does not exist', { dob: '2023-02-30' }, 'body.command.dob', 'this date does not exist'],
    ['an absurd time', { kind: 'booked', startAt: 1e300 }, 'body.command.startAt', expect.any(String)],
    [
      'a time in seconds',
      { startAt: 1_770_000_000 },
      'body.command.startAt',
      expect.stringContaining('2000'),
    ],
    ['control characters in a name', { fullName: 'a\u0000b' }, 'body.command.fullName', expect.any(String)],
    ['a lone surrogate in a name', { fullName: 'a\ud800' }, 'body.command.fullName', expect.any(String)],
    ['an id with braces', { visitId: '{b:north}' }, 'body.command.visitId', expect.any(String)],
    ['a name of 161 characters', { fullName: 'x'.repeat(161) }, 'body.command.fullName', expect.any(String)],
  ])('%s is named by its path, never quoted', async (_name, more, path, message) => {
    const answer = await refused(() => desk.post(commands(), walkIn(more)), 400, 'invalid_request');
    expect(answer.json.errors).toEqual(expect.arrayContaining([{ path, message }]));
    expect(answer.text).not.toContain('2023-02-30');
  });

  test.each([
    ['an unknown command', { clientId: 'hostile-client', n: 1, command: { type: 'dropEverything' } }],
    ['n of zero', { ...walkIn({}), n: 0 }],
    ['n as text', { ...walkIn({}), n: '1' }],
    ['a client id with a colon', { ...walkIn({}), clientId: 'a:b:c:d:e' }],
    ['a client id of 65 characters', { ...walkIn({}), clientId: 'x'.repeat(65) }],
    ['an actor in the body', { ...walkIn({}), actor: { id: 'manager', role: 'manager' } }],
  ])('%s is refused', async (_name, body) => {
    await refused(() => desk.post(commands(), body), 400, 'invalid_request');
  });

  test('a thousand errors are answered by the first twenty', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`f${i}`, i]));
    const batch = { commands: Array.from({ length: 50 }, () => ({ ...walkIn({}), ...many })) };
    const answer = await refused(() => desk.post(commands(), batch), 400, 'invalid_request');
    expect((answer.json.errors as unknown[]).length).toBeLessThanOrEqual(20);
  });

  test('names in any script come back as they were sent', async () => {
    const names = ['Зоя Đặng', '李雷', 'محمد بن عليّ', '\u202eעברית\u202c', '👩🏽‍⚕️ Ada', "O'Brien-<b>Ñ</b>"];
    for (const [i, fullName] of names.entries()) {
      expect((await desk.walkIn(`name${i}`, { fullName })).status).toBe(200);
    }
    const entities = (await desk.get(desk.board())).json.entities as {
      id: string;
      d: { fullName: string };
    }[];
    const people = entities.filter(({ id }) => id.startsWith('p:name')).map(({ d }) => d.fullName);
    expect(people.toSorted()).toEqual(names.toSorted());
  });
});

describe('[authz] [H-01] [ONC-d-1] addresses', () => {
  test.each([
    ['a date that does not exist', '2023-02-30', 400, 'invalid_request'],
    ['a date of five digits', '02023-01-01', 400, 'invalid_request'],
    ['a pattern', '*', 400, 'invalid_request'],
    ['a path that climbs', '..%2f..%2fetc', 400, 'invalid_request'],
    ['a far year that nobody opened', '2099-12-31', 404, 'board_not_found'],
  ])('%s', async (_name, date, status, code) => {
    await refused(() => desk.get(desk.board('north', date)), status, code);
  });

  test('a clinic that is not the person’s own is 403, also for writes, streams and imports', async () => {
    const south = desk.board('south');
    await refused(() => desk.get(south), 403, 'permission_denied');
    await refused(() => desk.post(`${south}/commands`, walkIn({})), 403, 'permission_denied');
    await refused(() => desk.get(`${south}/stream`), 403, 'permission_denied');
    await refused(() => desk.post(`${south}/import`, '[]'), 403, 'permission_denied');
    const both = await fixture.login('both');
    expect((await both.get(both.board('south'))).status).toBe(200);
  });

  test('a clinic that does not exist looks like one of others', async () => {
    await refused(() => desk.get(desk.board('nowhere')), 403, 'permission_denied');
  });

  test('an unknown address is 404, a known one with another method 405', async () => {
    await refused(() => desk.get(`${fixture.url}/api/v1/nothing`), 404, 'route_not_found');
    const answer = await desk.get(`${commands()}`);
    expect(problemOf(answer)).toEqual({ status: 405, code: 'method_not_allowed' });
    expect(answer.headers.get('allow')).toBe('POST');
  });

  test('an address that cannot be decoded is 400', async () => {
    const answer = await desk.get(`${fixture.url}/api/v1/boards/%E0%A4%A/${today()}`);
    expect(problemOf(answer)).toEqual({ status: 400, code: 'invalid_request' });
  });
});

describe('[csrf] versions and origins', () => {
  test('a later protocol is refused, ours is taken', async () => {
    await refused(() => desk.get(desk.board(), { 'x-bolt-protocol': '2' }), 400, 'unsupported_version');
    expect((await desk.get(desk.board(), { 'x-bolt-protocol': '1' })).status).toBe(200);
  });

  test('a write from another site is refused, by Fetch metadata or by Origin', async () => {
    const body = walkIn({});
    const from = (headers: Record<string, string>) =>
      refused(() => desk.post(commands(), body, headers), 403, 'cross_site_request');
    await from({ 'sec-fetch-site': 'cross-site' });
    await from({ 'sec-fetch-site': 'same-site' });
    await from({ origin: 'https://evil.example' });
    await from({ origin: 'null' });
    const own = { origin: fixture.url, 'sec-fetch-site': 'same-origin' };
    expect((await desk.post(commands(), body, own)).status).toBe(200);
  });

  test.each(['', 'x', 'a'.repeat(67), '../../etc'])('a made-up session "%s" is 401', async (token) => {
    const own = { 'sec-fetch-site': 'same-origin' };
    const asCookie = await fetch(desk.board(), { headers: { cookie: `bolt_dev_s=${token}`, ...own } });
    const asBearer = await fetch(desk.board(), { headers: { authorization: `Bearer ${token}` } });
    expect([asCookie.status, asBearer.status]).toEqual([401, 401]);
  });

  test('a script may send its token as a bearer', async () => {
    const token = desk.headers.cookie?.split('=')[1];
    const answer = await fetch(desk.board(), { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
  });
});

test('[session] [csrf] the session cookie cannot be read by scripts or sent by other sites', async () => {
  const answer = await fetch(`${fixture.url}/api/v1/dev-login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"userId":"manager"}',
  });
  expect(answer.headers.get('set-cookie')).toMatch(
    /^bolt_dev_s=[\w-]{67}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
});

test('[H-05] [I8] [privacy] no log line holds a name, a note, a token or a body', () => {
  expect(lines).toContain('request.failed');
  expect(lines).not.toMatch(/Person known|fullName|Зоя|bolt_dev_s|hostile-client|2023-02-30/);
});
