/**
 * Hypothesis (redis.md findings 6, 2): a Redis that comes back without the end of its append-only file holds whole
 * commits only - position, log and entities agree - and everyone who knows more learns that history has changed.
 *
 * Fault: SIGKILL under load, then 8 to 24 KB cut off the file at an arbitrary byte: a disk that lost its last writes in
 * spite of fsync, or an old backup. Three times: Redis 7.0 leaves the first half of the transaction in which the file was
 * cut in it, and its next start would carry that half out unless the file was written anew in between.
 *
 * What users see: a moment of "stale", a fresh board; their own last steps enter again from the outbox.
 *
 * Recovery bound: every screen live and equal to the log within 2 s of Redis's first answer, once the outboxes are empty.
 */
import 'fake-indexeddb/auto';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitUntil } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import type { BoardTruth } from './board-truth.ts';
import { ChaosClinic } from './chaos-clinic.ts';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { mustAgree, untilAgreed } from './check-day.ts';
import { overfullRooms } from './check-rooms.ts';
import { openDesks, untilAllShow } from './judge-failover.ts';
import { recoveryMsMax } from './kill-rounds.ts';

const seed = chaosSeed();

test(`[I2] [I3] [H-19] the append-only file loses its tail: no torn state, a new epoch, every screen follows, seed ${seed}`, async () => {
  await using clinic = await ChaosClinic.open({ seed, numClients: 0 });
  const { redis } = clinic.system;
  if (!redis) throw new Error('this test needs a private Redis');
  const desks = await openDesks(clinic, seed);
  const histories: BoardTruth[] = [];
  for (let round = 1; round <= chaosRounds(3); round += 1) {
    for (const desk of desks) desk.work();
    await sleep(400);
    // Writes wait in their sockets and die there, so that what is read here is all there was.
    await redis.call('CLIENT', 'PAUSE', '5000', 'WRITE');
    const before = clinic.truth();
    await before.catchUp();
    const { epoch } = await before.meta();
    await redis.kill9();
    redis.truncateAof(8_000 + clinic.rng.int(0, 16_000));
    await redis.start();
    const found = clinic.truth();
    await found.catchUp();
    await Promise.all(desks.map((desk) => desk.rest()));
    const after = clinic.truth();
    await untilAllShow(clinic, after, recoveryMsMax);
    await untilAgreed(clinic, after);
    histories.push(before, after);
    // The servers had the file written anew: it must not hold half of what was lost.
    await awaitUntil('the file was written anew', async () => {
      const info = String(await redis.call('INFO', 'persistence'));
      return /aof_rewrites:[1-9]/.test(info) && info.includes('aof_rewrite_in_progress:0');
    });
    const { epoch: newEpoch } = await after.meta();
    console.log(
      `cut ${round}: the log stood at ${before.seq}, came back with ${found.seq}, now ${after.seq}`,
    );
    expect(newEpoch, 'a lost tail begins a new epoch').not.toBe(epoch);
    for (const { name, snapshots } of clinic.observers) {
      const announced = snapshots.find((snapshot) => snapshot.epoch === newEpoch);
      expect(['epoch', 'fork', 'ahead'], name).toContain(announced?.reason);
    }
    mustAgree(`cut ${round}`, [
      ...found.problems,
      ...overfullRooms(after.entries),
      ...clinic.observers.flatMap((screen) =>
        screen.unexplained((seen) => (seen === newEpoch ? [after] : histories)),
      ),
    ]);
  }
});
