import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClock, type EhrSimulator, startEhrSimulator } from './index.ts';
import { rawCall, scheduleXml, textsOf } from './raw-call.ts';

let nowMs = Date.parse('2026-07-01T15:00:00Z');
const clock = createClock({ now: () => nowMs, monotonic: () => nowMs });
const QUIET = { throttle: { enabled: false } };
const ID = 880003;
let simulator: EhrSimulator;
beforeAll(async () => {
  simulator = await startEhrSimulator({ date: '2026-07-01', clock, config: QUIET });
});
afterAll(() => simulator.stop());
afterEach(() => control('POST', '/reset', { config: QUIET }));

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(simulator.controlUrl + path, init);
  expect(response.status, path).toBe(200);
  return response.json();
}
const idXml = (id: number) => `<AppointmentId>${id}</AppointmentId>`;
const read = async (id = ID) =>
  (await rawCall(simulator, 'GetAppointment', `<Appointment>${idXml(id)}</Appointment>`)).text;
const listedStatus = async () => {
  const { text } = await rawCall(
    simulator,
    'GetAppointments',
    scheduleXml({ EndDate: '7/2/2026', StartDate: '7/1/2026' }),
  );
  const index = textsOf(text, 'ID').indexOf(String(ID));
  return index < 0 ? null : textsOf(text, 'ConfirmationStatus')[index];
};

/** A full update from what was read, as a careful client makes it; members can be left out. */
function updateFrom(text: string, status: string, omitted: readonly string[] = []): string {
  const copied = (name: string) => {
    const [value] = textsOf(text, name);
    return value && !omitted.includes(name) ? `<${name}>${value}</${name}>` : '';
  };
  const before = ['AppointmentId', 'AppointmentMode', 'AppointmentName', 'AppointmentReasonId'].map(copied);
  const middle = ['EndTime', 'InsurancePolicyAuthorizationId', 'IsRecurring', 'MaxAttendees', 'Notes'].map(
    copied,
  );
  const after = [
    'PatientCaseId',
    'PatientId',
    'ProviderId',
    'ServiceLocationId',
    'StartTime',
    'UpdatedAt',
  ].map(copied);
  const own = `<AppointmentStatus>${status}</AppointmentStatus>`;
  return `<Appointment>${[...before, own, ...middle, ...after].join('')}</Appointment>`;
}
const update = (inner: string) => rawCall(simulator, 'UpdateAppointment', inner);
const effects = () => simulator.journal('UpdateAppointment').map((entry) => entry.effects);
const assertion = (query: string) => control('GET', `/assert/${query}`);

describe('what writes do, as the journal tells it', () => {
  it('a case that was left out is cleared, and that is on record', async () => {
    const text = await read();
    const { caseId } = simulator.world.find(ID) ?? {};
    expect(caseId).toBeGreaterThan(0);
    await update(updateFrom(text, 'CheckedIn'));
    expect(simulator.world.find(ID)?.caseId).toBe(caseId);
    expect(await assertion('no-effect?effect=case-cleared')).toMatchObject({ ok: true });
    await update(updateFrom(await read(), 'Roomed', ['PatientCaseId']));
    expect(simulator.world.find(ID)?.caseId).toBeNull();
    expect(effects()).toEqual([
      [{ kind: 'applied', id: ID, status: 'CheckedIn' }],
      [
        { kind: 'applied', id: ID, status: 'Roomed' },
        { kind: 'case-cleared', id: ID },
      ],
    ]);
    expect(await assertion('no-effect?effect=case-cleared')).toEqual({
      ok: false,
      checked: 4,
      violations: [{ n: simulator.journal().at(-1)?.n, detail: `case-cleared ${ID}` }],
    });
  });

  it('accepted but not applied', async () => {
    const text = await read();
    simulator.configure({ writes: { acceptedButNotApplied: true } });
    const answer = await update(updateFrom(text, 'CheckedIn'));
    expect(textsOf(answer.text, 'AppointmentStatus')).toEqual(['CheckedIn']);
    expect(textsOf(await read(), 'AppointmentStatus')).not.toEqual(['CheckedIn']);
    expect(effects()).toEqual([[{ kind: 'not-applied', id: ID, status: 'CheckedIn' }]]);
  });

  it('a second user between our read and our write: his work is gone, and the journal knows', async () => {
    await control('POST', '/scenario', {
      steps: [
        {
          onCall: { op: 'UpdateAppointment', when: 'before' },
          action: { do: 'edit', id: ID, notes: 'his note', by: 12 },
        },
      ],
    });
    const text = await read();
    nowMs += 60_000;
    await update(updateFrom(text, 'CheckedIn'));
    expect(simulator.world.find(ID)?.notes).not.toBe('his note');
    expect(effects()[0]).toContainEqual({ kind: 'overwrote', id: ID });
    expect(await assertion('no-effect?effect=overwrote')).toMatchObject({ ok: false });
    expect(await control('GET', '/journal/actions')).toMatchObject([{ do: 'edit', id: ID, status: null }]);
  });

  it('a second user after our write: the next read shows him', async () => {
    const text = await read();
    await update(updateFrom(text, 'CheckedIn'));
    const patched = await control('PATCH', `/appointments/${ID}`, { status: 'NoShow', by: 12 });
    expect(patched).toMatchObject({ status: 'NoShow', updatedBy: 12 });
    expect(textsOf(await read(), 'AppointmentStatus')).toEqual(['NoShow']);
    expect(await control('GET', '/journal/actions')).toMatchObject([
      { do: 'edit', id: ID },
      { do: 'status', id: ID, status: 'NoShow' },
    ]);
  });

  it.each([
    ['status', ['NoShow'], 'status'],
    ['notes', ['NoShow'], 'notes'],
  ] as const)(
    'a second user who follows our reads changes the %s, in the drawn share',
    async (changes, statuses, field) => {
      const before = simulator.world.find(ID);
      simulator.configure({ writes: { secondUser: { share: 1, changes, statuses: [...statuses] } } });
      const shown = await read();
      expect(textsOf(shown, 'AppointmentStatus')).toEqual([before?.status]);
      expect(simulator.world.find(ID)?.[field]).not.toBe(before?.[field]);
      expect(simulator.world.find(ID)?.updatedBy).toBe(12);
      expect(simulator.journal('GetAppointment')[0]?.effects).toEqual([
        { kind: 'second-user', id: ID, changed: changes },
      ]);
      const after = simulator.world.find(ID);
      simulator.configure({ writes: { secondUser: { share: 0, changes, statuses: [...statuses] } } });
      await read();
      expect(simulator.world.find(ID)).toEqual(after);
    },
  );

  it('applied, then no answer: the write has happened, and the caller cannot know', async () => {
    const text = await read();
    simulator.act({ do: 'fault', rule: { op: 'UpdateAppointment', kind: 'reset-after', times: 1 } });
    await expect(update(updateFrom(text, 'CheckedIn'))).rejects.toThrow();
    simulator.act({ do: 'fault', rule: { op: 'UpdateAppointment', kind: 'hang-after', times: 1 } });
    const request = updateFrom(await read(), 'Roomed');
    const leaving = new AbortController();
    const hanging = fetch(simulator.url, { method: 'POST', signal: leaving.signal });
    leaving.abort();
    await expect(hanging).rejects.toThrow();
    void update(request).catch(() => {});
    await expect.poll(() => simulator.world.find(ID)?.status).toBe('Roomed');
    expect(
      simulator.journal('UpdateAppointment').map(({ outcome, effects: [first] }) => [outcome, first?.kind]),
    ).toEqual([
      ['ok network:reset-after', 'applied'],
      ['ok network:hang-after', 'applied'],
    ]);
  });

  it('the list shows a write later than the single call does, and a deletion and a creation too', async () => {
    const before = await listedStatus();
    simulator.configure({ writes: { listDelayMs: 60_000 } });
    const record = simulator.world.find(ID);
    await update(updateFrom(await read(), 'Roomed'));
    await update(updateFrom(await read(), 'CheckedOut'));
    expect(textsOf(await read(), 'AppointmentStatus')).toEqual(['CheckedOut']);
    expect(await listedStatus()).toBe(before);
    nowMs += 60_000;
    expect(await listedStatus()).toBe('Check-out');
    await rawCall(simulator, 'DeleteAppointment', `<Appointment>${idXml(ID)}</Appointment>`);
    expect(await listedStatus()).toBe('Check-out');
    const start = new Date(record?.startMs ?? 0).toISOString().slice(0, 19);
    const end = new Date(record?.endMs ?? 0).toISOString().slice(0, 19);
    const made = await rawCall(
      simulator,
      'CreateAppointment',
      `<Appointment><AppointmentStatus>CheckedIn</AppointmentStatus><AppointmentType>P</AppointmentType><EndTime>${end}Z</EndTime>` +
        `<IsRecurring>false</IsRecurring><PatientSummary><PatientId>9001</PatientId></PatientSummary><PracticeId>101</PracticeId>` +
        `<ProviderId>201</ProviderId><ServiceLocationId>301</ServiceLocationId><StartTime>${start}Z</StartTime></Appointment>`,
    );
    const id = Number(textsOf(made.text, 'AppointmentId')[0]);
    expect(simulator.world.shownAt(nowMs).some((one) => one.id === id)).toBe(false);
    expect(textsOf(await read(id), 'AppointmentStatus')).toEqual(['CheckedIn']);
    nowMs += 60_000;
    expect(await listedStatus()).toBeNull();
    expect(simulator.world.shownAt(nowMs).some((one) => one.id === id)).toBe(true);
    expect(simulator.journal('CreateAppointment')[0]?.effects).toEqual([
      { kind: 'created', id, status: 'CheckedIn' },
      { kind: 'listed-later', id, ms: 60_000 },
    ]);
  });

  it('the operation that changes a status alone is there when it is switched on', async () => {
    const inner = `<Appointment>${idXml(ID)}<AppointmentStatus>Roomed</AppointmentStatus></Appointment>`;
    const off = await rawCall(simulator, 'UpdateAppointmentStatus', inner);
    expect(off.status).toBe(500);
    expect(off.text).toContain('ContractFilter');
    simulator.configure({ writes: { statusOperation: true } });
    const before = simulator.world.find(ID);
    const on = await rawCall(simulator, 'UpdateAppointmentStatus', inner);
    expect(textsOf(on.text, 'AppointmentStatus')).toEqual(['Roomed']);
    expect(simulator.world.find(ID)).toEqual({ ...before, status: 'Roomed', updatedMs: clock.now() });
  });
});

describe('storms and silence', () => {
  it('a burst lasts as long as it was told, for its operation only', async () => {
    await control('POST', '/actions', {
      do: 'burst',
      kind: 'internal-fault',
      op: 'GetAppointment',
      ms: 30_000,
    });
    expect(await read()).toContain('InternalServiceFault');
    expect(await listedStatus()).not.toBeNull();
    nowMs += 29_999;
    expect(await read()).toContain('InternalServiceFault');
    nowMs += 1;
    expect(textsOf(await read(), 'AppointmentId')).toEqual([String(ID)]);
    expect(simulator.journal('GetAppointment').map(({ outcome }) => outcome)).toEqual([
      'fault:InternalServiceFault',
      'fault:InternalServiceFault',
      'ok',
    ]);
  });

  it('an outage is planned, begins, ends, and names what it kept from being answered', async () => {
    await control('POST', '/actions', { do: 'outage', startsInMs: 60_000, ms: 40 * 60_000 });
    expect(textsOf(await read(), 'AppointmentId')).toEqual([String(ID)]);
    nowMs += 60_000;
    expect(await read()).toContain('Service Unavailable');
    nowMs += 40 * 60_000;
    expect(textsOf(await read(), 'AppointmentId')).toEqual([String(ID)]);
    expect(simulator.journal().map(({ outcome, criteria }) => [outcome, criteria.AppointmentId])).toEqual([
      ['ok', String(ID)],
      ['network:outage', String(ID)],
      ['ok', String(ID)],
    ]);
    const [first, down] = simulator.journal();
    const window = (from = 0, to = 0) => assertion(`silent-between?from=${from}&to=${to}`);
    expect(await window((first?.arrivedMs ?? 0) + 1, down?.arrivedMs)).toMatchObject({ ok: true });
    expect(await window(first?.arrivedMs, down?.arrivedMs)).toMatchObject({
      ok: false,
      violations: [{ n: first?.n }],
    });
  });

  it('a write that follows another unread is found; a read or a plain refusal in between excuses it', async () => {
    const text = await read();
    simulator.act({ do: 'fault', rule: { op: 'UpdateAppointment', kind: 'reset-before', times: 1 } });
    await expect(update(updateFrom(text, 'CheckedIn'))).rejects.toThrow();
    await read();
    await update(updateFrom(text, 'CheckedIn'));
    expect(await assertion('no-blind-repeat')).toEqual({ ok: true, checked: 4, violations: [] });
    await update(updateFrom(text, 'Roomed'));
    const [before, last] = simulator.journal().slice(-2);
    expect(await assertion('no-blind-repeat')).toEqual({
      ok: false,
      checked: 5,
      violations: [{ n: last?.n, detail: `UpdateAppointment again, unread since call ${before?.n}` }],
    });
    await control('DELETE', '/journal');
    const refused = updateFrom(text, 'Roomed', ['ProviderId']);
    await update(refused);
    await update(refused);
    expect(await assertion('no-blind-repeat')).toMatchObject({ ok: true, checked: 2 });
  });
});
