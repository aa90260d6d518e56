/** The clinic day in real browsers, each person at a screen of their own: scenarios 2, 8, 9, 10 and 11. */

import { awaitUntil } from '@workflow-bolt/testkit';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { axeAtRest } from './axe-at-rest.ts';
import { ClinicBrowser, columnTitles, type Person } from './clinic-browser.ts';

let clinic: ClinicBrowser;
beforeAll(async () => {
  clinic = await ClinicBrowser.start();
});
afterAll(() => clinic?.[Symbol.asyncDispose]());
beforeEach((context) => {
  context.onTestFailed(() => clinic.photograph(context.task.name));
});
afterEach(() => clinic.closeWindows());

const desk = () => clinic.signIn(clinic.userOf('front-desk'));
const assistant = (index = 0) => clinic.signIn(clinic.userOf('medical-assistant', index));
const provider = () => clinic.signIn(clinic.userOf('provider'));

/** Keeps this screen's steps on the way until released, as a slow network does. */
async function holdSteps({ page }: Person): Promise<() => void> {
  const gate = Promise.withResolvers<void>();
  await page.route('**/commands', async (route) => {
    await gate.promise;
    await route.continue();
  });
  return gate.resolve;
}

/** A screen shows its own step before the server has it; only then is the other one second. */
function untilTaken(visitId: string, taken: object): Promise<unknown> {
  return awaitUntil(`the first step is taken: ${JSON.stringify(taken)}`, async () => {
    const visit = (await clinic.desk.entities()).get(`v:${visitId}`) ?? {};
    return Object.entries(taken).every(([key, value]) => Reflect.get(visit, key) === value);
  });
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = await (await axeAtRest(page)).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')})`,
    );
}

test('scenario 2: a whole visit by clicks; each step is seen on the other two screens', async () => {
  const [front, tablet, laptop] = await Promise.all([desk(), assistant(), provider()]);
  const everyone = [front, tablet, laptop];
  const name = 'Nora Quist';
  // The front desk types the walk-in in.
  await front.page.getByRole('button', { name: 'New walk-in' }).click();
  await front.page.getByLabel('Full name').fill(name);
  await front.page.getByRole('combobox', { name: 'Provider' }).click();
  await front.page.getByRole('option').first().click();
  await front.page
    .getByRole('dialog')
    .getByRole('button', { name: /add|check in|create|save/i })
    .click();
  const steps: [Person, string | null, string][] = [
    [front, null, columnTitles.arrived],
    [tablet, 'Start Prep', columnTitles.prep],
    [tablet, 'Prep Complete', columnTitles.ready],
    [laptop, 'MD Ready', columnTitles.doctor],
    [laptop, 'MD Complete', columnTitles.seen],
  ];
  for (const [who, button, column] of steps) {
    if (button) await who.press(name, button);
    for (const person of everyone) await person.sees(person.cardIn(column, name));
  }
  await front.press(name, 'Check Out');
  for (const person of everyone) {
    for (const column of Object.values(columnTitles)) await person.seesNot(person.cardIn(column, name));
  }
  const persons = [...(await clinic.desk.entities()).values()];
  const person = persons.find((d) => d.type === 'person' && d.fullName === name);
  const visitId = person?.type === 'person' ? person.visitId : '';
  expect(await clinic.statusesOf(visitId)).toEqual([
    'arrived',
    'appt-prep',
    'ready-for-md',
    'with-doctor',
    'seen-by-md',
    'completed',
  ]);
});

test('scenario 8: two MAs take the last room: one has it, the other is told who has it', async () => {
  const rooms = [...(await clinic.desk.entities()).values()].flatMap((d) => (d.type === 'room' ? [d] : []));
  const exam = rooms.filter(({ kind, state }) => kind === 'exam' && state === 'available');
  const last = exam.at(-1);
  if (!last) throw new Error('no exam room is free');
  for (const [i, { id }] of exam.slice(0, -1).entries()) {
    await clinic.patient(`Taken ${'abcdef'[i]}`, 'appt-prep', id);
  }
  await clinic.patient('Ida Winner', 'appt-prep');
  await clinic.patient('Leo Second', 'appt-prep');
  const [one, two] = await Promise.all([assistant(0), assistant(1)]);
  const choose = async (person: Person, patient: string) => {
    await person.press(patient, 'Choose room');
    await person.page
      .getByRole('region', { name: 'Free rooms' })
      .getByRole('button', { name: last.name })
      .click();
  };
  const release = await holdSteps(two);
  await choose(two, 'Leo Second');
  await choose(one, 'Ida Winner');
  await one.sees(one.card('Ida Winner').getByRole('button', { name: `Room: ${last.name}` }));
  await untilTaken('ida-winner', { roomId: last.id });
  release();
  await two.sees(two.attention());
  const told = await two.attention().innerText();
  expect(told).toContain('Leo Second');
  expect(told).toContain(`${last.name} is taken by Ida Winner.`);
  await two.sees(two.card('Leo Second').getByRole('button', { name: 'Choose room' }));
  const entities = await clinic.desk.entities();
  expect(entities.get(`r:${last.id}`)).toMatchObject({ state: 'occupied', occupants: ['ida-winner'] });
  expect(entities.get('v:leo-second')).toMatchObject({ status: 'appt-prep', roomId: null });
  await two.attention().getByRole('button', { name: 'OK' }).click();
  await two.seesNot(two.attention());
});

test('scenario 9: two people tap the same card: the second sees who was first and what is so now', async () => {
  const name = 'Sam Same';
  await clinic.patient(name, 'appt-prep');
  const [tablet, laptop] = await Promise.all([assistant(), provider()]);
  const release = await holdSteps(tablet);
  await tablet.press(name, 'Prep Complete');
  await tablet.sees(tablet.cardIn(columnTitles.ready, name));
  await laptop
    .card(name)
    .getByRole('button', { name: `Actions for ${name}` })
    .click();
  await laptop.page.getByRole('menuitem', { name: 'MD Ready' }).click();
  await laptop.sees(laptop.cardIn(columnTitles.doctor, name));
  await untilTaken('sam-same', { status: 'with-doctor' });
  release();
  await tablet.sees(tablet.attention());
  const told = await tablet.attention().innerText();
  expect(told).toContain(name);
  expect(told).toContain(`${laptop.user.name} was first at`);
  expect(told).toContain('Now: With doctor');
  await tablet.sees(tablet.cardIn(columnTitles.doctor, name));
  expect(await clinic.statusesOf('sam-same')).toEqual(['arrived', 'appt-prep', 'with-doctor']);
});

test('scenario 10: a step taken while the Wi-Fi is away is kept, sent once when it is back, and seen by the others', async () => {
  const name = 'Olga Offline';
  await clinic.patient(name);
  const [tablet, front] = await Promise.all([assistant(), desk()]);
  await tablet.sees(tablet.cardIn(columnTitles.arrived, name));
  await tablet.context.setOffline(true);
  await tablet.press(name, 'Start Prep');
  await tablet.sees(tablet.cardIn(columnTitles.prep, name));
  await tablet.sees(tablet.page.getByText('1 step waiting to be sent'));
  expect(await tablet.card(name).getAttribute('aria-busy')).toBe('true');
  await front.sees(front.cardIn(columnTitles.arrived, name));
  expect(await clinic.statusesOf('olga-offline')).toEqual(['arrived']);
  await tablet.context.setOffline(false);
  await front.sees(front.cardIn(columnTitles.prep, name));
  await tablet.sees(tablet.connection('Live'));
  await tablet.seesNot(tablet.page.getByText('1 step waiting to be sent'));
  expect(await clinic.statusesOf('olga-offline')).toEqual(['arrived', 'appt-prep']);
});

test('scenario 10: the answer to a step is lost on the way back: it is sent again and has one effect', async () => {
  const name = 'Rita Retry';
  await clinic.patient(name);
  const tablet = await assistant();
  const bodies: string[] = [];
  let lost = 0;
  await tablet.page.route('**/commands', async (route) => {
    bodies.push(route.request().postData() ?? '');
    if (lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort('connectionreset');
  });
  await tablet.card(name).getByRole('button', { name: 'Start Prep' }).dblclick();
  await expect.poll(() => bodies.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
  await expect.poll(async () => tablet.card(name).getAttribute('aria-busy'), { timeout: 15_000 }).toBeNull();
  const [first, second] = bodies.map((body) => JSON.parse(body).commands[0]);
  expect([second.clientId, second.n, second.command]).toEqual([first.clientId, first.n, first.command]);
  const statuses = await clinic.statusesOf('rita-retry');
  expect(statuses.filter((status) => status === 'appt-prep')).toHaveLength(1);
});

test('scenario 11: a mis-click is taken back with one tap; both screens and the history show it', async () => {
  const name = 'Mia Misclick';
  await clinic.patient(name);
  const [tablet, front] = await Promise.all([assistant(), desk()]);
  await tablet.press(name, 'Start Prep');
  await front.sees(front.cardIn(columnTitles.prep, name));
  await tablet.page.getByRole('button', { name: 'Undo' }).click();
  await Promise.all([tablet, front].map((person) => person.sees(person.cardIn(columnTitles.arrived, name))));
  expect(await clinic.statusesOf('mia-misclick')).toEqual(['arrived', 'appt-prep', 'undone']);
  const visit = (await clinic.desk.entities()).get('v:mia-misclick');
  expect(visit).toMatchObject({
    status: 'arrived',
    milestones: { arrivedAt: expect.any(Number) },
    roomId: null,
  });
  await front.card(name).getByRole('button', { name }).first().click();
  const drawer = front.page.getByRole('dialog', { name });
  await front.sees(drawer.getByText(tablet.user.name).first());
  expect((await drawer.innerText()).match(new RegExp(tablet.user.name, 'g'))?.length).toBe(2);
});

test("scenario 11: after another person's step the undo is no longer offered, and nothing is taken back", async () => {
  const name = 'Una Undone';
  await clinic.patient(name);
  const [tablet, laptop] = await Promise.all([assistant(), provider()]);
  await tablet.press(name, 'Start Prep');
  await laptop.press(name, 'Prep Complete');
  await tablet.sees(tablet.cardIn(columnTitles.ready, name));
  await tablet
    .card(name)
    .getByRole('button', { name: `Actions for ${name}` })
    .click();
  await tablet.sees(
    tablet.page.getByRole('menuitem', { name: 'Correct a time' }).or(tablet.page.getByRole('menu')),
  );
  expect(await tablet.page.getByRole('menuitem', { name: /undo/i }).count()).toBe(0);
  await tablet.page.keyboard.press('Escape');
  const toast = tablet.page.getByRole('button', { name: 'Undo', exact: true });
  if (await toast.isVisible()) await toast.click();
  expect(await clinic.statusesOf('una-undone')).toEqual(['arrived', 'appt-prep', 'ready-for-md']);
});

test('sign-in and board have no serious or critical accessibility findings', async () => {
  const out = await clinic.visit(clinic.userOf('front-desk'));
  await out.sees(out.page.getByRole('button', { name: 'Sign in as' }));
  expect(await findings(out.page)).toEqual([]);
  const front = await desk();
  await front.sees(front.page.getByRole('article'));
  expect(await findings(front.page)).toEqual([]);
  await front.page.emulateMedia({ colorScheme: 'dark' });
  expect(await findings(front.page)).toEqual([]);
});
