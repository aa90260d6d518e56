/** Two people at once, on two API processes over one Redis, as a clinic behind a load balancer has it: 8, 9 and 10. */
import type { Command } from '@workflow-bolt/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoSettings } from '../../scripts/demo/demo-clinic.ts';
import { BoardRecord } from '../system/board-record.ts';
import { type ClinicSystem, startClinicSystem } from '../system/clinic-system.ts';
import { middayZone } from '../system/midday-zone.ts';
import { type Answer, StaffMember } from '../system/staff-member.ts';

/** Enough races that both processes win some. */
const races = 20;

let system: ClinicSystem;
let record: BoardRecord;
let desk: StaffMember;
let marcus: StaffMember;
let ines: StaffMember;
let doctor: StaffMember;

/** The same clinic as the other API process sees it. */
const second = () => {
  const baseUrl = system.servers[1]?.baseUrl ?? '';
  return { baseUrl, boardUrl: `${baseUrl}/api/v1/boards/${system.clinic}/${system.date}` };
};

beforeAll(async () => {
  system = await startClinicSystem({ servers: 2, workers: 0, appointments: 2, zone: middayZone() });
  if (!system.redis) throw new Error('this system has no Redis of its own');
  record = new BoardRecord(system.redis.client(), { clinic: system.clinic, date: system.date });
  desk = await StaffMember.signIn(system, 'dana', 'desk-1');
  marcus = await StaffMember.signIn(system, 'marcus', 'tablet-1');
  ines = await StaffMember.signIn(second(), 'ines', 'tablet-2');
  const provider = system.users.find(({ role }) => role === 'provider');
  doctor = await StaffMember.signIn(second(), provider?.id ?? '', 'laptop-1');
  const day = (await desk.entities()).get('day');
  if (day?.type !== 'day') throw new Error('the day is not open');
  const { type: _, clinic: __, date: ___, state: ____, ...settings } = day;
  const rooms = demoSettings({ seed: 7, zone: system.zone, appointments: 2, date: system.date }).rooms;
  const manager = await StaffMember.signIn(system, 'robin', 'office');
  const providers = [{ id: 'dr-a', name: 'Dr. Adeyemi', color: '#2f6fde' }];
  await must(manager, { type: 'configureDay', day: { ...settings, providers }, rooms });
  await ines.snapshot();
});
afterAll(() => system[Symbol.asyncDispose]());

const walkIn = (visitId: string): Command => ({
  type: 'createVisit',
  visitId,
  kind: 'walk-in',
  fullName: `Patient ${visitId}`,
});

async function must(who: StaffMember, command: Command): Promise<void> {
  const { status, body } = await who.give(command);
  expect([status, body]).toEqual([200, { outcomes: [expect.objectContaining({ outcome: 'applied' })] }]);
}

const isApplied = ({ status, body }: Answer) =>
  status === 200 && (body.outcomes as { outcome: string }[])[0]?.outcome === 'applied';

const exclusive = ['room-1', 'room-2', 'room-3'];

test('scenario 8: two MAs take the last room at once: one has it, the other is told by whom and what is free', async () => {
  const rooms = [...(await desk.entities()).values()].flatMap((d) => (d.type === 'room' ? [d] : []));
  const exam = rooms.filter(({ kind }) => kind === 'exam').map(({ id }) => id);
  const [last = '', ...others] = exam.slice(0, exclusive.length);
  for (const [i, roomId] of [...others, ...exam.slice(exclusive.length)].entries()) {
    await must(desk, walkIn(`full-${i}`));
    await must(marcus, { type: 'moveVisit', visitId: `full-${i}`, to: 'appt-prep', roomId });
  }
  const winners = new Set<string>();
  for (let i = 0; i < races; i += 1) {
    const [a, b] = [`a-${i}`, `b-${i}`];
    await must(desk, walkIn(a));
    await must(desk, walkIn(b));
    const rooming = (visitId: string): Command => ({
      type: 'moveVisit',
      visitId,
      to: 'appt-prep',
      roomId: last,
    });
    const [first, other] = await Promise.all([marcus.give(rooming(a)), ines.give(rooming(b))]);
    const [won, lost] = isApplied(first) ? [a, other] : [b, first];
    expect([isApplied(first), isApplied(other)].filter(Boolean)).toHaveLength(1);
    winners.add(won === a ? 'marcus' : 'ines');
    expect(lost.status).toBe(422);
    expect(lost.body).toMatchObject({
      code: 'room_occupied',
      outcome: 'rejected',
      roomId: last,
      occupants: [won],
    });
    const free = lost.body.free as string[];
    expect(free.filter((id) => exam.includes(id))).toEqual([]);
    const entities = await ines.entities();
    expect(entities.get(`r:${last}`)).toMatchObject({ state: 'occupied', occupants: [won] });
    const loser = won === a ? b : a;
    expect(entities.get(`v:${loser}`)).toMatchObject({ status: 'arrived', roomId: null, milestones: {} });
    await must(marcus, { type: 'moveVisit', visitId: won, to: 'left', reason: 'next race' });
    await must(marcus, { type: 'markRoomClean', roomId: last });
  }
  expect(winners.size).toBeGreaterThan(0);
});

test('scenario 9: the MA taps Prep Complete while the provider taps MD Ready: one wins, the other sees the present state', async () => {
  const wins = { marcus: 0, doctor: 0 };
  for (let i = 0; i < races; i += 1) {
    const visitId = `same-${i}`;
    await must(desk, { ...walkIn(visitId), providerId: 'dr-a' } as Command);
    await must(marcus, { type: 'moveVisit', visitId, to: 'appt-prep' });
    const seen = (await ines.snapshot()).entities.find(({ id }) => id === `v:${visitId}`)?.v;
    const before = (await record.frames()).length;
    const [prep, ready] = await Promise.all([
      marcus.give({ type: 'moveVisit', visitId, to: 'ready-for-md' }, seen),
      doctor.give({ type: 'moveVisit', visitId, to: 'with-doctor' }, seen),
    ]);
    expect([isApplied(prep), isApplied(ready)].filter(Boolean)).toHaveLength(1);
    const isPrep = isApplied(prep);
    wins[isPrep ? 'marcus' : 'doctor'] += 1;
    const lost = isPrep ? ready : prep;
    const current = (await desk.snapshot()).entities.find(({ id }) => id === `v:${visitId}`);
    expect(lost.status).toBe(409);
    expect(lost.body).toMatchObject({
      code: 'version_conflict',
      outcome: 'conflict',
      current,
      by: isPrep ? { id: 'marcus', role: 'medical-assistant' } : { role: 'provider' },
    });
    const moves = (await record.frames()).slice(before).flatMap(({ events }) => events);
    expect(moves).toEqual([
      expect.objectContaining({
        type: 'visit.moved',
        from: 'appt-prep',
        to: isPrep ? 'ready-for-md' : 'with-doctor',
        skipped: isPrep ? [] : ['readyAt'],
      }),
    ]);
    // Having seen it, the provider goes on from what is there; nothing of the first step is lost.
    if (!isPrep) continue;
    expect(isApplied(await doctor.give({ type: 'moveVisit', visitId, to: 'with-doctor' }, current?.v))).toBe(
      true,
    );
    const visit = (await desk.entities()).get(`v:${visitId}`);
    expect(visit).toMatchObject({ status: 'with-doctor', skipped: [] });
  }
  expect(wins.marcus + wins.doctor).toBe(races);
});

test('scenario 10: Check In tapped twice and sent again after a lost answer, also to another process: one arrival', async () => {
  const startAt = Date.now() + 600_000;
  await must(desk, {
    type: 'createVisit',
    visitId: 'retry',
    kind: 'booked',
    fullName: 'Retry Once',
    startAt,
  });
  const checkIn: Command = { type: 'moveVisit', visitId: 'retry', to: 'arrived' };
  const n = desk.n + 1;
  const answers = await Promise.all([
    desk.giveAs(n, checkIn),
    desk.giveAs(n, checkIn),
    desk.giveAs(n, checkIn),
  ]);
  const outcomes = answers.map(({ status, body }) => [
    status,
    (body.outcomes as { outcome: string }[])[0]?.outcome,
  ]);
  expect(outcomes.map(([status]) => status)).toEqual([200, 200, 200]);
  expect(outcomes.map(([, outcome]) => outcome).sort()).toEqual(['applied', 'duplicate', 'duplicate']);
  const seqs = answers.map(({ body }) => (body.outcomes as { seq: number }[])[0]?.seq);
  expect(new Set(seqs).size).toBe(1);
  // The answer was lost; the tablet's retry reaches the other process, and changes nothing.
  const before = await record.content();
  const retry = await fetch(`${second().boardUrl}/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...desk.headers },
    body: JSON.stringify({ clientId: desk.clientId, n, command: checkIn }),
  });
  expect([retry.status, await retry.json()]).toEqual([
    200,
    { outcomes: [{ outcome: 'duplicate', n, seq: seqs[0], code: null }] },
  ]);
  expect(await record.content()).toEqual(before);
  const frames = (await record.frames()).filter(({ events }) =>
    events.some((event) => event.type === 'visit.moved' && event.visitId === 'retry'),
  );
  expect(frames).toHaveLength(1);
  const visit = (await desk.entities()).get('v:retry');
  expect(visit).toMatchObject({
    status: 'arrived',
    milestones: { arrivedAt: frames[0]?.at },
    earlierEpisodes: [],
  });
  // A second tap is another command: refused as already so, and still one arrival.
  desk.n = n;
  const tap = await desk.give(checkIn);
  expect([tap.status, tap.body.code, tap.body.alreadyThere]).toEqual([422, 'nothing_to_change', true]);
  expect((await record.content()).entities).toEqual(before.entities);
  expect((await record.content()).logLength).toBe(before.logLength);
});
