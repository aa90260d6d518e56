/**
 * What the service may do to its data and to a login, as the simulator does it: the product reads the same day through all of it,
 * writes the same, and takes none of it for an empty day.
 */
import {
  calibrate,
  canonicalStatus,
  createCallGaps,
  createTebraAdapter,
  type EhrPort,
  OPERATION_NAMES,
  readClinicDay,
  scheduleWindow,
  type TebraCredentials,
} from '@workflow-bolt/ehr';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigPatch, createClock, startEhrSimulator } from '../../apps/ehr-simulator/src/index.ts';
import { DEADLINES, HASTY_RETRY, hastyClock } from './contract-stage.ts';

const date = '2026-07-01';
const nowMs = Date.parse(`${date}T15:00:00Z`);
const quiet = { throttle: { enabled: false } };

const simulator = await startEhrSimulator({
  ...{ seed: 11, date, config: quiet },
  clock: createClock({ now: () => nowMs, monotonic: () => nowMs }),
});
afterAll(() => simulator.stop());
beforeEach(async () => {
  const body = JSON.stringify({ config: quiet });
  await fetch(`${simulator.controlUrl}/reset`, { method: 'POST', body });
});

function portWith(credentials: TebraCredentials = simulator.credentials): EhrPort {
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
  const clock = hastyClock(() => {});
  const waits = { clock, deadlineMs: DEADLINES.port, retry: HASTY_RETRY };
  return createTebraAdapter({ endpoint: simulator.url, credentials, gaps, ...waits });
}
const port = portWith();
const question = { practiceName: simulator.practiceName, zone: simulator.zone, date };

/** The day as the board would have it, without what is kept to the letter: raw words, and days of change as written. */
async function readDay() {
  const read = await readClinicDay(port, question);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value.appointments.map(({ fingerprint: _, ...row }) => ({
    ...{ ...row, status: row.status.canonical },
    ...{ createdDate: null, lastModifiedDate: null },
  }));
}

const oddities: readonly [string, ConfigPatch][] = [
  ['absent members are nil', { data: { absent: 'nil' } }],
  ['absent members are empty', { data: { absent: 'empty' } }],
  ['dates are ISO', { data: { dates: 'iso' } }],
  ['dates are written both ways', { data: { dates: 'mixed' } }],
  ['booleans are lower case', { data: { booleans: 'true' } }],
  ['booleans are numbers', { data: { booleans: '1' } }],
  ['booleans are written all ways', { data: { booleans: 'mixed' } }],
  ['ids begin with zeros', { data: { leadingZeros: true } }],
  ['members come that no contract names', { data: { unknownMembers: true } }],
  ['an answer shows what it showed a minute ago', { writes: { listDelayMs: 60_000 } }],
];

describe('an account in which', () => {
  it('nothing is odd is read as it is', async () => {
    const truth = simulator.world
      .listed()
      .filter(({ type }) => type === 'P')
      .map(({ id, patientId, startMs, caseId, status }) => ({
        ...{ appointmentId: String(id), patientId: String(patientId), startAt: startMs },
        ...{ patientCaseId: caseId === null ? null : String(caseId) },
        status: canonicalStatus(status).canonical,
      }));
    const read = (await readDay()).map(({ appointmentId, patientId, startAt, patientCaseId, status }) => ({
      ...{ appointmentId, patientId, startAt, patientCaseId, status },
    }));
    const byId = (a: { appointmentId: string }, b: { appointmentId: string }) =>
      Number(a.appointmentId) - Number(b.appointmentId);
    expect(truth.length).toBeGreaterThan(20);
    expect(read.sort(byId)).toEqual(truth.sort(byId));
  });

  it.each(oddities)('%s: the same day, and a step keeps everything else', async (_, patch) => {
    const plain = await readDay();
    simulator.configure(patch);
    const odd = await readDay();
    expect(odd).toEqual(plain);
    const record = simulator.world.listed().find(({ caseId, type }) => caseId !== null && type === 'P');
    if (!record) throw new Error('the day has no such appointment');
    const before = simulator.act({ do: 'status', id: record.id, status: 'Scheduled' });
    const outcome = await port.writeStatus({
      ...{ appointmentId: String(record.id), occurrenceId: null, patientId: String(record.patientId) },
      ...{ desired: 'CheckedIn', lastAgreed: { status: 'Scheduled', version: null } },
    });
    expect(outcome).toMatchObject({ kind: 'written' });
    expect(simulator.world.find(record.id)).toEqual({
      ...{ ...before, status: 'CheckedIn', updatedMs: expect.any(Number) },
    });
  });

  it.each(['pm', 'enum', 'letter'] as const)(
    'the list speaks in words of kind %s: known ones mean the same',
    async (statusWords) => {
      const plain = await readDay();
      simulator.configure({ data: { statusWords } });
      const odd = await readDay();
      const unlike = odd.filter(({ status }, n) => status !== plain[n]?.status && status !== 'Unrecognised');
      // The list has fewer words than the single read: several states share one there.
      const shared = new Set(['ReminderSent', 'Tentative', 'NeedsReschedule', 'Roomed', 'ReadyToBeSeen']);
      expect(unlike.filter((row) => !shared.has(plain[odd.indexOf(row)]?.status ?? ''))).toEqual([]);
    },
  );

  it('an empty day is one empty row: no appointment, and one row set aside', async () => {
    simulator.configure({ data: { emptyList: 'phantom' } });
    const read = await readClinicDay(port, { ...question, date: '2026-08-19' });
    expect(read).toMatchObject({ ok: true, value: { appointments: [], phantomRows: 1 } });
  });

  it.each(['nil', 'error'] as const)(
    'what is not there is answered as %s: there is none',
    async (notFound) => {
      simulator.configure({ data: { notFound, deleted: 'not-found' } });
      expect(await port.appointment('424242')).toEqual({ ok: true, value: null });
      expect(await port.patient('424242')).toEqual({ ok: true, value: null });
      const [gone] = simulator.world.listed();
      simulator.act({ do: 'delete', id: gone?.id ?? 0 });
      expect(await port.appointment(String(gone?.id))).toEqual({ ok: true, value: null });
    },
  );

  it('the zone that was asked for means nothing: the comparison of both calls says by how much', async () => {
    simulator.configure({ time: { offset: 'ignore' } });
    const window = scheduleWindow(simulator.zone, date);
    const listed = await port.schedule({ practiceName: simulator.practiceName, window });
    if (!listed.ok) throw new Error('not read');
    expect(await calibrate(port, listed.value.rows)).toMatchObject({ verdict: 'shifted', shiftHours: -7 });
  });
});

describe('a login that', () => {
  const refused = async (reason: string) => {
    const read = await readClinicDay(port, question);
    expect(read).toMatchObject({ ok: false, failure: { kind: 'auth', reason, reads: 'stop' } });
    expect(simulator.journal('GetAppointments')).toHaveLength(1);
  };

  it('lacks a right is told so, once, and is no empty day', async () => {
    simulator.configure({ auth: { missingPermissions: ['Find Appointment'] } });
    await refused('permission-missing');
  });

  it('gets its rights later works from then on', async () => {
    simulator.configure({ auth: { rightsFrom: new Date(nowMs + 1).toISOString() } });
    await refused('permission-missing');
    simulator.configure({ auth: { rightsFrom: new Date(nowMs).toISOString() } });
    expect((await readDay()).length).toBeGreaterThan(20);
  });

  it('has no right to the practice is no empty day', async () => {
    simulator.configure({ auth: { practicesAuthorized: [] } });
    const read = await readClinicDay(port, question);
    expect(read).toMatchObject({ ok: false, failure: { kind: 'auth', reads: 'stop' } });
  });

  it('is wrong is tried once: a second try might lock the account', async () => {
    simulator.configure({ auth: { lockOutAfter: 2 } });
    const wrong = portWith({ ...simulator.credentials, password: 'not this one' });
    const read = await readClinicDay(wrong, question);
    expect(read).toMatchObject({ ok: false, failure: { kind: 'auth', reads: 'stop' } });
    expect(simulator.journal()).toHaveLength(1);
    expect((await readDay()).length).toBeGreaterThan(20);
  });
});
