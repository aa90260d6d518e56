/** Hostile requests to the API: each gets the right problem document, changes nothing, and costs bounded memory. */
import { request } from 'node:http';
import { type Problem, type ProblemCode, problems } from '@workflow-bolt/contracts';
import { localDate } from '@workflow-bolt/domain';
import { awaitUntil } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BoardRecord } from '../system/board-record.ts';
import { type ClinicSystem, startClinicSystem } from '../system/clinic-system.ts';
import { middayZone } from '../system/midday-zone.ts';
import { StaffMember } from '../system/staff-member.ts';

const mebibyte = 1_048_576;

let system: ClinicSystem;
let record: BoardRecord;
let desk: StaffMember;
let startAt: number;

beforeAll(async () => {
  system = await startClinicSystem({ workers: 0, appointments: 2, zone: middayZone() });
  if (!system.redis) throw new Error('this system has no Redis of its own');
  record = new BoardRecord(system.redis.client(), { clinic: system.clinic, date: system.date });
  desk = await StaffMember.signIn(system, 'dana');
  startAt = Date.now() + 600_000;
  const { status } = await desk.give({
    type: 'createVisit',
    visitId: 'v1',
    kind: 'walk-in',
    fullName: 'Ada',
  });
  expect(status).toBe(200);
});
afterAll(() => system[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };
type Sent = { path?: string; headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> };

async function send({ path = '/commands', headers = json, body = '' }: Sent) {
  const answer = await desk.request(path, { method: 'POST', headers, body });
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Problem & Record<string, unknown>,
  };
}

/** Sends it, and expects the problem document of this code and an untouched board. */
async function refusedWith(code: ProblemCode, sent: Sent) {
  const answer = await record.unchangedBy(() => send(sent));
  const { status, title } = problems[code];
  expect(answer.body).toMatchObject({ type: `/docs#problem-${code}`, title, status, code });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
  return answer.body;
}

let n = 0;
/** A fresh client for each, so that a refused command leaves no gap behind. */
const envelope = (command: unknown, more: Record<string, unknown> = {}) => {
  n += 1;
  return { clientId: `hostile-${n}`, n: 1, command, ...more };
};
const walkIn = (more: Record<string, unknown> = {}) => ({
  type: 'createVisit',
  visitId: `w${n + 1}`,
  kind: 'walk-in',
  fullName: 'Bob',
  ...more,
});
const booked = (more: Record<string, unknown>) => ({ ...walkIn({ kind: 'booked', startAt }), ...more });
const pathsOf = ({ errors = [] }: Problem) => [...new Set(errors.map(({ path }) => path))];

describe('[injection] [N-05] text that is no command', () => {
  test.each<[string, ProblemCode, () => Sent]>([
    ['half a document', 'malformed_json', () => ({ body: '{"clientId":"abcdefgh","n":1,' })],
    ['nothing', 'malformed_json', () => ({ body: '' })],
    [
      'bytes that are not UTF-8',
      'malformed_json',
      () => ({ body: Uint8Array.from([0x22, 0xff, 0xfe, 0x22]) }),
    ],
    ['two documents', 'malformed_json', () => ({ body: '{} {}' })],
    ['NaN', 'malformed_json', () => ({ body: '{"n":NaN}' })],
    ['twenty-one levels', 'json_too_deep', () => ({ body: '['.repeat(21) + ']'.repeat(21) })],
    ['half a million levels', 'json_too_deep', () => ({ body: '[{"a":'.repeat(170_000) })],
    [
      'a string behind depth',
      'json_too_deep',
      () => ({ body: `["${'x'.repeat(1_000)}",${'{"a":'.repeat(30)}` }),
    ],
    ['twenty levels', 'invalid_request', () => ({ body: '['.repeat(20) + ']'.repeat(20) })],
    ['null', 'invalid_request', () => ({ body: 'null' })],
    ['a list', 'invalid_request', () => ({ body: '[]' })],
    ['a number', 'invalid_request', () => ({ body: '1e999' })],
    ['one byte too many', 'body_too_large', () => ({ body: `"${'x'.repeat(mebibyte - 1)}"` })],
    [
      'plain text',
      'unsupported_media_type',
      () => ({ headers: { 'content-type': 'text/plain' }, body: '{}' }),
    ],
    [
      'a form',
      'unsupported_media_type',
      () => ({ headers: { 'content-type': 'multipart/form-data' }, body: '{}' }),
    ],
    [
      'a compressed body',
      'unsupported_media_type',
      () => ({ headers: { ...json, 'content-encoding': 'gzip' }, body: 'xx' }),
    ],
  ])('%s: %s', async (_name, code, sent) => {
    await refusedWith(code, sent());
  });

  test('brackets inside a string are text: a note of five hundred of them is kept as it is', async () => {
    const note = '[{'.repeat(250);
    const { status } = await send({
      body: JSON.stringify(envelope({ type: 'setNote', visitId: 'v1', note })),
    });
    expect(status).toBe(200);
    expect((await desk.entities()).get('p:v1')).toMatchObject({ note });
  });
});

describe('[injection] [privacy] commands of a wrong shape name the field, never its value', () => {
  test.each<[string, () => unknown, string[]]>([
    ['n as text', () => ({ ...envelope(walkIn()), n: '1' }), ['body.n']],
    ['n as a fraction', () => ({ ...envelope(walkIn()), n: 1.5 }), ['body.n']],
    ['n below one', () => ({ ...envelope(walkIn()), n: 0 }), ['body.n']],
    ['n beyond all', () => ({ ...envelope(walkIn()), n: 1e300 }), ['body.n']],
    [
      'a client that is a path',
      () => ({ ...envelope(walkIn()), clientId: '../../etc/passwd' }),
      ['body.clientId'],
    ],
    ['a client with a hash tag', () => ({ ...envelope(walkIn()), clientId: '{cedar}:x' }), ['body.clientId']],
    ['an actor of its own', () => envelope(walkIn(), { actor: { id: 'robin', role: 'manager' } }), ['body']],
    ['an unknown command', () => envelope({ type: 'dropTables' }), ['body.command.type']],
    ['no command', () => envelope(undefined, { command: null }), ['body.command']],
    ['an unknown field', () => envelope(walkIn({ isVip: true })), ['body.command']],
    ['a list as a name', () => envelope(walkIn({ fullName: ['Bob'] })), ['body.command.fullName']],
    ['an empty name', () => envelope(walkIn({ fullName: '   ' })), ['body.command.fullName']],
    ['a name too long', () => envelope(walkIn({ fullName: 'x'.repeat(161) })), ['body.command.fullName']],
    ['half a character', () => envelope(walkIn({ fullName: 'Bob \ud800' })), ['body.command.fullName']],
    ['a zero byte', () => envelope(walkIn({ fullName: 'Bob\u0000' })), ['body.command.fullName']],
    ['a line break in a name', () => envelope(walkIn({ fullName: 'Bob\nBoss' })), ['body.command.fullName']],
    ['an id with a key in it', () => envelope(walkIn({ visitId: 'x}:ent' })), ['body.command.visitId']],
    ['an id in capitals', () => envelope(walkIn({ visitId: 'V1' })), ['body.command.visitId']],
    ['an id too long', () => envelope(walkIn({ visitId: 'x'.repeat(41) })), ['body.command.visitId']],
    ['a date that does not exist', () => envelope(walkIn({ dob: '2026-02-30' })), ['body.command.dob']],
    ['a date of another form', () => envelope(walkIn({ dob: '02/28/1980' })), ['body.command.dob']],
    ['a year without end', () => envelope(walkIn({ dob: '+275760-09-13' })), ['body.command.dob']],
    ['a time in 1970', () => envelope(booked({ startAt: 0 })), ['body.command.startAt']],
    ['a time in seconds', () => envelope(booked({ startAt: 1_790_000_000 })), ['body.command.startAt']],
    ['a time after all clocks', () => envelope(booked({ startAt: 8.64e15 })), ['body.command.startAt']],
    ['a negative time', () => envelope(booked({ startAt: -1 })), ['body.command.startAt']],
    ['a time as text', () => envelope(booked({ startAt: '09:00' })), ['body.command.startAt']],
    ['an endless visit', () => envelope(booked({ durationMin: 601 })), ['body.command.durationMin']],
    ['a version of before', () => envelope(walkIn(), { expectedVersion: -1 }), ['body.expectedVersion']],
    ['no commands at all', () => ({ commands: [] }), ['body.commands']],
    [
      'fifty-one commands',
      () => ({ commands: Array.from({ length: 51 }, () => envelope(walkIn())) }),
      ['body.commands'],
    ],
    [
      'one bad among good',
      () => ({ commands: [envelope(walkIn()), envelope({ type: 'nope' })] }),
      ['body.commands.1.command.type'],
    ],
  ])('%s', async (_name, body, paths) => {
    const problem = await refusedWith('invalid_request', { body: JSON.stringify(body()) });
    expect(pathsOf(problem)).toEqual(paths);
    for (const told of [JSON.stringify(problem.errors), problem.title]) {
      expect(told).not.toMatch(/Bob|passwd|dropTables|robin/);
    }
  });

  test.each(['__proto__', 'constructor', 'toString'])(
    'a field named %s is unknown like any other',
    async (name) => {
      const text = JSON.stringify(envelope(walkIn()));
      const body = `${text.slice(0, -1)},"${name}":{"role":"manager"}}`;
      const answer = await record.unchangedBy(() => send({ body }));
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    },
  );

  test('a hundred wrong fields are answered by twenty', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`field${i}`, i]));
    const commands = Array.from({ length: 50 }, () => envelope({ type: 'nope', ...many }));
    const problem = await refusedWith('invalid_request', { body: JSON.stringify({ commands }) });
    expect(problem.errors).toHaveLength(20);
  });
});

describe('[authz] [H-01] commands for what is elsewhere', () => {
  const to = (clinic: string, date: string) => `${system.baseUrl}/api/v1/boards/${clinic}/${date}/commands`;
  const post = (url: string, headers: Record<string, string> = {}) =>
    record.unchangedBy(async () => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...json, ...desk.headers, ...headers },
        body: JSON.stringify(envelope(walkIn())),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    });

  test.each<[string, () => string, number, ProblemCode]>([
    ['a clinic of others', () => to('elsewhere', system.date), 403, 'permission_denied'],
    ['a day that has no board', () => to(system.clinic, '2020-01-01'), 404, 'board_not_found'],
    ['a day that does not exist', () => to(system.clinic, '2026-02-30'), 400, 'invalid_request'],
    ['a clinic that is a key', () => to(encodeURIComponent('{x}:ent'), system.date), 400, 'invalid_request'],
    ['a path out of the API', () => to(encodeURIComponent('../../x'), system.date), 400, 'invalid_request'],
    ['a clinic that cannot be decoded', () => to('%E0%A4%A', system.date), 400, 'invalid_request'],
    ['an address that is none', () => `${system.baseUrl}/api/v1/nothing`, 404, 'route_not_found'],
  ])('%s', async (_name, url, status, code) => {
    const answer = await post(url());
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test.each<[string, Record<string, string>, number, ProblemCode]>([
    ['nobody', { cookie: '' }, 401, 'not_authenticated'],
    ['a made-up session', { cookie: `bolt_dev_s=${'A'.repeat(67)}` }, 401, 'not_authenticated'],
    ['a page of another origin', { origin: 'https://evil.example' }, 403, 'cross_site_request'],
    ['a future protocol', { 'x-bolt-protocol': '2' }, 400, 'unsupported_version'],
    ['no protocol', { 'x-bolt-protocol': 'latest' }, 400, 'unsupported_version'],
  ])('from %s', async (_name, headers, status, code) => {
    const answer = await post(to(system.clinic, system.date), headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    if (code === 'unsupported_version') expect(answer.body.supported).toEqual([1]);
  });

  test.each<[string, () => unknown, number, ProblemCode]>([
    [
      'a visit that is not here',
      () => ({ type: 'moveVisit', visitId: 'ghost', to: 'arrived' }),
      404,
      'visit_not_found',
    ],
    [
      'a room that is not here',
      () => ({ type: 'assignRoom', visitId: 'v1', roomId: 'attic' }),
      403,
      'permission_denied',
    ],
    ['an appointment of tomorrow', () => booked({ startAt: startAt + 86_400_000 }), 400, 'invalid_request'],
    [
      'a row of the EHR',
      () => ({ type: 'noteAbsence', visitId: 'v1', isConfirmed: true }),
      403,
      'permission_denied',
    ],
  ])('%s', async (_name, command, status, code) => {
    const answer = await record.unchangedBy(() => send({ body: JSON.stringify(envelope(command())) }));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test('a cursor of a future version, of another schema or of nonsense gets a snapshot, not an error', async () => {
    for (const cursor of [
      'v9.staff.1.x',
      'v1.staff.99.0.1.1-1.0',
      '💥',
      `v1.staff.1.${'a'.repeat(32)}.1.1-1.${'b'.repeat(32)}`,
    ]) {
      const ending = new AbortController();
      const answer = await desk.request(`/stream?cursor=${encodeURIComponent(cursor)}`, {
        headers: { accept: 'text/event-stream' },
        signal: ending.signal,
      });
      const reader = answer.body?.getReader();
      let text = '';
      while (reader && !text.includes('event: snap'))
        text += new TextDecoder().decode((await reader.read()).value);
      expect([cursor, answer.status]).toEqual([cursor, 200]);
      ending.abort();
    }
  });
});

describe('names of the whole world are kept exactly', () => {
  test.each([
    ['Arabic', 'محمد بن عبد الله'],
    ['Hebrew with points', 'שָׁלוֹם לֵוִי'],
    ['both directions', 'Jean محمد Dupont'],
    ['a right-to-left override', 'Anna \u202egnp.exe'],
    ['Chinese beyond the first plane', '𠮷野家 太郎'],
    ['Tamil', 'கிருஷ்ணன்'],
    ['joined emoji', 'Kim 👩🏽‍⚕️'],
    ['stacked marks', `Z${'\u0301'.repeat(20)}oe`],
    ['markup', '<img src=x onerror=alert(1)> & "Co"'],
    ['a template', '{{7*7}} %0a #{x}'],
  ])('%s', async (_name, fullName) => {
    const command = walkIn({ fullName });
    const { status } = await send({ body: JSON.stringify(envelope(command)) });
    expect(status).toBe(200);
    expect((await desk.entities()).get(`p:${command.visitId}`)).toMatchObject({ fullName });
  });
});

const tsv = { 'content-type': 'text/tab-separated-values' };
const row = (i: number, time = '12:00') => `Patient ${i}\t1980-01-01\t${time}`;
const file = (rows: readonly string[]) => ['Name\tDOB\tTime', ...rows].join('\n');

describe('[injection] imports', () => {
  test('ten thousand bad lines: a thousand are named, all are counted, nothing is imported', async () => {
    const body = file(Array.from({ length: 10_000 }, (_, i) => row(i, '25:61')));
    const problem = await refusedWith('import_invalid', { path: '/import', headers: tsv, body });
    expect([problem.errors?.length, problem.errorCount]).toEqual([1_000, 10_000]);
    expect(problem.errors?.[0]).toMatchObject({ line: 2, path: 'time' });
  });

  test('ten thousand lines with one bad one at the end: that line is named, nothing is imported', async () => {
    const body = file([...Array.from({ length: 9_999 }, (_, i) => row(i)), '\t1980-01-01\t12:00']);
    const problem = await refusedWith('import_invalid', { path: '/import', headers: tsv, body });
    expect(problem.errors).toEqual([{ line: 10_001, path: 'name', message: 'The name is missing.' }]);
  });

  test('ten thousand good lines for another day are taken over whole, and again they change nothing', async () => {
    const date = localDate(system.zone, Date.now() + 86_400_000);
    const url = `${system.baseUrl}/api/v1/boards/${system.clinic}/${date}/import`;
    const body = file(Array.from({ length: 10_000 }, (_, i) => row(i)));
    const post = async () => {
      const answer = await fetch(url, { method: 'POST', headers: { ...tsv, ...desk.headers }, body });
      return [answer.status, await answer.json()];
    };
    expect(await post()).toEqual([200, { created: 10_000, updated: 0, unchanged: 0, warnings: [] }]);
    expect(await post()).toEqual([200, { created: 0, updated: 0, unchanged: 10_000, warnings: [] }]);
  }, 60_000);

  test.each<[string, ProblemCode, () => Sent]>([
    ['an empty file', 'import_invalid', () => ({ headers: tsv, body: '' })],
    [
      'a page instead of a file',
      'import_invalid',
      () => ({ headers: tsv, body: '<!doctype html><html></html>' }),
    ],
    [
      'a picture',
      'import_invalid',
      () => ({ headers: tsv, body: Uint8Array.from({ length: 5_000 }, (_, i) => i % 256) }),
    ],
    [
      'more rows than any day',
      'import_invalid',
      () => ({ headers: tsv, body: file(Array.from({ length: 20_001 }, (_, i) => row(i))) }),
    ],
    [
      'ten mebibytes and one',
      'body_too_large',
      () => ({ headers: tsv, body: 'x'.repeat(10 * mebibyte + 1) }),
    ],
    ['patients that are text', 'import_invalid', () => ({ body: '{"patients":"all"}' })],
    ['rows that are numbers', 'import_invalid', () => ({ body: '[1,2,3]' })],
    ['depth', 'json_too_deep', () => ({ body: '['.repeat(100_000) })],
    [
      'a workbook',
      'unsupported_media_type',
      () => ({ headers: { 'content-type': 'application/vnd.ms-excel' }, body: 'PK' }),
    ],
  ])('%s: %s', async (_name, code, sent) => {
    await refusedWith(code, { path: '/import', ...sent() });
  });
});

describe('[abuse] memory', () => {
  /** Resident memory of the server in bytes, as it says itself. */
  const residentBytes = async () => {
    const text = await (await fetch(`${system.baseUrl}/metrics`)).text();
    return Number(/^bolt_process_resident_memory_bytes (\S+)/m.exec(text)?.[1] ?? Number.NaN);
  };

  /** Streams on and on without saying how long, also after the answer, until all is sent or it is cut; null without an answer. */
  const flood = (path: string, megabytes: number, type: string) =>
    new Promise<number | null>((resolve) => {
      const url = new URL(`${system.boardUrl}${path}`);
      const headers = { 'content-type': type, ...desk.headers, 'transfer-encoding': 'chunked' };
      let status: number | null = null;
      const outgoing = request(url, { method: 'POST', headers, agent: false }, (answer) => {
        status = answer.statusCode ?? null;
        answer.resume();
      });
      outgoing.on('error', () => undefined);
      outgoing.on('close', () => resolve(status));
      const chunk = Buffer.alloc(mebibyte, 'x');
      let left = megabytes;
      const write = () => {
        while (left > 0 && !outgoing.destroyed) {
          left -= 1;
          if (!outgoing.write(chunk)) return void outgoing.once('drain', write);
        }
        if (!outgoing.destroyed) outgoing.end();
      };
      write();
    });

  /** Eight bodies at once, each held to at most 10 MiB, twice over as garbage, and what a heap rounds up to. */
  const growthMax = 256 * mebibyte;

  test('a gibibyte in bodies without end and a hundred deep ones: each refused, the server grows by less than 256 MiB', async () => {
    await record.unchangedBy(async () => {
      const before = await residentBytes();
      expect(before).toBeGreaterThan(0);
      for (let round = 0; round < 2; round += 1) {
        const floods = Array.from({ length: 8 }, (_, i) =>
          flood(
            i % 2 ? '/import' : '/commands',
            64,
            i % 2 ? 'text/tab-separated-values' : 'application/json',
          ),
        );
        const statuses = await Promise.all(floods);
        for (const status of statuses) expect([413, null]).toContain(status);
        expect(statuses).toContain(413);
      }
      const deep = '['.repeat(mebibyte - 1);
      for (let i = 0; i < 100; i += 10) {
        const answers = await Promise.all(Array.from({ length: 10 }, () => send({ body: deep })));
        expect(answers.map(({ body }) => body.code)).toEqual(
          Array.from({ length: 10 }, () => 'json_too_deep'),
        );
      }
      expect((await residentBytes()) - before).toBeLessThan(growthMax);
      await awaitUntil('the server still answers', async () => (await fetch(`${system.baseUrl}/healthz`)).ok);
    });
  });
});
