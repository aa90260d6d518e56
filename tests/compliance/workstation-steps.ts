/** What it takes to lock a screen in a browser: a computer that a manager enrolled, and a PIN of one's own. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

export const pin = '483920';

/** For a manager who is signed in. Ends on the administration page. */
export async function enrolComputer(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/admin`);
  await page.getByRole('tab', { name: 'Workstations' }).click();
  await page.getByRole('button', { name: 'Enrol this computer', exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Enrol this computer' });
  await dialog.getByLabel('What is it called?').fill('Front desk 1');
  await dialog.getByRole('button', { name: 'Enrol' }).click();
  await page.getByRole('button', { name: 'Confirm as a demo user', exact: true }).first().click();
  await page.getByRole('listitem').filter({ hasText: 'Front desk 1' }).waitFor();
}

/** As the account page does; a demo user has no account to show there. */
export async function choosePin(page: Page): Promise<void> {
  const statuses = await page.evaluate(async (chosen) => {
    const { csrf } = (await (await fetch('/api/v1/session')).json()) as { csrf: string };
    const headers = { 'content-type': 'application/json', 'x-bolt-csrf': csrf };
    const post = async (path: string, body: unknown) =>
      fetch(`/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const proof = await post('step-up', { method: 'development', purpose: 'factor-change' });
    return [proof.status, (await post('session/pin', { pin: chosen })).status];
  }, pin);
  expect(statuses).toEqual([204, 204]);
}
