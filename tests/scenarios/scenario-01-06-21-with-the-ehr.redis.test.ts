/** The EHR simulator, the worker and the API as processes: scenarios 1, 6 (EHR away) and 21. */
import type { Sync, Visit } from '@workflow-bolt/contracts';
import { awaitUntil } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { BoardRecord } from '../system/board-record.ts';
import { type ClinicSystem, startClinicSystem } from '../system/clinic-system.ts';
import { hastyEhr } from '../system/hasty-ehr.ts';
import { middayZone } from '../system/midday-zone.ts';
import { StaffMember } from '../system/staff-member.ts';

/** Five processes on a busy machine; what is waited for below comes when it comes. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const patienceMs = 120_000;

let system: ClinicSystem;
let record: BoardRecord;
let desk: StaffMember;

beforeAll(async () => {
  // What is read: a write would change in the EHR what these tests put there.
  system = await startClinicSystem({ appointments: 24, zone: middayZone(), writeBack: 'off', ehr: hastyEhr });
  if (!system.redis) throw new Error('this system has no Redis of its own');
  record = new BoardRecord(system.redis.client(), { clinic: system.clinic, date: system.date });
  desk = await StaffMember.signIn(system, 'dana');
});
afterAll(() => system[Symbol.asyncDispose]());

const booked = () => system.simulator.world.all().filter((each) => each.type === 'P');
const visitsOf = async (): Promise<Visit[]> =>
  [...(await desk.entities()).values()].flatMap((d) => (d.type === 'visit' ? [d] : []));
const syncOf = async (): Promise<Sync | null> => {
  const d = (await desk.entities()).get('sync');
  return d?.type === 'sync' ? d : null;
};
const visitFor = async (appointmentId: number): Promise<Visit> => {
  const found = (await visitsOf()).find(({ external }) => external?.appointmentId === String(appointmentId));
  if (!found) throw new Error(`no visit for appointment ${appointmentId}`);
  return found;
};

/** Asks for a pull and waits until that very job is through. */
async function pull(): Promise<Sync> {
  const answer = await desk.request('/sync', { method: 'POST' });
  const { jobId } = (await answer.json()) as { jobId: string };
  expect([answer.status, typeof jobId]).toEqual([202, 'string']);
  return awaitUntil(
    `job ${jobId} is through`,
    async () => {
      const sync = await syncOf();
      return sync?.jobId === jobId && sync.finishedAt !== null && sync;
    },
    patienceMs,
  );
}

test('scenario 1: the morning pull makes one card an appointment, with its provider and its clinic-local time', async () => {
  await awaitUntil('all cards are there', async () => (await visitsOf()).length === 24, patienceMs);
  const visits = await visitsOf();
  const day = (await desk.entities()).get('day');
  expect(new Set(visits.map(({ external }) => external?.appointmentId)).size).toBe(24);
  const providers = day?.type === 'day' ? day.providers : [];
  expect(providers.length).toBeGreaterThanOrEqual(2);
  for (const appointment of booked()) {
    const visit = visits.find(({ external }) => external?.appointmentId === String(appointment.id));
    expect(visit).toMatchObject({
      kind: 'booked',
      startAt: appointment.startMs,
      providerId: `ehr-${appointment.providerId}`,
      source: 'tebra',
      milestones: {},
    });
    expect(providers.map(({ id }) => id)).toContain(visit?.providerId);
  }
});

test('scenario 1: a second pull changes no card: no duplicate, no version, no event but the report of the pull', async () => {
  await awaitUntil('details are read', async () => (await syncOf())?.phase === 'done', patienceMs);
  const before = await record.content();
  const frames = before.logLength;
  const sync = await pull();
  expect(sync).toMatchObject({ phase: 'done', cards: 24, detailsDone: 24, detailsTotal: 24, failure: null });
  const after = await record.content();
  const { sync: _before, ...cards } = before.entities;
  const { sync: _after, ...cardsAfter } = after.entities;
  expect(cardsAfter).toEqual(cards);
  const added = (await record.frames()).slice(frames);
  expect(new Set(added.flatMap(({ events }) => events.map(({ type }) => type)))).toEqual(
    new Set(['sync.reported']),
  );
});

test('scenario 21: CheckedIn set in the EHR moves the card forward, as estimated and from there; a stale Scheduled does not move it back', async () => {
  const [appointment] = booked().filter((each) => each.status === 'Scheduled' || each.status === 'Confirmed');
  if (!appointment) throw new Error('nobody is still expected');
  system.simulator.act({ do: 'status', id: appointment.id, status: 'CheckedIn' });
  await pull();
  const arrived = await visitFor(appointment.id);
  const frame = (await record.frames()).findLast(({ events }) =>
    events.some((event) => event.type === 'visit.moved' && event.visitId === arrived.id),
  );
  expect(frame).toMatchObject({ source: 'tebra', actor: { role: 'system' }, command: 'applyScheduleRow' });
  expect(arrived).toMatchObject({
    status: 'arrived',
    estimated: ['arrivedAt'],
    milestones: { arrivedAt: frame?.at },
    external: { status: 'CheckedIn' },
  });
  system.simulator.act({ do: 'status', id: appointment.id, status: 'Scheduled' });
  await pull();
  const after = await visitFor(appointment.id);
  expect(after.external?.status).toBe('Scheduled');
  expect([after.status, after.milestones, after.statusSince]).toEqual([
    'arrived',
    arrived.milestones,
    arrived.statusSince,
  ]);
  const metrics = (await (await desk.request('/metrics-summary')).json()) as {
    day: { intervals: { lobbyRaw: { finished: { count: number } } } };
  };
  expect(metrics.day.intervals.lobbyRaw.finished.count, 'an estimated time is in no average').toBe(0);
});

test('scenario 21: Seen, Unknown and a word nobody knows leave the visit as it is and warn with the raw word', async () => {
  const words = ['Seen', 'Unknown', 'Beamed Up'];
  const chosen = booked()
    .filter((each) => each.status === 'Scheduled' || each.status === 'Confirmed')
    .slice(-words.length);
  const before = await Promise.all(chosen.map(({ id }) => visitFor(id)));
  expect(chosen).toHaveLength(words.length);
  for (const [i, { id }] of chosen.entries()) {
    system.simulator.act({ do: 'status', id, status: words[i] ?? '' });
  }
  await pull();
  for (const [i, { id }] of chosen.entries()) {
    const { external, ehrWarning, ...rest } = await visitFor(id);
    const { external: _external, ehrWarning: noWarning, ...was } = before[i] as Visit;
    expect(noWarning).toBeNull();
    expect(rest).toEqual(was);
    expect(ehrWarning).toEqual({ raw: words[i], since: expect.any(Number) });
    expect(external?.rawStatus).toBe(words[i]);
  }
  for (const { id } of chosen) system.simulator.act({ do: 'status', id, status: 'Confirmed' });
  await pull();
  for (const { id } of chosen) expect((await visitFor(id)).ehrWarning).toBeNull();
});

test('scenario 6: a walk-in works from the first tap to the last while the EHR is away, and the pull says why it failed', async () => {
  system.simulator.configure({ network: { rules: [] } });
  system.simulator.act({ do: 'fault', rule: { op: '*', kind: 'html-503' } });
  const marcus = await StaffMember.signIn(system, 'marcus', 'tablet-1');
  const before = await visitsOf();
  const failed = await pull();
  expect(failed).toMatchObject({ phase: 'failed', cards: 24, failure: { code: expect.any(String) } });
  const providers = [...(await desk.entities()).values()].flatMap((d) =>
    d.type === 'day' ? d.providers : [],
  );
  const visitId = 'walk-in-1';
  const steps = [
    [
      desk,
      {
        type: 'createVisit',
        visitId,
        kind: 'walk-in',
        fullName: 'Walker Inn',
        providerId: providers[0]?.id ?? null,
      },
    ],
    [desk, { type: 'setCheckInCompleted', visitId, isCompleted: true }],
    [marcus, { type: 'moveVisit', visitId, to: 'appt-prep' }],
    [marcus, { type: 'moveVisit', visitId, to: 'ready-for-md' }],
    [marcus, { type: 'moveVisit', visitId, to: 'with-doctor' }],
    [marcus, { type: 'moveVisit', visitId, to: 'seen-by-md' }],
    [desk, { type: 'moveVisit', visitId, to: 'completed' }],
  ] as const;
  for (const [who, command] of steps)
    expect([command, (await who.give(command)).status]).toEqual([command, 200]);
  const after = await visitsOf();
  expect(after.find(({ id }) => id === visitId)).toMatchObject({
    kind: 'walk-in',
    status: 'completed',
    startAt: null,
    external: null,
    skipped: [],
  });
  expect(after.filter(({ id }) => id !== visitId)).toEqual(before);
  system.simulator.act({ do: 'clear-faults' });
  expect(await pull()).toMatchObject({ phase: 'done', failure: null });
  expect((await visitsOf()).find(({ id }) => id === visitId)?.status, 'a pull leaves a walk-in alone').toBe(
    'completed',
  );
});
