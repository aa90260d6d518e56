/** After a failover that lost its tail: was it noticed, announced once, forgotten by every screen, and made good? */
import { awaitUntil, createRng } from '@workflow-bolt/testkit';
import { expect } from 'vitest';
import { BoardObserver } from './board-observer.ts';
import type { BoardTruth } from './board-truth.ts';
import type { ChaosClinic } from './chaos-clinic.ts';
import { mustAgree, untilAgreed } from './check-day.ts';
import { overfullRooms } from './check-rooms.ts';
import { OutboxDesk } from './outbox-desk.ts';

/** Three people with an outbox each; their screens are watched like the others. */
export async function openDesks(clinic: ChaosClinic, seed: number): Promise<OutboxDesk[]> {
  const desks: OutboxDesk[] = [];
  for (const userId of ['dana', 'marcus', 'ines']) {
    const { clinic: id, date } = clinic.system;
    const where = { baseUrl: clinic.balancer.url, clinic: id, date, session: clinic.headersOf(userId) };
    const role = clinic.system.users.find((user) => user.id === userId)?.role ?? 'viewer';
    const observer = await BoardObserver.open({ ...where, name: `desk-${userId}`, role, keepsOutbox: true });
    clinic.observers.push(observer);
    desks.push(new OutboxDesk(observer, createRng(seed).fork(userId)));
  }
  await awaitUntil('the desks are live', () => desks.every(({ observer }) => observer.isLive()));
  return desks;
}

/** The desk that says who has come. */
export function deskOf([front]: readonly OutboxDesk[]): OutboxDesk {
  if (!front) throw new Error('nobody is at the desk');
  return front;
}

/** Every screen is live and shows the end of this log in this epoch. */
export async function untilAllShow(clinic: ChaosClinic, log: BoardTruth, timeoutMs = 15_000): Promise<void> {
  await awaitUntil(
    'every screen shows the end of the log',
    async () => {
      await log.catchUp();
      const { epoch } = await log.meta();
      return clinic.observers.every((screen) => screen.isAt(log, epoch));
    },
    timeoutMs,
  );
}

/** How many entries both histories share. */
export function sharedLength(a: BoardTruth, b: BoardTruth): number {
  const at = a.entries.findIndex(({ chain }, i) => chain !== b.entries[i]?.chain);
  return at < 0 ? a.seq : at;
}

export type Failover = {
  oldLog: BoardTruth;
  newLog: BoardTruth;
  oldEpoch: string;
  desks: readonly OutboxDesk[];
};

/** Everyone at rest. Throws with everything that is wrong. */
export async function judgeFailover(clinic: ChaosClinic, failover: Failover): Promise<void> {
  const { oldLog, newLog, oldEpoch, desks } = failover;
  const { epoch: newEpoch } = await newLog.meta();
  const shared = sharedLength(oldLog, newLog);
  console.log(`the histories share ${shared} entries; the old primary held ${oldLog.seq}`);
  expect(oldLog.seq, 'the old primary alone acknowledged something').toBeGreaterThan(shared);
  expect(newEpoch).not.toBe(oldEpoch);
  for (const screen of clinic.observers) expectOneAnnouncement(screen, [oldEpoch, newEpoch]);
  await untilAgreed(clinic, newLog);
  mustAgree('the failover', [
    ...overfullRooms(newLog.entries),
    ...clinic.observers.flatMap((screen) =>
      screen.unexplained((epoch) => (epoch === newEpoch ? [newLog] : [oldLog, newLog])),
    ),
    ...desks.flatMap((desk) => lostSteps(desk, newLog)),
  ]);
}

function expectOneAnnouncement(
  { name, sightings, snapshots }: BoardObserver,
  epochs: readonly string[],
): void {
  const seen = sightings.map(({ epoch }) => epoch).filter((epoch, i, all) => epoch !== all[i - 1]);
  expect(seen, name).toEqual(epochs);
  const announced = snapshots.find(({ epoch }) => epoch === epochs[1]);
  expect(['epoch', 'fork', 'ahead'], name).toContain(announced?.reason);
}

/** Acknowledged, but not on the board exactly once; or set before the person although nobody else touched it. */
function lostSteps(desk: OutboxDesk, log: BoardTruth): string[] {
  const created = log.entries.flatMap(({ frame }) => (frame.command === 'createVisit' ? frame.events : []));
  const count = (visitId: string): number =>
    created.filter((event) => event.type === 'visit.created' && event.visit.id === visitId).length;
  const lost = [...desk.registered].flatMap(([visitId, note]) => {
    const person = log.state.get(`p:${visitId}`)?.d;
    const found = person?.type === 'person' ? person.note : undefined;
    if (count(visitId) === 1 && found === note) return [];
    return [`${desk.observer.name} ${visitId}: created ${count(visitId)} times, note ${found} for ${note}`];
  });
  return [...lost, ...desk.attention];
}
