/** Many more kills of what keeps keys and record than the short lane has time for; a seed replays them. */
import { expect, test } from 'vitest';
import { Random } from '../stream-fuzz/random.ts';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { KeeperStage } from './keeper-stage.ts';
import { killRotations } from './kill-rotation.ts';
import { killSealings } from './kill-sealing.ts';

const rounds = chaosRounds(40);

test('[crypto] [H-05] forty rotations killed one after the other leave every patient readable, and no former key', async () => {
  await using stage = await KeeperStage.start();
  const { kills, unreadable, after } = await killRotations(stage, new Random(chaosSeed()), rounds);
  expect(unreadable).toEqual([]);
  expect(kills).toBeGreaterThan(rounds / 2);
  expect(after).toEqual({ used: [1, 1, 1], kept: 3 });
});

test('[audit] [I5] forty sealers killed one after the other lose and double nothing', async () => {
  await using stage = await KeeperStage.start();
  const verdict = await killSealings(stage, new Random(chaosSeed()), rounds);
  expect(verdict).toMatchObject({ missing: [], gaps: 0 });
  expect(verdict.checks.filter((exitCode) => exitCode !== 0)).toEqual([]);
  expect(verdict.commits[1]).toBe(verdict.commits[0]);
  expect(verdict.kills).toBeGreaterThan(rounds / 2);
});
