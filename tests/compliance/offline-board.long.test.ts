/**
 * The offline board in a Chromium whose profile lies on disk, of a clinic that has decided to keep it: sealed while
 * somebody works, read with its age while the server is away, and gone when they leave, with a server or without.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../scripts/run-command.ts';
import { patienceMs } from '../e2e/clinic-browser.ts';
import { type ClinicSystem, startClinicSystem } from '../system/clinic-system.ts';
import { middayZone } from '../system/midday-zone.ts';
import { StaffMember } from '../system/staff-member.ts';
import { BrowserProfile, storageOf } from './browser-profile.ts';
import { canariesIn, canaryDob, canaryNames, canaryPhone } from './canary-search.ts';
import { choosePin, enrolComputer, pin } from './workstation-steps.ts';

const nameOf = (i: number) => canaryNames[i] ?? '';
const database = 'workflow-bolt-offline';
const signInButton = /^Sign in as Dana Whitfield/;

let system: ClinicSystem;
let profile: BrowserProfile;
let page: Page;

beforeAll(async () => {
  if ((await runCommand('node', ['apps/web/build.ts', '--quiet'])) !== 0)
    throw new Error('the web app does not build');
  const settings = { offlineBoard: { reason: 'The line to the street fails in storms.' } };
  system = await startClinicSystem({ appointments: 4, zone: middayZone(), workers: 0, settings });
  const desk = await StaffMember.signIn(system, 'dana');
  for (let i = 0; i < 10; i += 1) {
    const person = { fullName: nameOf(i), dob: canaryDob, phone: canaryPhone };
    const walkIn = { type: 'createVisit' as const, visitId: `c${i}`, kind: 'walk-in' as const };
    expect((await desk.give({ ...walkIn, ...person })).status).toBe(200);
  }
  profile = new BrowserProfile();
  page = await profile.open(system.baseUrl);
  page.setDefaultTimeout(patienceMs);
});
afterAll(async () => {
  await profile?.[Symbol.asyncDispose]();
  await system?.[Symbol.asyncDispose]();
});

const server = () => {
  const [first] = system.servers;
  if (!first) throw new Error('this system has no server');
  return first.process;
};
const board = () => page.getByRole('main', { name: 'Board' });
const lastKnown = () => page.getByRole('main', { name: 'Last known board' });
const places = async () => [...(await storageOf(page)).keys()].filter((place) => place.includes('bolt-'));
const ofOffline = async () =>
  (await places()).filter((place) => place.includes(database) || place.includes('Cache Storage'));

async function signIn(as = signInButton): Promise<void> {
  await page.getByRole('button', { name: as }).first().click();
  await board().waitFor();
  await page.getByRole('article', { name: nameOf(0) }).waitFor();
}

async function signOut(): Promise<void> {
  await page.getByRole('button', { name: /^User menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: signInButton }).first().waitFor();
}

/** The board is kept, and so is the page: only then may the server go. */
async function untilKept(): Promise<void> {
  const kept = async () => {
    const storage = await storageOf(page);
    const files = [...storage.keys()].filter((place) => place.includes('Cache Storage bolt-shell'));
    const sealed = storage.get(`IndexedDB ${database}/boards`) ?? '[[],[]]';
    return files.length > 3 && sealed.includes('"savedAt"');
  };
  await expect.poll(kept, { timeout: patienceMs }).toBe(true);
}

test('[I8] [ONC-d-7] [privacy] what is kept is sealed: no patient in the database, in the cache or on the disk', async () => {
  await signIn();
  await untilKept();
  const storage = await storageOf(page);
  expect(storage.get(`IndexedDB ${database}/keys`)).toContain('key, extractable: false');
  expect(canariesIn(new Map([...storage, ...profile.files()]))).toEqual([]);
  // Nothing of the API is in the cache.
  expect([...storage.keys()].filter((place) => place.includes('/api/'))).toEqual([]);
});

test('[ONC-d-7] [H-03] a reload while the server is away shows the board, never as live, and says how old it is', async () => {
  await server().end('SIGKILL');
  await page.reload();
  await lastKnown().waitFor();
  await expect
    .poll(() => page.getByRole('alert').first().innerText(), { timeout: patienceMs })
    .toMatch(/Not live: the board as of \d\d:\d\d, .+ old\./);
  const text = await lastKnown().innerText();
  // The first name and one letter, and nothing more of anybody.
  expect(text).toContain(nameOf(0).split(' ')[0]);
  for (const i of [0, 1, 2]) expect(text).not.toContain(nameOf(i));
  expect(text).not.toContain(canaryDob);
  const buttons = await lastKnown().getByRole('button').allInnerTexts();
  expect(buttons).toEqual(['Try again', 'Lock']);
  // Nobody can put it on record, so that nobody can put it on paper.
  await page.emulateMedia({ media: 'print' });
  expect(await lastKnown().isVisible()).toBe(false);
  await page.emulateMedia({ media: 'screen' });
  server().start();
  await system.awaitServers();
  await page.getByRole('button', { name: 'Try again' }).click();
  await board().waitFor();
  await page.getByRole('article', { name: nameOf(0) }).waitFor();
});

test('[ONC-d-5] [H-22] [privacy] what is shown while the server is away is locked by hand, and stays locked when it is back', async () => {
  await untilKept();
  await server().end('SIGKILL');
  await page.reload();
  await lastKnown().waitFor();
  await page.getByRole('button', { name: 'Lock' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await lastKnown().count()).toBe(0);
  await expect.poll(ofOffline, { timeout: patienceMs }).toEqual([]);
  server().start();
  await system.awaitServers();
  await page.reload();
  await page.getByRole('button', { name: signInButton }).first().waitFor();
  await signIn();
});

test('[ONC-d-7] [session] [privacy] a session that is refused leaves nothing', async () => {
  await untilKept();
  await page.context().clearCookies();
  await page.reload();
  await page.getByRole('button', { name: signInButton }).first().waitFor();
  await expect.poll(ofOffline, { timeout: patienceMs }).toEqual([]);
});

test('[ONC-d-7] [kiosk] [privacy] whoever signs out while the server is away leaves nothing, and nobody reads it later', async () => {
  await signIn();
  await untilKept();
  await server().end('SIGKILL');
  await page.getByRole('button', { name: /^User menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect.poll(ofOffline, { timeout: patienceMs }).toEqual([]);
  expect(canariesIn(new Map([...(await storageOf(page)), ...profile.files()]))).toEqual([]);
  server().start();
  await system.awaitServers();
});

test('[ONC-d-7] [H-22] [kiosk] [privacy] a locked screen leaves nothing; whoever unlocks it keeps it anew', async () => {
  await page.goto(system.baseUrl);
  await signIn(/^Sign in as Robin Achebe/);
  await enrolComputer(page, system.baseUrl);
  await page.goto(system.baseUrl);
  await board().waitFor();
  await signOut();
  await signIn();
  await choosePin(page);
  await page.reload();
  await untilKept();
  await page.getByRole('button', { name: 'Lock or switch person' }).first().click();
  await page.getByLabel('PIN', { exact: true }).waitFor();
  await expect.poll(ofOffline, { timeout: patienceMs }).toEqual([]);
  await page.getByLabel('PIN', { exact: true }).fill(pin);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await untilKept();
  await signOut();
  await expect.poll(ofOffline, { timeout: patienceMs }).toEqual([]);
});

test('[I8] [ONC-d-7] [privacy] a browser that is killed at work leaves a sealed board whose other half is gone', async () => {
  await page.goto(system.baseUrl);
  // The sign-out that did not reach the server has reached it by now: nobody is in.
  await signIn();
  await untilKept();
  await profile.kill();
  expect(canariesIn(profile.files())).toEqual([]);
  await server().end('SIGKILL');
  // The page opens from the cache or not at all; the half that the worker held has gone with the browser.
  page = await profile.open('about:blank');
  page.setDefaultTimeout(patienceMs);
  await page.goto(system.baseUrl);
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  expect(await lastKnown().count()).toBe(0);
  expect(canariesIn(new Map([['screen', await page.content()]]))).toEqual([]);
  server().start();
  await system.awaitServers();
});
