/**
 * Scenarios 14, 24, 25 and 28 in real browsers, on a day whose clock the test holds: who left without being seen, what
 * hangs on the wall, what each role is offered, and the end of the day with its report on paper and as files. One day
 * in order: each chapter stands on the one before.
 */
import { readFile } from 'node:fs/promises';
import { createRedisPort, DisplayStore, fromUrl } from '@workflow-bolt/store';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../scripts/run-command.ts';
import { type ReplayedDay, type StaffId, startReplayedDay } from '../scenarios/replayed-day.ts';
import { launchChromium, patienceMs } from './clinic-browser.ts';
import { findingsOf, shoot } from './identity-browser.ts';

let day: ReplayedDay;
let browser: Browser;
let contexts: BrowserContext[] = [];

beforeAll(async () => {
  if ((await runCommand('node', ['apps/web/build.ts', '--quiet'])) !== 0)
    throw new Error('the web app does not build');
  [day, browser] = await Promise.all([startReplayedDay(), launchChromium()]);
  day.at('08:00');
  await day.book('ready', '08:40', { fullName: 'Rhea Ready' });
  await day.book('waits', '09:00', { fullName: 'Lena Leaves' });
  await day.book('private', '09:10', { fullName: 'Prudence Private' });
  for (const id of ['missed-1', 'missed-2'])
    await day.book(id, '09:00', { fullName: `Mister ${id.replace('-', ' ')}` });
  await day.book('later', '17:30', { fullName: 'Orla Ontime' });
  await day.must('desk', '08:20', { type: 'setFlags', visitId: 'private', privacy: true });
  await day.move('desk', '08:35', 'ready', 'arrived');
  await day.move('ma-1', '08:45', 'ready', 'appt-prep', { roomId: 'room-1' });
  await day.move('ma-1', '08:50', 'ready', 'ready-for-md');
  await day.move('desk', '09:00', 'waits', 'arrived');
  await day.move('desk', '09:01', 'private', 'arrived');
  await day.move('ma-1', '09:02', 'private', 'appt-prep', { roomId: 'room-2' });
});
afterAll(async () => {
  await browser?.close();
  await day?.[Symbol.asyncDispose]();
});
afterEach(async ({ task }) => {
  const pages = contexts.flatMap((context) => context.pages());
  if (task.result?.state === 'fail')
    for (const [i, page] of pages.entries()) await shoot(page, `e2e-${i}-${task.name}`);
  for (const context of contexts) await context.close();
  contexts = [];
});

async function open(path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  await page.goto(day.baseUrl + path);
  return page;
}

const onDay = () => `?clinic=${day.clinic.id}&date=${day.date}`;

async function screenOf(who: StaffId, patient = 'Rhea Ready'): Promise<Page> {
  const page = await open(`/${onDay()}`);
  await page.getByRole('button', { name: `Sign in as The ${who}` }).click();
  await page.getByRole('article', { name: patient }).waitFor();
  return page;
}

const cardOf = (page: Page, name: string) => page.getByRole('article', { name });

/** What the menu of a card offers this person, the button on the card included. */
async function offeredTo(page: Page, name: string): Promise<string[]> {
  const buttons = await cardOf(page, name).getByRole('button').allInnerTexts();
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menu').waitFor();
  const items = await page.getByRole('menuitem').allInnerTexts();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'hidden' });
  return [...buttons, ...items].map((text) => text.trim());
}

async function fromMenu(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: /^User menu/ }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('scenario 25: [authz] each role is offered its own steps, and no other', async () => {
  const [desk, doctor, boss] = [await screenOf('desk'), await screenOf('dr-a'), await screenOf('boss')];
  expect(await offeredTo(doctor, 'Rhea Ready')).toContain('MD Ready');
  expect(await offeredTo(desk, 'Rhea Ready')).not.toContain('MD Ready');
  for (const page of [desk, doctor]) expect(await offeredTo(page, 'Rhea Ready')).not.toContain('Remove');
  expect(await offeredTo(boss, 'Rhea Ready')).toContain('Remove');
  // A viewer is shown no more of a name than this, and nothing to press that would change anything.
  const watcher = await screenOf('watcher', 'Rhea R.');
  const words = await watcher.getByRole('main', { name: 'Board' }).innerText();
  expect(words).not.toMatch(/MD Ready|Check In|Start Prep|Check Out/);
  expect(await watcher.getByText('Rhea Ready').count()).toBe(0);
  expect(await watcher.getByRole('button', { name: /New walk-in|Import|Sync now/ }).count()).toBe(0);
});

test('scenario 14: she waited 48 minutes and leaves: Left with a reason, never a no-show; nobody waits for her', async () => {
  const page = await screenOf('desk');
  await cardOf(page, 'Lena Leaves').waitFor();
  day.at('09:48');
  await page.getByRole('button', { name: 'Actions for Lena Leaves' }).click();
  await page.getByRole('menuitem', { name: 'Left', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'The patient left' });
  expect(await dialog.getByRole('button', { name: 'Mark as left' }).isDisabled()).toBe(true);
  await dialog.getByText('Waited too long').click();
  await dialog.getByRole('button', { name: 'Mark as left' }).click();
  await page.getByRole('region', { name: 'Arrived', exact: true }).getByText('Lena Leaves').waitFor({
    state: 'hidden',
  });
  await expect.poll(async () => (await day.visit('waits')).status, { timeout: patienceMs }).toBe('left');
  expect(await day.visit('waits')).toMatchObject({ outcome: { kind: 'lwbs', reason: 'Waited too long' } });
  expect((await day.metrics('09:49')).day).toMatchObject({
    ...{ leftWithoutBeingSeen: 1, counts: { left: 1, 'no-show': 0 } },
  });
  await page.getByRole('button', { name: /Finished today/ }).click();
  const finished = page.getByRole('dialog', { name: 'Finished today' });
  await finished.getByRole('tab', { name: /^Left/ }).click();
  await finished.getByRole('article', { name: 'Lena Leaves' }).waitFor();
});

test('scenario 24: [kiosk] [privacy] the wall: initials and rooms of who is here, an occupied room for who is private, nobody signed in', async () => {
  const port = createRedisPort(fromUrl(day.redisUrl), 'test');
  await port.connect();
  const about = { clinic: day.clinic.id, name: 'Lobby', enrolledBy: 'boss', enrolledAt: day.now };
  const { token } = await new DisplayStore(port).enrol(about);
  await port.close();
  const page = await open('/wall');
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Show the board here' }).click();
  const patients = page.getByRole('region', { name: 'Patients' });
  await patients.getByText('R. R.', { exact: true }).waitFor();
  const rooms = page.getByRole('region', { name: 'Rooms' });
  expect(await rooms.innerText()).toMatch(/Room 1\s+R\. R\.[\s\S]*Room 2\s+occupied/);
  const words = await page.locator('body').innerText();
  expect(words).not.toMatch(/Rhea|Ready\b(?! for)|Prudence|P\. P\.|Orla|O\. O\.|1980/);
  // Not only unseen: who is not here, or is private, was never sent.
  const held = await page.evaluate(() => document.documentElement.outerHTML);
  expect(held).not.toMatch(/P\. P\.|O\. O\.|M\. M\./);
  // Nothing on it can be done to anybody: no step, no menu, no name to sign out.
  expect(
    await page.getByRole('button', { name: /Check|Prep|MD|Actions|menu|Sign|Import|Sync/ }).count(),
  ).toBe(0);
  expect(await page.getByRole('textbox').count()).toBe(0);
});

test('scenario 28: the open are listed, no-shows are ticked by a person, the day is closed, its report is read, saved and printed', async () => {
  for (const visitId of ['ready', 'private'] as const) {
    await day.move('ma-1', '17:00', visitId, 'with-doctor');
    await day.move('ma-1', '17:10', visitId, 'seen-by-md');
    await day.move('desk', '17:20', visitId, 'completed');
  }
  await day.must('desk', '18:10', { type: 'setNote', visitId: 'later', note: 'did not answer' });
  const page = await screenOf('boss', 'Orla Ontime');
  await fromMenu(page, 'Close the day');
  const dialog = page.getByRole('dialog', { name: 'Close the day' });
  await dialog.getByRole('region', { name: 'Still open' }).getByText('Orla Ontime').waitFor();
  await dialog.getByRole('button', { name: 'Begin to close' }).click();
  const proposed = dialog.getByRole('group', { name: 'Did not come?' });
  await expect.poll(() => proposed.getByRole('checkbox').count(), { timeout: patienceMs }).toBe(3);
  expect(await proposed.getByRole('checkbox', { checked: true }).count()).toBe(0);
  expect(await dialog.getByRole('button', { name: 'Close the day' }).isDisabled()).toBe(true);
  expect((await day.metrics('18:11')).day.counts['no-show']).toBe(0);
  for (const box of await proposed.getByRole('checkbox').all()) await box.check();
  await dialog.getByRole('button', { name: 'Close with 3 no-shows' }).click();
  await page.getByText('This day is closed.').waitFor();
  // The page shows a step before the server has said yes.
  await expect.poll(async () => (await day.day()).state, { timeout: 60_000 }).toBe('closed');
  await fromMenu(page, 'Report of the day');
  await page.getByRole('heading', { level: 1, name: 'Report of the day' }).waitFor();
  await page.getByText('The day is closed.').waitFor();
  const table = page.getByRole('region', { name: 'Table of visits' });
  // A header and six visits, one of them left; the names of none.
  expect(await table.getByRole('row').count()).toBe(7);
  expect(await page.locator('body').innerText()).toMatch(/No-show\s+3 \(/);
  expect(await page.locator('body').innerText()).not.toMatch(/Rhea|Lena|Prudence|Orla/);
  expect(await findingsOf(page, 'report')).toEqual([]);
  const saved = async (name: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name }).click(),
    ]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  };
  const csv = await saved('Spreadsheet (CSV)');
  expect(csv.name).toBe(`${day.clinic.id}-${day.date}.csv`);
  expect(csv.text.trim().split('\r\n')).toHaveLength(7);
  expect((await saved('Text')).text).toContain(`${day.clinic.name}, ${day.date} (closed)`);
  expect(JSON.parse((await saved('JSON')).text)).toMatchObject({ state: 'closed', numbers: { total: 6 } });
  // Paper: past the record it holds nothing; by the button, numbers and no buttons, and by whom it was printed.
  await page.emulateMedia({ media: 'print' });
  expect(await table.isVisible()).toBe(false);
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => {
    window.print = () => document.body.setAttribute('data-printed', 'yes');
  });
  await page.getByRole('button', { name: 'Print' }).click();
  await page.locator('body[data-printed=yes]').waitFor();
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
  expect(await page.getByRole('banner').isVisible()).toBe(false);
  expect(await table.isVisible()).toBe(true);
  expect(await page.getByText(/^Printed by .* patients? ·/).isVisible()).toBe(true);
  expect((await page.pdf()).length).toBeGreaterThan(5_000);
});
