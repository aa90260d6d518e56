/** The relay of write-back on a real Redis and the simulator: each rule of docs/spec/write-back.md once. */

import type { Visit } from '@workflow-bolt/contracts';
import type { StatusWriteOutcome } from '@workflow-bolt/ehr';
import { awaitUntil } from '@workflow-bolt/testkit';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openStage, patience, type RelayStage, slowMachine, withWrite } from './relay-stage.ts';

vi.setConfig(slowMachine);

let shared: Awaited<ReturnType<typeof openStage>>;
let stage: RelayStage;
beforeAll(async () => {
  shared = await openStage();
});
afterEach(async () => {
  await stage?.quiet();
  for (const rule of ['no-blind-repeat', 'no-effect?effect=case-cleared', 'nothing-dropped']) {
    const verdict = await fetch(`${shared.simulator.controlUrl}/assert/${rule}`);
    expect([rule, await verdict.json()]).toMatchObject([rule, { ok: true }]);
  }
});
afterAll(() => shared?.[Symbol.asyncDispose]());

async function one(): Promise<Visit> {
  const [visit] = await stage.plain(1);
  if (!visit) throw new Error('no plain visit');
  return visit;
}
const idOf = (visit: Visit) => Number(visit.external?.appointmentId);
test('[WB1] [WB3] [WB4] a step is in the EHR a moment later, steps that were overtaken cost no call, and all else is as it was', async () => {
  stage = await shared.open();
  const visit = await one();
  const before = stage.simulator.world.find(idOf(visit));
  await stage.move(visit.id, 'arrived');
  await stage.move(visit.id, 'appt-prep');
  expect(await stage.sync(visit.id)).toMatchObject({ state: 'off' });
  stage.keeper('one');
  const after = await stage.until(visit.id, 'in-sync');
  expect(stage.updates(visit)).toBe(1);
  expect(stage.simulator.world.find(idOf(visit))).toEqual({
    ...before,
    status: 'Roomed',
    updatedMs: expect.any(Number),
  });
  expect(after.external).toMatchObject({ status: 'Roomed' });
  expect(after.ehrWrite).toMatchObject({ agreed: 'Roomed', failed: null, dropped: null });
  await stage.finish(visit.id);
  await awaitUntil('it is checked out', () => stage.held(visit) === 'CheckedOut', patience);
  await stage.until(visit.id, 'in-sync');
});

test('[WB2] while one write is under way the next waits, and only the newest follows', async () => {
  stage = await shared.open();
  const visit = await one();
  const held = Promise.withResolvers<void>();
  const asked: string[] = [];
  stage.keeper('one', (port) =>
    withWrite(port, async (write, signal) => {
      asked.push(write.desired);
      if (asked.length === 1) await held.promise;
      return port.writeStatus(write, signal);
    }),
  );
  await stage.move(visit.id, 'arrived');
  await awaitUntil('the first is under way', () => asked.length === 1, patience);
  await stage.move(visit.id, 'appt-prep');
  await stage.finish(visit.id);
  expect([await stage.sync(visit.id), asked]).toMatchObject([{ state: 'waiting' }, ['CheckedIn']]);
  held.resolve();
  await awaitUntil('it is checked out', () => stage.held(visit) === 'CheckedOut', patience);
  expect(asked).toEqual(['CheckedIn', 'CheckedOut']);
});

test('[WB5] an answer that is lost is read, not sent again', async () => {
  stage = await shared.open();
  const visit = await one();
  stage.simulator.act({ do: 'fault', rule: { op: 'UpdateAppointment', kind: 'reset-after', times: 1 } });
  stage.keeper('one');
  await stage.move(visit.id, 'arrived');
  await stage.until(visit.id, 'in-sync');
  expect([stage.held(visit), stage.updates(visit)]).toEqual(['CheckedIn', 1]);
});

test('[WB6] [I6] an EHR that is ahead counts, and the board follows it without a pull', async () => {
  stage = await shared.open();
  const visit = await one();
  stage.keeper('one');
  stage.simulator.act({ do: 'status', id: idOf(visit), status: 'CheckedOut' });
  await stage.move(visit.id, 'arrived');
  await awaitUntil(
    'the board follows',
    async () => (await stage.visit(visit.id)).status === 'completed',
    patience,
  );
  await stage.until(visit.id, 'in-sync');
  expect([stage.held(visit), stage.updates(visit)]).toEqual(['CheckedOut', 0]);
});

test('[WB7] a step back is written where nobody has touched the appointment, and asked about where somebody has', async () => {
  stage = await shared.open();
  const [kept, touched] = await stage.plain(2);
  if (!kept || !touched) throw new Error('no plain visits');
  stage.keeper('one');
  for (const { id } of [kept, touched]) {
    await stage.move(id, 'arrived');
    await stage.until(id, 'in-sync');
  }
  stage.simulator.act({ do: 'edit', id: idOf(touched), notes: 'by another screen', by: 77 });
  for (const { id } of [kept, touched]) {
    const eventId = (await stage.visit(id)).undoable?.eventId ?? '';
    await stage.send({ type: 'undoLast', visitId: id, eventId });
  }
  await awaitUntil('the first is taken back', () => stage.held(kept) === 'Scheduled', patience);
  const asked = await stage.until(touched.id, 'conflict');
  expect(asked.conflict).toMatchObject({ reason: 'touched', ehrStatus: 'CheckedIn', ours: 'Scheduled' });
  expect([stage.held(touched), stage.updates(touched)]).toEqual(['CheckedIn', 1]);
});

test('[WB8] [I6] a closing against a present patient is for people: later leaves it, keep-mine writes, accept follows', async () => {
  stage = await shared.open();
  const [mine, theirs] = await stage.plain(2);
  if (!mine || !theirs) throw new Error('no plain visits');
  for (const visit of [mine, theirs]) {
    stage.simulator.act({ do: 'status', id: idOf(visit), status: 'Cancelled' });
    await stage.move(visit.id, 'arrived');
  }
  stage.keeper('one');
  for (const { id } of [mine, theirs]) {
    expect((await stage.until(id, 'conflict')).conflict).toMatchObject({
      ...{ reason: 'status-changed', ehrStatus: 'Cancelled', ours: 'CheckedIn', lastAgreed: 'Scheduled' },
      suggestedStatus: 'cancelled',
    });
  }
  await stage.send({ type: 'resolveConflict', visitId: mine.id, choice: 'later' });
  expect((await stage.visit(mine.id)).conflict).toMatchObject({ laterAt: expect.any(Number) });
  await stage.send({ type: 'resolveConflict', visitId: theirs.id, choice: 'accept' });
  await stage.send({ type: 'resolveConflict', visitId: mine.id, choice: 'keep-mine' });
  await awaitUntil('ours is written', () => stage.held(mine) === 'CheckedIn', patience);
  await stage.until(mine.id, 'in-sync');
  await stage.until(theirs.id, 'in-sync');
  expect([stage.held(theirs), (await stage.visit(theirs.id)).status, stage.updates(theirs)]).toEqual([
    ...['Cancelled', 'cancelled', 0],
  ]);
});

test('[WB9] what is never found applied is given up after three tries, and a person may try again', async () => {
  stage = await shared.open();
  const visit = await one();
  stage.simulator.configure({ writes: { acceptedButNotApplied: true } });
  stage.keeper('one');
  await stage.move(visit.id, 'arrived');
  expect((await stage.until(visit.id, 'failed')).ehrWrite).toMatchObject({ failed: 'not-applied' });
  expect([stage.held(visit), stage.updates(visit)]).toEqual(['Scheduled', 3]);
  stage.simulator.configure({ writes: { acceptedButNotApplied: false } });
  await stage.send({ type: 'retryWrite', visitId: visit.id });
  await stage.until(visit.id, 'in-sync');
  expect([stage.held(visit), stage.updates(visit)]).toEqual(['CheckedIn', 4]);
});

test('[WB9] while nothing can be sent no try is burnt, and all of it is written when the EHR is back', async () => {
  stage = await shared.open();
  const visits = await stage.plain(3);
  let isAway = true;
  let refused = 0;
  const keeper = stage.keeper('one', (port) =>
    withWrite(port, async (write, signal): Promise<StatusWriteOutcome> => {
      if (!isAway) return port.writeStatus(write, signal);
      refused += 1;
      return {
        kind: 'not-applied',
        reason: 'not-read',
        theirs: null,
        failure: { kind: 'cancelled' } as never,
      };
    }),
  );
  for (const { id } of visits) await stage.move(id, 'arrived');
  await awaitUntil('it was tried more often than a try counts', () => refused > 9, patience);
  for (const { id } of visits) expect(await stage.sync(id)).toMatchObject({ state: 'waiting', reason: null });
  isAway = false;
  keeper.hurry();
  for (const { id } of visits) await stage.until(id, 'in-sync');
  expect(visits.map((visit) => [stage.held(visit), stage.updates(visit)])).toEqual(
    visits.map(() => ['CheckedIn', 1]),
  );
});

test('[WB10] what is entered in error or was imported is not written', async () => {
  stage = await shared.open();
  const [wrong, plain] = await stage.plain(2);
  if (!wrong || !plain) throw new Error('no plain visits');
  await stage.move(wrong.id, 'arrived');
  await stage.move(wrong.id, 'entered-in-error');
  await stage.move(plain.id, 'arrived');
  stage.keeper('one');
  await stage.until(plain.id, 'in-sync');
  expect([stage.held(wrong), stage.updates(wrong)]).toEqual(['Scheduled', 0]);
});

test('[WB-WALK-IN] a walk-in that the EHR knows gets one appointment, the next pull finds it, and its steps follow', async () => {
  stage = await shared.open();
  const patient = stage.patient();
  const providerId = (await stage.day()).providers.find(({ id }) => id.startsWith('ehr-'))?.id ?? null;
  const known = { fullName: patient.fullName, dob: patient.dob };
  await stage.send({ type: 'createVisit', visitId: 'known', kind: 'walk-in', ...known, providerId });
  stage.keeper('one');
  const after = await stage.until('known', 'in-sync');
  expect(after.external).toMatchObject({ patientId: String(patient.id), status: 'CheckedIn' });
  expect([stage.held(after), stage.simulator.journal('CreateAppointment').length]).toEqual(['CheckedIn', 1]);
  const before = (await stage.visits()).length;
  await stage.pull();
  expect((await stage.visits()).length).toBe(before);
  await stage.move('known', 'appt-prep');
  await awaitUntil('the next step is there', () => stage.held(after) === 'Roomed', patience);
});

test('[WB-WALK-IN] one that the EHR does not know, or without a provider, is not written, and the card says why', async () => {
  stage = await shared.open();
  const providerId = (await stage.day()).providers.find(({ id }) => id.startsWith('ehr-'))?.id ?? null;
  const walkIn = { type: 'createVisit', kind: 'walk-in' } as const;
  await stage.send({
    ...walkIn,
    visitId: 'stranger',
    fullName: 'Zztest Nobody',
    dob: '1950-01-02',
    providerId,
  });
  await stage.send({ ...walkIn, visitId: 'nameless', fullName: 'Zztest Somebody', providerId });
  await stage.send({ ...walkIn, visitId: 'alone', fullName: 'Zztest Alone', dob: '1950-01-02' });
  stage.keeper('one');
  const reasons = ['stranger', 'nameless', 'alone'].map(async (id) => {
    await stage.until(id, 'failed');
    return (await stage.sync(id)).reason;
  });
  expect(await Promise.all(reasons)).toEqual(['patient-unknown', 'patient-unknown', 'provider-unknown']);
  expect(stage.simulator.journal('CreateAppointment')).toEqual([]);
});

test('[WB-SWITCH] [WB-WALK-IN] a dry run asks what a write would ask, says of each what would become of it, and sends nothing', async () => {
  stage = await shared.open('dry-run');
  const [plain, exchanged] = await stage.plain(2);
  if (!plain || !exchanged) throw new Error('no plain visits');
  const providerId = (await stage.day()).providers.find(({ id }) => id.startsWith('ehr-'))?.id ?? null;
  const { id: patientId, fullName, dob } = stage.patient();
  const walkIn = { type: 'createVisit', kind: 'walk-in', providerId } as const;
  await stage.send({ ...walkIn, visitId: 'known', fullName, dob });
  await stage.send({ ...walkIn, visitId: 'stranger', fullName: 'Zztest Nobody', dob: '1950-01-02' });
  stage.simulator.act({ do: 'edit', id: idOf(exchanged), patientId });
  for (const { id } of [plain, exchanged]) await stage.move(id, 'arrived');
  stage.keeper('one');
  const would = async (id: string) => (await stage.visit(id)).ehrWrite?.would ?? null;
  for (const id of [plain.id, 'known'])
    await awaitUntil(`${id} would be written`, async () => (await would(id)) === 'CheckedIn', patience);
  const reasons = [exchanged.id, 'stranger'].map(
    async (id) => (await stage.until(id, 'failed')).ehrWrite?.failed,
  );
  expect(await Promise.all(reasons)).toEqual(['other-patient', 'patient-unknown']);
  const sent = stage.simulator.journal().filter(({ op }) => !op.startsWith('Get'));
  expect(sent).toEqual([]);
});
