/**
 * Hypothesis (board-stream 3.12, "Redis failover, tail lost"): when a promoted replica lacks the end of the log, the
 * servers notice it, begin exactly one new epoch, and no screen shows the lost history afterwards; the outboxes bring
 * back what they had acknowledged.
 *
 * Fault: silence between primary and replica, steps acknowledged by the primary alone (no WAIT), then the primary is
 * cut off from the servers, the replica promoted, and the old primary comes back as its replica.
 *
 * What users see: a moment of "stale", a fresh board, and their own last steps entering again.
 *
 * Recovery bound: every screen equal to the new log within 2 s of the promotion, apart from steps still entering.
 */
import 'fake-indexeddb/auto';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitUntil, createRng } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import { BoardObserver } from './board-observer.ts';
import type { BoardTruth } from './board-truth.ts';
import { ChaosClinic } from './chaos-clinic.ts';
import { checkServers, checkStore, mustAgree } from './check-day.ts';
import { overfullRooms } from './check-rooms.ts';
import { OutboxDesk } from './outbox-desk.ts';
import { ReplicatedPair } from './replicated-pair.ts';

const seed = Number(process.env['BOLT_CHAOS_SEED'] ?? Date.now() % 1_000_000);

test(`[I2] [I3] a failover that loses its tail is noticed, announced once, and forgotten by every screen, seed ${seed}`, async () => {
  await using pair = await ReplicatedPair.start();
  await using clinic = await ChaosClinic.open({ seed, redisUrl: pair.front.url, numClients: 0 });
  const desks = await openDesks(clinic);
  const oldLog = clinic.truth(pair.first.url);
  const newLog = clinic.truth(pair.second.url);
  const { epoch: oldEpoch } = await oldLog.meta();
  for (const desk of desks) desk.work();
  await sleep(500);
  pair.cutReplication();
  const heldBySecond = (await newLog.meta()).seq;
  await sleep(600);
  await pair.promoteSecond();
  await sleep(1_000);
  for (const desk of desks) await desk.rest();
  await oldLog.catchUp();
  const { epoch: newEpoch } = await newLog.meta();
  await untilAllShow(clinic, newLog, newEpoch);
  await pair.returnFirst();
  await untilAllShow(clinic, newLog, newEpoch);

  const forkedAt = firstDifference(oldLog, newLog);
  console.log(
    `seed ${seed}: the replica held ${heldBySecond} of ${oldLog.seq} entries; the histories part at ${forkedAt}`,
  );
  expect(oldLog.seq, 'the primary alone acknowledged something').toBeGreaterThan(forkedAt);
  expect(newEpoch).not.toBe(oldEpoch);
  for (const { sightings, name, snapshots } of clinic.observers) {
    const epochs = sightings.map(({ epoch }) => epoch).filter((epoch, i, all) => epoch !== all[i - 1]);
    expect(epochs, name).toEqual([oldEpoch, newEpoch]);
    const announced = snapshots.filter(({ epoch }) => epoch === newEpoch);
    expect(announced.length, name).toBeGreaterThan(0);
    expect(['epoch', 'fork', 'ahead']).toContain(announced[0]?.reason);
  }
  const historiesOf = (epoch: string) => (epoch === newEpoch ? [newLog] : [oldLog, newLog]);
  mustAgree('the failover', [
    ...(await checkStore(newLog)),
    ...(await checkServers(clinic, newLog)),
    ...overfullRooms(newLog.entries),
    ...clinic.observers.flatMap((screen) => screen.unexplained(historiesOf)),
    ...desks.flatMap((desk) => lostSteps(desk, newLog)),
  ]);
});

/** Three people with an outbox each; their screens are watched like the others. */
async function openDesks(clinic: ChaosClinic): Promise<OutboxDesk[]> {
  const desks: OutboxDesk[] = [];
  for (const userId of ['dana', 'marcus', 'ines']) {
    const { clinic: id, date } = clinic.system;
    const where = { baseUrl: clinic.balancer.url, clinic: id, date, cookie: clinic.cookieOf(userId) };
    const observer = await BoardObserver.open({ ...where, name: `desk-${userId}`, keepsOutbox: true });
    clinic.observers.push(observer);
    desks.push(new OutboxDesk(observer, createRng(seed).fork(userId)));
  }
  await awaitUntil('the desks are live', () => desks.every(({ observer }) => observer.isLive()));
  return desks;
}

async function untilAllShow(clinic: ChaosClinic, log: BoardTruth, epoch: string): Promise<void> {
  await awaitUntil('every screen shows the end of the log', async () => {
    await log.catchUp();
    return clinic.observers.every((screen) => screen.isAt(log, epoch));
  });
}

/** The last position that both histories share. */
function firstDifference(a: BoardTruth, b: BoardTruth): number {
  const at = a.entries.findIndex(({ chain }, i) => chain !== b.entries[i]?.chain);
  return at < 0 ? a.seq : at;
}

/** Acknowledged, but neither on the board, exactly once, nor before the person who did it. */
function lostSteps(desk: OutboxDesk, log: BoardTruth): string[] {
  const created = log.entries.flatMap(({ frame }) => (frame.command === 'createVisit' ? frame.events : []));
  const count = (visitId: string): number =>
    created.filter((event) => event.type === 'visit.created' && event.visit.id === visitId).length;
  const lost = [...desk.registered].flatMap(([visitId, note]) => {
    const person = log.state.get(`p:${visitId}`)?.d;
    const found = person?.type === 'person' ? person.note : undefined;
    const isThere = count(visitId) === 1 && found === note;
    return isThere
      ? []
      : [`${desk.observer.name} ${visitId}: created ${count(visitId)} times, note ${found} for ${note}`];
  });
  return [...lost, ...desk.attention];
}
