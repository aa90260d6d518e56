import { expect, test } from 'vitest';
import { localDate } from '../clinic-day.ts';
import type { EhrResult } from '../ehr-failure.ts';
import { normaliseSchedule } from '../normalise-schedule.ts';
import { ANY_DAY, answeredBy } from './adapter-fixtures.ts';
import { decodeAppointment } from './decode-appointment.ts';
import { decodePatient } from './decode-patient.ts';
import { childrenNamed, presentChild, trimmedText, truthValue } from './element-reading.ts';
import { describeShared, sharedBytes, sharedText } from './shared-material.ts';
import { readAnswer } from './soap-answer.ts';
import type { XmlElement } from './xml-tree.ts';

interface Expectation {
  readonly rows?: number;
  readonly patients?: number;
  readonly phantom?: number;
  readonly distinctIdStart?: number;
  readonly distinctPatients?: number;
  readonly zone?: string;
  readonly offset?: number;
  readonly status_?: string;
  readonly startUtc?: string;
  readonly deleted?: boolean;
  readonly notFound?: boolean;
  readonly isError?: boolean;
  readonly retryable?: boolean;
  readonly id?: string;
  readonly auth?: string;
  readonly permissions?: string[];
  readonly rateLimited?: boolean;
  readonly endpoint?: string;
  readonly intervalMs?: number;
  readonly fault?: string;
  readonly dob?: string;
  readonly active?: number;
  readonly next?: string | null;
  readonly error?: boolean;
}

interface Sample {
  readonly file: string;
  readonly operation: string;
  readonly httpStatus: number;
  readonly contentType: string;
  readonly expect: Expectation;
}

/** What a sample showed, in the manifest's own words; only the members that the manifest asks for are compared. */
type Seen = Record<string, unknown>;

function bodyOf(sample: Sample) {
  return {
    body: sharedBytes(`sample-responses/${sample.file}`),
    status: sample.httpStatus,
    contentType: sample.contentType,
  };
}

function failureSeen(result: EhrResult<unknown>): Seen {
  if (result.ok) return { error: false };
  const { failure } = result;
  return {
    error: true,
    isError:
      failure.kind === 'business-error' ||
      (failure.kind === 'our-bug' && failure.reason === 'null-reference'),
    retryable: failure.retryable,
    rateLimited: failure.kind === 'throttled',
    ...(failure.kind === 'throttled' && { endpoint: failure.endpoint, intervalMs: failure.intervalMs }),
    ...(failure.kind === 'auth' && { auth: failure.reason, permissions: failure.permissions }),
    ...(failure.kind === 'fault-internal' && { fault: failure.faultCode }),
    ...(failure.kind === 'our-bug' && { fault: FAULT_NAMES[failure.reason] }),
  };
}

const FAULT_NAMES: Readonly<Record<string, string>> = {
  'contract-filter': 'ActionNotSupported',
  deserialization: 'DeserializationFailed',
};

async function scheduleSeen(sample: Sample): Promise<Seen> {
  const result = await answeredBy(bodyOf(sample)).schedule(ANY_DAY);
  if (!result.ok) return failureSeen(result);
  const { rows, phantomRows } = result.value;
  const patients = new Set(rows.map((row) => row.patientId)).size;
  return {
    rows: rows.length,
    phantom: phantomRows,
    patients,
    distinctPatients: patients,
    distinctIdStart: new Set(rows.map((row) => `${row.appointmentId} ${row.start?.text}`)).size,
    // These two describe how the sample was made, not what it says.
    zone: sample.expect.zone,
    offset: sample.expect.offset,
  };
}

async function appointmentSeen(sample: Sample): Promise<Seen> {
  const result = await answeredBy(bodyOf(sample)).appointment('880002');
  if (!result.ok) return failureSeen(result);
  const found = result.value;
  if (!found) return { notFound: true };
  const { start } = found;
  return {
    status_: found.status.raw,
    deleted: found.isDeleted,
    startUtc: start?.kind === 'instant' && new Date(start.at).toISOString().replace('.000', ''),
  };
}

async function patientSeen(sample: Sample): Promise<Seen> {
  const result = await answeredBy(bodyOf(sample)).patient('9001');
  if (!result.ok) return failureSeen(result);
  return result.value ? { dob: result.value.dateOfBirth } : { notFound: true };
}

async function listSeen(sample: Sample): Promise<Seen> {
  const port = answeredBy(bodyOf(sample));
  if (sample.operation === 'GetProviders') {
    const result = await port.providers();
    if (!result.ok) return failureSeen(result);
    const active = result.value.filter((row) => row.active === true && row.kind === 'normal');
    return { rows: result.value.length, active: active.length };
  }
  const asked = {
    GetPractices: () => port.practices(),
    GetServiceLocations: () => port.serviceLocations(),
    GetThrottles: () => port.throttles(),
  }[sample.operation];
  const result = await asked?.();
  if (!result) throw new Error(`No reader for ${sample.operation}.`);
  return result.ok ? { rows: result.value.length } : failureSeen(result);
}

/** Operations that this adapter does not call yet are judged by the same reader. */
function foreignSeen(sample: Sample): Seen {
  const { body, status, contentType } = bodyOf(sample);
  const result = readAnswer(sample.operation, { body, status, contentType, retryAfterMs: null });
  return result.ok ? foreignMembers(result.value) : failureSeen(result);
}

function foreignMembers(result: XmlElement): Seen {
  const appointment = presentChild(result, 'Appointment');
  const detail = appointment && decodeAppointment(appointment);
  const patients = childrenNamed(presentChild(result, 'Patients'), 'PatientBatchData').map(decodePatient);
  const key = presentChild(result, 'Key');
  return {
    id: detail?.appointmentId,
    status_: detail?.status.raw,
    deleted: truthValue(result, 'Deleted'),
    rows: patients.filter((patient) => patient !== null).length,
    next: (key && trimmedText(key, 'nextStartKey')) ?? trimmedText(result, 'nextStartKey'),
  };
}

const READERS: Readonly<Record<string, (sample: Sample) => Promise<Seen>>> = {
  GetAppointments: scheduleSeen,
  GetAppointment: appointmentSeen,
  GetPatient: patientSeen,
  GetProviders: listSeen,
  GetPractices: listSeen,
  GetServiceLocations: listSeen,
  GetThrottles: listSeen,
  '*': scheduleSeen,
};

describeShared('every sample answer leads to what its manifest says', () => {
  const samples = JSON.parse(sharedText('sample-responses/manifest.json')) as Sample[];

  test.each(samples.map((sample) => [sample.file, sample] as const))('%s', async (_file, sample) => {
    const reader = READERS[sample.operation] ?? foreignSeen;
    expect(await reader(sample)).toMatchObject(sample.expect);
  });

  test('the manifest lists every sample, so that none is left unread', () => {
    expect(samples.length).toBeGreaterThanOrEqual(38);
    expect(new Set(samples.map((sample) => sample.file)).size).toBe(samples.length);
  });
});

describeShared('the samples as clinic days', () => {
  async function day(file: string, zone: string, date: string) {
    const port = answeredBy({ body: sharedBytes(`sample-responses/${file}`) });
    const result = await port.schedule(ANY_DAY);
    if (!result.ok) throw new Error(`${file} was refused: ${result.failure.kind}.`);
    return normaliseSchedule(result.value.rows, zone, date);
  }

  test('one patient twice a day, a copied row, a shared series id and two namesakes stay apart', async () => {
    const seen = await day('06-getappointments-same-patient-duplicates.xml', 'UTC', '2026-01-05');
    expect(seen.appointments).toHaveLength(8);
    expect(seen.duplicates).toBe(1);
    expect(seen.collisions).toMatchObject([
      {
        because: 'later-modified',
        kept: { appointmentId: '880304', status: { canonical: 'CheckedIn', raw: 'Check-in' } },
        dropped: { appointmentId: '880304', status: { canonical: 'Scheduled' } },
      },
    ]);
    const namesakes = seen.appointments.filter((row) => row.patientName === 'John Smith');
    expect(namesakes.map((row) => row.patientId).sort()).toEqual(['9311', '9312']);
  });

  test('decomposed and composed accents give one name', async () => {
    const seen = await day('04-getappointments-unicode-escaping.xml', 'UTC', '2026-01-05');
    const names = seen.appointments.map((row) => row.patientName);
    expect(names.filter((name) => name === names[0])).toHaveLength(2);
    expect(names).toContain('Smith & Sons <Test>');
    expect(names).toContain('محمد الأحمد');
  });

  test('an evening visit in UTC still belongs to the clinic’s day', async () => {
    const seen = await day('10-getappointments-tz-utc.xml', 'America/Chicago', '2026-07-06');
    expect(seen.appointments.map((row) => row.appointmentId)).toEqual(['880701', '880702', '880703']);
    expect(seen.outsideDay).toBe(1);
    expect(seen.appointments.map((row) => localDate('America/Chicago', row.startAt))).toEqual([
      '2026-07-06',
      '2026-07-06',
      '2026-07-06',
    ]);
  });

  test('a day of 400 rows comes through whole', async () => {
    const seen = await day('11-getappointments-huge-day-400.xml', 'UTC', '2026-01-05');
    expect(seen.appointments.length + seen.outsideDay + seen.duplicates).toBe(400);
    expect(seen.quarantined).toEqual([]);
  });
});
