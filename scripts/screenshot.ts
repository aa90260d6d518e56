/**
 * Takes the pictures of the README: `node scripts/screenshot.ts [folder]`, by default into docs/images.
 *
 * The demo clinic's day is played until the middle of the morning on the real API, store, worker and EHR simulator. Only the clock
 * that judges the board is in our hand, so that nobody waits three hours and every wait on the board is as long as it says.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { User } from '@workflow-bolt/contracts';
import { instantOf, localDate, syncTotals } from '@workflow-bolt/domain';
import { awaitUntil, type DayOptions } from '@workflow-bolt/testkit';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from './chromium-binary.ts';
import { demoAppointments, demoSeed } from './demo/demo-clinic.ts';
import { readBoard, readSchedule, type Stage, startStage } from './pictures/clinic-stage.ts';
import { playUntil } from './pictures/play-morning.ts';
import { root, runCommand } from './run-command.ts';

const zone = 'America/Chicago';
/** On the clinic's wall: when the schedule is read, and when the pictures are taken. */
const readTime = '07:30';
const pictureTime = '09:14';
/** Redis keeps its own time and refuses commands from its past, so the played day lies ahead. */
const daysAhead = 2;
const dayMs = 86_400_000;

type Picture = {
  file: string;
  width: number;
  height: number;
  role: User['role'];
  colorScheme: 'light' | 'dark';
  isTouch?: boolean;
  /** The column that a narrow screen shows first. */
  tab?: string;
};
const pictures: readonly Picture[] = [
  { file: 'board-desktop.png', width: 1440, height: 900, role: 'front-desk', colorScheme: 'light' },
  { file: 'board-dark.png', width: 1440, height: 900, role: 'medical-assistant', colorScheme: 'dark' },
  {
    file: 'board-tablet.png',
    width: 1024,
    height: 768,
    role: 'medical-assistant',
    colorScheme: 'light',
    isTouch: true,
  },
  {
    file: 'board-phone.png',
    width: 390,
    height: 844,
    role: 'medical-assistant',
    colorScheme: 'light',
    isTouch: true,
    tab: 'Arrived',
  },
];

/** Scrolls a narrow screen to a column, as a tap on its tab does. */
async function showColumn(page: Page, title: string): Promise<void> {
  const columns = page.getByRole('navigation', { name: 'Columns' });
  await columns.getByRole('button', { name: title }).click();
  await columns.locator('[aria-current]', { hasText: title }).waitFor();
  // It glides there: wait until it stands.
  const column = page.getByRole('region', { name: title, exact: true });
  for (let before = Number.NaN, now = 0; before !== now; ) {
    before = now;
    await page.waitForTimeout(150);
    now = (await column.boundingBox())?.x ?? 0;
  }
}

/** A morning was played in a moment, and the EHR takes it in at its own pace. */
async function untilWritten(stage: Stage): Promise<void> {
  const isWritten = async () => {
    const { entities } = await readBoard(stage);
    const day = entities.find(({ d }) => d.type === 'day')?.d;
    const visits = entities.flatMap(({ d }) => (d.type === 'visit' ? [d] : []));
    return day?.type === 'day' && syncTotals(visits, day).waiting === 0;
  };
  await awaitUntil('the EHR has what the board shows', isWritten, 180_000);
}

async function photograph(browser: Browser, stage: Stage, picture: Picture, folder: string): Promise<void> {
  const { width, height, colorScheme, tab, isTouch = false } = picture;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, hasTouch: isTouch });
  const cookie = stage.sessions.get(picture.role) ?? '';
  const [name = '', value = ''] = cookie.split('=', 2);
  await context.addCookies([{ name, value, url: stage.url }]);
  const page = await context.newPage();
  await page.goto(stage.url);
  await page
    .getByRole('status', { name: 'Connection' })
    .filter({ hasText: /^\s*Live/ })
    .waitFor();
  await page.getByRole('article').first().waitFor();
  if (tab) await showColumn(page, tab);
  await page.screenshot({ path: join(folder, picture.file), animations: 'disabled' });
  console.log(`  ${picture.file} ${width}×${height}, as ${picture.role}`);
  await context.close();
}

async function main(): Promise<void> {
  const folder = resolve(process.argv[2] ?? join(root, 'docs/images'));
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error('There is no Chromium here. Install one, or name it in BOLT_CHROMIUM.');
  if ((await runCommand('node', ['apps/web/build.ts', '--quiet'])) !== 0)
    throw new Error('the board does not build');
  mkdirSync(folder, { recursive: true });
  const date = localDate(zone, Date.now() + daysAhead * dayMs);
  const day: DayOptions = { seed: demoSeed, date, zone, appointments: demoAppointments, profile: 'calm' };
  const stage = await startStage(day, instantOf(zone, date, readTime));
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  });
  try {
    await readSchedule(stage);
    await playUntil(stage, day, instantOf(zone, date, pictureTime));
    await readSchedule(stage);
    await untilWritten(stage);
    for (const picture of pictures) await photograph(browser, stage, picture, folder);
  } finally {
    await browser.close();
    await stage.stop();
  }
}

await main();
