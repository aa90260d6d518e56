/** Workers that die, stand still or are switched off in the middle of the queue: no write twice, none lost. */
import type { Visit } from '@workflow-bolt/contracts';
import { syncTotals } from '@workflow-bolt/domain';
import type { EhrPort } from '@workflow-bolt/ehr';
import { awaitUntil } from '@workflow-bolt/testkit';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { HostBoard } from '../../apps/worker/src/host-board.ts';
import {
  openStage,
  passing,
  patience,
  type RelayStage,
  slowMachine,
  withCreate,
  withWrite,
} from './relay-stage.ts';

vi.setConfig(slowMachine);

let shared: Awaited<ReturnType<typeof openStage>>;
let stage: RelayStage;
beforeAll(async () => {
  shared = await openStage();
});
afterEach(() => stage?.quiet());
afterAll(() => shared?.[Symbol.asyncDispose]());

async function one(): Promise<Visit> {
  const [visit] = await stage.plain(1);
  if (!visit) throw new Error('no plain visit');
  return visit;
}

/** An EHR whose first write stops at a gate: before it calls, or after it was applied. */
function gated(at: 'before' | 'after') {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let calls = 0;
  const wrap = (port: EhrPort): EhrPort =>
    withWrite(port, async (write, _signal) => {
      calls += 1;
      const isFirst = calls === 1;
      // A process that stands still hears no signal either.
      const outcome = isFirst && at === 'before' ? null : await port.writeStatus(write);
      if (isFirst) {
        reached.resolve();
        await gate.promise;
      }
      return outcome ?? { kind: 'unknown', failure: { kind: 'cancelled' } as never };
    });
  return { reached: reached.promise, open: () => gate.resolve(), wrap };
}

test('[WB-LEASE] killed between entry and call: another takes over, reads, and writes once', async () => {
  stage = await shared.open();
  const visit = await one();
  const { reached, open, wrap } = gated('before');
  const first = stage.keeper('one', wrap, passing);
  await stage.move(visit.id, 'arrived');
  await reached;
  stage.keeper('two');
  stage.kill(first);
  await stage.until(visit.id, 'in-sync');
  expect([stage.held(visit), stage.updates(visit)]).toEqual(['CheckedIn', 1]);
  open();
});

test('[WB-LEASE] [WB5] killed between call and settling: what was applied is read, not sent again; what the first learns late is void', async () => {
  stage = await shared.open();
  const visit = await one();
  const { reached, open, wrap } = gated('after');
  const first = stage.keeper('one', wrap, passing);
  await stage.move(visit.id, 'arrived');
  await reached;
  stage.keeper('two');
  stage.kill(first);
  await stage.until(visit.id, 'in-sync');
  await stage.move(visit.id, 'appt-prep');
  await awaitUntil('the next step is written', () => stage.held(visit) === 'Roomed', patience);
  const after = await stage.until(visit.id, 'in-sync');
  open();
  await stage.settle();
  expect(stage.held(visit)).toBe('Roomed');
  expect((await stage.visit(visit.id)).ehrWrite).toEqual(after.ehrWrite);
  expect(stage.updates(visit)).toBe(2);
});

/** An EHR that makes an appointment, and whose answer stops at a gate. */
function gatedCreation() {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const wrap = (port: EhrPort): EhrPort =>
    withCreate(port, async (creation) => {
      const outcome = await port.create(creation);
      reached.resolve();
      await gate.promise;
      return outcome;
    });
  return { reached: reached.promise, open: () => gate.resolve(), wrap };
}

/** A walk-in whom the EHR knows; from the making of their appointment on it has them under another name. */
async function walkInWithTwoNames() {
  const { reached, open, wrap } = gatedCreation();
  const { id, fullName, dob } = stage.patient();
  const providerId = (await stage.day()).providers.find((each) => each.id.startsWith('ehr-'))?.id ?? null;
  const keeper = stage.keeper('one', wrap, passing);
  await stage.send({ type: 'createVisit', visitId: 'known', kind: 'walk-in', fullName, dob, providerId });
  await reached;
  const patient = stage.simulator.world.patients.get(id);
  if (!patient) throw new Error('no patient');
  patient.fullName = 'Zztest Married';
  return { keeper, open, patientId: String(id), visits: await countVisits() };
}

const countVisits = async () => (await stage.visits()).length;

async function setAside() {
  const board = await new HostBoard(stage.registry, stage).entities();
  return [...board].flatMap(([, { d }]) => (d.type === 'sync' ? d.quarantined : []));
}

test('[WB-WALK-IN] [I2] killed between the EHR’s answer and its note, under a name that has changed since: one visit, one appointment', async () => {
  stage = await shared.open();
  const { keeper, open, patientId, visits } = await walkInWithTwoNames();
  stage.kill(keeper);
  await stage.pull();
  expect(await countVisits()).toBe(visits);
  expect(await setAside()).toContainEqual({ reason: 'being-written', count: 1 });
  stage.keeper('two');
  const after = await stage.until('known', 'in-sync');
  expect(after.external).toMatchObject({ patientId, status: 'CheckedIn' });
  await stage.pull();
  expect(await countVisits()).toBe(visits);
  expect(await setAside()).not.toContainEqual(expect.objectContaining({ reason: 'being-written' }));
  expect(stage.simulator.journal('CreateAppointment')).toHaveLength(1);
  open();
});

test('[WB-WALK-IN] [I2] read by a pull before the board is told of it, under another name: known by its number afterwards', async () => {
  stage = await shared.open();
  const { open, visits } = await walkInWithTwoNames();
  await stage.pull();
  expect(await countVisits()).toBe(visits);
  open();
  await stage.until('known', 'in-sync');
  await stage.pull();
  expect(await countVisits()).toBe(visits);
  expect(stage.simulator.journal('CreateAppointment')).toHaveLength(1);
});

test('[WB-LEASE] one that stood still and does not know it has been replaced is refused by its fence', async () => {
  stage = await shared.open();
  const visit = await one();
  const { reached, open, wrap } = gated('after');
  // It looks at its lease only once, so that nothing but the fence stops it.
  stage.keeper('one', wrap, { ttlMs: 600_000, lookMs: 600_000 });
  await stage.move(visit.id, 'arrived');
  await reached;
  await stage.endLease();
  stage.keeper('two');
  await stage.until(visit.id, 'in-sync');
  await stage.move(visit.id, 'appt-prep');
  await awaitUntil('the next step is written', () => stage.held(visit) === 'Roomed', patience);
  const after = await stage.until(visit.id, 'in-sync');
  const kept = await stage.outbox();
  open();
  await stage.settle();
  await stage.move(visit.id, 'with-doctor');
  await stage.settle();
  expect(await stage.outbox()).toEqual({ ...kept, until: expect.any(String), cur: expect.any(String) });
  expect((await stage.visit(visit.id)).ehrWrite).toEqual(after.ehrWrite);
  expect([stage.held(visit), stage.updates(visit)]).toEqual(['Roomed', 2]);
});

test('[WB-SWITCH] switched off in the middle of the queue nothing more leaves; switched on again the newest step is written once', async () => {
  stage = await shared.open();
  const visit = await one();
  stage.keeper('one');
  await stage.move(visit.id, 'arrived');
  await stage.until(visit.id, 'in-sync');
  await stage.switchTo('off');
  await stage.until(visit.id, 'off');
  await stage.move(visit.id, 'appt-prep');
  await stage.switchTo('dry-run');
  await awaitUntil(
    'the dry run has looked',
    async () => (await stage.visit(visit.id)).ehrWrite?.would === 'Roomed',
    patience,
  );
  expect(await stage.sync(visit.id)).toMatchObject({ state: 'waiting', reason: 'dry-run', word: 'Roomed' });
  await stage.finish(visit.id);
  await awaitUntil(
    'it has looked again',
    async () => (await stage.visit(visit.id)).ehrWrite?.would === 'CheckedOut',
    patience,
  );
  expect([stage.held(visit), stage.updates(visit)]).toEqual(['CheckedIn', 1]);
  await stage.switchTo('on');
  const after = await stage.until(visit.id, 'in-sync');
  expect([stage.held(visit), stage.updates(visit), after.ehrWrite?.would]).toEqual(['CheckedOut', 2, null]);
});

test('[WB-SWITCH] a clinic whose file says off is left alone, whatever the switch says', async () => {
  stage = await shared.open('off');
  const visit = await one();
  await stage.switchTo('on');
  stage.keeper('one');
  await stage.move(visit.id, 'arrived');
  expect(await stage.sync(visit.id)).toMatchObject({ state: 'off' });
  expect(await shared.redis.client().keys(`*${stage.clinic}*:wb`)).toEqual([]);
});

test('[WB-SWITCH] a file that was changed to off during the day takes the waiting off the cards', async () => {
  stage = await shared.open();
  const visit = await one();
  await stage.switchTo('dry-run');
  stage.keeper('one');
  await stage.move(visit.id, 'arrived');
  await stage.until(visit.id, 'waiting');
  await stage.quiet();
  const { ehr } = stage.settings;
  if (ehr) ehr.writeBack = 'off';
  stage.keeper('two');
  await stage.until(visit.id, 'off');
  expect(stage.held(visit)).toBe('Scheduled');
});

test('[WB-DAY] what waits when the day is closed is written after it, and the card of the closed day says so', async () => {
  stage = await shared.open();
  const visit = await one();
  await stage.switchTo('off');
  await stage.move(visit.id, 'arrived');
  await stage.move(visit.id, 'appt-prep');
  await stage.finish(visit.id);
  await stage.closeDay();
  await stage.switchTo('on');
  stage.keeper('one');
  await stage.until(visit.id, 'in-sync');
  expect(stage.held(visit)).toBe('CheckedOut');
  const waiting = async () => syncTotals(await stage.visits(), await stage.day()).waiting;
  await awaitUntil('nobody waits any more', async () => (await waiting()) === 0, patience);
  expect((await stage.day()).state).toBe('closed');
});
