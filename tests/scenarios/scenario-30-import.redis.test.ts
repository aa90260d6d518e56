/** A pasted schedule while the EHR is down: scenario 30, on processes, with no worker and an EHR that answers nothing. */
import type { Visit } from '@workflow-bolt/contracts';
import { instantOf } from '@workflow-bolt/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BoardRecord } from '../system/board-record.ts';
import { type ClinicSystem, startClinicSystem } from '../system/clinic-system.ts';
import { middayZone } from '../system/midday-zone.ts';
import { StaffMember } from '../system/staff-member.ts';

let system: ClinicSystem;
let record: BoardRecord;
let desk: StaffMember;

beforeAll(async () => {
  system = await startClinicSystem({ appointments: 2, zone: middayZone() });
  system.simulator.act({ do: 'fault', rule: { op: '*', kind: 'html-503' } });
  for (const worker of system.workers) await worker.end('SIGKILL');
  if (!system.redis) throw new Error('this system has no Redis of its own');
  await system.redis.client().flushall();
  for (const { process } of system.servers) {
    await process.end('SIGKILL');
    process.start();
  }
  await system.awaitServers();
  record = new BoardRecord(system.redis.client(), { clinic: system.clinic, date: system.date });
  desk = await StaffMember.signIn(system, 'dana');
  await desk.snapshot();
});
afterAll(() => system[Symbol.asyncDispose]());

/** The predecessor's columns: date, time, status, name, DOB, type, complaint, provider, phone. */
const line = (time: string, status: string, name: string, dob: string, type = 'Follow Up') =>
  [usDate(), time, status, name, dob, type, 'cough', '', '555-0100'].join('\t');
const usDate = () => {
  const [year, month, day] = system.date.split('-');
  return `${month}/${day}/${year}`;
};

const send = (body: string, type = 'text/tab-separated-values') =>
  desk.request('/import', { method: 'POST', headers: { 'content-type': type }, body });

const visitsOf = async (): Promise<Visit[]> =>
  [...(await desk.entities()).values()].flatMap((d) => (d.type === 'visit' ? [d] : []));
const named = async (fullName: string): Promise<Visit[]> => {
  const entities = await desk.entities();
  const ids = [...entities.values()].flatMap((d) =>
    d.type === 'person' && d.fullName === fullName ? [d.visitId] : [],
  );
  return [...entities.values()].flatMap((d) => (d.type === 'visit' && ids.includes(d.id) ? [d] : []));
};

const morning = () => [
  line('09:00 AM', 'Scheduled', 'Ada Quill', '01/31/1980'),
  line('9:30 AM', 'Confirmed', 'Ben Oduya', '1975-12-01'),
  line('13:15', '', 'Chi Nwosu', ''),
];

test("scenario 30: the predecessor's text is taken over with local times and no invented check-in", async () => {
  const answer = await send(morning().join('\n'));
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { created: 3, updated: 0, unchanged: 0, warnings: [] },
  ]);
  const visits = await visitsOf();
  expect(visits).toHaveLength(3);
  for (const visit of visits)
    expect([visit.milestones.arrivedAt, visit.source]).toEqual([undefined, 'import']);
  const [ada, ben, chi] = [await named('Ada Quill'), await named('Ben Oduya'), await named('Chi Nwosu')];
  expect([ada, ben, chi].map((found) => found.map(({ status, startAt }) => [status, startAt]))).toEqual([
    [['scheduled', instantOf(system.zone, system.date, '09:00')]],
    [['confirmed', instantOf(system.zone, system.date, '09:30')]],
    [['scheduled', instantOf(system.zone, system.date, '13:15')]],
  ]);
  expect((await desk.entities()).get(`p:${ada[0]?.id}`)).toMatchObject({
    dob: '1980-01-31',
    phone: '555-0100',
  });
});

test('scenario 30: the same text again appends nothing; a changed line updates its visit, also one moved to another time', async () => {
  const again = await record.unchangedBy(() => send(morning().join('\n')));
  expect([again.status, await again.json()]).toEqual([
    200,
    { created: 0, updated: 0, unchanged: 3, warnings: [] },
  ]);
  const [ada] = await named('Ada Quill');
  const changed = [line('09:45 AM', 'Scheduled', 'Ada Quill', '01/31/1980'), ...morning().slice(1)];
  const answer = await send(changed.join('\n'));
  expect(await answer.json()).toEqual({ created: 0, updated: 1, unchanged: 2, warnings: [] });
  const after = await named('Ada Quill');
  expect(after.map(({ id, startAt }) => [id, startAt])).toEqual([
    [ada?.id, instantOf(system.zone, system.date, '09:45')],
  ]);
});

test('scenario 30: bad lines are named by number, and with one bad line nothing is imported', async () => {
  const text = [
    line('10:00 AM', 'Scheduled', 'Good Row', '01/31/1980'),
    line('25:00', 'Scheduled', 'Bad Time', '01/31/1980'),
    '',
    line('10:20 AM', 'Scheduled', '', '01/31/1980'),
    line('10:40 AM', 'Scheduled', 'Bad Birth', '02/30/1980'),
  ].join('\r\n');
  const answer = await record.unchangedBy(() => send(text));
  const problem = (await answer.json()) as { errors: { line: number; path: string }[] };
  expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
  expect(problem).toMatchObject({ code: 'import_invalid', status: 400, errorCount: 3 });
  expect(problem.errors.map(({ line: number, path }) => [number, path])).toEqual([
    [2, 'time'],
    [4, 'name'],
    [5, 'dob'],
  ]);
});

test('scenario 30: the JSON form says the same things, keeps what staff did, and ignores a time the predecessor invented', async () => {
  const row = {
    id: 'wb-77',
    name: 'Dee Marsh',
    dob: '1990-06-15',
    appointmentTime: `${system.date}T14:00`,
    provider: 'Nobody Known',
    status: 'scheduled',
    checkInTime: `${system.date}T13:30:00Z`,
  };
  const first = await send(JSON.stringify([row]), 'application/json');
  expect([first.status, await first.json()]).toEqual([
    200,
    {
      created: 1,
      updated: 0,
      unchanged: 0,
      warnings: [{ line: 1, message: expect.stringContaining('provider') }],
    },
  ]);
  const [dee] = await named('Dee Marsh');
  expect([dee?.milestones, dee?.startAt]).toEqual([{}, instantOf(system.zone, system.date, '14:00')]);
  expect((await desk.give({ type: 'moveVisit', visitId: dee?.id ?? '', to: 'arrived' })).status).toBe(200);
  const again = await send(
    JSON.stringify({ patients: [{ ...row, chiefComplaint: 'fever' }] }),
    'application/json',
  );
  expect(await again.json()).toMatchObject({ created: 0, updated: 1, unchanged: 0 });
  const [after] = await named('Dee Marsh');
  expect(after).toMatchObject({ id: dee?.id, status: 'arrived' });
  expect(after?.milestones.arrivedAt).toBeGreaterThan(0);
});

test('scenario 30: only roles that may import, import; a refused one changes nothing', async () => {
  const marcus = await StaffMember.signIn(system, 'marcus');
  const answer = await record.unchangedBy(() =>
    marcus.request('/import', {
      method: 'POST',
      headers: { 'content-type': 'text/tab-separated-values' },
      body: morning().join('\n'),
    }),
  );
  expect([answer.status, await answer.json()]).toEqual([
    403,
    expect.objectContaining({
      code: 'permission_denied',
      required: ['front-desk', 'manager', 'service', 'system'],
    }),
  ]);
});
