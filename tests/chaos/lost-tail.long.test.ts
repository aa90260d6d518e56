/**
 * Hypothesis (board-stream 3.12, "Redis failover, tail lost"): when a promoted replica lacks the end of the log, the
 * servers notice it, begin exactly one new epoch, and no screen shows the lost history afterwards; the outboxes bring
 * back what they had acknowledged. What became of the worker's outbox is judged in the long lane.
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
import { startSentinels } from '@workflow-bolt/testkit';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { ChaosClinic } from './chaos-clinic.ts';
import { chaosSeed } from './chaos-seed.ts';
import { judgeFailover, openDesks, untilAllShow } from './judge-failover.ts';
import { recoveryMsMax } from './kill-rounds.ts';
import { ReplicatedPair } from './replicated-pair.ts';
import { sentinelUrl } from './sentinel-url.ts';

const seed = chaosSeed();

// Every test is a browser of its own: a board cached by the one before would be another history.
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

test(`[I2] [I3] [H-19] a promoted replica without the tail: noticed, announced once, forgotten by every screen, seed ${seed}`, async () => {
  await using pair = await ReplicatedPair.start();
  await using clinic = await ChaosClinic.open({ seed, redisUrl: pair.front.url, numClients: 0 });
  const desks = await openDesks(clinic, seed);
  const oldLog = clinic.truth(pair.first.url);
  const newLog = clinic.truth(pair.second.url);
  const { epoch: oldEpoch } = await oldLog.meta();
  for (const desk of desks) desk.work();
  await sleep(500);
  pair.cutReplication();
  await sleep(600);
  await pair.promoteSecond();
  await sleep(1_000);
  for (const desk of desks) await desk.rest();
  await untilAllShow(clinic, newLog, recoveryMsMax);
  await oldLog.catchUp();
  await pair.returnFirst();
  await untilAllShow(clinic, newLog);
  await judgeFailover(clinic, { oldLog, newLog, oldEpoch, desks });
});

/**
 * The same under Sentinel. The replica dies and misses the tail; while it is down the primary's network goes silent
 * (fault proxy: no reset, no refusal); the replica comes back with what its disk holds and is the only one to elect.
 */
test(`[I2] [I3] Sentinel elects a replica that missed the tail: noticed, announced once, seed ${seed}`, async () => {
  await using set = await startSentinels({ minReplicasToWrite: 0 });
  await using clinic = await ChaosClinic.open({ seed, redisUrl: sentinelUrl(set), numClients: 0 });
  const desks = await openDesks(clinic, seed);
  const old = await set.primary();
  const [replica] = await set.replicas();
  const oldLog = clinic.truth(old.server.url);
  const newLog = clinic.truth(replica?.server.url);
  const { epoch: oldEpoch } = await oldLog.meta();
  for (const desk of desks) desk.work();
  await sleep(500);
  await replica?.server.kill9();
  await sleep(500);
  const heal = set.partition(old);
  await replica?.server.start();
  const promoted = await set.untilPromoted(old);
  expect(promoted).toBe(replica);
  await set.allowNoFurtherFailover();
  await sleep(1_500);
  for (const desk of desks) await desk.rest();
  await oldLog.catchUp();
  heal();
  await set.untilInSync();
  await untilAllShow(clinic, newLog);
  await judgeFailover(clinic, { oldLog, newLog, oldEpoch, desks });
});
