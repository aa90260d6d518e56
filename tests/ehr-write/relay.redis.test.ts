/** The relay of write-back on a real Redis and the simulator: each rule of docs/spec/write-back.md once. */

import { awaitUntil } from '@workflow-bolt/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openStage, patience, type RelayStage } from './relay-stage.ts';

let shared: Awaited<ReturnType<typeof openStage>>;
let stage: RelayStage;
beforeAll(async () => {
  shared = await openStage();
});
afterEach(() => stage?.quiet());
afterAll(() => shared?.[Symbol.asyncDispose]());

async function one() {
  const [visit] = await stage.plain(1);
  if (!visit) throw new Error('no plain visit');
  return visit;
}

test('[WB1] [WB3] a step is in the EHR a moment later, steps that were overtaken cost no call, and the card says so', async () => {
  stage = await shared.open();
  const visit = await one();
  await stage.move(visit.id, 'arrived');
  await stage.move(visit.id, 'appt-prep');
  expect(await stage.sync(visit.id)).toMatchObject({ state: 'off' });
  stage.keeper('one');
  const after = await stage.until(visit.id, 'in-sync');
  expect([stage.held(visit), stage.updates(visit)]).toEqual(['Roomed', 1]);
  expect(after.external).toMatchObject({ status: 'Roomed' });
  expect(after.ehrWrite).toMatchObject({ agreed: 'Roomed', failed: null, dropped: null });
  await stage.move(visit.id, 'completed');
  await awaitUntil('it is checked out', () => stage.held(visit) === 'CheckedOut', patience);
  await stage.until(visit.id, 'in-sync');
});
