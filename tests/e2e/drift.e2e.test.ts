/** The differences of a day, and the search in other days, in a real browser: usable by everybody, and on paper. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../scripts/run-command.ts';
import { type DriftClinic, startDriftClinic } from '../system/drift-clinic.ts';
import { axeAtRest } from './axe-at-rest.ts';
import { launchChromium, patienceMs } from './clinic-browser.ts';
import { screens } from './identity-browser.ts';

let clinic: DriftClinic;
let browser: Browser;
beforeAll(async () => {
  if ((await runCommand('node', ['apps/web/build.ts', '--quiet'])) !== 0)
    throw new Error('the web app does not build');
  [clinic, browser] = await Promise.all([startDriftClinic(6), launchChromium()]);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await clinic?.[Symbol.asyncDispose]();
});

/** A window of the front desk, which notes what its policy refused. */
async function open(path: string): Promise<{ page: Page; troubles: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const { cookie = '' } = clinic.desk.headers;
  const [name = '', value = ''] = cookie.split('=', 2);
  await context.addCookies([{ name, value, url: clinic.server.url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) troubles.push(message.text());
  });
  await page.goto(`${clinic.server.url}${path}`);
  return { page, troubles };
}

/** `part` for what is drawn over a page that is judged elsewhere. */
async function faultsOn(page: Page, part = 'body'): Promise<string[]> {
  const faults: string[] = [];
  for (const { name, width, height, colorScheme } of screens) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    const { violations } = await (await axeAtRest(page)).include(part).analyze();
    for (const { id, nodes } of violations) faults.push(`${name}: ${id} (${nodes[0]?.html.slice(0, 140)})`);
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
    if (isWide) faults.push(`${name}: the page scrolls sideways`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}

test('the desk has the day compared, reads what differs, and gets it on paper; axe clean on every screen', async () => {
  const [first] = clinic.simulator.world.all().filter(({ type }) => type === 'P');
  clinic.simulator.act({ do: 'status', id: first?.id ?? 0, status: 'Cancelled' });
  const { page, troubles } = await open('/drift');
  await page.getByText('This day has not been compared yet.').waitFor();
  await page.getByRole('button', { name: 'Compare now' }).click();
  const table = page.getByRole('table', { name: 'Differences' });
  await table.waitFor({ timeout: 60_000 });
  await page.getByText(/6 visits compared, 1 visit with a difference/).waitFor();
  expect(await table.getByRole('row', { name: /Status.*Cancelled.*Read the schedule again/ }).count()).toBe(
    1,
  );
  expect(await faultsOn(page)).toEqual([]);
  // Past the record nothing is printed; by the button it is on record first, and says by whom.
  await page.emulateMedia({ media: 'print' });
  expect(await table.isVisible()).toBe(false);
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => {
    window.print = () => document.body.setAttribute('data-printed', 'yes');
  });
  await page.getByRole('button', { name: 'Print' }).click();
  await page.locator('body[data-printed=yes]').waitFor();
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByText(/^Printed by .* 6 patients/).isVisible()).toBe(true);
  expect(await page.getByRole('navigation', { name: 'Pages' }).isVisible()).toBe(false);
  expect(await page.getByRole('button', { name: 'Compare now' }).isVisible()).toBe(false);
  expect(await table.isVisible()).toBe(true);
  expect(troubles).toEqual([]);
  await page.context().close();
});

test('[privacy] the desk finds a patient of these days from the search, by keyboard, and lands on the card; axe clean', async () => {
  const patient = { fullName: 'Petra Wanted', dob: '1970-02-03', phone: '(312) 555-0142' };
  expect((await clinic.desk.walkIn('wanted', patient)).status).toBe(200);
  const { page, troubles } = await open('/');
  const search = page.getByRole('searchbox', { name: 'Search patients by name' });
  await page.getByRole('article', { name: 'Petra Wanted' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('wanted');
  await search.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Find in other days' });
  await dialog.locator('input:focus').waitFor();
  await page.keyboard.press('Enter');
  const row = dialog.getByRole('link', { name: /Petra Wanted.*born 1970-02-03/ });
  await row.waitFor();
  await dialog.getByText('All days').click();
  await dialog.getByLabel('Date of birth').waitFor();
  expect(await faultsOn(page, '[role="dialog"]')).toEqual([]);
  const asked = page.waitForRequest(/patient-search/);
  await dialog.getByLabel('Date of birth').fill(patient.dob);
  await dialog.getByRole('button', { name: 'Find', exact: true }).click();
  expect((await asked).postDataJSON()).toEqual({ in: 'all', name: 'wanted', dob: patient.dob });
  // The index follows a moment later; the days around are looked through themselves.
  await dialog.getByText('A week before and after').click();
  await dialog.getByRole('button', { name: 'Find', exact: true }).click();
  await row.click();
  await page.waitForFunction(
    () => document.activeElement?.closest('[data-visit]')?.getAttribute('data-visit') === 'wanted',
  );
  expect(page.url()).not.toMatch(/wanted=|petra|1970/i);
  expect(troubles).toEqual([]);
  await page.context().close();
});
