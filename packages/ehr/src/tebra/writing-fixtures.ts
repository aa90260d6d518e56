import type { AppointmentCreation, StatusWrite } from '../ehr-write-port.ts';
import { openGate, steppedClock, TEST_CREDENTIALS } from './adapter-fixtures.ts';
import {
  appointmentRow,
  errorMember,
  goodAnswer,
  answer as inAnswer,
  members,
  scheduleAnswer,
} from './answer-fixtures.ts';
import { createTebraAdapter } from './tebra-adapter.ts';
import { parseXml, type XmlElement } from './xml-tree.ts';

/** A one-appointment EHR in memory that replaces on update, as the service does, and misbehaves on demand. */

type Members = Record<string, string | null>;

const RESOURCES = (ids: readonly string[]) => ids.map((id) => `<a:long>${id}</a:long>`).join('');

/** Members of an appointment as the single call answers it; every one that an update could clear is set. */
export const STORED: Members = {
  AppointmentId: '5001',
  AppointmentMode: 'Telehealth',
  AppointmentName: 'Rowan Vale ',
  AppointmentReasonId: '402',
  AppointmentStatus: 'Scheduled',
  EndTime: '2026-03-09T15:30:00.000Z',
  InsurancePolicyAuthorizationId: '60007',
  IsDeleted: 'false',
  IsGroupAppointment: 'false',
  IsRecurring: 'false',
  MaxAttendees: '3',
  Notes: ' two  blanks &amp; a &lt;mark&gt;',
  OccurrenceId: null,
  PatientCaseId: '41',
  PatientId: '601',
  ProviderId: '81',
  ResourceId: '0',
  ResourceIds: RESOURCES(['81', '251']),
  ServiceLocationId: '91',
  StartTime: '2026-03-09T15:00:00.000Z',
  UpdatedAt: '2026-03-08T09:00:00.363',
  UpdatedBy: '12',
};

export type WriteFault =
  | 'reset-before'
  | 'reset-after'
  | 'html'
  | 'ignored'
  | 'ignored-in-echo'
  | 'throttled'
  | 'refused'
  | 'internal-fault'
  | 'no-echo';

export class FakeEhr {
  stored: Members | null = { ...STORED };
  /** Operations in order of arrival. */
  readonly calls: string[] = [];
  /** Members of each write as they were sent. */
  readonly written: Record<string, string>[] = [];
  /** What happens to the next writes, one each; then all is well. */
  faults: WriteFault[] = [];
  /** Runs after each call was answered, so that somebody else can interfere. */
  after: (operation: string, nth: number) => void = () => {};
  /** False while the list does not show what was created. */
  isListed = true;
  /** Reads that fail from this call on; null never. */
  readsFailFrom: number | null = null;

  change(change: Members): void {
    this.stored = { ...(this.stored ?? STORED), ...change };
  }

  readonly fetch: typeof globalThis.fetch = async (_input, init) => {
    const operation = new Headers(init?.headers).get('soapaction')?.split('/').at(-1)?.replace('"', '') ?? '';
    this.calls.push(operation);
    const nth = this.calls.filter((name) => name === operation).length;
    const body = this.#answer(operation, String(init?.body));
    this.after(operation, nth);
    return new Response(body.text, {
      status: body.status ?? 200,
      headers: { 'content-type': body.text.startsWith('<html') ? 'text/html' : 'text/xml; charset=utf-8' },
    });
  };

  #answer(operation: string, body: string): { text: string; status?: number } {
    const isRead = operation.startsWith('Get');
    if (isRead && this.readsFailFrom !== null && this.calls.length >= this.readsFailFrom) throw reset();
    if (operation === 'GetAppointments') return { text: this.#list() };
    if (isRead) return { text: this.#single(operation, this.stored) };
    return this.#write(operation, body);
  }

  #list(): string {
    if (!this.stored || !this.isListed) return scheduleAnswer('');
    const { AppointmentId, PatientId } = this.stored;
    const StartDate = `3/9/2026 3:${this.stored.StartTime?.slice(14, 16)}:00 PM`;
    return scheduleAnswer(appointmentRow({ ID: AppointmentId, PatientID: PatientId, StartDate }));
  }

  #single(operation: string, stored: Members | null): string {
    if (!stored) return goodAnswer(operation, '<Appointment i:nil="true"/>');
    const { PatientId, ...own } = stored;
    const person = `<PatientSummary>${members({ PatientId })}</PatientSummary>`;
    const arrays = 'xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays"';
    return goodAnswer(operation, `<Appointment ${arrays}>${members(own)}${person}</Appointment>`);
  }

  #write(operation: string, body: string): { text: string; status?: number } {
    const fault = this.faults.shift();
    const sent = sentAppointment(body);
    this.written.push(sent);
    if (fault === 'reset-before') throw reset();
    if (fault === 'html') return { text: '<html>down</html>', status: 503 };
    if (fault === 'throttled') return { text: inAnswer(operation, errorMember('429: wait')) };
    if (fault === 'refused')
      return { text: inAnswer(operation, errorMember('Appointment must have valid ProviderGuids')) };
    if (fault === 'ignored-in-echo') return { text: this.#single(operation, this.stored) };
    const next = {
      ...cleared(),
      ...sent,
      ...(operation === 'CreateAppointment' ? { AppointmentId: '7001' } : {}),
    };
    if (fault !== 'ignored') this.stored = { ...next, UpdatedAt: '2026-03-09T10:00:00', UpdatedBy: '77' };
    if (fault === 'reset-after') throw reset();
    return { text: this.#single(operation, fault === 'no-echo' ? null : next) };
  }
}

/** What a replace leaves of the members that it was not sent. */
function cleared(): Members {
  const names = Object.keys(STORED).map((name) => [name, null] as const);
  return {
    ...Object.fromEntries(names),
    IsDeleted: 'false',
    IsGroupAppointment: 'false',
    IsRecurring: 'false',
  };
}

function reset(): Error {
  const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  return new TypeError('fetch failed', { cause });
}

/** The members of the sent appointment, escaped anew as they would be answered. */
function sentAppointment(body: string): Record<string, string> {
  const request = parseXml(body).children.find(({ name }) => name === 'Body')?.children[0]?.children[0];
  const appointment = request?.children.find(({ name }) => name === 'Appointment');
  return Object.fromEntries((appointment?.children ?? []).map((member) => sentMember(member)));
}

function sentMember(member: XmlElement): [string, string] {
  const ids = member.children.map((child) => child.text);
  if (member.name === 'ResourceIds') return [member.name, RESOURCES(ids)];
  if (member.name === 'PatientSummary') return ['PatientId', ids.join()];
  return [
    member.name,
    member.text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('\r', '&#13;'),
  ];
}

/** An adapter over the fake, which waits for nothing and reads once. */
export function writingAdapter(ehr: FakeEhr) {
  const clock = steppedClock();
  const retry = { attemptsMax: 2, backoffMs: [1], jitterShare: 0, throttleJitterMs: 0, waitMsMax: 60_000 };
  const port = createTebraAdapter({
    credentials: TEST_CREDENTIALS,
    gate: openGate,
    clock,
    retry,
    fetch: ehr.fetch,
  });
  return { port, clock };
}

/** Rowan Vale is checked in; both sides last agreed on Scheduled. */
export const CHECK_IN: StatusWrite = {
  appointmentId: '5001',
  occurrenceId: null,
  patientId: '601',
  desired: 'CheckedIn',
  lastAgreed: { status: 'Scheduled', version: '2026-03-08T09:00:00.363|12' },
};

/** Rowan Vale walks in. */
export const WALK_IN: AppointmentCreation = {
  practiceId: '7',
  practiceName: 'Fern Street Clinic',
  serviceLocationId: '91',
  providerId: '81',
  patientId: '601',
  startAt: Date.UTC(2026, 2, 9, 15, 20),
  endAt: Date.UTC(2026, 2, 9, 15, 40),
  status: 'CheckedIn',
  name: 'Rowan Vale',
  reasonId: '402',
  caseId: '41',
  resourceIds: ['81'],
  notes: null,
  triedAgoMs: null,
};
