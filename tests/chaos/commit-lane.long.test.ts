/**
 * Hypothesis (redis.md level L6): with BOLT_COMMIT_REPLICAS=1 a step is acknowledged only when the replica holds it,
 * so a failover loses nothing that anyone was told - even without `min-replicas-to-write`, which is off here so that
 * WAIT alone carries the claim.
 *
 * Fault, in turns: the primary's network goes silent (fault proxy), or its replica was killed half a second before and
 * has missed what the primary wrote since. Sentinel promotes the replica; the old primary returns as its replica.
 *
 * What users see: steps wait while there is no failover and no replica; the board stays and says that it is stale.
 *
 * Recovery bound: every screen equal to the new primary's log within 15 s of the old primary's return.
 */
import { expect, test } from 'vitest';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { loseNothing } from './commit-lane.ts';

const seed = chaosSeed();
const numRounds = chaosRounds(12);

test(`[I1] [I2] [I3] nothing acknowledged is lost in ${numRounds} failovers with WAIT 1, seed ${seed}`, () =>
  loseNothing({ seed, numRounds, commitReplicas: 1 }));

test(`without WAIT the same failovers do lose what was acknowledged, and this test sees it, seed ${seed}`, async () => {
  await expect(loseNothing({ seed, numRounds: 2, commitReplicas: 0 })).rejects.toThrow(
    /acknowledged, but without effect|lost earlier commands|no answer/,
  );
});
