import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CallClock,
  createCallGaps,
  createTebraAdapter,
  type EhrPort,
  OPERATION_NAMES,
  type StatusWrite,
} from '@workflow-bolt/ehr';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClock, type EhrSimulator, startEhrSimulator } from '../../apps/ehr-simulator/src/index.ts';

/** The product's adapter against the simulator over HTTP: what is claimed must be what the EHR then holds. */

let nowMs = Date.parse('2026-07-01T15:00:00Z');
const QUIET = { throttle: { enabled: false } };
/** Waits are as short as they can be, and the simulator's clock passes them. */
const hasty: CallClock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    nowMs += ms;
    await sleep(1, undefined, signal ? { signal } : {});
  },
  random: () => 0.5,
};

let simulator: EhrSimulator;
let port: EhrPort;
beforeAll(async () => {
  const clock = createClock({ now: () => nowMs, monotonic: () => nowMs });
  simulator = await startEhrSimulator({ seed: 11, date: '2026-07-01', clock, config: QUIET });
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
  port = createTebraAdapter({
    endpoint: simulator.url,
    credentials: simulator.credentials,
    gaps,
    clock: hasty,
    deadlineMs: 300,
    retry: { attemptsMax: 2, backoffMs: [1], jitterShare: 0, throttleJitterMs: 0, waitMsMax: 60_000 },
  });
});
afterAll(() => simulator.stop());
afterEach(async () => {
  const body = JSON.stringify({ config: QUIET });
  await fetch(`${simulator.controlUrl}/reset`, { method: 'POST', body });
});

const assertion = async (query: string): Promise<unknown> =>
  (await fetch(`${simulator.controlUrl}/assert/${query}`)).json();

/** A booked appointment with a billing case that nobody has touched, made Scheduled. */
async function scheduled(): Promise<StatusWrite> {
  const record = simulator.world
    .listed()
    .find(
      (one) =>
        one.type === 'P' && one.caseId !== null && !one.recurring && !one.group && one.patientId !== null,
    );
  if (!record) throw new Error('The generated day has no such appointment.');
  simulator.act({ do: 'status', id: record.id, status: 'Scheduled' });
  return {
    appointmentId: String(record.id),
    occurrenceId: null,
    patientId: String(record.patientId),
    desired: 'CheckedIn',
    lastAgreed: { status: 'Scheduled', version: null },
  };
}
const held = (write: StatusWrite) => simulator.world.find(Number(write.appointmentId));
const updates = () => simulator.journal('UpdateAppointment').length;

/** The journal's own verdict, whatever happened. */
async function expectClean(): Promise<void> {
  expect(await assertion('no-blind-repeat')).toMatchObject({ ok: true });
  expect(await assertion('no-effect?effect=case-cleared')).toMatchObject({ ok: true });
  expect(await assertion('nothing-dropped')).toMatchObject({ ok: true });
}

describe('[I6] a status written to the EHR', () => {
  it('is there afterwards, with the billing case and everything else as it was', async () => {
    const write = await scheduled();
    const before = held(write);
    expect(await port.writeStatus(write)).toMatchObject({ kind: 'written', isAnswerLost: false });
    expect(held(write)).toEqual({ ...before, status: 'CheckedIn', updatedMs: expect.any(Number) });
    expect(await port.writeStatus(write)).toMatchObject({ kind: 'already-so' });
    expect(updates()).toBe(1);
    await expectClean();
  });

  it.each([
    ['reset-before', { kind: 'not-applied', reason: 'lost' }, 'Scheduled'],
    ['html-503', { kind: 'not-applied', reason: 'lost' }, 'Scheduled'],
    ['html-200', { kind: 'not-applied', reason: 'lost' }, 'Scheduled'],
    ['empty-200', { kind: 'not-applied', reason: 'lost' }, 'Scheduled'],
    ['internal-fault', { kind: 'not-applied', reason: 'lost' }, 'Scheduled'],
    ['hang', { kind: 'not-applied', reason: 'lost' }, 'Scheduled'],
    ['hang-after', { kind: 'written', isAnswerLost: true }, 'CheckedIn'],
    ['reset-after', { kind: 'written', isAnswerLost: true }, 'CheckedIn'],
    ['truncate', { kind: 'written', isAnswerLost: true }, 'CheckedIn'],
    ['wrong-length', { kind: 'written', isAnswerLost: true }, 'CheckedIn'],
    ['bad-character', { kind: 'written', isAnswerLost: true }, 'CheckedIn'],
    ['doctype', { kind: 'written', isAnswerLost: true }, 'CheckedIn'],
    ['drip', { kind: 'written' }, 'CheckedIn'],
    ['gzip', { kind: 'written' }, 'CheckedIn'],
  ] as const)('%s: said as it is, sent once', async (kind, expected, status) => {
    const write = await scheduled();
    simulator.act({ do: 'fault', rule: { op: 'UpdateAppointment', kind, times: 1, ms: 20 } });
    expect(await port.writeStatus(write)).toMatchObject(expected);
    expect([held(write)?.status, updates()]).toEqual([status, 1]);
    simulator.act({ do: 'clear-faults' });
    expect((await port.writeStatus(write)).kind).toBe(status === 'CheckedIn' ? 'already-so' : 'written');
    expect(held(write)?.status).toBe('CheckedIn');
    await expectClean();
  });

  it('accepted and not applied is not taken for done', async () => {
    const write = await scheduled();
    simulator.configure({ writes: { acceptedButNotApplied: true } });
    expect(await port.writeStatus(write)).toMatchObject({
      kind: 'not-applied',
      reason: 'accepted-not-applied',
    });
    expect(held(write)?.status).toBe('Scheduled');
  });

  it('a second user before our read is a conflict; one between our read and our write is on record', async () => {
    const write = await scheduled();
    simulator.act({ do: 'status', id: Number(write.appointmentId), status: 'Cancelled', by: 12 });
    expect(await port.writeStatus(write)).toMatchObject({
      kind: 'conflict',
      reason: 'status-changed',
      theirs: { canonical: 'Cancelled' },
      ours: 'CheckedIn',
      lastAgreed: { status: 'Scheduled' },
      isSent: false,
    });
    expect([held(write)?.status, updates()]).toEqual(['Cancelled', 0]);
    const other = await scheduled();
    nowMs += 60_000;
    simulator.configure({ writes: { secondUser: { share: 1, changes: 'notes', statuses: ['NoShow'] } } });
    // He types again after each of our reads: the last time after we have read our write back.
    expect(await port.writeStatus(other)).toMatchObject({ kind: 'written' });
    expect(await assertion('no-effect?effect=overwrote')).toMatchObject({ ok: false });
    await expectClean();
  });

  it('a second user after our write is a conflict that nothing is written over', async () => {
    const write = await scheduled();
    const steps = [
      {
        onCall: { op: 'UpdateAppointment', when: 'after' },
        action: { do: 'status', id: Number(write.appointmentId), status: 'NoShow', by: 12 },
      },
    ];
    await fetch(`${simulator.controlUrl}/scenario`, { method: 'POST', body: JSON.stringify({ steps }) });
    expect(await port.writeStatus(write)).toMatchObject({
      kind: 'conflict',
      isSent: true,
      theirs: { canonical: 'NoShow' },
    });
    expect([held(write)?.status, updates()]).toEqual(['NoShow', 1]);
  });

  it('an undo is written to what we wrote last, and not to what somebody touched', async () => {
    const write = await scheduled();
    const done = await port.writeStatus(write);
    if (done.kind !== 'written') throw new Error(done.kind);
    const undo: StatusWrite = {
      ...write,
      desired: 'Scheduled',
      lastAgreed: { status: 'CheckedIn', version: done.version },
      onlyUntouched: true,
    };
    nowMs += 60_000;
    simulator.act({ do: 'edit', id: Number(write.appointmentId), notes: 'called', by: 12 });
    expect(await port.writeStatus(undo)).toMatchObject({
      kind: 'conflict',
      reason: 'touched',
      isSent: false,
    });
    const again = await port.writeStatus({ ...write, desired: 'CheckedIn' });
    const version = again.kind === 'already-so' ? again.version : null;
    const fresh = { status: 'CheckedIn', version } as const;
    expect(await port.writeStatus({ ...undo, lastAgreed: fresh })).toMatchObject({ kind: 'written' });
    expect(held(write)).toMatchObject({ status: 'Scheduled', notes: 'called' });
  });

  it('during an outage nothing is claimed, and afterwards it is written once', async () => {
    const write = await scheduled();
    simulator.act({ do: 'outage', ms: 40 * 60_000 });
    expect(await port.writeStatus(write)).toMatchObject({ kind: 'not-applied', reason: 'not-read' });
    nowMs += 40 * 60_000;
    expect(await port.writeStatus(write)).toMatchObject({ kind: 'written' });
    expect(updates()).toBe(1);
  });
});

describe('a walk-in created in the EHR', () => {
  const walkIn = () => {
    const { world } = simulator;
    const patient = [...world.patients.values()].find((one) => !one.deleted);
    return {
      practiceId: '101',
      practiceName: simulator.practiceName,
      serviceLocationId: String(world.locations[0]?.id),
      providerId: String(world.providers[0]?.id),
      patientId: String(patient?.id),
      startAt: Date.parse('2026-07-01T15:17:23.456Z'),
      endAt: Date.parse('2026-07-01T15:37:23.456Z'),
      status: 'CheckedIn' as const,
      name: 'walk-in',
      reasonId: null,
      caseId: String(patient?.caseId),
      resourceIds: [],
      notes: null,
      triedAgoMs: null,
    };
  };
  const ofWalkIn = () =>
    simulator.world.all().filter((one) => one.startMs === Date.parse('2026-07-01T15:17:23Z'));

  it('exists once, whatever became of the answers', async () => {
    simulator.configure({ writes: { listDelayMs: 60_000 } });
    simulator.act({ do: 'fault', rule: { op: 'CreateAppointment', kind: 'reset-after', times: 1 } });
    expect(await port.create(walkIn())).toMatchObject({ kind: 'unknown', searchAfterMs: 75_000 });
    expect(await port.create({ ...walkIn(), triedAgoMs: 20_000 })).toMatchObject({ kind: 'unknown' });
    expect(ofWalkIn()).toHaveLength(1);
    nowMs += 75_000;
    const found = await port.create({ ...walkIn(), triedAgoMs: 75_000 });
    expect(found).toMatchObject({ kind: 'already-so', appointmentId: String(ofWalkIn()[0]?.id) });
    expect(simulator.journal('CreateAppointment')).toHaveLength(1);
    await expectClean();
  });

  it('is written back like any other afterwards', async () => {
    const made = await port.create(walkIn());
    expect(made).toMatchObject({ kind: 'written', isAnswerLost: false, status: { canonical: 'CheckedIn' } });
    if (made.kind !== 'written') return;
    const { appointmentId, version } = made;
    const lastAgreed = { status: 'CheckedIn', version } as const;
    const { patientId } = walkIn();
    const moved = { appointmentId, occurrenceId: null, patientId, desired: 'Roomed', lastAgreed } as const;
    expect(await port.writeStatus(moved)).toMatchObject({ kind: 'written' });
    expect(ofWalkIn()).toMatchObject([{ status: 'Roomed', caseId: Number(walkIn().caseId) }]);
  });

  it('answered as done without an id is not taken for done', async () => {
    simulator.configure({ writes: { acceptedButNotApplied: true } });
    expect(await port.create(walkIn())).toMatchObject({ kind: 'unknown', failure: null });
    expect(ofWalkIn()).toEqual([]);
  });
});
