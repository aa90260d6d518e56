import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClock, type EhrSimulator, startEhrSimulator } from './index.ts';
import { rawCall, textsOf } from './raw-call.ts';

const clock = createClock({ now: () => Date.parse('2026-07-01T15:00:00Z'), monotonic: () => 0 });
let simulator: EhrSimulator;
beforeAll(async () => {
  simulator = await startEhrSimulator({
    date: '2026-07-01',
    clock,
    config: { throttle: { enabled: false } },
  });
});
afterAll(() => simulator.stop());
afterEach(() => simulator.configure({ writes: { acceptedButNotApplied: false } }));

const ID = 880003;
const one = () => simulator.world.find(ID);
type Members = Record<string, string>;

/** A full update of the appointment as it stands, with some members changed or (undefined) left out. */
function updateXml(change: Record<string, string | undefined>): string {
  const full: Record<string, string | undefined> = {
    AppointmentId: String(ID),
    AppointmentName: 'kept',
    AppointmentReasonId: '401',
    AppointmentStatus: 'Confirmed',
    EndTime: '2026-07-01T14:20:00Z',
    InsurancePolicyAuthorizationId: '60007',
    MaxAttendees: '1',
    Notes: 'kept too',
    PatientCaseId: '79003',
    PatientId: '9003',
    ProviderId: '201',
    ResourceIds: '<a:long xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays">2501</a:long>',
    ServiceLocationId: '301',
    StartTime: '2026-07-01T14:00:00Z',
    UpdatedBy: '77',
    ...change,
  };
  const members = Object.entries(full).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `<Appointment>${members.map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</Appointment>`;
}
const update = (change: Partial<Members> = {}) => rawCall(simulator, 'UpdateAppointment', updateXml(change));

describe('UpdateAppointment', () => {
  it('replaces everything, dates it and echoes it', async () => {
    const { text } = await update({ AppointmentStatus: 'Roomed' });
    expect(textsOf(text, 'AppointmentStatus')).toEqual(['Roomed']);
    expect(one()).toMatchObject({
      status: 'Roomed',
      name: 'kept',
      notes: 'kept too',
      caseId: 79003,
      authorizationId: 60007,
      resourceIds: [2501],
      providerId: 201,
      startMs: Date.parse('2026-07-01T14:00:00Z'),
      updatedMs: clock.now(),
      updatedBy: 77,
    });
  });
  it('clears what is left out: the case, the authorization, the notes, the rooms, the status', async () => {
    await update();
    const { text } = await update({
      PatientCaseId: undefined,
      InsurancePolicyAuthorizationId: undefined,
      Notes: undefined,
      ResourceIds: undefined,
      AppointmentStatus: undefined,
    } as Partial<Members>);
    expect(text).toContain('<PatientCaseId i:nil="true"/>');
    expect(one()).toMatchObject({
      caseId: null,
      authorizationId: null,
      notes: '',
      resourceIds: [],
      status: 'Unknown',
    });
  });
  it.each([
    [
      'no provider and no resource',
      { ProviderId: undefined, ResourceIds: undefined },
      'Appointment must have valid ProviderGuids or ResourceGuids.',
    ],
    [
      'misspelt provider',
      { ProviderId: '999', ResourceIds: undefined },
      'Appointment must have valid ProviderGuids or ResourceGuids.',
    ],
    [
      'no start',
      { StartTime: undefined },
      'Error translating AppointmentCreate to CreateAppointmentV3Request: times are not valid.',
    ],
    [
      'end before start',
      { EndTime: '2026-07-01T13:00:00Z' },
      'Error translating AppointmentCreate to CreateAppointmentV3Request: times are not valid.',
    ],
    ['an appointment that is not there', { AppointmentId: '1' }, 'Unable to find appointment.'],
  ])('%s: refused inside a 200, and nothing changed', async (_name, change, message) => {
    await update();
    const before = one();
    const answer = await update(change as Partial<Members>);
    expect(answer.status).toBe(200);
    expect(textsOf(answer.text, 'ErrorMessage')).toEqual([message]);
    expect(answer.text).toContain('<Appointment i:nil="true"/>');
    expect(one()).toEqual(before);
  });
  it('accepted but not applied: the echo lies, the next read does not', async () => {
    await update();
    simulator.configure({ writes: { acceptedButNotApplied: true } });
    expect(textsOf((await update({ AppointmentStatus: 'CheckedOut' })).text, 'AppointmentStatus')).toEqual([
      'CheckedOut',
    ]);
    expect(one()?.status).toBe('Confirmed');
  });
});

describe('CreateAppointment and DeleteAppointment', () => {
  const createXml = (patient: string) =>
    `<Appointment><AppointmentStatus>CheckedIn</AppointmentStatus><AppointmentType>P</AppointmentType>` +
    `<EndTime>2026-07-01T16:20:00Z</EndTime><IsRecurring>false</IsRecurring>${patient}<PracticeId>101</PracticeId>` +
    `<ProviderId>202</ProviderId><ServiceLocationId>301</ServiceLocationId><StartTime>2026-07-01T16:00:00Z</StartTime></Appointment>`;
  it('books under a new id, and deletes it with one answer per state', async () => {
    const made = await rawCall(
      simulator,
      'CreateAppointment',
      createXml('<PatientSummary><PatientId>9001</PatientId></PatientSummary>'),
    );
    const id = Number(textsOf(made.text, 'AppointmentId')[0]);
    expect(simulator.world.find(id)).toMatchObject({ patientId: 9001, status: 'CheckedIn', providerId: 202 });
    const remove = async () =>
      textsOf(
        (
          await rawCall(
            simulator,
            'DeleteAppointment',
            `<Appointment><AppointmentId>${id}</AppointmentId></Appointment>`,
          )
        ).text,
        'Deleted',
      );
    expect(await remove()).toEqual(['true']);
    expect(await remove()).toEqual(['false']);
    expect(simulator.world.listed().some((record) => record.id === id)).toBe(false);
  });
  it('refuses a visit of nobody', async () => {
    const before = simulator.world.all().length;
    const answer = await rawCall(simulator, 'CreateAppointment', createXml(''));
    expect(textsOf(answer.text, 'ErrorMessage')[0]).toContain('CreateAppointmentV3Request');
    expect(simulator.world.all().length).toBe(before);
  });
});
