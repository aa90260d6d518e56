import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClock, type EhrSimulator, startEhrSimulator } from './index.ts';
import { rawCall, scheduleXml, textsOf } from './raw-call.ts';

let real = 0;
const clock = createClock({ now: () => Date.parse('2026-07-01T15:00:00Z'), monotonic: () => real });
let simulator: EhrSimulator;
beforeAll(async () => {
  simulator = await startEhrSimulator({
    date: '2026-07-01',
    canary: true,
    clock,
    config: { throttle: { enabled: false } },
  });
});
afterAll(() => simulator.stop());
afterEach(async () => {
  await control('POST', '/reset', { config: { throttle: { enabled: false } } });
});

async function control(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(simulator.controlUrl + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
const WINDOW = { EndDate: '7/2/2026', StartDate: '7/1/2026' };
const list = async () => (await rawCall(simulator, 'GetAppointments', scheduleXml(WINDOW))).text;
const read = async (id: number) =>
  (
    await rawCall(
      simulator,
      'GetAppointment',
      `<Appointment><AppointmentId>${id}</AppointmentId></Appointment>`,
    )
  ).text;

describe('configuration', () => {
  it('is read, patched in part, and refused whole when a part is wrong', async () => {
    const patched = await control('PATCH', '/config', { data: { dates: 'iso' } });
    expect(patched).toMatchObject({ status: 200, body: { data: { dates: 'iso', emptyList: 'nil' } } });
    for (const wrong of [
      { data: { dates: 'julian' } },
      { nothing: {} },
      { throttle: { jitterMs: -1 } },
      { data: 3 },
    ]) {
      expect((await control('PATCH', '/config', wrong)).status).toBe(400);
    }
    expect((await control('GET', '/config')).body).toEqual(patched.body);
  });
  it('an unknown path is 404, broken JSON and a body too large are 400', async () => {
    expect((await control('GET', '/nothing')).status).toBe(404);
    const broken = await fetch(`${simulator.controlUrl}/faults`, { method: 'POST', body: '{' });
    expect(broken.status).toBe(400);
    expect((await control('POST', '/actions', { do: 'x'.repeat(1_100_000) })).status).toBe(400);
  });
});

describe('appointments', () => {
  it('are listed by id, without a name', async () => {
    const { body } = await control('GET', '/appointments');
    expect(body).toHaveLength(40);
    expect(JSON.stringify(body)).not.toContain('ZZTEST');
  });
  it('change status, move, and are edited in one patch; the list shows it and dates it', async () => {
    clock.set(Date.parse('2026-07-01T18:00:00Z'));
    const patch = { status: 'Roomed', startTime: '2026-07-01T20:00:00Z', minutes: 30, resourceIds: [2502] };
    const { body } = await control('PATCH', '/appointments/880001', patch);
    expect(body).toMatchObject({
      id: 880001,
      status: 'Roomed',
      startTime: '2026-07-01T20:00:00.000Z',
      endTime: '2026-07-01T20:30:00.000Z',
      resourceIds: [2502],
      updatedAt: '2026-07-01T18:00:00.000Z',
    });
    expect(textsOf(await read(880001), 'StartTime')).toEqual(['2026-07-01T20:00:00Z']);
    expect((await control('PATCH', '/appointments/1', { status: 'Roomed' })).status).toBe(404);
    const half = { status: 'NoShow', startTime: 'soon' };
    expect((await control('PATCH', '/appointments/880001', { colour: 'red' })).status).toBe(400);
    expect((await control('PATCH', '/appointments/880001', half)).status).toBe(400);
    expect(simulator.world.find(880001)?.status).toBe('Roomed');
  });
  it('are added, deleted with a trace and without one', async () => {
    const added = await control('POST', '/appointments', {
      patientId: 9001,
      startTime: '2026-07-01T16:00:00Z',
    });
    expect(added.body).toMatchObject({ id: 900000, patientId: 9001 });
    expect(
      (await control('POST', '/appointments', { patientId: 1, startTime: '2026-07-01T16:00:00Z' })).status,
    ).toBe(404);
    await control('DELETE', '/appointments/880001');
    await control('DELETE', '/appointments/880002?mode=gone');
    const ids = textsOf(await list(), 'ID');
    expect(ids).not.toContain('880001');
    expect(ids).not.toContain('880002');
    expect(textsOf(await read(880001), 'IsDeleted')).toEqual(['true']);
    expect(await read(880002)).toContain('<Appointment i:nil="true"/>');
  });
  it('a merged patient is not to be read any more', async () => {
    expect((await control('PATCH', '/patients/9001', { mergedInto: 9002 })).status).toBe(200);
    const answer = await rawCall(simulator, 'GetPatient', '<Filter><PatientID>9001</PatientID></Filter>');
    expect(answer.text).toContain('<Patient i:nil="true"/>');
  });
});

describe('scenario', () => {
  it('changes things between the list and the read, on the n-th call', async () => {
    const steps = [
      { onCall: { op: 'GetAppointments', nth: 1, when: 'after' }, action: { do: 'cancel', id: 880003 } },
      { onCall: { op: 'GetAppointment', nth: 2 }, action: { do: 'delete', id: 880004, mode: 'gone' } },
      { action: { do: 'status', id: 880005, status: 'CheckedIn' } },
      { onCall: { op: 'GetAppointments', nth: 2 }, action: { do: 'cancel', id: 1 } },
    ];
    expect((await control('POST', '/scenario', { steps })).status).toBe(200);
    expect(await list()).not.toContain('>Cancelled<');
    expect(textsOf(await read(880003), 'AppointmentStatus')).toEqual(['Cancelled']);
    expect(await read(880004)).toContain('<Appointment i:nil="true"/>');
    expect(textsOf(await read(880005), 'AppointmentStatus')).toEqual(['CheckedIn']);
    await list();
    expect((await control('GET', '/scenario')).body).toEqual([
      { index: 0, state: 'done', error: null },
      { index: 1, state: 'done', error: null },
      { index: 2, state: 'done', error: null },
      { index: 3, state: 'failed', error: 'no appointment 1' },
    ]);
  });
  it('a lost update: a second user writes between read and write', async () => {
    const action = { do: 'status', id: 880006, status: 'NoShow' };
    await control('POST', '/scenario', {
      steps: [{ onCall: { op: 'GetAppointment', when: 'after' }, action }],
    });
    expect(textsOf(await read(880006), 'AppointmentStatus')[0]).not.toBe('NoShow');
    expect(textsOf(await read(880006), 'AppointmentStatus')).toEqual(['NoShow']);
  });
  it('waits for its time, and a script that is no script is refused', async () => {
    const steps = [{ afterMs: 20, action: { do: 'config', patch: { data: { emptyList: 'phantom' } } } }];
    await control('POST', '/scenario', { steps });
    expect(simulator.config.data.emptyList).toBe('nil');
    await expect.poll(() => simulator.config.data.emptyList).toBe('phantom');
    expect((await control('POST', '/scenario', { steps: [{ action: { do: 'explode' } }] })).status).toBe(400);
  });
});

describe('journal and assertions', () => {
  const callAt = async (ms: number) => {
    real = ms;
    await list();
  };
  it('holds opaque criteria and what was dropped: no name, no login, no body', async () => {
    const named = [...simulator.world.patients.values()][0]?.fullName ?? '';
    const criteria = { EndDate: '7/2/2026', PatientFullName: named, StartDate: '7/1/2026', Type: 'P' };
    await rawCall(simulator, 'GetAppointments', scheduleXml(criteria));
    const { body } = await control('GET', '/journal?op=GetAppointments');
    expect(body).toMatchObject([
      {
        op: 'GetAppointments',
        outcome: 'ok',
        httpStatus: 200,
        credentials: '[redacted]',
        criteria: { EndDate: '7/2/2026', StartDate: '7/1/2026', Type: 'P' },
        dropped: [],
      },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/ZZTEST|Password|simulated <&> password/);
    expect((await control('DELETE', '/journal')).status).toBe(200);
    expect((await control('GET', '/journal')).body).toEqual([]);
  });
  it('min-gap is a fact about arrivals', async () => {
    await callAt(10_000);
    await callAt(11_000);
    await callAt(11_999);
    const ask = async (query: string) => (await control('GET', `/assert/${query}`)).body;
    expect(await ask('min-gap?op=GetAppointments&ms=999')).toEqual({ ok: true, checked: 3, violations: [] });
    expect(await ask('min-gap?op=GetAppointments&ms=1000')).toMatchObject({
      ok: false,
      violations: [{ detail: '999.0 ms after the call before' }],
    });
    expect(await ask('count?op=GetAppointments&min=3&max=3')).toMatchObject({ ok: true });
    expect(await ask('count?op=GetAppointments&max=2')).toMatchObject({ ok: false });
    expect(await ask('outcome?outcome=ok')).toMatchObject({ ok: true });
    expect(await ask('nothing-dropped')).toMatchObject({ ok: true });
    expect((await control('GET', '/assert/min-gap?ms=soon')).status).toBe(400);
  });
  it('a client that goes on after a refused login is found out', async () => {
    simulator.configure({ auth: { expiresAt: '2020-01-01T00:00:00Z' } });
    await callAt(20_000);
    expect((await control('GET', '/assert/stops-after-auth-failure')).body).toMatchObject({ ok: true });
    await callAt(21_000);
    expect((await control('GET', '/assert/stops-after-auth-failure')).body).toMatchObject({ ok: false });
    expect((await control('GET', '/assert/outcome?outcome=ok')).body).toMatchObject({ ok: false });
  });
});

describe('reset, clock, trace', () => {
  it('starts another day from another seed, everything else as new', async () => {
    const before = await list();
    await control('PATCH', '/appointments/880001', { status: 'Roomed' });
    const reset = await control('POST', '/reset', {
      seed: 2,
      appointments: 12,
      config: { data: { dates: 'iso' } },
    });
    expect(reset.body).toMatchObject({ appointments: 12, day: { seed: 2 } });
    expect(simulator.config.data.dates).toBe('iso');
    expect(simulator.config.throttle.enabled).toBe(true);
    await control('POST', '/reset', { seed: 1, appointments: 40, config: { throttle: { enabled: false } } });
    expect(await list()).toBe(before);
    expect((await control('POST', '/reset', { date: '2026-02-31' })).status).toBe(400);
  });
  it('the clock is set, moved and sped up', async () => {
    await control('POST', '/clock', { set: '2026-07-01T12:00:00Z', advanceMs: 60_000, speed: 60 });
    real += 1000;
    expect((await control('GET', '/clock')).body).toEqual({ now: '2026-07-01T12:02:00.000Z' });
    await control('POST', '/clock', { speed: 1 });
  });
  it('the day’s trace can be had for playing it', async () => {
    const { body } = await control('GET', '/trace');
    expect((body as { step: string }[]).filter((step) => step.step === 'arrive').length).toBeGreaterThan(30);
  });
});
