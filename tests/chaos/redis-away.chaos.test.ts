/**
 * Hypothesis (I10): a screen never looks live while its server cannot reach Redis, and looks live again as soon as it
 * may. Fault: SIGKILL of Redis, down for 2 s. What users see: the board stays, "stale" within a second; live again
 * within 2 s of Redis's return, although heartbeats come only every 15 s. Found by kill-rounds, seed 167539: screens
 * stayed stale until the next heartbeat.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitUntil } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import { ChaosClinic } from './chaos-clinic.ts';
import { recoveryMsMax } from './kill-rounds.ts';

test('[I10] a screen hears at once that Redis is away, and at once that it is back', async () => {
  await using clinic = await ChaosClinic.open({ seed: 1, numClients: 1 });
  const { redis } = clinic.system;
  const [desk] = clinic.workstations;
  await redis?.kill9();
  await awaitUntil('every screen is stale', () => clinic.observers.every((one) => !one.isLive()), 1_000);
  expect(clinic.screen.client.getSnapshot().connection).toMatchObject({ phase: 'stale', reason: 'degraded' });
  const before = clinic.screen.last;
  const held = await desk?.client.giveOnce({
    type: 'createVisit',
    visitId: 'late',
    kind: 'walk-in',
    fullName: 'Late',
  });
  expect(held?.given).toBeNull();
  expect([...(desk?.client.holds.keys() ?? [])]).toEqual(['store_unavailable']);
  // The second server has never seen this person and cannot ask who it is: not now, but not a fault either.
  const { baseUrl } = clinic.system.servers[1] ?? { baseUrl: '' };
  const stranger = await fetch(`${baseUrl}/api/v1/session`, { headers: clinic.headersOf('ines') });
  expect(stranger.status).toBe(503);
  expect(await stranger.json()).toMatchObject({ code: 'store_unavailable' });
  await sleep(2_000);
  expect(clinic.screen.last, 'the board stays').toEqual(before);
  expect(clinic.observers.some((one) => one.isLive())).toBe(false);
  await redis?.start();
  await awaitUntil(
    'every screen is live',
    () => clinic.observers.every((one) => one.isLive()),
    recoveryMsMax,
  );
  const truth = clinic.truth();
  await truth.catchUp();
  expect(clinic.screen.isAt(truth, (await truth.meta()).epoch)).toBe(true);
});
