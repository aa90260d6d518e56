/**
 * Hypothesis (WB-LEASE, WB-FOLLOW): a tail of Redis that is lost takes entries of the worker's outbox, its lease and how
 * far it had followed the board with it, and yet no write to the EHR is lost or done twice.
 *
 * Fault: as in `lost-tail.long.test.ts`, without WAIT: silence between primary and replica while patients arrive and
 * the worker writes, then the primary is cut off and the replica promoted.
 *
 * Held against the EHR's journal and the new primary's log: no arrival was written twice, none is on one side only, the
 * walk-in has one appointment and the appointment one visit, every card says that both agree. A step that neither an
 * outbox nor the EHR holds any more is gone, as it may be where no copy confirms.
 */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { ChaosClinic } from './chaos-clinic.ts';
import { chaosSeed } from './chaos-seed.ts';
import { deskOf, judgeFailover, openDesks, untilAllShow } from './judge-failover.ts';
import { LostWrites } from './lost-writes.ts';
import { ReplicatedPair } from './replicated-pair.ts';

const seed = chaosSeed();
const patienceMs = 60_000;

test(`[I2] [I3] [WB-LEASE] what the worker wrote in a lost tail stays written once, and what it had not written is, seed ${seed}`, async () => {
  await using pair = await ReplicatedPair.start();
  await using clinic = await ChaosClinic.open({ seed, redisUrl: pair.front.url, numClients: 0 });
  const desks = await openDesks(clinic, seed);
  const writes = new LostWrites(clinic, deskOf(desks));
  const [oldLog, newLog] = [clinic.truth(pair.first.url), clinic.truth(pair.second.url)];
  const { epoch: oldEpoch } = await oldLog.meta();
  const kept = writes.arrive(2);
  await writes.untilOneIsWritten(kept);
  pair.cutReplication();
  const lost = writes.arrive(3);
  await Promise.all([writes.untilOneIsWritten(lost), writes.walkIn()]);
  await pair.promoteSecond();
  const [before, after] = [writes.written(kept), writes.written(lost)];
  console.log(`in the EHR by then: ${before} of ${kept.length}, and ${after} of the ${lost.length} lost`);
  expect(after, 'the tail holds a write').toBeGreaterThan(0);
  await untilAllShow(clinic, newLog, patienceMs);
  for (const desk of desks) await desk.rest();
  await oldLog.catchUp();
  await pair.returnFirst();
  await writes.judge(newLog, { isPromised: false });
  await untilAllShow(clinic, newLog, patienceMs);
  await judgeFailover(clinic, { oldLog, newLog, oldEpoch, desks });
});
