/**
 * Hypothesis (redis.md finding 5): a part that stands still and then goes on acknowledges nothing late. What waited in
 * the sockets of a paused Redis is past its deadline and refused; what waited in a paused server was answered by the
 * other one meanwhile and is recognised.
 *
 * Fault: SIGSTOP for 5 s - a stalled virtual machine or a swapping host, not a partition: every byte sent meanwhile is
 * read afterwards. First Redis, then one of two API servers (the address in front notices after a second).
 *
 * What users see: Redis paused: the board stays and says "stale" within 4 s. A server paused: half of the screens stand
 * still and their age grows; the others go on.
 *
 * Recovery bound: every screen live and equal to the log within 2 s of the continuation.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitUntil, operationsOf } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import type { BoardTruth } from './board-truth.ts';
import { ChaosClinic } from './chaos-clinic.ts';
import { chaosSeed } from './chaos-seed.ts';
import { checkRecords, mustAgree, type Stretch, stretchFrom, untilAgreed } from './check-day.ts';
import { roomsOf } from './check-rooms.ts';
import { untilAllShow } from './judge-failover.ts';
import { recoveryMsMax } from './kill-rounds.ts';

const seed = chaosSeed();
const pauseMs = 5_000;
/** Answers that were on their way when the pause began have arrived by then. */
const settleMs = 300;

async function begin(clinic: ChaosClinic, truth: BoardTruth): Promise<Stretch> {
  await truth.catchUp(clinic.replay);
  const stretch = stretchFrom(clinic, truth, roomsOf(truth));
  clinic.work();
  await sleep(500);
  return stretch;
}

/** Everyone at rest and everything compared, in the one epoch there is. */
const mayHold = new Set(['store_unavailable', 'outcome_unknown', 'TimeoutError', 'TypeError']);

async function end(clinic: ChaosClinic, truth: BoardTruth, stretch: Stretch, epoch: string): Promise<void> {
  await clinic.rest();
  await untilAgreed(clinic, truth, clinic.replay);
  expect((await truth.meta()).epoch).toBe(epoch);
  mustAgree('after the pause', [
    ...checkRecords(clinic, truth, stretch),
    ...clinic.observers.flatMap((screen) => screen.unexplained((seen) => (seen === epoch ? [truth] : []))),
  ]);
}

test(`[I1] [I2] [I3] [I10] Redis stands still for 5 s: stale, no answer, nothing done late, seed ${seed}`, async () => {
  await using clinic = await ChaosClinic.open({ seed, numClients: 7 });
  const truth = clinic.truth();
  const { epoch } = await truth.meta();
  // One desk does not work with the others: it gives one step into the pause and gives it up.
  const quitter = clinic.takeAway();
  const stretch = await begin(clinic, truth);
  const resumed = clinic.system.redis?.pause(pauseMs);
  await sleep(settleMs);
  const fromLine = clinic.history.lines.length;
  const late = { type: 'createVisit', visitId: 'late', kind: 'walk-in', fullName: 'Too Late' } as const;
  const abandoned = quitter.client.giveOnce(late);
  await awaitUntil('every screen is stale', () => clinic.observers.every((one) => !one.isLive()), 4_000);
  const { commandId, given } = await abandoned;
  await resumed;
  const answered = clinic.history.lines.slice(fromLine).filter(({ type }) => type === 'ok');
  expect(given).toBeNull();
  expect(answered, 'answers while Redis stood still').toEqual([]);
  await Promise.all([clinic.rest(), untilAllLive(clinic)]);
  await end(clinic, truth, stretch, epoch);
  expect(truth.entries.filter(({ frame }) => frame.commandId === commandId)).toEqual([]);
  expect(truth.audits.filter((audit) => audit.commandId === commandId)).toEqual([]);
  const held = new Set(clinic.workstations.flatMap(({ client }) => [...client.holds.keys()]));
  // Whoever cannot be recognised is turned away before a commit; only a step on its way has an unknown outcome.
  expect(held).toContain('store_unavailable');
  expect([...held].filter((code) => !mayHold.has(code))).toEqual([]);
});

test(`[I1] [I2] [I3] one server stands still for 5 s: the others go on, nothing is done twice, seed ${seed}`, async () => {
  await using clinic = await ChaosClinic.open({ seed });
  const truth = clinic.truth();
  const { epoch } = await truth.meta();
  const stretch = await begin(clinic, truth);
  const [server] = clinic.system.servers;
  if (!server) throw new Error('there is no server');
  const port = Number(new URL(server.baseUrl).port);
  process.kill(server.process.pid, 'SIGSTOP');
  await sleep(1_000);
  clinic.balancer.withdraw(port);
  const before = clinic.observers.map(({ last }) => last?.seq ?? 0);
  await sleep(pauseMs - 1_500);
  const hasMoved = clinic.observers.map(({ last }, i) => (last?.seq ?? 0) > (before[i] ?? 0));
  const ages = clinic.observers.map(({ client }) => client.ageMs() ?? 0);
  process.kill(server.process.pid, 'SIGCONT');
  clinic.balancer.restore(port);
  expect(new Set(hasMoved)).toEqual(new Set([true, false]));
  for (const [i, moved] of hasMoved.entries()) if (!moved) expect(ages[i]).toBeGreaterThan(pauseMs - 2_000);
  await Promise.all([clinic.rest(), untilAllLive(clinic)]);
  await untilAllShow(clinic, truth, recoveryMsMax);
  await end(clinic, truth, stretch, epoch);
  const retried = operationsOf(clinic.history.lines).filter(({ opId }) => numAttempts(clinic, opId) > 1);
  expect(retried.length, 'requests that waited in the paused server').toBeGreaterThan(0);
});

async function untilAllLive(clinic: ChaosClinic): Promise<void> {
  await awaitUntil(
    'every screen is live',
    () => clinic.observers.every((one) => one.isLive()),
    recoveryMsMax,
  );
}

function numAttempts(clinic: ChaosClinic, opId: string): number {
  return clinic.history.lines.filter((line) => line.opId === opId && line.type === 'info').length + 1;
}
