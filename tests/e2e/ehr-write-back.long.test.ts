/** What staff see of the EHR while it is written, contradicts and is away: scenarios 5, 6, 11, 19 to 22 in real browsers. */

import { awaitUntil } from '@workflow-bolt/testkit';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hastyEhr } from '../system/hasty-ehr.ts';
import { StaffMember } from '../system/staff-member.ts';
import { axeAtRest } from './axe-at-rest.ts';
import { ClinicBrowser, columnTitles, type Person } from './clinic-browser.ts';
import { type Booked, conflictOf, EhrSides, inStep, recoveryMs, total, untilVisible } from './ehr-sides.ts';

let clinic: ClinicBrowser;
let ehr: EhrSides;
let front: Person;
let tablet: Person;
beforeAll(async () => {
  clinic = await ClinicBrowser.start({ appointments: 26, ehr: hastyEhr });
  ehr = new EhrSides(clinic);
  await awaitUntil('the schedule is read', async () => (await ehr.expected()).length >= 12, 60_000);
  front = await clinic.signIn(clinic.userOf('front-desk'));
  tablet = await clinic.signIn(clinic.userOf('medical-assistant'));
});
afterAll(() => clinic?.[Symbol.asyncDispose]());
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await clinic.photograph(task.name);
  // What the failed test left open is not the next one's affair.
  await Promise.all([front, tablet].map(({ page }) => page.reload()));
});

async function openActions(person: Person, name: string): Promise<void> {
  await person
    .card(name)
    .getByRole('button', { name: `Actions for ${name}` })
    .click();
}

async function findings(page: Page, parts: string[]): Promise<string[]> {
  const builder = (await axeAtRest(page)).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']);
  const { violations } = await parts.reduce((all, part) => all.include(part), builder).analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')}`,
  );
}

test('scenario 5: a no-show who comes after all is checked in again; the EHR goes NoShow, then CheckedIn', async () => {
  const { visitId, appointmentId, name } = await ehr.nextBooked();
  await openActions(front, name);
  await front.page.getByRole('menuitem', { name: 'No Show' }).click();
  await ehr.untilHeld(appointmentId, 'NoShow');
  // At its begin: the notice of the step lies over its middle for a while.
  await front.page.getByRole('button', { name: /^Finished today/ }).click({ position: { x: 30, y: 10 } });
  const drawer = front.page.getByRole('dialog', { name: 'Finished today' });
  await drawer.getByRole('tab', { name: /No show/ }).click();
  await drawer.getByRole('article', { name }).getByRole('button', { name: 'Check In Again' }).click();
  await ehr.untilHeld(appointmentId, 'CheckedIn');
  await front.page.keyboard.press('Escape');
  await front.sees(front.cardIn(columnTitles.arrived, name));
  await untilVisible(inStep(front, name));
  expect(await clinic.statusesOf(visitId)).toEqual(expect.arrayContaining(['no-show', 'arrived']));
  expect((await ehr.visit(visitId)).earlierEpisodes).toHaveLength(1);
  expect(ehr.sentFor(appointmentId)).toBe(2);
});

test('scenario 11: a mis-click that was written is taken back; the EHR is not left wrong', async () => {
  const { visitId, appointmentId, name } = await ehr.nextBooked();
  await clinic.give({ type: 'moveVisit', visitId, to: 'arrived' });
  await ehr.untilHeld(appointmentId, 'CheckedIn');
  await tablet.press(name, 'Start Prep');
  await ehr.untilHeld(appointmentId, 'Roomed');
  await openActions(tablet, name);
  await tablet.page.getByRole('menuitem', { name: /^Undo/ }).click();
  await ehr.untilHeld(appointmentId, 'CheckedIn');
  for (const person of [tablet, front]) {
    await person.sees(person.cardIn(columnTitles.arrived, name));
    await untilVisible(inStep(person, name));
  }
  expect(await clinic.statusesOf(visitId)).toEqual(expect.arrayContaining(['appt-prep', 'undone']));
  expect(ehr.sentFor(appointmentId)).toBe(3);
});

test('scenario 19: a patient with two appointments is checked in for both with one tap, and the EHR has both', async () => {
  const first = await ehr.nextBooked();
  const { world } = clinic.system.simulator;
  const record = world.find(first.appointmentId);
  if (!record) throw new Error('no such appointment');
  const startTime = new Date(record.startMs + 15 * 60_000).toISOString();
  const { patientId, providerId } = record;
  clinic.system.simulator.act({ do: 'add', patientId, providerId, startTime, minutes: 15 });
  await ehr.pull();
  const cards = front.card(first.name).filter({ hasText: '2 visits today' });
  await untilVisible(cards.nth(1));
  await cards
    .first()
    .getByRole('button', { name: `Actions for ${first.name}` })
    .click();
  await front.page.getByRole('menuitem', { name: 'Check in both' }).click();
  const mine = () => world.all().filter((each) => each.patientId === patientId && each.type === 'P');
  await awaitUntil(
    'the EHR has both',
    async () => mine().filter(({ status }) => status === 'CheckedIn').length === 2,
    recoveryMs,
  );
  expect(await front.column(columnTitles.arrived).getByRole('article', { name: first.name }).count()).toBe(2);
  await untilVisible(inStep(front, first.name).nth(1));
});

test('scenario 20: cancelled in the EHR while she is here: she goes on to her room, the card asks, and staff decide', async () => {
  const [mine, theirs] = await ehr.expected();
  if (!mine || !theirs) throw new Error('two patients are needed');
  const marcus = await StaffMember.signIn(clinic.system, 'marcus');
  const cancelWhilePresent = async (booked: Booked) => {
    const { visitId, appointmentId } = booked;
    await clinic.give({ type: 'moveVisit', visitId, to: 'arrived' });
    await ehr.untilAgreed(booked, 'CheckedIn');
    clinic.system.simulator.act({ do: 'cancel', id: appointmentId, by: 12 });
    // A list is not believed so soon after a write; the next write reads the appointment itself, and finds it.
    await clinic.give({ type: 'moveVisit', visitId, to: 'appt-prep' }, marcus);
  };
  await Promise.all([mine, theirs].map(cancelWhilePresent));
  for (const { name } of [mine, theirs]) {
    for (const person of [front, tablet]) await untilVisible(conflictOf(person, name));
    await front.sees(front.cardIn(columnTitles.prep, name));
    const said = await conflictOf(front, name).innerText();
    for (const words of ['Cancelled', 'Appointment prep', 'Checked in', 'Since'])
      expect(said).toContain(words);
  }
  expect(await total(front).getAttribute('aria-label')).toBe('EHR write-back: Not written back: 2');
  const seen = ['header', '#column-appt-prep'];
  expect(await findings(front.page, seen)).toEqual([]);
  await front.page.emulateMedia({ colorScheme: 'dark' });
  expect(await findings(front.page, seen)).toEqual([]);
  await front.page.emulateMedia({ colorScheme: 'light' });
  // From the keyboard: the panel's buttons follow one another.
  await conflictOf(front, mine.name).getByRole('button', { name: 'Accept' }).focus();
  await front.page.keyboard.press('Tab');
  await front.page.keyboard.press('Enter');
  await ehr.untilHeld(mine.appointmentId, 'Roomed');
  await untilVisible(inStep(front, mine.name));
  await front.sees(front.cardIn(columnTitles.prep, mine.name));
  await conflictOf(tablet, theirs.name).getByRole('button', { name: 'Later' }).click();
  await untilVisible(front.card(theirs.name).getByText('EHR conflict, put off'));
  await front.card(theirs.name).getByRole('button', { name: theirs.name, exact: true }).click();
  await conflictOf(front, theirs.name).getByRole('button', { name: 'Accept' }).click();
  await front.page.keyboard.press('Escape');
  await awaitUntil('the board follows', async () => (await ehr.visit(theirs.visitId)).status === 'cancelled');
  await tablet.seesNot(tablet.cardIn(columnTitles.prep, theirs.name));
  expect(ehr.held(theirs.appointmentId)).toBe('Cancelled');
});

test('scenario 21: checked in at the EHR moves the card; a word nobody knows stands on it and moves nothing', async () => {
  const [known, odd] = await ehr.expected();
  if (!known || !odd) throw new Error('two patients are needed');
  clinic.system.simulator.act({ do: 'status', id: known.appointmentId, status: 'CheckedIn', by: 12 });
  clinic.system.simulator.act({ do: 'status', id: odd.appointmentId, status: 'Beamed Up', by: 12 });
  await ehr.pull();
  await untilVisible(front.cardIn(columnTitles.arrived, known.name));
  await untilVisible(inStep(front, known.name));
  await front.sees(front.cardIn(columnTitles.scheduled, odd.name).getByText('EHR: “Beamed Up”'));
  expect((await ehr.visit(known.visitId)).estimated).toContain('arrivedAt');
  // What comes late in the list is no news.
  const marcus = await StaffMember.signIn(clinic.system, 'marcus');
  await clinic.give({ type: 'moveVisit', visitId: known.visitId, to: 'appt-prep' }, marcus);
  await ehr.untilHeld(known.appointmentId, 'Roomed');
  clinic.system.simulator.act({ do: 'status', id: known.appointmentId, status: 'Scheduled', by: 12 });
  await ehr.pull();
  await front.sees(front.cardIn(columnTitles.prep, known.name));
  expect((await ehr.visit(known.visitId)).status).toBe('appt-prep');
  expect(ehr.held(odd.appointmentId), 'a word nobody knows is never written over').toBe('Beamed Up');
});

/** A patient of the EHR without an appointment today. */
function stranger(): { patientId: number; fullName: string; dob: string } {
  const { world } = clinic.system.simulator;
  const busy = new Set(world.all().map(({ patientId }) => patientId));
  const found = [...world.patients.values()].find(
    (each) => !each.deleted && each.mergedInto === null && !busy.has(each.id) && each.dob,
  );
  if (!found?.dob) throw new Error('every patient has an appointment');
  return { patientId: found.id, fullName: `${found.firstName} ${found.lastName}`, dob: found.dob };
}

test('scenarios 6 and 22: while the EHR is away the board goes on and counts what it owes; then the newest of each is written once', async () => {
  const { simulator } = clinic.system;
  const { patientId, fullName, dob } = stranger();
  await untilVisible(total(front).getByText('All written back'));
  simulator.act({ do: 'fault', rule: { op: '*', kind: 'html-503' } });
  const patients = (await ehr.expected()).slice(0, 6);
  expect(patients).toHaveLength(6);
  for (const { visitId } of patients) await clinic.give({ type: 'moveVisit', visitId, to: 'arrived' });
  // The seventh walks in, and is typed in at the desk.
  await front.page.getByRole('button', { name: 'New walk-in' }).click();
  await front.page.getByLabel('Full name').fill(fullName);
  await front.page.getByLabel('Date of birth').fill(dob);
  await front.page.getByRole('combobox', { name: 'Provider' }).click();
  await front.page.getByRole('option').first().click();
  await front.page
    .getByRole('dialog')
    .getByRole('button', { name: /add|check in|create|save/i })
    .click();
  await untilVisible(total(front).getByText('Not written back: 7'));
  // The walk-in goes on as everybody does, and so does a patient whose first step was never written.
  await tablet.press(fullName, 'Start Prep');
  const [moved] = patients;
  if (!moved) throw new Error('nobody is here');
  await tablet.press(moved.name, 'Start Prep');
  await untilVisible(front.cardIn(columnTitles.prep, fullName).getByText('Not in the EHR yet'));
  await front.sees(total(front).getByText('Not written back: 7'));
  await total(front).click();
  const list = front.page.getByRole('list', { name: 'Not written back' });
  await front.sees(list.getByRole('listitem').filter({ hasText: moved.name }));
  expect(await list.getByRole('listitem').count()).toBe(7);
  await front.page.keyboard.press('Escape');
  await untilVisible(front.page.getByRole('button', { name: /EHR state: EHR away since/ }));
  simulator.act({ do: 'clear-faults' });
  await untilVisible(total(front).getByText('All written back'));
  await untilVisible(inStep(front, fullName));
  const made = simulator.world.all().filter((each) => each.patientId === patientId);
  expect(made.map(({ status }) => status)).toEqual(['Roomed']);
  expect(patients.map(({ appointmentId }) => ehr.held(appointmentId))).toEqual([
    'Roomed',
    ...Array.from({ length: 5 }, () => 'CheckedIn'),
  ]);
  // A write that was under way when the EHR went away may still be of the step before.
  const [first = 0, ...others] = patients.map(({ appointmentId }) => ehr.sentFor(appointmentId));
  expect([1, 2]).toContain(first);
  expect(others, 'once each').toEqual([1, 1, 1, 1, 1]);
  expect(await ehr.faults()).toEqual([]);
});

test('the page of the EHR link shows a manager the mode and the counts, and has no accessibility findings', async () => {
  const { page } = await clinic.signIn(clinic.userOf('manager'));
  await page.goto(`${clinic.system.baseUrl}/ehr-link`);
  const part = page.getByRole('region', { name: /^Write-back to the EHR:/ });
  await untilVisible(part.getByRole('button', { name: 'Stop writing' }));
  await untilVisible(part.getByRole('table', { name: 'Write-back by day' }).getByRole('cell').nth(5));
  await untilVisible(page.getByRole('region', { name: /^Not written back today:/ }).getByText('In step'));
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findings(page, ['body'])).toEqual([]);
  }
});
