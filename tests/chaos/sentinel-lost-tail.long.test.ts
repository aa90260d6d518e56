/**
 * Hypothesis (issue 4, "Failover"): what a primary wrote and could not confirm dies with it. Nobody was told of it; that
 * it is gone is noticed, announced as one new epoch, and made good: browsers send again what their outbox holds, and the
 * worker, whose outbox is the EHR's schedule itself, reads it again.
 *
 * Fault: the replica dies; steps of three desks are written by the primary alone (WAIT finds nobody), and an
 * appointment is moved in the EHR; then the primary is killed, or cut off, and the replica comes back as the only one to promote.
 *
 * Patients who arrive meanwhile are not written to the EHR: its entry has no copy, so nothing leaves; afterwards each is,
 * once.
 *
 * Held against the new primary's log: every acknowledged step once, the moved appointment at its time, every screen.
 */
import 'fake-indexeddb/auto';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitUntil, startSentinels } from '@workflow-bolt/testkit';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import type { BoardTruth } from './board-truth.ts';
import { ChaosClinic } from './chaos-clinic.ts';
import { chaosSeed } from './chaos-seed.ts';
import { deskOf, judgeFailover, openDesks, untilAllShow } from './judge-failover.ts';
import { LostWrites } from './lost-writes.ts';
import { sentinelFaults } from './sentinel-faults.ts';
import { sentinelUrl } from './sentinel-url.ts';

const seed = chaosSeed();
const patienceMs = 60_000;

// Every test is a browser of its own: a board cached by the one before would be another history.
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Five minutes later in the EHR; true of a log once the worker has written it there. */
function moveAppointment(clinic: ChaosClinic): (log: BoardTruth) => Promise<boolean> {
  const { simulator } = clinic.system;
  const moved = clinic.rng.pick(simulator.world.all().filter(({ type }) => type === 'P'));
  const startAt = moved.startMs + 300_000;
  simulator.act({ do: 'move', id: moved.id, startTime: new Date(startAt).toISOString() });
  return async (log) => {
    await clinic.requestSync();
    await sleep(500);
    await log.catchUp();
    return [...log.state.entries()].some(
      ([, { d }]) =>
        d.type === 'visit' && d.external?.appointmentId === String(moved.id) && d.startAt === startAt,
    );
  };
}

test.each(sentinelFaults)(
  `[I2] [I3] [H-19] [WB-KEPT] a tail lost with a primary (%s) is brought back by browsers and worker, seed ${seed}`,
  async (fault) => {
    await using set = await startSentinels({ minReplicasToWrite: 0, failoverTimeoutMs: 5_000, seed });
    const env = { BOLT_COMMIT_REPLICAS: '1' };
    await using clinic = await ChaosClinic.open({ seed, redisUrl: sentinelUrl(set), numClients: 0, env });
    const desks = await openDesks(clinic, seed);
    const old = await set.primary();
    const [replica] = await set.replicas();
    if (!replica) throw new Error('there is no replica');
    const [oldLog, newLog] = [clinic.truth(old.server.url), clinic.truth(replica.server.url)];
    const { epoch: oldEpoch } = await oldLog.meta();
    for (const desk of desks) desk.work();
    const writes = new LostWrites(clinic, deskOf(desks));
    await writes.untilOneIsWritten(writes.arrive(2));
    await sleep(clinic.rng.int(300, 800));
    await replica.server.kill9();
    const unsaid = writes.arrive(3);
    await oldLog.catchUp();
    const { seq } = oldLog;
    const hasMoved = moveAppointment(clinic);
    await clinic.requestSync();
    const isAhead = async () => {
      await oldLog.catchUp();
      return oldLog.seq > seq;
    };
    await awaitUntil('the primary has written what it cannot confirm', isAhead, patienceMs);
    expect(writes.written(unsaid), 'written to the EHR although no copy says so').toBe(0);
    const heal = fault === 'partition' ? set.partition(old) : null;
    if (fault === 'kill') await old.server.kill9();
    await replica.server.start();
    expect(await set.untilPromoted(old, patienceMs)).toBe(replica);
    await set.allowNoFurtherFailover();
    if (fault === 'kill') await old.server.start();
    // Nothing is written between the reading of its log and its end as a primary.
    await old.server.call('CLIENT', 'PAUSE', '5000', 'WRITE');
    await oldLog.catchUp();
    heal?.();
    await old.server.call('REPLICAOF', '127.0.0.1', String(replica.proxy.port));
    await old.server.call('CLIENT', 'UNPAUSE');
    await set.untilInSync(patienceMs);
    // Only now is there a copy that a step can be confirmed by.
    for (const desk of desks) await desk.rest();
    await newLog.catchUp();
    await awaitUntil('the worker has written the move', () => hasMoved(newLog), patienceMs);
    await writes.judge(newLog, { isPromised: true });
    await untilAllShow(clinic, newLog, patienceMs);
    await judgeFailover(clinic, { oldLog, newLog, oldEpoch, desks });
  },
);
