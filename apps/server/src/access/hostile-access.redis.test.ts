/** [authz] [injection] What somebody tries who is signed in and wants more. */
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oneOfEach, rowOf, type SystemBoard, systemBoard } from '../test/known-board.ts';
import { Client, problemOf, type ServerFixture, startServer, today } from '../test/server-fixture.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let system: SystemBoard;

beforeAll(async () => {
  redis = await startRedis();
  const both = { id: 'both', name: 'Both', role: 'front-desk' as const, clinics: ['north', 'south'] };
  fixture = await startServer(redis.url, { developmentUsers: [...oneOfEach(), both] });
  const desk = await fixture.login('both');
  await Promise.all(['north', 'south'].map((clinic) => desk.get(desk.board(clinic))));
  system = await systemBoard(redis.url, { clinic: 'south', date: today() });
  await system.must(rowOf('theirs', Date.now()));
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  await fixture?.[Symbol.asyncDispose]();
  await redis?.stop();
});

const denied = { status: 403, code: 'permission_denied' };

describe('[authz] objects of another clinic', () => {
  test('a visit of another clinic is not there under one’s own address', async () => {
    const nurse = await fixture.login('nurse');
    expect(problemOf(await nurse.get(`${nurse.board()}/visits/theirs/history`))).toEqual({
      status: 404,
      code: 'visit_not_found',
    });
    const move = { type: 'moveVisit', visitId: 'theirs', to: 'arrived' } as const;
    expect(problemOf(await nurse.command(move))).toEqual({ status: 404, code: 'visit_not_found' });
    expect(system.entities().get('v:theirs')).toMatchObject({ status: 'scheduled' });
  });

  test('a clinic that does not exist is answered like one that is not one’s own', async () => {
    const nurse = await fixture.login('nurse');
    const [other, none] = [await nurse.get(nurse.board('south')), await nurse.get(nurse.board('nowhere'))];
    expect([problemOf(other), problemOf(none)]).toEqual([denied, denied]);
    const strip = ({ json }: { json: Record<string, unknown> }) => ({ ...json, requestId: '' });
    expect(strip(other)).toEqual(strip(none));
  });

  test.each([
    'south%2F..%2Fnorth',
    '..%2Fsouth',
    'SOUTH',
    'south%00',
    'south ',
    '%73outh',
    '{b:south}',
    'north,south',
    'north:20260101',
  ])('[injection] the address %s reaches nothing', async (clinic) => {
    const nurse = await fixture.login('nurse');
    const answer = await nurse.get(`${fixture.url}/api/v1/boards/${clinic}/${today()}`);
    expect([400, 403, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('theirs');
  });

  test('the same parameter twice, in the query or as a matrix, does not choose another board', async () => {
    const nurse = await fixture.login('nurse');
    const answer = await nurse.get(`${nurse.board()}?clinic=south&clinic=south`);
    expect(answer).toMatchObject({ status: 200, json: { clinic: 'north' } });
    expect((await nurse.get(`${nurse.board()};clinic=south`)).status).toBe(400);
  });
});

describe('[authz] another role', () => {
  test.each([
    ['x-role', 'manager'],
    ['x-user', 'manager'],
    ['x-original-url', '/healthz'],
    ['x-rewrite-url', '/healthz'],
    ['x-http-method-override', 'GET'],
    ['x-forwarded-user', 'manager'],
    ['x-bolt-roles', 'admin'],
  ])('is not given by the header %s', async (name, value) => {
    const viewer = await fixture.login('viewer');
    const answer = await viewer.post(`${viewer.board()}/sync`, {}, { [name]: value });
    expect(problemOf(answer)).toEqual(denied);
  });

  test.each([
    ['an actor', { actor: { id: 'manager', name: 'x', role: 'manager', station: null } }],
    ['a role', { role: 'manager' }],
    ['a source', { source: 'rule' }],
    ['a clinic', { clinicId: 'south' }],
  ])('is not given by %s in the body', async (_what, more) => {
    const viewer = await fixture.login('viewer');
    const answer = await viewer.walkIn('x1', {});
    expect(problemOf(answer)).toEqual(denied);
    const desk = await fixture.login('front-desk');
    const envelope = {
      clientId: desk.clientId,
      n: 1,
      command: { type: 'createVisit', visitId: 'x2', kind: 'walk-in', fullName: 'X', ...more },
    };
    expect(problemOf(await desk.post(`${desk.board()}/commands`, envelope))).toEqual({
      status: 400,
      code: 'invalid_request',
    });
    expect(problemOf(await desk.post(`${desk.board()}/commands`, { ...envelope, ...more }))).toEqual({
      status: 400,
      code: 'invalid_request',
    });
  });

  test('a command of the system is refused, whoever sends it, and changes nothing', async () => {
    for (const role of ['manager', 'front-desk', 'viewer']) {
      const client = await fixture.login(role);
      expect([role, problemOf(await client.command(rowOf(`forged-${role}`, Date.now())))]).toEqual([
        role,
        denied,
      ]);
    }
    const manager = await fixture.login('manager');
    expect((await manager.get(manager.board())).text).not.toContain('forged-');
  });

  test('a batch with one forbidden command carries out what is allowed before it, and says so', async () => {
    const desk = await fixture.login('front-desk');
    const commands = [
      { type: 'createVisit', visitId: 'batch', kind: 'walk-in', fullName: 'Batch' },
      { type: 'setRoomService', roomId: 'exam-1', isInService: false, reason: 'x' },
    ].map((command, i) => ({ clientId: desk.clientId, n: i + 1, command }));
    const answer = await desk.post(`${desk.board()}/commands`, { commands });
    expect(answer.json).toMatchObject({
      outcomes: [{ outcome: 'applied' }, { outcome: 'rejected', code: 'permission_denied' }],
    });
  });

  test('an import takes only its own columns: a row cannot name a clinic, an id, a version or a role', async () => {
    const desk = await fixture.login('front-desk');
    const row = {
      id: 'imp-1',
      name: 'Imported Person',
      appointmentTime: '09:00',
      status: 'Scheduled',
      dob: null,
      provider: null,
    };
    const more = {
      visitId: 'theirs',
      clinic: 'south',
      role: 'manager',
      createdBy: 'x',
      version: 9,
      source: 'rule',
      patientKey: 'forged-key',
    };
    const answer = await desk.post(`${desk.board()}/import`, { patients: [{ ...row, ...more }], ...more });
    expect(answer.json).toMatchObject({ created: 1, updated: 0 });
    const manager = await fixture.login('manager');
    const { text } = await manager.get(manager.board());
    expect(text).toContain('Imported Person');
    expect(text).not.toContain('forged-key');
    expect(text).not.toContain('theirs');
    expect([...system.entities().keys()].filter((id) => id.startsWith('v:'))).toEqual(['v:theirs']);
  });

  test('a detail that a role does not see cannot be emptied by it', async () => {
    const desk = await fixture.login('front-desk');
    await desk.walkIn('detail', { phone: '555-0100', reason: 'cough' });
    const assistant = await fixture.login('medical-assistant');
    const empty = (field: string) => ({ type: 'updatePerson', visitId: 'detail', [field]: null }) as const;
    expect(problemOf(await assistant.command(empty('phone')))).toEqual(denied);
    expect(problemOf(await desk.command(empty('reason')))).toEqual(denied);
    const manager = await fixture.login('manager');
    expect(problemOf(await manager.command({ ...empty('dob'), fullName: 'Known' } as never))).toEqual(denied);
    const nurse = await fixture.login('nurse');
    const entries = (await nurse.get(nurse.board())).json.entities as { id: string; d: object }[];
    expect(entries.find(({ id }) => id === 'p:detail')?.d).toMatchObject({
      phone: '555-0100',
      reason: 'cough',
    });
  });
});

describe('[injection] words that mean something elsewhere', () => {
  const hostile = [
    '{b:south}:ent',
    "'; FLUSHALL; --",
    '*3\\r\\n$3\\r\\nSET',
    'return redis.call("FLUSHALL")',
    `$${'{process.exit(1)}'}`,
    '{{constructor.constructor("return process")()}}',
    '<script>fetch("/api/v1/session")</script>',
    '=HYPERLINK("http://example.org")',
    '../../../../etc/passwd',
    '__proto__',
    '\u202Eevil\u202C',
    '%00%0d%0aSet-Cookie: x=y',
  ];

  test.each(hostile)('a name %j is a name, and nothing more', async (fullName) => {
    const desk = await fixture.login('front-desk');
    const visitId = `inj-${hostile.indexOf(fullName)}`;
    const answer = await desk.walkIn(visitId, { fullName });
    expect(answer.status).toBe(200);
    const entries = (await desk.get(desk.board())).json.entities as {
      id: string;
      d: { fullName?: string };
    }[];
    expect(entries.find(({ id }) => id === `p:${visitId}`)?.d.fullName).toBe(fullName);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('none of them made a key, a channel or a script in Redis', async () => {
    const store = new Redis(redis.url);
    const keys = (await store.keys('*')).join('\n');
    await store.quit();
    for (const word of hostile.filter((each) => !each.startsWith('{b:'))) expect(keys).not.toContain(word);
    expect(keys).not.toContain('inj-');
  });

  test.each([
    [
      '__proto__',
      '{"clientId":"proto-client","n":1,"command":{"type":"createVisit","visitId":"pp","kind":"walk-in","fullName":"P","__proto__":{"role":"manager"}}}',
    ],
    [
      'constructor',
      '{"clientId":"proto-client","n":1,"command":{"type":"createVisit","visitId":"pp","kind":"walk-in","fullName":"P","constructor":{"prototype":{"role":"manager"}}}}',
    ],
    [
      'a type of every object',
      '{"clientId":"proto-client","n":1,"command":{"type":"toString","visitId":"pp"}}',
    ],
    [
      'a member twice',
      '{"clientId":"proto-client","n":1,"command":{"type":"setPinned","visitId":"pp","isPinned":true,"role":"x","role":"manager"}}',
    ],
  ])('%s in a body is refused', async (_what, body) => {
    const desk = await fixture.login('front-desk');
    const answer = await desk.post(`${desk.board()}/commands`, body);
    expect(problemOf(answer)).toEqual({ status: 400, code: 'invalid_request' });
    expect(({} as Record<string, unknown>).role).toBeUndefined();
  });

  test.each([
    'v1.staff-manager',
    'v1.wall.1.',
    `v1.staff-nurse.1.${'0'.repeat(32)}.1.1-1.${'0'.repeat(32)}`,
    '{b:south}',
    '%0d%0a',
    'v1.staff-../../x',
  ])('a cursor %s is no key to anything: the answer is a snapshot of what one may see', async (cursor) => {
    const viewer = await fixture.login('viewer');
    const stream = await viewer.stream(`?cursor=${encodeURIComponent(cursor)}`);
    expect((await stream.ofName('snap')).view).toBe('staff-viewer');
    stream.close();
  });
});

describe('[authz] [session] whoever is nobody', () => {
  test.each([
    ['a role for a token', 'Bearer manager'],
    ['an empty one', 'Bearer '],
    ['basic', 'Basic bWFuYWdlcjp4'],
    ['a token of the right form', `Bearer ${'A'.repeat(43)}`],
  ])('%s is refused on every kind of route', async (_what, authorization) => {
    const nobody = new Client(fixture.url, { authorization });
    for (const path of ['', '/stream', '/history?at=1', '/metrics-summary']) {
      expect([path, (await nobody.get(`${nobody.board()}${path}`)).status]).toEqual([path, 401]);
    }
    expect((await nobody.post(`${nobody.board()}/commands`, {})).status).toBe(401);
  });
});
