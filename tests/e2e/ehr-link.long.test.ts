/** The hand of the clinic's IT on the link to the EHR, in a browser: the kill switch, a breaker, and nobody who compares. */
import { awaitUntil } from '@workflow-bolt/testkit';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { demoClinicId } from '../../scripts/demo/demo-clinic.ts';
import { hastyEhr } from '../system/hasty-ehr.ts';
import { ClinicBrowser, columnTitles, type Person } from './clinic-browser.ts';
import { EhrSides, inStep, recoveryMs, total, untilVisible } from './ehr-sides.ts';

const ada = { id: 'ada', name: 'Ada Quist', role: 'admin' as const, clinics: [demoClinicId] };

let clinic: ClinicBrowser;
let ehr: EhrSides;
let front: Person;
beforeAll(async () => {
  clinic = await ClinicBrowser.start({ appointments: 26, ehr: hastyEhr, moreUsers: [ada] });
  ehr = new EhrSides(clinic);
  await awaitUntil('the schedule is read', async () => (await ehr.expected()).length >= 6, recoveryMs);
  front = await clinic.signIn(clinic.userOf('front-desk'));
});
afterAll(() => clinic?.[Symbol.asyncDispose]());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await clinic.photograph(task.name);
});

/** A window of its own on one page. */
async function windowOf(user: Person['user'], path: string): Promise<Page> {
  const { page } = await clinic.visit(user);
  page.setDefaultTimeout(recoveryMs);
  await page.getByRole('button', { name: `Sign in as ${user.name}` }).click();
  await page.getByRole('button', { name: `Sign in as ${user.name}` }).waitFor({ state: 'hidden' });
  await page.goto(clinic.system.baseUrl + path);
  return page;
}

/** Fills the dialog of this name in and sends it. */
async function decide(page: Page, name: string, { reason, submit }: { reason: string; submit: string }) {
  const dialog = page.getByRole('dialog', { name });
  const send = dialog.getByRole('button', { name: submit });
  expect(await send.isDisabled(), 'without a reason nothing is sent').toBe(true);
  await dialog.getByLabel('Reason').fill(reason);
  await send.click();
  return dialog;
}

/** The first such step of a session asks once more who it is. */
const prove = (page: Page): Promise<void> =>
  page
    .getByRole('dialog', { name: 'Is it you?' })
    .getByRole('button', { name: 'Confirm as a demo user' })
    .click();

const rowOf = (part: Locator, name: string): Locator =>
  part.getByRole('listitem').filter({ has: part.page().getByText(name, { exact: true }) });

const modeOnBoard = async () => {
  const day = (await clinic.desk.entities()).get('day');
  return day?.type === 'day' ? day.writeBack : null;
};

test('[H-19] the kill switch: off with a proof and a reason, nothing leaves; on again, and the newest step is written once', async () => {
  const { visitId, appointmentId, name } = await ehr.nextBooked();
  const page = await windowOf(ada, '/ehr-link');
  const part = page.getByRole('region', { name: /^Write-back to the EHR:/ });
  await part.getByRole('button', { name: 'Stop writing' }).click();
  const dialog = await decide(page, 'Write-back: off', {
    reason: 'wrong-status-seen',
    submit: 'Stop writing',
  });
  await prove(page);
  await dialog.waitFor({ state: 'hidden' });
  await untilVisible(part.getByText(/^Nothing is written|Off/));
  await untilVisible(part.getByText(/Switched to “Off” .+ by ada: wrong-status-seen\./));
  await awaitUntil('the board knows', async () => (await modeOnBoard()) === 'off', recoveryMs);
  await clinic.give({ type: 'moveVisit', visitId, to: 'arrived' });
  // A whole reading of the schedule later a write would have been on its way.
  await ehr.pull();
  expect([ehr.sentFor(appointmentId), (await ehr.visit(visitId)).status]).toEqual([0, 'arrived']);
  await part.getByRole('button', { name: 'On', exact: true }).click();
  const on = await decide(page, 'Write-back: on', { reason: 'vendor-confirmed', submit: 'Switch to on' });
  await on.waitFor({ state: 'hidden' });
  await ehr.untilHeld(appointmentId, 'CheckedIn');
  await untilVisible(inStep(front, name));
  expect(ehr.sentFor(appointmentId)).toBe(1);
  await page.context().close();
});

test('[I7] a breaker held open by hand: what is to be written waits and the reading goes on; given back, it is written once', async () => {
  const { visitId, appointmentId, name } = await ehr.nextBooked();
  await untilVisible(total(front).getByText('All written back'));
  const page = await windowOf(ada, '/ehr-link');
  const part = page.getByRole('region', { name: 'Circuit breakers' });
  await part.getByRole('button', { name: 'Stop: writing' }).click();
  const stop = await decide(page, 'Stop: writing', { reason: 'vendor-maintenance', submit: 'Stop it' });
  await prove(page);
  await stop.waitFor({ state: 'hidden' });
  await untilVisible(rowOf(part, 'Writing').getByText('Stopped by hand'));
  await untilVisible(part.getByText(/vendor-maintenance, by ada/));
  await clinic.give({ type: 'moveVisit', visitId, to: 'arrived' });
  await untilVisible(total(front).getByText('Not written back: 1'));
  // Reads have a breaker of their own.
  await ehr.pull();
  expect(ehr.sentFor(appointmentId)).toBe(0);
  await part.getByRole('button', { name: 'Give back: writing' }).click();
  const back = await decide(page, 'Give back: writing', { reason: 'vendor-is-back', submit: 'Give it back' });
  await back.waitFor({ state: 'hidden' });
  await untilVisible(rowOf(part, 'Writing').getByText('Working'));
  await ehr.untilHeld(appointmentId, 'CheckedIn');
  await untilVisible(inStep(front, name));
  await untilVisible(total(front).getByText('All written back'));
  expect(ehr.sentFor(appointmentId)).toBe(1);
  await page.context().close();
});

test('scenario 19: two patients with one name: the desk confirms whom by the date of birth, and the EHR has that one', async () => {
  const [one, twin] = await ehr.expected();
  if (!one || !twin) throw new Error('two patients are needed');
  const { world } = clinic.system.simulator;
  const patient = world.patients.get(world.find(twin.appointmentId)?.patientId ?? 0);
  if (!patient) throw new Error('no such patient');
  patient.fullName = one.name;
  await ehr.pull();
  const cards = front.cardIn(columnTitles.scheduled, one.name);
  await untilVisible(cards.nth(1));
  await cards.first().getByRole('button', { name: 'Check In' }).click();
  const dialog = front.page.getByRole('dialog', { name: 'Confirm the date of birth' });
  await untilVisible(dialog.getByText(/^Another patient with this name is on today's board\./));
  const said = await dialog.getByRole('listitem').allInnerTexts();
  expect(said.map((text) => text.split('\n')[0])).toEqual(['Checking in', 'Not this one']);
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await ehr.untilHeld(one.appointmentId, 'CheckedIn');
  await front.sees(front.cardIn(columnTitles.arrived, one.name));
  expect((await ehr.visit(twin.visitId)).status).not.toBe('arrived');
  expect(ehr.sentFor(twin.appointmentId)).toBe(0);
});

test('when no worker answers, the page of differences says so after two minutes and asks again when told to', async () => {
  const [worker] = clinic.system.workers;
  if (!worker) throw new Error('there is no worker');
  await worker.end('SIGKILL');
  const page = await windowOf(clinic.userOf('manager'), '/');
  await page.clock.install();
  await page.goto(`${clinic.system.baseUrl}/drift`);
  await page.getByRole('button', { name: 'Compare now' }).click();
  await untilVisible(page.getByText('The comparison was asked for; its report appears here.'));
  await page.clock.fastForward(121_000);
  const note = page.getByRole('alert').filter({ hasText: 'no worker has answered' });
  await untilVisible(note);
  worker.start();
  await note.getByRole('button', { name: 'Try again' }).click();
  await note.waitFor({ state: 'hidden' });
  await untilVisible(page.getByText(/visits? compared, /));
  await page.context().close();
});
