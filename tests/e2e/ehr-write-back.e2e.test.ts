/** What staff see of the EHR while it is written, contradicts and is away: scenarios 5, 6, 11, 19 to 22 in real browsers. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Visit } from '@workflow-bolt/contracts';
import { PUBLISHED_GAPS_MS } from '@workflow-bolt/ehr-simulator';
import { awaitUntil } from '@workflow-bolt/testkit';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { StaffMember } from '../system/staff-member.ts';
import { ClinicBrowser, columnTitles, type Person } from './clinic-browser.ts';

/** An outage costs a breaker's pause, and on a busy machine a second one. */
const recoveryMs = 90_000;

/** The vendor's limits are the gate's own tests; here nobody waits for them. */
const gapsMs = Object.fromEntries(Object.keys(PUBLISHED_GAPS_MS).map((op) => [op, 10]));
const hasty = { throttle: { gapsMs, jitterMs: 0 } };

let clinic: ClinicBrowser;
let front: Person;
let tablet: Person;
beforeAll(async () => {
  clinic = await ClinicBrowser.start({ appointments: 26, ehr: hasty });
  await awaitUntil('the schedule is read', async () => (await expected()).length >= 12, 60_000);
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

async function visitOf(visitId: string): Promise<Visit> {
  const d = (await clinic.desk.entities()).get(`v:${visitId}`);
  if (d?.type !== 'visit') throw new Error(`no visit ${visitId}`);
  return d;
}

type Booked = { visitId: string; appointmentId: number; name: string; startAt: number };

/** Who is still expected, with a name that nobody else has, the earliest first. */
async function expected(): Promise<Booked[]> {
  const all = [...(await clinic.desk.entities()).values()];
  const names = new Map(all.flatMap((d) => (d.type === 'person' ? [[d.visitId, d.fullName] as const] : [])));
  const isPlain = (visit: Visit) => {
    const record = clinic.system.simulator.world.find(Number(visit.external?.appointmentId));
    const isKnown = record && ['Scheduled', 'Confirmed', 'ReminderSent', 'Tentative'].includes(record.status);
    return isKnown && !record.recurring && !record.group && record.caseId !== null;
  };
  return all
    .flatMap((d) =>
      d.type === 'visit' && ['scheduled', 'confirmed'].includes(d.status) && isPlain(d) ? [d] : [],
    )
    .map(({ id, external, startAt }) => ({
      ...{ visitId: id, appointmentId: Number(external?.appointmentId) },
      ...{ name: names.get(id) ?? '', startAt: startAt ?? 0 },
    }))
    .filter(({ name }) => [...names.values()].filter((each) => each === name).length === 1)
    .sort((a, b) => a.startAt - b.startAt);
}

/** The next patient of the day whom no test has had yet. */
async function nextBooked(): Promise<Booked> {
  const [first] = await expected();
  if (!first) throw new Error('nobody is expected any more');
  return first;
}

const held = (appointmentId: number) => clinic.system.simulator.world.find(appointmentId)?.status;
const untilHeld = (appointmentId: number, status: string) =>
  awaitUntil(`the EHR holds ${status}`, async () => held(appointmentId) === status, recoveryMs);
/** What was sent for one appointment. */
const sentFor = (appointmentId: number) =>
  clinic.system.simulator
    .journal('UpdateAppointment')
    .filter(({ effects }) => effects.some((effect) => 'id' in effect && effect.id === appointmentId)).length;

const inStep = (person: Person, name: string): Locator =>
  person.card(name).getByRole('img', { name: 'In step with the EHR' });
const total = ({ page }: Person): Locator => page.getByRole('button', { name: /^EHR write-back:/ });
const conflictOf = (person: Person, name: string): Locator =>
  person.page.getByRole('region', { name: `EHR conflict: ${name}` });

async function untilVisible(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: 'visible', timeout: recoveryMs });
}

async function openActions(person: Person, name: string): Promise<void> {
  await person
    .card(name)
    .getByRole('button', { name: `Actions for ${name}` })
    .click();
}

/** Reads the schedule, as the button does, and waits until that reading is through. */
async function pull(): Promise<void> {
  const { jobId } = (await (await clinic.desk.request('/sync', { method: 'POST' })).json()) as {
    jobId: string;
  };
  await awaitUntil(
    'the schedule was read',
    async () => {
      const sync = (await clinic.desk.entities()).get('sync');
      return sync?.type === 'sync' && sync.jobId === jobId && sync.finishedAt !== null;
    },
    recoveryMs,
  );
}

async function findings(page: Page, parts: string[]): Promise<string[]> {
  const builder = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']);
  const { violations } = await parts.reduce((all, part) => all.include(part), builder).analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')}`,
  );
}

test('scenario 5: a no-show who comes after all is checked in again; the EHR goes NoShow, then CheckedIn', async () => {
  const { visitId, appointmentId, name } = await nextBooked();
  await openActions(front, name);
  await front.page.getByRole('menuitem', { name: 'No Show' }).click();
  await untilHeld(appointmentId, 'NoShow');
  await front.page.getByRole('button', { name: /^Finished today/ }).click();
  const drawer = front.page.getByRole('dialog', { name: 'Finished today' });
  await drawer.getByRole('tab', { name: /No show/ }).click();
  await drawer.getByRole('article', { name }).getByRole('button', { name: 'Check In Again' }).click();
  await untilHeld(appointmentId, 'CheckedIn');
  await front.page.keyboard.press('Escape');
  await front.sees(front.cardIn(columnTitles.arrived, name));
  await untilVisible(inStep(front, name));
  expect(await clinic.statusesOf(visitId)).toEqual(expect.arrayContaining(['no-show', 'arrived']));
  expect((await visitOf(visitId)).earlierEpisodes).toHaveLength(1);
  expect(sentFor(appointmentId)).toBe(2);
});

test('scenario 11: a mis-click that was written is taken back; the EHR is not left wrong', async () => {
  const { visitId, appointmentId, name } = await nextBooked();
  await clinic.give({ type: 'moveVisit', visitId, to: 'arrived' });
  await untilHeld(appointmentId, 'CheckedIn');
  await tablet.press(name, 'Start Prep');
  await untilHeld(appointmentId, 'Roomed');
  await openActions(tablet, name);
  await tablet.page.getByRole('menuitem', { name: /^Undo/ }).click();
  await untilHeld(appointmentId, 'CheckedIn');
  for (const person of [tablet, front]) {
    await person.sees(person.cardIn(columnTitles.arrived, name));
    await untilVisible(inStep(person, name));
  }
  expect(await clinic.statusesOf(visitId)).toEqual(expect.arrayContaining(['appt-prep', 'undone']));
  expect(sentFor(appointmentId)).toBe(3);
});

test('scenario 19: a patient with two appointments is checked in for both with one tap, and the EHR has both', async () => {
  const first = await nextBooked();
  const { world } = clinic.system.simulator;
  const record = world.find(first.appointmentId);
  if (!record) throw new Error('no such appointment');
  const startTime = new Date(record.startMs + 15 * 60_000).toISOString();
  const { patientId, providerId } = record;
  clinic.system.simulator.act({ do: 'add', patientId, providerId, startTime, minutes: 15 });
  await pull();
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

test('scenario 20: cancelled in the EHR while she is in a room: she stays, the card asks, and staff decide', async () => {
  const [mine, theirs] = await expected();
  if (!mine || !theirs) throw new Error('two patients are needed');
  const marcus = await StaffMember.signIn(clinic.system, 'marcus');
  for (const { visitId, appointmentId } of [mine, theirs]) {
    await clinic.give({ type: 'moveVisit', visitId, to: 'arrived' });
    await clinic.give({ type: 'moveVisit', visitId, to: 'appt-prep' }, marcus);
    await untilHeld(appointmentId, 'Roomed');
    clinic.system.simulator.act({ do: 'cancel', id: appointmentId, by: 12 });
  }
  await pull();
  for (const { name } of [mine, theirs]) {
    for (const person of [front, tablet]) await untilVisible(conflictOf(person, name));
    await front.sees(front.cardIn(columnTitles.prep, name));
    const said = await conflictOf(front, name).innerText();
    for (const words of ['Cancelled', 'Appointment prep', 'In a room', 'Since'])
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
  await untilHeld(mine.appointmentId, 'Roomed');
  await untilVisible(inStep(front, mine.name));
  await front.sees(front.cardIn(columnTitles.prep, mine.name));
  await conflictOf(tablet, theirs.name).getByRole('button', { name: 'Later' }).click();
  await untilVisible(front.card(theirs.name).getByText('EHR conflict, put off'));
  await front.card(theirs.name).getByRole('button', { name: theirs.name, exact: true }).click();
  await conflictOf(front, theirs.name).getByRole('button', { name: 'Accept' }).click();
  await front.page.keyboard.press('Escape');
  await awaitUntil('the board follows', async () => (await visitOf(theirs.visitId)).status === 'cancelled');
  await tablet.seesNot(tablet.cardIn(columnTitles.prep, theirs.name));
  expect(held(theirs.appointmentId)).toBe('Cancelled');
});

test('scenario 21: checked in at the EHR moves the card; a word nobody knows stands on it and moves nothing', async () => {
  const [known, odd] = await expected();
  if (!known || !odd) throw new Error('two patients are needed');
  clinic.system.simulator.act({ do: 'status', id: known.appointmentId, status: 'CheckedIn', by: 12 });
  clinic.system.simulator.act({ do: 'status', id: odd.appointmentId, status: 'Beamed Up', by: 12 });
  await pull();
  await untilVisible(front.cardIn(columnTitles.arrived, known.name));
  await untilVisible(inStep(front, known.name));
  await front.sees(front.cardIn(columnTitles.scheduled, odd.name).getByText('EHR: “Beamed Up”'));
  expect((await visitOf(known.visitId)).estimated).toContain('arrivedAt');
  // What comes late in the list is no news.
  const marcus = await StaffMember.signIn(clinic.system, 'marcus');
  await clinic.give({ type: 'moveVisit', visitId: known.visitId, to: 'appt-prep' }, marcus);
  await untilHeld(known.appointmentId, 'Roomed');
  clinic.system.simulator.act({ do: 'status', id: known.appointmentId, status: 'Scheduled', by: 12 });
  await pull();
  await front.sees(front.cardIn(columnTitles.prep, known.name));
  expect((await visitOf(known.visitId)).status).toBe('appt-prep');
  expect(held(odd.appointmentId), 'a word nobody knows is never written over').toBe('Beamed Up');
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
  const patients = (await expected()).slice(0, 6);
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
  expect(patients.map(({ appointmentId }) => held(appointmentId))).toEqual([
    'Roomed',
    ...Array.from({ length: 5 }, () => 'CheckedIn'),
  ]);
  expect(
    patients.map(({ appointmentId }) => sentFor(appointmentId)),
    'the newest of each, once',
  ).toEqual([...[1, 1, 1, 1, 1, 1]]);
  for (const fact of ['no-blind-repeat', 'no-effect?effect=case-cleared', 'nothing-dropped'])
    expect(await (await fetch(`${simulator.controlUrl}/assert/${fact}`)).json()).toMatchObject({ ok: true });
});
