import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClock, type EhrSimulator, startEhrSimulator } from './index.ts';
import { rawCall, scheduleXml, textsOf } from './raw-call.ts';
import { parseXml, type XmlElement } from './soap/xml-tree.ts';

const clock = createClock({ now: () => Date.parse('2026-11-01T15:00:00Z'), monotonic: () => 0 });
let simulator: EhrSimulator;
let plain: EhrSimulator['config']['data'];
beforeAll(async () => {
  simulator = await startEhrSimulator({
    seed: 9,
    date: '2026-11-01',
    profile: 'pathological',
    clock,
    config: { throttle: { enabled: false } },
  });
  plain = structuredClone(simulator.config.data);
});
afterAll(() => simulator.stop());
afterEach(() => simulator.configure({ data: plain }));

const WINDOW = {
  EndDate: '11/2/2026 8:00:00 AM',
  StartDate: '11/1/2026 4:00:00 AM',
  TimeZoneOffsetFromGMT: '0',
};
const EMPTY = { EndDate: '1/2/2020', StartDate: '1/1/2020' };
const schedule = (criteria: Record<string, string> = WINDOW, fields?: string) =>
  rawCall(simulator, 'GetAppointments', scheduleXml(criteria, fields)).then((answer) => answer.text);

/** Rows as plain objects; absent members are missing, nil ones null. */
function rowsOf(xml: string): Record<string, string | null>[] {
  const found: XmlElement[] = [];
  const walk = (element: XmlElement) => {
    if (element.name === 'AppointmentData') found.push(element);
    else element.children.forEach(walk);
  };
  walk(parseXml(xml));
  return found.map((row) =>
    Object.fromEntries(row.children.map((child) => [child.name, child.nil ? null : child.text])),
  );
}
const oddId = (oddity: string) => {
  const record = simulator.world.all().find((one) => one.oddities.some((name) => name === oddity));
  return String(record?.id);
};

describe('a pathological list', () => {
  it('shows a row twice, a row with two statuses, a series under one id, blocks and broken rows', async () => {
    const rows = rowsOf(await schedule());
    const of = (oddity: string) => rows.filter((row) => row.ID === oddId(oddity));
    expect(rows.length).toBe(44);
    const [twin, other] = of('duplicate-row');
    expect(twin).toEqual(other);
    const conflict = of('conflicting-row');
    expect(conflict).toHaveLength(2);
    expect(conflict[1]?.ConfirmationStatus).toBe('Check-in');
    expect(conflict[0]?.ConfirmationStatus).not.toBe('Check-in');
    const series = of('recurring-shared-id');
    expect(series.map((row) => row.Recurring)).toEqual(['True', 'True']);
    expect(new Set(series.map((row) => row.StartDate)).size).toBe(2);
    expect(of('no-start').map((row) => row.StartDate)).toEqual([null]);
    expect(of('no-patient').map((row) => row.PatientID)).toEqual([undefined]);
    expect(rows.filter((row) => row.Type === 'O').map((row) => row.AllDay)).toEqual(['True', 'False']);
    expect(rows.map((row) => row.ConfirmationStatus)).toEqual(
      expect.arrayContaining(['WaitingOnLabs', 'Seen', 'Arrived', '']),
    );
  });
  it('carries every script, CRLF and markup through unchanged', async () => {
    const rows = rowsOf(await schedule());
    const names = new Set(rows.map((row) => row.PatientFullName));
    for (const record of simulator.world.listed().filter((one) => one.type === 'P')) {
      if (!record.oddities.includes('no-patient')) {
        expect(names).toContain(simulator.world.patients.get(record.patientId ?? 0)?.fullName);
      }
    }
    expect(rows.find((row) => row.ID === oddId('crlf-notes'))?.Notes).toContain('\r\n\tcall <first> & ask');
  });
  it('an unknown word is read singly as the service would: raw, or its nearest', async () => {
    const words = simulator.world.all().filter((one) => one.oddities.includes('unknown-status'));
    const read = await Promise.all(
      words.map(async (one) => {
        const answer = await rawCall(
          simulator,
          'GetAppointment',
          `<Appointment><AppointmentId>${one.id}</AppointmentId></Appointment>`,
        );
        return [one.status, textsOf(answer.text, 'AppointmentStatus')[0]];
      }),
    );
    expect(Object.fromEntries(read)).toEqual({
      WaitingOnLabs: 'WaitingOnLabs',
      Seen: 'Roomed',
      Arrived: 'CheckedIn',
      '': 'Unknown',
    });
  });
  it('a deleted patient is still named by the appointment but not to be read', async () => {
    const record = simulator.world.all().find((one) => one.oddities.includes('deleted-patient'));
    const ask = () =>
      rawCall(simulator, 'GetPatient', `<Filter><PatientID>${record?.patientId}</PatientID></Filter>`);
    expect((await ask()).text).toContain('<Patient i:nil="true"/>');
    simulator.configure({ data: { notFound: 'error' } });
    expect(textsOf((await ask()).text, 'ErrorMessage')).toEqual(['Unable to find patient.']);
  });
});

describe('ways of saying it', () => {
  it('nothing found is nil, or one empty row', async () => {
    expect(await schedule(EMPTY)).toContain('<Appointments i:nil="true"/>');
    simulator.configure({ data: { emptyList: 'phantom' } });
    expect(await schedule(EMPTY)).toContain('<Appointments><AppointmentData/></Appointments>');
  });
  it('field toggles select members, or turn the answer into one empty row', async () => {
    const toggles = '<Fields><ID>true</ID><Notes>false</Notes><StartDate>1</StartDate></Fields>';
    const rows = rowsOf(await schedule(WINDOW, toggles));
    expect(new Set(rows.flatMap((row) => Object.keys(row)))).toEqual(new Set(['ID', 'StartDate']));
    simulator.configure({ data: { toggles: 'placeholder' } });
    expect(await schedule(WINDOW, toggles)).toContain('<Appointments><AppointmentData/></Appointments>');
    expect(rowsOf(await schedule())).toHaveLength(44);
  });
  it('a member without a value is absent, nil or empty', async () => {
    const second = async () => rowsOf(await schedule())[0]?.AppointmentReason2;
    expect(await second()).toBeUndefined();
    simulator.configure({ data: { absent: 'nil' } });
    expect(await second()).toBeNull();
    simulator.configure({ data: { absent: 'empty' } });
    expect(await second()).toBe('');
  });
  it('booleans, dates, ids and statuses are text of several kinds', async () => {
    const values = async (name: string) => new Set(rowsOf(await schedule()).map((row) => row[name]));
    simulator.configure({ data: { booleans: 'mixed', dates: 'mixed', leadingZeros: true } });
    const booleans = [...(await values('AllDay'))];
    expect(booleans).toEqual(expect.arrayContaining(['False', 'false', '0']));
    expect(booleans.filter((text) => /^(true|1)$/i.test(text ?? ''))).toHaveLength(1);
    const starts = [...(await values('StartDate'))].filter((text) => text !== null && text !== undefined);
    expect(starts.some((text) => /^2026-11-01T\d\d:\d\d:00$/.test(text))).toBe(true);
    expect(starts.some((text) => /^11\/1\/2026 \d+:\d\d:00 [AP]M$/.test(text))).toBe(true);
    expect(
      [...(await values('PatientID'))].every((text) => text === undefined || /^0000\d{4}$/.test(text ?? '')),
    ).toBe(true);
  });
  it.each([
    ['mixed', 'Check-in', 'Roomed'],
    ['pm', 'Check-in', 'Seen'],
    ['enum', 'CheckedIn', 'Roomed'],
    ['letter', 'I', 'E'],
  ] as const)('status words: %s', async (statusWords, checkedIn, roomed) => {
    simulator.configure({ data: { statusWords } });
    const [one, two] = simulator.world.all().filter((record) => record.oddities.length === 0);
    simulator.act({ do: 'status', id: one?.id ?? 0, status: 'CheckedIn' });
    simulator.act({ do: 'status', id: two?.id ?? 0, status: 'Roomed' });
    const rows = rowsOf(await schedule());
    const word = (id = 0) => rows.find((row) => row.ID === String(id))?.ConfirmationStatus;
    expect([word(one?.id), word(two?.id)]).toEqual([checkedIn, roomed]);
  });
  it('members of a later version stand behind the known ones', async () => {
    simulator.configure({ data: { unknownMembers: true } });
    expect(await schedule()).toContain('<Type>P</Type><VirtualVisitUrl i:nil="true"/><ZoneOfLaterVersion>1');
  });
  it('a deleted appointment is flagged, or is not there', async () => {
    const record = simulator.act({ do: 'add', patientId: 9001, startTime: '2026-11-01T16:00:00Z' });
    simulator.act({ do: 'delete', id: record?.id ?? 0 });
    const ask = () =>
      rawCall(
        simulator,
        'GetAppointment',
        `<Appointment><AppointmentId>${record?.id}</AppointmentId></Appointment>`,
      );
    expect(textsOf((await ask()).text, 'IsDeleted')).toEqual(['true']);
    simulator.configure({ data: { deleted: 'not-found' } });
    expect((await ask()).text).toContain('<Appointment i:nil="true"/>');
  });
});

describe('directory', () => {
  it('providers: who left and who only refers are there, told apart by text of any case', async () => {
    const all = (await rawCall(simulator, 'GetProviders', '<Fields/><Filter/>')).text;
    expect(textsOf(all, 'Active')).toEqual(['True', 'true', 'False', 'true']);
    expect(textsOf(all, 'Type').filter((type) => type === 'Referring Provider')).toHaveLength(1);
    const normal = '<Fields/><Filter><Type>Normal Provider</Type></Filter>';
    expect(textsOf((await rawCall(simulator, 'GetProviders', normal)).text, 'ID')).toHaveLength(3);
  });
  it('practices: two names differ by a trailing space and only the exact one has rows', async () => {
    const named = async (PracticeName: string) =>
      rowsOf(await schedule({ EndDate: '11/3/2026', PracticeName, StartDate: '10/31/2026' })).length;
    expect(await named('Cedar Hollow Family Medicine')).toBe(44);
    expect(await named('Cedar Hollow Family Medicine ')).toBe(0);
    expect(await named('cedar hollow family medicine')).toBe(0);
  });
  it('rooms are resources of type 2 after the provider', async () => {
    const [record] = simulator.world.listed().filter((one) => one.oddities.length === 0 && one.type === 'P');
    simulator.act({ do: 'edit', id: record?.id ?? 0, resourceIds: [2501] });
    const row = rowsOf(await schedule()).find((one) => one.ID === String(record?.id));
    expect([row?.ResourceTypeID1, row?.ResourceTypeID2, row?.ResourceName2]).toEqual(['1', '2', 'Exam 1']);
  });
});
