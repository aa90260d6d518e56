/**
 * I8 in the browser: somebody works with patients who exist nowhere else, in a Chromium whose profile lies on disk. Then
 * everything that the browser keeps is searched for them - while they work, locked, signed out, killed and closed.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../scripts/run-command.ts';
import { patienceMs } from '../e2e/clinic-browser.ts';
import { type ClinicSystem, startClinicSystem } from '../system/clinic-system.ts';
import { middayZone } from '../system/midday-zone.ts';
import { StaffMember } from '../system/staff-member.ts';
import { BrowserProfile, storageOf } from './browser-profile.ts';
import { canariesIn, canaryDob, canaryNames, canaryPhone, canaryStem } from './canary-search.ts';
import { choosePin, enrolComputer, pin } from './workstation-steps.ts';

const numPatients = 30;
const nameOf = (i: number) => canaryNames[i] ?? '';
const signInButton = /^Sign in as Dana Whitfield/;

let system: ClinicSystem;
let profile: BrowserProfile;
let page: Page;

beforeAll(async () => {
  if ((await runCommand('node', ['apps/web/build.ts', '--quiet'])) !== 0)
    throw new Error('the web app does not build');
  system = await startClinicSystem({ appointments: 4, zone: middayZone() });
  const desk = await StaffMember.signIn(system, 'dana');
  const walkIns = canaryNames.slice(0, numPatients).map((fullName, i) => ({
    ...{ type: 'createVisit' as const, visitId: `c${i}`, kind: 'walk-in' as const, fullName },
    ...{ dob: canaryDob, phone: canaryPhone, reason: `${fullName} has a cough` },
  }));
  for (const command of walkIns) expect((await desk.give(command)).status).toBe(200);
  profile = new BrowserProfile();
  page = await profile.open(system.baseUrl);
  page.setDefaultTimeout(patienceMs);
});
afterAll(async () => {
  await profile?.[Symbol.asyncDispose]();
  await system?.[Symbol.asyncDispose]();
});

const press = (name: string | RegExp) =>
  page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .click();
const card = (i: number) => page.getByRole('article', { name: nameOf(i) });

async function signIn(as = signInButton): Promise<void> {
  await press(as);
  await page.getByRole('main', { name: 'Board' }).waitFor();
}

async function signOut(): Promise<void> {
  await page.getByRole('button', { name: /^User menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: signInButton }).waitFor();
}

/** A manager makes a workstation of this computer. */
async function enrol(): Promise<void> {
  await signIn(/^Sign in as Robin Achebe/);
  await enrolComputer(page, system.baseUrl);
  await page.goto(system.baseUrl);
  await signOut();
}

async function openNote(i: number): Promise<void> {
  await card(i)
    .getByRole('button', { name: `Actions for ${nameOf(i)}` })
    .click();
  await page.getByRole('menuitem', { name: 'Note', exact: true }).click();
  await page.getByLabel('Note for everyone on this board').fill(`${nameOf(i)} asked for water`);
}

async function writeNote(i: number): Promise<void> {
  await openNote(i);
  await press('Save the note');
  await card(i)
    .getByText(`${nameOf(i)} asked for water`)
    .first()
    .waitFor();
}

/** Where the patients are on the screen, and nowhere else. */
async function findings(): Promise<string[]> {
  return canariesIn(new Map([...(await storageOf(page)), ...profile.files()]));
}
const screen = () => page.evaluate(() => document.documentElement.outerHTML);

test('[I8] [H-05] [ONC-d-7] [privacy] at work: found on the screen, and in nothing that the browser keeps', async () => {
  await enrol();
  await signIn();
  await choosePin(page);
  await page.reload();
  await card(0).waitFor();
  // Looked for, opened, written about.
  const search = page.getByRole('searchbox', { name: 'Search patients by name' });
  await search.fill(nameOf(2));
  await search.press('Enter');
  await page.getByRole('dialog', { name: 'Find in other days' }).waitFor();
  expect(await findings()).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Find in other days' }).waitFor({ state: 'hidden' });
  await card(2)
    .getByRole('button', { name: nameOf(2) })
    .first()
    .click();
  await page.getByRole('dialog', { name: nameOf(2) }).waitFor();
  await page.keyboard.press('Escape');
  await search.fill('');
  await writeNote(3);
  await press('New walk-in');
  await page.getByLabel('Full name').fill(nameOf(150));
  await page.getByLabel('Date of birth').fill(canaryDob);
  await page.getByLabel('Phone').fill(canaryPhone);
  await page.keyboard.press('Escape');
  expect((await screen()).split(canaryStem).length).toBeGreaterThan(numPatients);
  expect(await findings()).toEqual([]);
});

test('[I8] [H-05] [ONC-d-7] [privacy] steps that wait for the server are kept sealed, in the database and on the disk', async () => {
  await page.context().setOffline(true);
  await writeNote(4);
  const storage = await storageOf(page);
  const lanes = [...storage].filter(([place]) => place.endsWith('/lanes')).map(([, text]) => text);
  // The step is there, or there would be nothing to find.
  expect(lanes.join().length).toBeGreaterThan(200);
  expect([...storage.values()].join()).toContain('key, extractable: false');
  expect(await findings()).toEqual([]);
  await page.context().setOffline(false);
  const told = async () => (await (await StaffMember.signIn(system, 'dana')).entities()).get('p:c4');
  await expect.poll(told, { timeout: patienceMs }).toMatchObject({ note: `${nameOf(4)} asked for water` });
});

test('[I8] [H-04] [ONC-d-5] [ONC-d-7] [kiosk] [privacy] locked: not on the screen, not in the browser, not on the disk', async () => {
  await press('Lock or switch person');
  await page.getByLabel('PIN', { exact: true }).waitFor();
  expect(canariesIn(new Map([['screen', await screen()]]))).toEqual([]);
  expect(await findings()).toEqual([]);
  await page.getByLabel('PIN', { exact: true }).fill(pin);
  await press('Unlock');
  await card(0).waitFor();
});

test('[I8] [ONC-d-7] [privacy] signed out: nothing on the screen, in the browser, on the disk, or behind the back button', async () => {
  await signOut();
  expect(canariesIn(new Map([['screen', await screen()]]))).toEqual([]);
  expect(await findings()).toEqual([]);
  await page.goBack();
  await page.getByRole('button', { name: signInButton }).waitFor();
  expect(canariesIn(new Map([['screen', await screen()]]))).toEqual([]);
});

test('[I8] [ONC-d-7] [privacy] a browser that is killed at work, and one that is closed, leave a profile without anybody', async () => {
  await page.goto(system.baseUrl);
  await signIn();
  await card(5).waitFor();
  // In the middle of a sentence: a browser that restores what was typed would have to keep it.
  await openNote(5);
  await profile.kill();
  const killed = profile.files();
  expect([...killed.keys()].some((path) => path.includes('IndexedDB'))).toBe(true);
  expect(canariesIn(killed)).toEqual([]);
  page = await profile.open(system.baseUrl);
  await page
    .getByRole('main', { name: 'Board' })
    .or(page.getByRole('button', { name: signInButton }))
    .first()
    .waitFor();
  await profile.close();
  expect(canariesIn(profile.files())).toEqual([]);
});

test('the search would have found it: what a page does keep shows in every place, and on the disk', async () => {
  page = await profile.open(system.baseUrl);
  await page.evaluate(async (name) => {
    localStorage.setItem('kept', name);
    sessionStorage.setItem('kept', name);
    await cookieStore.set({ name: 'kept', value: encodeURIComponent(name), expires: Date.now() + 600_000 });
    await (await caches.open('kept')).put('/kept', new Response(name));
    const asking = indexedDB.open('kept', 1);
    asking.onupgradeneeded = () => void asking.result.createObjectStore('kept').put(name, 1);
    await new Promise((resolve) => {
      asking.onsuccess = resolve;
    });
    asking.result.close();
  }, nameOf(7));
  const found = (sinks: ReadonlyMap<string, string>) =>
    [...sinks].filter((each) => canariesIn(new Map([each])).length > 0).map(([place]) => place);
  expect(found(await storageOf(page))).toEqual([
    'IndexedDB kept/kept',
    'localStorage',
    'sessionStorage',
    expect.stringContaining('Cache Storage kept'),
    'cookies of the page',
    'cookies',
  ]);
  await profile.close();
  const files = found(profile.files()).join('\n');
  for (const place of [/IndexedDB/, /Local Storage/, /CacheStorage/]) expect(files).toMatch(place);
});
