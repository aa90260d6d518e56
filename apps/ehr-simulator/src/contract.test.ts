import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import soap from 'soap';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EhrSimulator, startEhrSimulator } from './index.ts';
import { rawCall } from './raw-call.ts';
import { NAMESPACES } from './soap/shape.ts';
import { SHAPES } from './soap/shapes.ts';
import { parseXml, type XmlElement } from './soap/xml-tree.ts';

// The vendor's contract is not part of this repository; it lies beside the checkout where it is available.
const shared = fileURLToPath(new URL('../../../../shared/tebra/', import.meta.url));
const wsdl = `${shared}KareoServices.single.wsdl`;
const isPresent = existsSync(wsdl);
const title = isPresent
  ? 'against the real WSDL'
  : 'against the real WSDL (skipped: ../shared/tebra is absent)';

interface KnownMember {
  name: string;
  ns: string;
  type: string;
  required: boolean;
  nillable: boolean;
  list: boolean;
}
interface KnownShapes {
  types: Record<string, { members?: KnownMember[]; enum?: string[] }>;
  operations: Record<string, { resultType: string }>;
}

/** What lies at a dotted path of an untyped answer. */
function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, key) => (found as Record<string, unknown> | null)?.[key], value);
}

/** The objects at a dotted path, which must be a list. */
function rowsAt(value: unknown, path: string): Record<string, unknown>[] {
  const found = at(value, path);
  expect(Array.isArray(found), path).toBe(true);
  return found as Record<string, unknown>[];
}

describe.skipIf(!isPresent)(title, () => {
  let simulator: EhrSimulator;
  let client: soap.Client;
  let known: KnownShapes;

  beforeAll(async () => {
    known = JSON.parse(readFileSync(`${shared}tebra-shapes.json`, 'utf8'));
    simulator = await startEhrSimulator({
      date: '2026-07-01',
      appointments: 40,
      config: { throttle: { enabled: false } },
    });
    client = await soap.createClientAsync(wsdl, {
      endpoint: simulator.url,
      handleNilAsNull: true,
      customDeserializer: { dateTime: (text: string) => text, long: (text: string) => text },
    } as soap.IOptions);
  });
  afterAll(() => simulator?.stop());

  it('every table equals the published contract: names, order, namespaces, types, required, nillable', () => {
    const plain = (type: string) => type.replace(/^xs:|^\{.*\}/, '');
    for (const [name, shape] of SHAPES) {
      const key = Object.keys(known.types).find((one) => one.endsWith(`}${name}`)) ?? '';
      expect(
        shape.members.map((m) => ({ ...m, ns: NAMESPACES[m.ns] })),
        name,
      ).toEqual(known.types[key]?.members?.map((m) => ({ ...m, type: plain(m.type) })));
    }
  });

  const call = async (operation: string, request: object): Promise<{ result: unknown; xml: string }> => {
    const { CustomerKey, Password, User } = {
      CustomerKey: simulator.credentials.customerKey,
      Password: simulator.credentials.password,
      User: simulator.credentials.user,
    };
    const login = { CustomerKey, Password, User };
    const full =
      operation === 'GetCustomerIdFromKey'
        ? { request: login }
        : { request: { RequestHeader: login, ...request } };
    const [result, xml] = await client[`${operation}Async`](full);
    return { result: result[`${operation}Result`], xml };
  };

  const filter = () => ({
    EndDate: '7/2/2026 7:00:00 AM',
    PracticeName: simulator.practiceName,
    StartDate: '7/1/2026 4:00:00 AM',
    TimeZoneOffsetFromGMT: '0',
  });

  it('node-soap reads the schedule', async () => {
    const { result } = await call('GetAppointments', { Fields: {}, Filter: filter() });
    const rows = rowsAt(result, 'Appointments.AppointmentData');
    expect(rows).toHaveLength(40);
    const first = simulator.world.listed()[0];
    const row = rows.find((one) => one.ID === String(first?.id));
    expect(row?.PatientFullName).toBe(simulator.world.patients.get(first?.patientId ?? 0)?.fullName);
    expect(Date.parse(`${row?.StartDate} UTC`)).toBe(first?.startMs);
  });

  it('node-soap reads one appointment: UTC times, birth date, resources in the arrays namespace', async () => {
    const record = simulator.world.listed()[0];
    const { result, xml } = await call('GetAppointment', { Appointment: { AppointmentId: record?.id } });
    expect(at(result, 'Appointment.AppointmentId')).toBe(String(record?.id));
    expect(Date.parse(String(at(result, 'Appointment.StartTime')))).toBe(record?.startMs);
    expect(at(result, 'Appointment.PatientSummary.DateOfBirth')).toMatch(/^\d{4}-\d{2}-\d{2}T00:00:00$/);
    expect(at(result, 'Appointment.ResourceIds.long.0')).toBe(String(record?.providerId));
    expect(xml).toContain(
      '<ResourceIds xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays"><a:long>',
    );
  });

  it('node-soap reads patients, single, filtered and in batches', async () => {
    const one = await call('GetPatient', { Filter: { PatientID: 9001 } });
    expect(at(one.result, 'Patient.ID')).toBe('9001');
    expect(rowsAt(one.result, 'Patient.Cases.PatientCaseData')[0]?.PatientCaseID).toBe('79001');
    const lastName = simulator.world.patients.get(9001)?.lastName;
    const some = await call('GetPatients', { Fields: {}, Filter: { LastName: lastName } });
    expect(rowsAt(some.result, 'Patients.PatientData').map((p) => p.LastName)).toContain(lastName);
    const batch = await call('GetAllPatients', { Fields: {}, Filter: { BatchSize: 7, PracticeID: 101 } });
    expect(at(batch.result, 'Patients.PatientBatchData')).toHaveLength(7);
    expect(at(batch.result, 'Key.nextStartKey')).toBe(9008);
  });

  it('node-soap reads providers, practices, service locations, throttles and the customer id', async () => {
    const providers = await call('GetProviders', {
      Fields: {},
      Filter: { PracticeName: simulator.practiceName },
    });
    expect(at(providers.result, 'Providers.ProviderData')).toHaveLength(4);
    const practices = await call('GetPractices', { Fields: {}, Filter: {} });
    expect(rowsAt(practices.result, 'Practices.PracticeData')).toHaveLength(3);
    // node-soap trims what it reads, so the trailing space is looked for in the text itself.
    expect(practices.xml).toContain('<PracticeName>Cedar Hollow Family Medicine </PracticeName>');
    const locations = await call('GetServiceLocations', { Fields: {}, Filter: {} });
    expect(at(locations.result, 'ServiceLocations.ServiceLocationData')).toHaveLength(3);
    expect(locations.xml).toContain('<b:ServiceLocationData><b:City>');
    const throttles = await call('GetThrottles', {});
    expect(rowsAt(throttles.result, 'ThrottleDetails.ThrottleDetail')[2]).toEqual({
      Endpoint: 'GetAppointments',
      ThrottleTimeMs: 1000,
    });
    const customer = await call('GetCustomerIdFromKey', {});
    expect(customer.result).toEqual({ CustomerId: 55501, IsAuthorized: true });
  });

  it('node-soap writes: an update, a booking and a deletion are read back', async () => {
    const record = simulator.world.listed()[5];
    const { result: read } = await call('GetAppointment', { Appointment: { AppointmentId: record?.id } });
    const base = at(read, 'Appointment') as Record<string, unknown>;
    const update = await call('UpdateAppointment', {
      Appointment: {
        AppointmentId: base.AppointmentId,
        AppointmentName: base.AppointmentName,
        AppointmentReasonId: base.AppointmentReasonId,
        AppointmentStatus: 'Roomed',
        EndTime: base.EndTime,
        MaxAttendees: base.MaxAttendees,
        PatientCaseId: base.PatientCaseId,
        PatientId: at(base, 'PatientSummary.PatientId'),
        ProviderId: base.ProviderId,
        ResourceIds: base.ResourceIds,
        ServiceLocationId: base.ServiceLocationId,
        StartTime: base.StartTime,
      },
    });
    expect(at(update.result, 'ErrorResponse.IsError')).toBe(false);
    const after = await call('GetAppointment', { Appointment: { AppointmentId: record?.id } });
    expect(at(after.result, 'Appointment.AppointmentStatus')).toBe('Roomed');
    expect(at(after.result, 'Appointment.PatientCaseId')).toBe(base.PatientCaseId);
    const created = await call('CreateAppointment', {
      Appointment: {
        AppointmentStatus: 'CheckedIn',
        AppointmentType: 'P',
        EndTime: '2026-07-01T16:20:00Z',
        IsRecurring: false,
        PatientSummary: { PatientId: 9001 },
        PracticeId: 101,
        ProviderId: 201,
        ServiceLocationId: 301,
        StartTime: '2026-07-01T16:00:00Z',
      },
    });
    expect(at(created.result, 'Appointment.AppointmentId')).toBe('900000');
    const deleted = await call('DeleteAppointment', { Appointment: { AppointmentId: 900000 } });
    expect(at(deleted.result, 'Deleted')).toBe(true);
  });

  const READS: [operation: string, inner: string][] = [
    [
      'GetAppointments',
      '<Fields/><Filter><EndDate>7/3/2026</EndDate><StartDate>6/30/2026</StartDate></Filter>',
    ],
    ['GetAppointment', '<Appointment><AppointmentId>880001</AppointmentId></Appointment>'],
    ['GetPatient', '<Filter><PatientID>9002</PatientID></Filter>'],
    ['GetPatients', '<Fields/><Filter/>'],
    ['GetAllPatients', '<Fields/><Filter/>'],
    ['GetProviders', '<Fields/><Filter/>'],
    ['GetPractices', '<Fields/><Filter/>'],
    [
      'GetServiceLocations',
      '<k:Fields xmlns:k="http://www.kareo.com/api/schemas"/><k:Filter xmlns:k="http://www.kareo.com/api/schemas"/>',
    ],
    ['GetThrottles', ''],
  ];
  it.each(READS)(
    'the answer of %s keeps the order and namespaces of the published shapes',
    async (operation, inner) => {
      const { text } = await rawCall(simulator, operation, inner);
      const result = parseXml(text).children[0]?.children[0]?.children[0];
      expect(result?.name).toBe(`${operation}Result`);
      const walked = result ? walk(result, known.operations[operation]?.resultType ?? '') : 0;
      expect(walked).toBeGreaterThan(8);
    },
  );

  /** Every child must be a member of the type, at or after the place of the one before; returns how many were seen. */
  function walk(element: XmlElement, type: string): number {
    const members = known.types[type]?.members ?? [];
    let next = 0;
    let seen = 0;
    for (const child of element.children) {
      const place = members.findIndex((m, i) => i >= next && m.name === child.name && m.ns === child.uri);
      expect(place, `${element.name}/${child.name} in ${type}`).toBeGreaterThanOrEqual(0);
      next = members[place]?.list ? place : place + 1;
      seen += 1 + walk(child, members[place]?.type ?? '');
    }
    return seen;
  }

  it('no request of node-soap lost a member on the way', () => {
    expect(simulator.journal().flatMap((entry) => entry.dropped)).toEqual([]);
    expect(simulator.journal().every((entry) => entry.outcome === 'ok')).toBe(true);
  });
});
