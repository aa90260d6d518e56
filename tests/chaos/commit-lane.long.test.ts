/** The hypothesis of commit-lane.chaos.test.ts over twelve failovers; BOLT_CHAOS_ROUNDS and BOLT_CHAOS_SEED as there. */
import { test } from 'vitest';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { loseNothing } from './commit-lane.ts';

const seed = chaosSeed();
const numRounds = chaosRounds(12);

test(`[I1] [I2] [I3] nothing acknowledged is lost in ${numRounds} failovers with WAIT 1, seed ${seed}`, () =>
  loseNothing({ seed, numRounds, commitReplicas: 1 }));
