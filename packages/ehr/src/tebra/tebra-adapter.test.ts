import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { BreakerOpen } from '../call-guard.ts';
import type { EhrFailure } from '../ehr-failure.ts';
import type { EhrPort } from '../ehr-port.ts';
import { readClinicDay } from '../read-clinic-day.ts';
import {
  ANY_DAY,
  answeredBy,
  cannedAdapter,
  openGate,
  steppedClock,
  TEST_CREDENTIALS,
} from './adapter-fixtures.ts';
import {
  answer,
  appointmentRow,
  errorMember,
  fault,
  goodAnswer,
  members,
  NO_ERROR,
  scheduleAnswer,
  security,
} from './answer-fixtures.ts';
import { createCallGaps } from './call-gaps.ts';
import { READ_OPERATIONS } from './operations.ts';
import { createTebraAdapter, type TebraCallRecord } from './tebra-adapter.ts';
import { parseXml, type XmlElement } from './xml-tree.ts';

/** Every member of the fixture's row but its id. */
const ROW_MEMBERS =
  'AllDay AppointmentDuration AppointmentReason1 ConfirmationStatus CreatedDate EndDate LastModifiedDate Notes PatientCaseID PatientFullName PatientID PracticeID PracticeName Recurring ResourceID1 ResourceName1 ResourceTypeID1 ServiceLocationID ServiceLocationName StartDate Type'.split(
    ' ',
  );

const READS: Readonly<Record<(typeof READ_OPERATIONS)[number], (port: EhrPort) => Promise<{ ok: boolean }>>> =
  {
    GetAppointments: (port) => port.schedule(ANY_DAY),
    GetAppointment: (port) => port.appointment('5001'),
    GetPatient: (port) => port.patient('601'),
    GetPatients: (port) => port.patients({ lastName: 'Vale' }),
    GetProviders: (port) => port.providers({ practiceId: '7' }),
    GetPractices: (port) => port.practices(),
    GetServiceLocations: (port) => port.serviceLocations({ practiceName: 'Fern Street Clinic' }),
    GetThrottles: (port) => port.throttles(),
    GetCustomerIdFromKey: (port) => port.checkCredentials(),
  };

/** The members of a sent request by name, two levels deep. */
function sentMembers(body: string): Record<string, unknown> {
  const find = (element: XmlElement | undefined, name: string) =>
    element?.children.find((child) => child.name === name);
  const flat = (element: XmlElement): unknown =>
    element.children.length === 0
      ? element.text
      : Object.fromEntries(element.children.map((child) => [child.name, flat(child)]));
  const call = find(parseXml(body), 'Body')?.children[0];
  return flat(call?.children[0] as XmlElement) as Record<string, unknown>;
}

const HEADER = {
  ClientVersion: '2.1',
  CustomerKey: TEST_CREDENTIALS.customerKey,
  Password: TEST_CREDENTIALS.password,
  User: TEST_CREDENTIALS.user,
};

describe('requests', () => {
  test('the schedule is asked for in UTC with offset 0 and empty Fields', async () => {
    const { port, sent } = cannedAdapter([{ body: scheduleAnswer('') }]);
    await port.schedule({ ...ANY_DAY, modified: { from: '2026-03-08', to: '2026-03-09' }, type: 'P' });
    expect(sent[0]?.headers.get('soapaction')).toBe(
      '"http://www.kareo.com/api/schemas/KareoServices/GetAppointments"',
    );
    expect(sentMembers(sent[0]?.body ?? '')).toEqual({
      RequestHeader: HEADER,
      Fields: '',
      Filter: {
        EndDate: '3/10/2026 6:00:00 AM',
        FromLastModifiedDate: '2026-03-08',
        PracticeName: 'Fern Street Clinic',
        StartDate: '3/9/2026 4:00:00 AM',
        TimeZoneOffsetFromGMT: '0',
        // The end may be exclusive, so a day more is asked for.
        ToLastModifiedDate: '2026-03-10',
        Type: 'P',
      },
    });
  });

  test('the practice’s name keeps its trailing blank', async () => {
    const { port, sent } = cannedAdapter([{ body: scheduleAnswer('') }]);
    await port.schedule({ ...ANY_DAY, practiceName: 'Fern Street Clinic ' });
    expect(sentMembers(sent[0]?.body ?? '')).toMatchObject({
      Filter: { PracticeName: 'Fern Street Clinic ' },
    });
  });

  test('the credentials check has no header', async () => {
    const { port, sent } = cannedAdapter([
      {
        body: answer('GetCustomerIdFromKey', '<CustomerId>31</CustomerId><IsAuthorized>true</IsAuthorized>'),
      },
    ]);
    expect(await port.checkCredentials()).toEqual({ ok: true, value: { customerId: '31' } });
    const { ClientVersion: _, ...account } = HEADER;
    expect(sentMembers(sent[0]?.body ?? '')).toEqual(account);
  });

  const badRequests: readonly (readonly [string, (port: EhrPort) => Promise<unknown>])[] = [
    ['a schedule of no days at all', (port) => port.schedule({ practiceName: 'x' })],
    ['a schedule of no practice', (port) => port.schedule({ ...ANY_DAY, practiceName: '' })],
    ['a window that ends first', (port) => port.schedule({ ...ANY_DAY, window: { startAt: 2, endAt: 1 } })],
    [
      'a window of nothing',
      (port) => port.schedule({ ...ANY_DAY, window: { startAt: Number.NaN, endAt: 1 } }),
    ],
    ['forty days', (port) => port.schedule({ ...ANY_DAY, window: { startAt: 0, endAt: 40 * 86_400_000 } })],
    [
      'an infinite window',
      (port) => port.schedule({ ...ANY_DAY, window: { startAt: 0, endAt: Number.POSITIVE_INFINITY } }),
    ],
    [
      'the year 275760',
      (port) => port.schedule({ ...ANY_DAY, window: { startAt: 8.63e15, endAt: 8.63e15 + 1 } }),
    ],
    [
      'days in the wrong order',
      (port) => port.schedule({ practiceName: 'x', modified: { from: '2026-03-09', to: '2026-03-08' } }),
    ],
    [
      'a day that does not exist',
      (port) => port.schedule({ practiceName: 'x', modified: { from: '2026-02-29', to: '2026-03-01' } }),
    ],
    ['an appointment id of letters', (port) => port.appointment('Quillon')],
    ['a patient id beyond xs:int', (port) => port.patient('2147483648')],
    ['an empty patient id', (port) => port.patient('')],
    ['every patient of the account', (port) => port.patients({})],
    ['a name with a control character', (port) => port.patients({ lastName: 'Quil\u0000lon' })],
  ];

  test.each(badRequests)('%s is refused and not sent', async (_name, ask) => {
    const { port, sent } = cannedAdapter([{ body: '' }]);
    const result = await ask(port);
    expect(result).toMatchObject({
      ok: false,
      failure: { kind: 'our-bug', reason: 'bad-request', retryable: false },
    });
    expect(JSON.stringify(result)).not.toMatch(/Quil/);
    expect(sent).toEqual([]);
  });
});

describe('answers', () => {
  test('a whole row', async () => {
    const row = appointmentRow({
      ResourceID2: '251',
      ResourceName2: 'Exam 3',
      ResourceTypeID2: '2',
      AppointmentReason2: 'Flu shot',
      Notes: ' a\nb ',
    });
    const result = await answeredBy(scheduleAnswer(row)).schedule(ANY_DAY);
    expect(result).toEqual({
      ok: true,
      value: {
        phantomRows: 0,
        rows: [
          {
            appointmentId: '5001',
            occurrenceId: null,
            patientId: '601',
            patientName: 'Rowan Vale',
            start: { kind: 'instant', at: Date.UTC(2026, 2, 9, 15), text: '3/9/2026 3:00:00 PM' },
            end: { kind: 'instant', at: Date.UTC(2026, 2, 9, 15, 30), text: '3/9/2026 3:30:00 PM' },
            durationMin: 30,
            status: { canonical: 'Scheduled', raw: 'Scheduled' },
            reasons: ['Check-up', 'Flu shot'],
            resources: [
              { id: '81', name: 'Dana Moor, MD', kind: 'provider' },
              { id: '251', name: 'Exam 3', kind: 'room' },
            ],
            locationId: '91',
            locationName: 'Fern Street',
            notes: 'a\nb',
            type: 'P',
            typeRaw: 'P',
            allDay: false,
            recurring: false,
            practiceId: '7',
            practiceName: 'Fern Street Clinic',
            patientCaseId: '41',
            createdDate: '3/2/2026 9:00:00 AM',
            lastModifiedDate: '3/8/2026 9:00:00 AM',
          },
        ],
      },
    });
  });

  test('absent, nil and empty members are all unknown, and no reason to fail', async () => {
    const bare = await answeredBy(
      scheduleAnswer('<AppointmentData><ID>5001</ID></AppointmentData>'),
    ).schedule(ANY_DAY);
    const nils = appointmentRow(Object.fromEntries(ROW_MEMBERS.map((name) => [name, null])));
    const empties = appointmentRow(Object.fromEntries(ROW_MEMBERS.map((name) => [name, ''])));
    expect(await answeredBy(scheduleAnswer(nils)).schedule(ANY_DAY)).toEqual(bare);
    expect(await answeredBy(scheduleAnswer(empties)).schedule(ANY_DAY)).toEqual(bare);
    expect(bare).toMatchObject({
      value: { rows: [{ status: { canonical: 'Unrecognised', raw: '' }, type: 'U', start: null }] },
    });
  });

  test.each([
    ['no row', '', 0, 0],
    ['one row', appointmentRow(), 1, 0],
    ['two rows', appointmentRow() + appointmentRow({ ID: '5002' }), 2, 0],
    ['a phantom', '<AppointmentData/>', 0, 1],
    ['a phantom of nils', appointmentRow({ ID: null }), 0, 1],
    ['an unknown sibling', `<Total>1</Total>${appointmentRow()}`, 1, 0],
  ])('%s', async (_name, rows, count, phantoms) => {
    const result = await answeredBy(scheduleAnswer(rows)).schedule(ANY_DAY);
    expect(result.ok && [result.value.rows.length, result.value.phantomRows]).toEqual([count, phantoms]);
  });

  test.each([
    ['no list at all', goodAnswer('GetAppointments', '')],
    ['a list of something else', scheduleAnswer('<AppointmentRow><ID>1</ID></AppointmentRow>')],
  ])('%s is no empty day', async (_name, body) => {
    expect(await answeredBy(body).schedule(ANY_DAY)).toMatchObject({
      failure: { kind: 'malformed', reason: 'unexpected-shape' },
    });
  });

  test('a single appointment, its zone-less times kept as text', async () => {
    const summary = members({
      DateOfBirth: '1984-02-29T00:00:00',
      FirstName: 'Rowan',
      LastName: 'Vale',
      MobilePhone: '(555) 555-0101',
      PatientId: '601',
    });
    const body = goodAnswer(
      'GetAppointment',
      `<Appointment>${members({ AppointmentId: '5001', AppointmentStatus: 'Hovering', AppointmentType: 'P', CreatedAt: '2026-03-02T09:00:00', EndTime: '2026-03-09T15:30:00Z', IsDeleted: 'false', PatientSummary: summary, ResourceIds: '<long>81</long><long>251</long>', StartTime: '2026-03-09T15:00:00Z' })}</Appointment>`,
    );
    expect(await answeredBy(body).appointment('5001')).toMatchObject({
      ok: true,
      value: {
        status: { canonical: 'Unrecognised', raw: 'Hovering' },
        start: { kind: 'instant', at: Date.UTC(2026, 2, 9, 15) },
        createdAt: { kind: 'unknown-zone', text: '2026-03-02T09:00:00' },
        updatedAt: null,
        isDeleted: false,
        isRecurring: null,
        resourceIds: ['81', '251'],
        patient: {
          patientId: '601',
          dateOfBirth: '1984-02-29',
          mobilePhone: '(555) 555-0101',
          middleName: null,
        },
        groupPatients: [],
      },
    });
  });

  test('a group appointment with its patients', async () => {
    const one = (id: string, status: string) =>
      `<GroupPatientSummary>${members({ PatientId: id, Status: status })}</GroupPatientSummary>`;
    const body = goodAnswer(
      'GetAppointment',
      `<Appointment>${members({ AppointmentId: '5001', IsGroupAppointment: 'true', PatientSummaries: one('1', 'PRESENT') + one('2', 'NO_SHOW') })}</Appointment>`,
    );
    expect(await answeredBy(body).appointment('5001')).toMatchObject({
      value: {
        isGroup: true,
        groupPatients: [
          { patientId: '1', attendeeStatus: 'PRESENT' },
          { patientId: '2', attendeeStatus: 'NO_SHOW' },
        ],
      },
    });
  });

  test('a patient without what a board does not need', async () => {
    const given = {
      DOB: '2/29/1984',
      FirstName: 'Rowan',
      ID: '601',
      PatientFullName: 'Rowan Vale',
      PracticeId: '7',
      SSN: '000-12-3456',
      State: 'TX',
    };
    const result = await answeredBy(goodAnswer('GetPatient', `<Patient>${members(given)}</Patient>`)).patient(
      '601',
    );
    expect(result).toMatchObject({
      ok: true,
      value: { patientId: '601', dateOfBirth: '1984-02-29', practiceId: '7', lastName: null, cases: [] },
    });
    expect(JSON.stringify(result)).not.toContain('000-12-3456');
  });

  test.each([
    ['nil', goodAnswer('GetPatient', '<Patient i:nil="true"/>')],
    ['an empty record', goodAnswer('GetPatient', '<Patient/>')],
    ['an error that says so', answer('GetPatient', `${errorMember('Unable to find patient.')}${security()}`)],
  ])('an unknown patient told as %s is null', async (_name, body) => {
    expect(await answeredBy(body).patient('601')).toEqual({ ok: true, value: null });
  });

  test('another patient’s record under the id we asked for is refused', async () => {
    const body = goodAnswer('GetPatient', `<Patient>${members({ ID: '602' })}</Patient>`);
    expect(await answeredBy(body).patient('601')).toMatchObject({
      failure: { kind: 'malformed', detail: 'Patient id' },
    });
    expect(await answeredBy(body).patient('0602')).toMatchObject({ ok: true });
  });

  test('patients born in a range, whichever way the service reads its end', async () => {
    const born = (id: string, dob: string | null) =>
      `<PatientData>${members({ DOB: dob, ID: id })}</PatientData>`;
    const body = goodAnswer(
      'GetPatients',
      `<Patients>${born('1', '2/28/1984')}${born('2', '2/29/1984')}${born('3', '3/1/1984')}${born('4', null)}<PatientData/></Patients>`,
    );
    const { port, sent } = cannedAdapter([{ body }]);
    const result = await port.patients({ dateOfBirth: { from: '1984-02-29', to: '1984-02-29' } });
    expect(result.ok && result.value.map((patient) => patient.patientId)).toEqual(['2', '4']);
    expect(sentMembers(sent[0]?.body ?? '')).toMatchObject({
      Filter: { FromDateOfBirth: '1984-02-29', ToDateOfBirth: '1984-03-01' },
    });
  });

  test('directories: truth in any case, unknown truth unknown, names exact', async () => {
    const provider = (id: string, active: string | null, type: string) =>
      `<ProviderData>${members({ Active: active, ID: id, Type: type })}</ProviderData>`;
    const providers = goodAnswer(
      'GetProviders',
      `<Providers>${provider('1', 'True', 'Normal Provider')}${provider('2', '0', 'Referring Provider')}${provider('3', null, 'Robot')}</Providers>`,
    );
    expect(await answeredBy(providers).providers()).toMatchObject({
      value: [
        { providerId: '1', active: true, kind: 'normal' },
        { providerId: '2', active: false, kind: 'referring' },
        { providerId: '3', active: null, kind: 'unknown' },
      ],
    });
    const practice = (id: string, name: string) =>
      `<PracticeData>${members({ ID: id, PracticeName: name })}</PracticeData>`;
    const practices = goodAnswer(
      'GetPractices',
      `<Practices>${practice('1', 'Fern')}${practice('2', 'Fern ')}</Practices>`,
    );
    expect(await answeredBy(practices).practices()).toMatchObject({
      value: [{ name: 'Fern' }, { name: 'Fern ' }],
    });
  });

  test.each([
    ['Providers', 'ProviderData', (port: EhrPort) => port.providers()],
    ['Practices', 'PracticeData', (port: EhrPort) => port.practices()],
    ['ServiceLocations', 'ServiceLocationData', (port: EhrPort) => port.serviceLocations()],
    ['Patients', 'PatientData', (port: EhrPort) => port.patients({ lastName: 'Vale' })],
  ])('%s without a match come as nil or as one empty row, and are none', async (list, row, ask) => {
    const operation = `Get${list}`;
    expect(await ask(answeredBy(goodAnswer(operation, `<${list}><${row}/></${list}>`)))).toEqual({
      ok: true,
      value: [],
    });
    expect(await ask(answeredBy(goodAnswer(operation, `<${list} i:nil="true"/>`)))).toEqual({
      ok: true,
      value: [],
    });
    expect(await ask(answeredBy(goodAnswer(operation, '')))).toMatchObject({
      failure: { kind: 'malformed', detail: list },
    });
  });

  test('locations in their own namespace', async () => {
    const body = goodAnswer(
      'GetServiceLocations',
      '<b:ServiceLocations xmlns:b="http://www.kareo.com/api/schemas"><b:ServiceLocationData><b:ID>91</b:ID><b:Name>Fern Street</b:Name></b:ServiceLocationData></b:ServiceLocations>',
    );
    expect(await answeredBy(body).serviceLocations()).toMatchObject({
      value: [{ locationId: '91', name: 'Fern Street', zipCode: null }],
    });
  });

  test('throttles: unreadable ones are left out', async () => {
    const detail = (name: string, ms: string) =>
      `<ThrottleDetail>${members({ Endpoint: name, ThrottleTimeMs: ms })}</ThrottleDetail>`;
    const body = goodAnswer(
      'GetThrottles',
      `<ThrottleDetails>${detail('GetPatient', '250')}${detail('GetPatients', '1.5E3')}${detail('x', 'INF')}${detail('a b', '1')}</ThrottleDetails>`,
    );
    expect(await answeredBy(body).throttles()).toEqual({
      ok: true,
      value: [
        { endpoint: 'GetPatient', minGapMs: 250 },
        { endpoint: 'GetPatients', minGapMs: 1_500 },
      ],
    });
  });

  test.each([
    ['false', { kind: 'auth', reason: 'credentials-refused' }],
    ['', { kind: 'malformed', detail: 'IsAuthorized' }],
  ])('credentials answered with "%s"', async (isAuthorized, failure) => {
    const body = answer('GetCustomerIdFromKey', members({ CustomerId: '0', IsAuthorized: isAuthorized }));
    expect(await answeredBy(body).checkCredentials()).toMatchObject({ ok: false, failure });
  });
});

describe('every operation', () => {
  test.each(READ_OPERATIONS)(
    '%s classifies a refused login, a fault and a broken body',
    async (operation) => {
      const ask = READS[operation];
      const refused = answer(operation, NO_ERROR + security({ authenticated: 'false', authorized: 'false' }));
      expect(await ask(answeredBy(refused))).toMatchObject({
        failure: { kind: 'auth', reason: 'bad-credentials' },
      });
      expect(await ask(answeredBy({ body: fault('InternalServiceFault', ''), status: 500 }))).toMatchObject({
        failure: { kind: 'fault-internal' },
      });
      expect(await ask(answeredBy('<s:Envelope xmlns:s="x"><s:Bo'))).toMatchObject({
        failure: { kind: 'malformed', reason: 'truncated' },
      });
      expect(await ask(answeredBy(''))).toMatchObject({ failure: { kind: 'service-down', reason: 'empty' } });
    },
  );
});

describe('gate, retry and observation', () => {
  const reset = new TypeError('fetch failed', {
    cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }),
  });

  test('a cut connection is tried again, and each try passes the gate', async () => {
    const acquire = vi.fn(async () => {});
    const records: TebraCallRecord[] = [];
    const clock = steppedClock();
    const { port, sent } = cannedAdapter([reset, { body: scheduleAnswer('') }], {
      gate: { acquire, defer: () => {} },
      clock,
      observe: (record) => records.push(record),
    });
    expect(await port.schedule(ANY_DAY)).toMatchObject({ ok: true });
    expect([sent.length, acquire.mock.calls.length, clock.slept]).toEqual([2, 2, [2_000]]);
    expect(records).toMatchObject([
      {
        operation: 'GetAppointments',
        attempt: 1,
        bytes: null,
        failure: { kind: 'transport', reason: 'reset' },
      },
      { operation: 'GetAppointments', attempt: 2, failure: null },
    ]);
  });

  test('a throttle holds the gate for all and is waited out', async () => {
    const defer = vi.fn();
    const clock = steppedClock(0);
    const throttled = answer(
      'GetPatient',
      errorMember(
        '429: GetPatient endpoint requested more than allowed over time interval 2000 milliseconds.',
      ),
    );
    const found = goodAnswer('GetPatient', '<Patient i:nil="true"/>');
    const { port } = cannedAdapter([{ body: throttled }, { body: found }], {
      gate: { ...openGate, defer },
      clock,
    });
    expect(await port.patient('601')).toEqual({ ok: true, value: null });
    expect(defer.mock.calls).toEqual([['GetPatient', 2_000]]);
    expect(clock.slept).toEqual([2_000]);
  });

  test('a refused login is asked once: more could lock the account', async () => {
    const { port, sent } = cannedAdapter([
      { body: answer('GetThrottles', NO_ERROR + security({ authenticated: 'false' })) },
    ]);
    await port.throttles();
    expect(sent).toHaveLength(1);
  });

  test('a gate that fails leaves the call unsent, and a caller who gave up is told apart', async () => {
    const gate = { ...openGate, acquire: () => Promise.reject(new Error('redis is away')) };
    const { port, sent } = cannedAdapter([{ body: '' }], { gate });
    expect(await port.practices()).toMatchObject({
      failure: { kind: 'not-sent', reason: 'gate', retryable: true },
    });
    expect(await port.practices(AbortSignal.abort())).toMatchObject({
      failure: { kind: 'not-sent', reason: 'cancelled', retryable: false },
    });
    expect(sent).toEqual([]);
  });

  test('[I7] an open breaker leaves the call unsent and is not retried; a failure keeps its unknown outcome', async () => {
    const shut = { acquire: () => Promise.reject(new BreakerOpen('open', 9_000)) };
    const unsent = cannedAdapter([{ body: '' }], { guard: shut });
    expect(await unsent.port.schedule(ANY_DAY)).toMatchObject({
      failure: { kind: 'not-sent', reason: 'breaker', reads: 'wait', writes: 'not-applied' },
    });
    expect(unsent.sent).toEqual([]);
    const told: unknown[] = [];
    const open = {
      acquire: async () => ({ report: (failure: EhrFailure | null) => void told.push(failure) }),
    };
    const cut = cannedAdapter([reset], { guard: open });
    const result = await cut.port.schedule(ANY_DAY);
    expect(result).toMatchObject({ failure: { kind: 'transport', writes: 'unknown' } });
    expect(told).toHaveLength(3);
    expect(told[2]).toEqual(result.ok ? null : result.failure);
  });

  test('the default gate keeps two calls of one operation apart, from the first one on', async () => {
    const clock = steppedClock();
    const { port } = cannedAdapter([{ body: scheduleAnswer('') }], {
      clock,
      gate: undefined as never,
      gaps: createCallGaps(),
    });
    await port.schedule(ANY_DAY);
    await port.schedule(ANY_DAY);
    expect(clock.slept).toEqual([1_250, 1_250]);
  });
});

describe('credentials stay inside', () => {
  const secrets = Object.values(TEST_CREDENTIALS);

  test('no failure, record or inspection shows them, even if the service repeats them', async () => {
    const seen: unknown[] = [];
    const echo = answer(
      'GetPractices',
      `${errorMember('User board@example.test with key-4711 is not valid')}${security()}`,
    );
    const bodies = [
      echo,
      fault('Client', 'key-4711'),
      '<html>key-4711</html>',
      'key-4711',
      fault('key-4711', ''),
    ];
    for (const body of bodies) {
      const port = answeredBy(body, { observe: (record) => seen.push(record) });
      seen.push(port, await port.practices());
    }
    const shown = inspect(seen, { depth: 20, showHidden: true }) + JSON.stringify(seen);
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });

  test.each([
    ['http://ehr.example/soap', undefined, false],
    ['http://ehr-simulator:8080/', true, true],
    ['http://127.0.0.1:9/', undefined, true],
    ['http://127.0.0.1.example/', undefined, false],
    ['http://localhost:9/', undefined, true],
    ['http://[::1]:9/', undefined, true],
    ['https://ehr.example/soap', undefined, true],
    ['https://user:pass@ehr.example/', undefined, false],
    ['ftp://ehr.example/', true, false],
  ])('%s with plain HTTP %s', (endpoint, allowPlainHttp, isAllowed) => {
    const make = () =>
      createTebraAdapter({
        endpoint,
        credentials: TEST_CREDENTIALS,
        ...(allowPlainHttp && { allowPlainHttp }),
      });
    if (isAllowed) expect(make).not.toThrow();
    else expect(make).toThrow(TypeError);
  });
});

test('a clinic day is asked for with its margin and answered without it', async () => {
  const rows =
    appointmentRow({ ID: '1', StartDate: '3/8/2026 5:30:00 AM' }) +
    appointmentRow({ ID: '2', StartDate: '3/8/2026 6:00:00 AM' }) +
    appointmentRow({ ID: '3', StartDate: '3/9/2026 4:30:00 AM' }) +
    appointmentRow({ ID: '4', StartDate: '3/9/2026 5:00:00 AM' }) +
    '<AppointmentData/>';
  const { port, sent } = cannedAdapter([{ body: scheduleAnswer(rows) }]);
  const question = { practiceName: 'Fern Street Clinic', zone: 'America/Chicago', date: '2026-03-08' };
  const result = await readClinicDay(port, question);
  // The clocks go forward: the day is 23 hours long.
  expect(sentMembers(sent[0]?.body ?? '')).toMatchObject({
    Filter: { StartDate: '3/8/2026 5:00:00 AM', EndDate: '3/9/2026 6:00:00 AM' },
  });
  expect(result).toMatchObject({ ok: true, value: { outsideDay: 2, phantomRows: 1, quarantined: [] } });
  expect(result.ok && result.value.appointments.map((appointment) => appointment.appointmentId)).toEqual([
    '2',
    '3',
  ]);
});
