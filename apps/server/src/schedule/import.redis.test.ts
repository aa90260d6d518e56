import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answered,
  type Client,
  problemOf,
  type ServerFixture,
  startServer,
  today,
} from '../test/server-fixture.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let desk: Client;

beforeEach(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url);
  desk = await fixture.login('front-desk');
});
afterEach(async () => {
  await fixture.server.stop();
  await redis.stop();
});

const tsv = { 'content-type': 'text/tab-separated-values' };
const post = (body: string | Uint8Array | object, headers: Record<string, string> = {}): Promise<Answered> =>
  desk.post(`${desk.board()}/import`, body, headers);
const postText = (text: string | Uint8Array) => post(text, tsv);
const row = (...cells: string[]) => cells.join('\t');

type Entity = { id: string; v: number; d: Record<string, unknown> };
const entities = async () => (await desk.get(desk.board())).json.entities as Entity[];
const ofType = async (type: string) =>
  (await entities()).filter(({ d }) => d.type === type).map(({ d }) => d);
const seq = async () => (await desk.get(desk.board())).json.seq;
/** An instant as the clinic's wall shows it. */
const wall = (ms: unknown) =>
  new Date(Number(ms)).toLocaleTimeString('en-US', {
    timeZone: 'America/Chicago',
    hour12: false,
    hour: '2-digit',
    minute: '2-digit',
  });

describe('scenario 30: paste of the predecessor’s format', () => {
  test('rows become visits with names, times, types; nothing is invented', async () => {
    const us = today().replace(/(\d+)-(\d+)-(\d+)/, '$2/$3/$1');
    const text = [
      row(us, '9:30 AM', 'Confirmed', 'Ana Ruiz', '05/17/1984', 'Follow-up', 'Blood pressure', 'Dr. Okafor'),
      row(today(), '14:05', 'Scheduled', 'Ben Ode', '', 'Sports physical'),
      row(today(), '15:00', '', 'Cy Twombly'),
    ].join('\r\n');
    expect((await postText(text)).json).toEqual({ created: 3, updated: 0, unchanged: 0, warnings: [] });
    const visits = (await ofType('visit')).toSorted((a, b) => Number(a.startAt) - Number(b.startAt));
    expect(
      visits.map((visit) => [wall(visit.startAt), visit.status, visit.providerId, visit.visitTypeId]),
    ).toEqual([
      ['09:30', 'confirmed', 'dr-okafor', 'follow-up'],
      ['14:05', 'scheduled', null, null],
      ['15:00', 'scheduled', null, null],
    ]);
    expect(visits.every(({ milestones }) => !('arrivedAt' in (milestones as object)))).toBe(true);
    // The front desk imports what a visit is about, and is not shown it.
    const provider = await fixture.login('provider');
    const entries = (await provider.get(provider.board())).json.entities as Entity[];
    const persons = entries.map(({ d }) => d).filter(({ type }) => type === 'person');
    const people = persons.map(({ fullName, dob, reason }) => [fullName, dob, reason]);
    expect(people.toSorted()).toEqual([
      ['Ana Ruiz', '1984-05-17', 'Blood pressure'],
      ['Ben Ode', null, 'Sports physical'],
      ['Cy Twombly', null, null],
    ]);
    expect((await ofType('person')).every(({ reason }) => reason === null)).toBe(true);
  });

  test('a header may name the columns in any order; unknown columns are passed over', async () => {
    const text = [
      row('Patient Name', 'Room', 'Date of Birth', 'Date', 'Start Time', 'Status', 'Doctor'),
      row('Ana Ruiz', 'Exam 9', '1984-05-17', today(), '09:30', 'No Show', 'dr-okafor'),
    ].join('\n');
    expect((await postText(text)).json).toMatchObject({ created: 1, warnings: [] });
    expect(await ofType('visit')).toMatchObject([
      { status: 'no-show', providerId: 'dr-okafor', roomId: null },
    ]);
  });

  test('the same file again changes nothing and appends nothing', async () => {
    const text = Array.from({ length: 30 }, (_, i) =>
      row(today(), `${8 + (i % 9)}:00`, 'Scheduled', `Person ${i}`, '1980-01-01'),
    ).join('\n');
    expect((await postText(text)).json).toMatchObject({ created: 30 });
    const before = await seq();
    expect((await postText(text)).json).toEqual({ created: 0, updated: 0, unchanged: 30, warnings: [] });
    expect(await seq()).toBe(before);
  });

  test('a changed row updates its visit; one moved to another time is the same visit', async () => {
    await postText(row(today(), '09:30', 'Scheduled', 'Ana Ruiz', '1984-05-17', 'Follow-up'));
    const [before] = await ofType('visit');
    expect(
      (await postText(row(today(), '09:30', 'Confirmed', 'Ana  RUIZ', '1984-05-17', 'Follow-up'))).json,
    ).toMatchObject({
      created: 0,
      updated: 1,
    });
    expect(
      (await postText(row(today(), '11:00', 'Confirmed', 'Ana Ruiz', '1984-05-17', 'Follow-up'))).json,
    ).toMatchObject({
      created: 0,
      updated: 1,
    });
    const visits = await ofType('visit');
    expect(visits).toHaveLength(1);
    expect(visits[0]).toMatchObject({ id: before?.id, status: 'confirmed' });
    expect(wall(visits[0]?.startAt)).toBe('11:00');
  });

  test('scenario 19: one patient with two appointments has two visits with one patient key', async () => {
    const text = [
      row(today(), '11:00', '', 'Ana Ruiz', '1984-05-17'),
      row(today(), '11:15', '', 'Ana Ruiz', '1984-05-17'),
    ];
    expect((await postText(text.join('\n'))).json).toMatchObject({ created: 2 });
    const keys = (await ofType('visit')).map(({ patientKey }) => patientKey);
    expect(new Set(keys).size).toBe(1);
    expect((await postText(text.join('\n'))).json).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
  });

  test('a re-import does not move a patient who is here, nor delete what it does not name', async () => {
    const text = [
      row(today(), '09:30', 'Scheduled', 'Ana Ruiz'),
      row(today(), '10:30', 'Scheduled', 'Ben Ode'),
    ];
    await postText(text.join('\n'));
    const ana = (await ofType('person')).find(({ fullName }) => fullName === 'Ana Ruiz');
    await desk.command({ type: 'moveVisit', visitId: String(ana?.visitId), to: 'arrived' });
    const later = row(today(), '09:30', 'Confirmed', 'Ana Ruiz');
    expect((await postText(later)).json).toMatchObject({ created: 0, updated: 1 });
    const statuses = (await ofType('visit')).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual(['arrived', 'scheduled']);
  });

  test('D2: a status nobody knows moves nobody and is shown with its word', async () => {
    const answer = await postText(row(today(), '09:30', 'With Doctor', 'Ana Ruiz'));
    expect(answer.json).toMatchObject({ created: 1, warnings: [{ line: 1, message: expect.any(String) }] });
    expect(await ofType('visit')).toMatchObject([
      { status: 'scheduled', ehrWarning: { raw: 'With Doctor' } },
    ]);
  });

  test('rows for another day are left out and named; a file without a row for this day is refused', async () => {
    const other = row('2031-01-05', '09:30', '', 'Ben Ode');
    const answer = await postText([row(today(), '09:30', '', 'Ana Ruiz'), other].join('\n'));
    expect(answer.json).toMatchObject({
      created: 1,
      warnings: [{ line: 2, message: 'Left out: it is for 2031-01-05.' }],
    });
    expect(problemOf(await postText(other))).toEqual({ status: 400, code: 'import_invalid' });
  });

  test('a day ahead can be imported; its board opens', async () => {
    const url = `${desk.url}/api/v1/boards/north/2031-01-06/import`;
    expect((await desk.post(url, row('2031-01-06', '09:30', '', 'Ana Ruiz'), tsv)).json).toMatchObject({
      created: 1,
    });
  });
});

describe('bad lines', () => {
  test('are reported by number with the column, and nothing is imported', async () => {
    const before = await (await desk.get(desk.board())).text;
    const answer = await postText(
      [
        row(today(), '09:30', '', 'Ana Ruiz'),
        row(today(), '25:00', '', 'Ben Ode'),
        '',
        row(today(), '10:00', '', '', '13/45/1990'),
        row('2026-02-30', '10:00', '', 'Cy Twombly'),
        row(today(), '11:00', '', 'Di Ruiz', '2999-01-01'),
        row(today(), '09:30', '', 'ana ruiz'),
        'only one column',
      ].join('\n'),
    );
    expect(problemOf(answer)).toEqual({ status: 400, code: 'import_invalid' });
    const errors = answer.json.errors as { line: number; path: string }[];
    expect(errors.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '2 time',
      '4 name',
      '4 dob',
      '5 time',
      '6 dob',
      '7 row',
      '8 time',
      '8 name',
    ]);
    expect(answer.text).not.toMatch(/Ruiz|Ode|Twombly/);
    expect(await (await desk.get(desk.board())).text).toBe(before);
  });

  test('of 10,000 lines, three bad ones are named and nothing is imported; corrected, all are', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) =>
      row(
        today(),
        `${String(8 + (i % 10)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}`,
        '',
        `Person ${i}`,
        '1980-01-01',
      ),
    );
    const broken = lines
      .with(9, 'x\ty')
      .with(4_999, row(today(), 'noon', '', 'X'))
      .with(9_999, row(today(), '08:00', '', ''));
    const refusedAnswer = await postText(broken.join('\n'));
    expect((refusedAnswer.json.errors as { line: number }[]).map(({ line }) => line)).toEqual([
      10, 10, 5_000, 10_000,
    ]);
    expect(await ofType('visit')).toEqual([]);
    expect((await postText(lines.join('\n'))).json).toEqual({
      created: 10_000,
      updated: 0,
      unchanged: 0,
      warnings: [],
    });
    expect((await postText(lines.join('\n'))).json).toEqual({
      created: 0,
      updated: 0,
      unchanged: 10_000,
      warnings: [],
    });
    expect(await ofType('visit')).toHaveLength(10_000);
  }, 90_000);

  test('20,001 rows and more than 10 MiB are refused', async () => {
    const many = `${row(today(), '09:30', '', 'A')}\n`.repeat(20_001);
    expect(problemOf(await postText(many))).toEqual({ status: 400, code: 'import_invalid' });
    expect(problemOf(await postText('x'.repeat(10_485_761)))).toEqual({
      status: 413,
      code: 'body_too_large',
    });
  });

  test.each([
    ['an empty file', ''],
    ['blank lines', '\n\n \n'],
    ['a header alone', 'Date\tTime\tName\n'],
  ])('%s is refused', async (_name, text) => {
    expect(problemOf(await postText(text))).toEqual({ status: 400, code: 'import_invalid' });
  });
});

describe('bytes', () => {
  const name = 'Zoë Müller-Đặng';
  const line = row(today(), '09:30', '', name);

  test('UTF-8 with a mark, UTF-16 with a mark and the Windows code page are read', async () => {
    await postText(`\ufeff${line}`);
    const latin = Buffer.from(row(today(), '10:30', '', 'Zoë Müller'), 'latin1');
    await postText(latin);
    const wide = Buffer.from(`\ufeff${row(today(), '11:30', '', '李雷')}`, 'utf16le');
    await postText(wide);
    const names = (await ofType('person')).map(({ fullName }) => fullName);
    expect(names.toSorted()).toEqual([name, 'Zoë Müller', '李雷'].toSorted());
  });

  test('cells in quotes are unquoted, right-to-left names kept', async () => {
    await postText(row(today(), '09:30', '', '"Ruiz ""Ana"""'));
    await postText(row(today(), '10:30', '', 'محمد بن عليّ'));
    const names = (await ofType('person')).map(({ fullName }) => fullName);
    expect(names.toSorted()).toEqual(['Ruiz "Ana"', 'محمد بن عليّ'].toSorted());
  });
});

describe('JSON', () => {
  const patient = (more: object = {}) => ({
    id: 'a-1',
    name: 'Ana Ruiz',
    dob: '1984-05-17',
    appointmentTime: `${today()}T09:30:00`,
    provider: 'Dr. Okafor',
    status: 'Arrived',
    ...more,
  });

  test('the predecessor’s export is read; its invented check-in time is not', async () => {
    const invented = Date.parse(`${today()}T15:00:00Z`);
    const answer = await post({
      patients: [patient({ checkInTime: new Date(invented).toISOString(), room: 'Exam 9' })],
    });
    expect(answer.json).toMatchObject({ created: 1, warnings: [] });
    const [visit] = await ofType('visit');
    expect(visit).toMatchObject({
      status: 'arrived',
      estimated: expect.arrayContaining(['arrivedAt']),
      roomId: null,
    });
    expect(visit).not.toMatchObject({ milestones: { arrivedAt: invented } });
    expect(wall(visit?.startAt)).toBe('09:30');
  });

  test('the id is the visit: another name, time and status update it', async () => {
    await post([patient({ status: 'Scheduled' })]);
    const answer = await post([
      patient({ status: 'Confirmed', name: 'Ana Ruiz-Ode', appointmentTime: `${today()} 1:15 PM` }),
    ]);
    expect(answer.json).toMatchObject({ created: 0, updated: 1 });
    expect(await ofType('person')).toMatchObject([{ fullName: 'Ana Ruiz-Ode' }]);
    expect((await ofType('visit')).map(({ startAt }) => wall(startAt))).toEqual(['13:15']);
  });

  test('missing fields and wrong shapes are named by row', async () => {
    const { status: _, ...without } = patient();
    const answer = await post([patient(), without, 7]);
    expect(problemOf(answer)).toEqual({ status: 400, code: 'import_invalid' });
    expect(answer.json.errors).toMatchObject([
      { line: 2, path: 'status' },
      { line: 3, path: 'row' },
    ]);
    expect(problemOf(await post({ something: 1 }))).toEqual({ status: 400, code: 'import_invalid' });
  });
});

test('[authz] [H-01] a role that may not import is refused', async () => {
  const viewer = await fixture.login('viewer');
  expect(problemOf(await viewer.post(`${viewer.board()}/import`, 'x', tsv))).toEqual({
    status: 403,
    code: 'permission_denied',
  });
});
