import type { ClinicSettings, Day, StoredDrift, Visit } from '@workflow-bolt/contracts';
import { type EhrAppointmentDetail, type EhrScheduleRow, ehrFailed, ehrOk } from '@workflow-bolt/ehr';
import { describe, expect, it } from 'vitest';
import type { BoardPort } from '../board-port.ts';
import { askedMax, type ReconcileParts, reconcileDay } from './reconcile-day.ts';

const zone = 'America/Chicago';
const date = '2026-11-23';
const nine = Date.UTC(2026, 10, 23, 15);
const settings = {
  id: 'north',
  zone,
  ehr: { practiceName: 'P', serviceLocationName: null },
} as unknown as ClinicSettings;
const day = {
  ...{ type: 'day', clinic: 'north', date, zone, state: 'open', writeBack: 'off' },
  ...{ providers: [{ id: 'ehr-1', name: 'Dr. Park', color: '#112233' }], visitTypes: [] },
  readyToBeSeenMeans: 'check-in-completed',
} as unknown as Day;

const rowOf = (id: string, patientId = id): EhrScheduleRow => ({
  ...{ appointmentId: id, occurrenceId: null, patientId, patientName: `Name ${id}`, type: 'P', typeRaw: 'P' },
  start: { kind: 'instant', at: nine, text: '' },
  end: null,
  durationMin: 20,
  status: { canonical: 'Confirmed', raw: 'Confirmed' },
  reasons: [],
  resources: [{ id: '1', name: 'Dr. Park', kind: 'provider' }],
  ...{ locationId: null, locationName: null, notes: null, allDay: null, recurring: null, practiceId: null },
  ...{ practiceName: null, patientCaseId: null, createdDate: null, lastModifiedDate: null },
});

const visitOf = (id: string): Visit =>
  ({
    ...{
      type: 'visit',
      id: `v${id}`,
      kind: 'booked',
      status: 'confirmed',
      milestones: {},
      startAt: nine,
      durationMin: 20,
      conflict: null,
    },
    ...{ providerId: 'ehr-1', visitTypeId: null, locationName: null, skipped: [] },
    external: {
      ...{ system: 'tebra', appointmentId: id, patientId: id, status: 'Confirmed', rawStatus: 'Confirmed' },
      ...{
        key: `${id}@${new Date(nine).toISOString()}/${id}`,
        fingerprint: 'f',
        absences: 0,
        isRemoved: false,
      },
    },
  }) as unknown as Visit;

/** A board and an EHR that answers these rows, one list after another, and these single appointments. */
function stage(
  visits: Visit[],
  lists: (EhrScheduleRow[] | 'down')[],
  single: Record<string, Partial<EhrAppointmentDetail> | null> = {},
) {
  const asked: string[] = [];
  const kept: { report: StoredDrift | null; failure: { code: string } | null } = {
    report: null,
    failure: null,
  };
  const entities = [
    ['day', { v: 1, d: day }],
    ...visits.map((visit, i) => [`v:${visit.id}`, { v: i + 2, d: visit }]),
  ];
  let list = 0;
  const parts = {
    board: {
      clinic: 'north',
      date,
      entities: async () => entities,
      submit: async () => expect.fail('nothing is changed'),
    } as unknown as BoardPort,
    ehr: {
      schedule: async () => {
        asked.push('list');
        const rows = lists[Math.min(list++, lists.length - 1)];
        if (rows === undefined || rows === 'down') return ehrFailed({ kind: 'cancelled' });
        return ehrOk({ rows, phantomRows: 0 });
      },
      appointment: async (id: string) => {
        asked.push(id);
        if (!(id in single)) return ehrFailed({ kind: 'cancelled' });
        return ehrOk(single[id] as EhrAppointmentDetail | null);
      },
    },
    settings,
    reports: {
      find: async () => kept.report,
      save: async (_board: unknown, report: StoredDrift) => {
        kept.report = report;
      },
      saveFailure: async (_board: unknown, failure: { code: string }) => {
        kept.failure = failure;
      },
    },
    now: () => 1_790_000_000_000,
  } as unknown as ReconcileParts;
  const run = () => reconcileDay(parts, { jobId: 'j1', trigger: 'timer', requestedBy: 'system' });
  const brief = () =>
    kept.report?.rows.map(({ kind, visitId, differences }) => [
      kind,
      visitId,
      differences.map(({ field, theirs, advice }) => `${field} ${theirs} ${advice}`),
    ]);
  return { run, asked, kept, brief };
}

describe('comparing a day', () => {
  it('keeps what was compared, when, and at which position', async () => {
    const { run, kept, asked } = stage([visitOf('1'), visitOf('2')], [[rowOf('1'), rowOf('2')]]);
    expect(await run()).toEqual({ ok: true, compared: 2, drifted: 0 });
    expect(kept.report).toMatchObject({
      ...{
        at: 1_790_000_000_000,
        jobId: 'j1',
        trigger: 'timer',
        seq: 3,
        compared: 2,
        drifted: 0,
        quarantined: 0,
      },
      rows: [],
    });
    expect(kept.report?.agreed.v1).toMatchObject({ status: 'Confirmed', start: nine, provider: 'Dr. Park' });
    // The list, and for two of its rows whether the single call tells the same time.
    expect(asked).toEqual(['list', '1', '2']);
  });

  it('asks by number for what the list does not have: deleted, moved, only unlisted, or nobody knows', async () => {
    const at = (ms: number) => ({ start: { kind: 'instant' as const, at: ms, text: '' }, isDeleted: false });
    const visits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(visitOf);
    const rows = ['1', '2', '3', '4', '5'].map((id) => rowOf(id));
    const { run, brief } = stage(visits, [rows], { '6': null, '7': at(nine + 86_400_000), '8': at(nine) });
    expect(await run()).toEqual({ ok: true, compared: 9, drifted: 4 });
    expect(brief()).toEqual([
      ['board-only', 'v6', ['removal deleted read-again']],
      ['board-only', 'v7', ['removal moved read-again']],
      ['board-only', 'v8', ['removal unlisted look']],
      ['board-only', 'v9', ['removal unasked look']],
    ]);
  });

  it('asks for no more than the account can bear', async () => {
    const visits = Array.from({ length: 60 }, (_, i) => visitOf(String(i + 1)));
    const { run, asked, kept } = stage(visits, [
      visits.slice(0, 35).map(({ external }) => rowOf(external?.appointmentId ?? '')),
    ]);
    await run();
    expect(asked.filter((what) => what !== 'list')).toHaveLength(askedMax + 3);
    expect(kept.report?.drifted).toBe(25);
  });

  it('an appointment that was given to another patient is one visit with another patient, not two', async () => {
    const { run, brief, asked } = stage([visitOf('1'), visitOf('2')], [[rowOf('1'), rowOf('2', '99')]]);
    await run();
    expect(brief()).toEqual([['both', 'v2', ['patient 99 look']]]);
    expect(asked).toEqual(['list', '1', '2']);
  });

  it('a group’s number tells nothing: who left it is absent, who came is new', async () => {
    const { run, brief } = stage([visitOf('1')], [[rowOf('1', '8'), rowOf('1', '9')]], { '1': null });
    await run();
    expect(
      brief()
        ?.map(([kind]) => kind)
        .toSorted(),
    ).toEqual(['board-only', 'ehr-only', 'ehr-only']);
  });
});

describe('[DR-DOUBT] what is not believed', () => {
  it('a day that lost half of its rows is asked for twice; the second answer counts', async () => {
    const visits = ['1', '2', '3', '4'].map(visitOf);
    const { run, asked } = stage(visits, [
      [rowOf('1')],
      visits.map(({ external }) => rowOf(external?.appointmentId ?? '')),
    ]);
    expect(await run()).toEqual({ ok: true, compared: 4, drifted: 0 });
    expect(asked).toEqual(['list', 'list', '1', '2', '3']);
  });

  it.each<[(EhrScheduleRow[] | 'down')[], string]>([
    [[[rowOf('1')]], 'suspect-answer'],
    [['down'], 'cancelled'],
  ])('%#: the last report stands, and the reason is beside it', async (lists, code) => {
    const visits = ['1', '2', '3', '4'].map(visitOf);
    const all = visits.map(({ external }) => rowOf(external?.appointmentId ?? ''));
    const { run, kept } = stage(visits, [all, ...lists]);
    await run();
    const { report } = kept;
    expect(await run()).toEqual({ ok: false, code });
    expect(kept.failure).toEqual({ at: 1_790_000_000_000, code });
    expect(kept.report).toBe(report);
  });

  const told = (ms: number) => ({ start: { kind: 'instant' as const, at: ms, text: '' }, isDeleted: false });
  const hour = 3_600_000;
  it.each<[string, Record<string, Partial<EhrAppointmentDetail> | null>, boolean]>([
    ['all an hour off', { '1': told(nine + hour), '2': told(nine + hour), '3': told(nine + hour) }, false],
    ['all off, by differing amounts', { '1': told(nine + hour), '2': told(nine + 60_000) }, false],
    ['one that was moved meanwhile', { '1': told(nine + hour), '2': told(nine), '3': told(nine) }, true],
    ['the only one that could be read', { '1': told(nine + hour), '2': null }, true],
    ['none', { '1': told(nine), '2': told(nine), '3': told(nine) }, true],
  ])('[DR-TIMES] times of the list that the single call contradicts: %s', async (_, single, isBelieved) => {
    const visits = ['1', '2', '3', '4'].map(visitOf);
    const rows = visits.map(({ external }) => rowOf(external?.appointmentId ?? ''));
    const { run, kept } = stage(visits, [rows], single);
    if (isBelieved) expect(await run()).toEqual({ ok: true, compared: 4, drifted: 0 });
    else expect(await run()).toEqual({ ok: false, code: 'list-times-wrong' });
    expect(kept.report === null).toBe(!isBelieved);
  });
});
