/**
 * What people do with accounts, devices, tokens, displays and emergencies once they have an account, in Chromium; they
 * get their accounts over the API. Each test stands alone.
 */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { firstOwner, type Member, memberOf } from '../../apps/server/src/test/account-fixture.ts';
import { clinic, findingsOf, IdentityBrowser } from './identity-browser.ts';

let world: IdentityBrowser;
let owner: Member;
let manager: Member;
let desk: Member | null = null;
let names = 0;
let sent = 0;
const at = [clinic.id];

beforeAll(async () => {
  world = await IdentityBrowser.start();
  owner = await firstOwner(world.place);
  manager = await memberOf(owner, { login: 'mona', roles: ['manager'], clinics: at });
});
afterAll(() => world?.[Symbol.asyncDispose]());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await world.photograph(task.name);
  await world.closeWindows();
});

async function colleague(role: string): Promise<Member> {
  names += 1;
  return memberOf(owner, { login: `${role}-${names}`, roles: [role], clinics: at });
}
const nameOf = ({ account }: Member): string => account?.name ?? '';

const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).click();
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const rowOf = (page: Page, list: string, name: string) =>
  page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: name });
const dialogOf = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name });

async function enterAs(page: Page, who: Member): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(who.login);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await press(page, 'Sign in');
  await heading(page, 'One more step');
  await page.getByLabel('Six-digit code').fill(who.nextCode());
  await press(page, 'Continue');
  await page.getByRole('heading', { level: 1, name: 'One more step' }).waitFor({ state: 'hidden' });
  await page
    .getByRole('main')
    .filter({ hasNot: page.getByLabel('Six-digit code') })
    .waitFor();
}

/** A window of this person, signed in, on one page. */
async function windowOf(who: Member, path: '/' | '/admin' | '/account' | '/oversight'): Promise<Page> {
  const page = await world.open(path);
  await heading(page, 'Sign in');
  await enterAs(page, who);
  return page;
}

async function prove(page: Page, who: Member): Promise<void> {
  const dialog = dialogOf(page, 'Is it you?');
  await dialog.getByLabel('Six-digit code').fill(who.nextCode());
  await dialog.getByRole('button', { name: 'Confirm' }).click();
}

/** Opens the menu of one person in the list of people and picks from it. */
async function pick(page: Page, who: Member, item: string): Promise<void> {
  await press(page, `Actions for ${nameOf(who)}`);
  await page.getByRole('menuitem', { name: item }).click();
}

/** A patient of today, expected or here, prepared over the API by somebody of the front desk. */
async function patient(fullName: string, where: 'expected' | 'here'): Promise<void> {
  desk ??= await colleague('front-desk');
  const session = await desk.browser.get('/api/v1/session');
  const [{ today }] = session.json.clinics as [{ today: string }];
  const visitId = fullName.toLowerCase().replaceAll(' ', '-');
  const time =
    where === 'here' ? { kind: 'walk-in' } : { kind: 'booked', startAt: world.now(), durationMin: 20 };
  const command = { type: 'createVisit', visitId, fullName, providerId: 'dr-okafor', ...time };
  sent += 1;
  const path = `/api/v1/boards/${clinic.id}/${today}/commands`;
  const answer = await desk.browser.post(path, { clientId: 'e2e-front-desk', n: sent, command });
  expect(answer).toMatchObject({ status: 200, json: { outcomes: [{ outcome: 'applied' }] } });
}

test('[ONC-d-6] [H-03] an emergency access: a red banner while it is open, ended by hand, judged by somebody else', async () => {
  const doctor = await colleague('provider');
  await patient('Emma Emergency', 'here');
  const page = await windowOf(doctor, '/');
  await press(page, 'Actions for Emma Emergency');
  await page.getByRole('menuitem', { name: 'Emergency access' }).click();
  const dialog = dialogOf(page, 'Emergency access');
  await dialog.getByRole('combobox', { name: 'Reason' }).click();
  await page.getByRole('option', { name: 'Emergency treatment' }).click();
  await dialog.getByLabel('What happened?').fill('Collapsed in the lobby, the history is needed');
  await dialog.getByRole('button', { name: 'Open for one hour' }).click();
  await prove(page, doctor);
  const banner = page.getByText('Emergency access to Emma Emergency.');
  await banner.waitFor();
  await page.getByText(/Open for (60|59) more minutes/).waitFor();
  expect(await findingsOf(page, 'emergency-banner')).toEqual([]);
  const { today } = ((await doctor.browser.get('/api/v1/session')).json.clinics as [{ today: string }])[0];
  const history = `/api/v1/boards/${clinic.id}/${today}/visits/emma-emergency/history`;
  expect((await doctor.browser.get(history)).status).toBe(200);
  await press(page, 'End it now');
  await banner.waitFor({ state: 'hidden' });
  await world.seal();
  const admin = await windowOf(manager, '/oversight');
  await admin.getByRole('tab', { name: 'Emergency access' }).click();
  const row = rowOf(admin, 'Emergency accesses', nameOf(doctor));
  await row.getByText(/Collapsed in the lobby/).waitFor();
  await row.getByText(/Judge by/).waitFor();
  expect(await findingsOf(admin, 'emergency-register')).toEqual([]);
  await press(admin, `Judge the access of ${nameOf(doctor)}`);
  const judging = dialogOf(admin, `Judge the access of ${nameOf(doctor)}`);
  const acts = judging.getByRole('region', { name: 'What was done with it' });
  await acts.getByText('Opened the access').waitFor();
  await acts.getByText('Opened the history of the visit').waitFor();
  await acts.getByText('Ended the access').waitFor();
  expect(await findingsOf(admin, 'emergency-judging')).toEqual([]);
  await judging.getByRole('combobox', { name: 'Judgement' }).click();
  await admin.getByRole('option', { name: 'Justified', exact: true }).click();
  const keep = judging.getByRole('button', { name: 'Keep' });
  await judging.getByLabel('Why').fill('too short');
  expect(await keep.isDisabled()).toBe(true);
  await judging.getByLabel('Why').fill('The incident log of the day says the same.');
  await keep.click();
  await prove(admin, manager);
  await row.getByText('Justified', { exact: true }).waitFor();
  expect(await row.getByRole('button', { name: /^Judge/ }).count()).toBe(0);
});

test('[H-13] an alert in words: seen by a manager, settled once, and found among the settled', async () => {
  const curious = await colleague('nurse');
  // Over four clinics that are not theirs within ten minutes; whoever is told of it is somebody else.
  for (const n of [1, 2, 3, 4, 5, 6]) await curious.browser.get(`/api/v1/boards/elsewhere-${n}/2026-03-10`);
  const noticed = async () => JSON.stringify((await manager.browser.get('/api/v1/alerts')).json);
  await expect.poll(noticed, { timeout: 30_000 }).toContain(curious.uid);
  const page = await windowOf(manager, '/');
  // A look that failed is made again after a minute.
  await page.getByRole('button', { name: /^User menu.*open alert/ }).click({ timeout: 90_000 });
  await page.getByRole('menuitem', { name: /^Oversight · .*open alert/ }).click();
  await heading(page, 'Oversight');
  const row = rowOf(page, 'Alerts', nameOf(curious));
  await row.getByText('Somebody asks for clinics that are not theirs, or for what is not there').waitFor();
  await row.getByText('Notice', { exact: true }).waitFor();
  expect(await findingsOf(page, 'oversight-alerts')).toEqual([]);
  await row.getByRole('button', { name: /^Settle/ }).click();
  const dialog = dialogOf(page, 'What did it turn out to be?');
  await dialog.getByRole('combobox', { name: 'Finding' }).click();
  await page.getByRole('option', { name: 'Training needed' }).click();
  expect(await findingsOf(page, 'oversight-settle')).toEqual([]);
  await dialog.getByRole('button', { name: 'Settle' }).click();
  await row.waitFor({ state: 'hidden' });
  await page.getByRole('combobox', { name: 'Which alerts' }).click();
  await page.getByRole('option', { name: 'Settled' }).click();
  await row.getByText(`Settled by ${nameOf(manager)}`).waitFor();
  await row.getByText('Training needed', { exact: true }).waitFor();
  expect(await row.getByRole('button').count()).toBe(0);
});

test('[H-15] the review of access: one is changed, one removed, the others kept; attested with a proof, and on the list', async () => {
  const [leaver, mover] = [await colleague('billing'), await colleague('viewer')];
  await world.openAccessReview();
  const page = await windowOf(manager, '/oversight');
  await page.getByRole('tab', { name: 'Review of access' }).click();
  const rows = page.getByRole('list', { name: 'Access in force' }).getByRole('listitem');
  await rows.filter({ hasText: nameOf(leaver) }).waitFor();
  expect(await findingsOf(page, 'oversight-access')).toEqual([]);
  const attest = page.getByRole('button', { name: 'Attest the review' });
  expect(await attest.isDisabled()).toBe(true);
  await press(page, `Remove ${nameOf(leaver)}`);
  await dialogOf(page, `Remove the access of ${nameOf(leaver)}?`)
    .getByLabel('Reason')
    .fill('Left in spring');
  await dialogOf(page, `Remove the access of ${nameOf(leaver)}?`)
    .getByRole('button', { name: 'Remove' })
    .click();
  await prove(page, manager);
  await rows.filter({ hasText: nameOf(leaver) }).waitFor({ state: 'hidden' });
  await press(page, `Keep ${nameOf(mover)}`);
  await press(page, `Change ${nameOf(mover)}`);
  const dialog = dialogOf(page, `What ${nameOf(mover)} may do`);
  await dialog.getByRole('checkbox', { name: 'Viewer' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'Front desk' }).check();
  await dialog.getByLabel('Reason').fill('Works at the desk now');
  await dialog.getByRole('button', { name: 'Change' }).click();
  await rows
    .filter({ hasText: nameOf(mover) })
    .getByText('Front desk')
    .waitFor();
  // What was kept was another access: what it became has not been looked at.
  const keeps = rows.getByRole('button', { name: /^Keep / });
  expect(await keeps.and(page.locator('[aria-pressed="true"]')).count()).toBe(0);
  for (const keep of await keeps.all()) await keep.click();
  await attest.click();
  await dialogOf(page, 'Attest the review').getByRole('button', { name: 'Attest' }).click();
  const former = page.getByRole('list', { name: 'Former reviews' });
  await former.getByText('Corrected', { exact: true }).waitFor();
  await former.getByText(`by ${nameOf(manager)}`).waitFor();
  expect(await findingsOf(page, 'oversight-attested')).toEqual([]);
});

test('[H-06] [privacy] an auditor reads who did what by pseudonyms, and learns a name with a proof and a reason that a manager reads', async () => {
  const auditor = await colleague('auditor');
  await patient('Alma Audited', 'here');
  await world.seal();
  const page = await windowOf(auditor, '/');
  await heading(page, 'Record of accesses');
  await prove(page, auditor);
  const entries = page.getByRole('table', { name: /^Everything: / });
  await entries.waitFor();
  expect(await entries.innerText()).not.toContain('Alma');
  expect(await findingsOf(page, 'audit-entries')).toEqual([]);
  await page
    .getByRole('button', { name: /^Who opened / })
    .filter({ hasText: 'visit:alma-audited' })
    .first()
    .click();
  const opened = page.getByRole('table', { name: 'Who opened visit:alma-audited within a year' });
  await opened.getByText('Changed it').first().waitFor();
  await press(page, 'Who is this?');
  const dialog = dialogOf(page, 'Who is this?');
  await dialog.getByRole('combobox', { name: 'Reason' }).click();
  await page.getByRole('option', { name: 'The patient asks' }).click();
  const show = dialog.getByRole('button', { name: 'Show names' });
  await dialog.getByLabel('Why is it needed?').fill('too short');
  expect(await show.isDisabled()).toBe(true);
  await dialog.getByLabel('Why is it needed?').fill('She asked in writing who had looked.');
  await show.click();
  await prove(page, auditor);
  const names = page.getByRole('region', { name: 'Names' });
  await names.getByText('visit:alma-audited: Alma Audited').waitFor();
  expect(await findingsOf(page, 'audit-opened')).toEqual([]);
  await press(page, 'Hide names');
  await names.waitFor({ state: 'hidden' });
  const admin = await windowOf(manager, '/oversight');
  await admin.getByRole('tab', { name: 'Identities revealed' }).click();
  const register = rowOf(admin, 'Identities revealed', nameOf(auditor));
  await register.getByText(/The patient asks: She asked in writing who had looked\./).waitFor();
});

test('[H-22] [kiosk] a wall display: enrolled by a manager, shows initials of who is here, and nothing once it is removed', async () => {
  await patient('Walter Wall', 'here');
  await patient('Zora Notyet', 'expected');
  const page = await windowOf(manager, '/admin');
  await page.getByRole('tab', { name: 'Wall displays' }).click();
  await page.getByText('None enrolled.').waitFor();
  await press(page, 'Enrol a display');
  await dialogOf(page, 'Enrol a wall display').getByLabel('Where does it hang?').fill('Lobby');
  await press(page, 'Enrol');
  await prove(page, manager);
  await dialogOf(page, 'Display “Lobby”').waitFor();
  const token = await page.getByLabel('The display’s token').innerText();
  await press(page, 'Done');
  await rowOf(page, 'Wall displays', 'Lobby').waitFor();
  expect(await findingsOf(page, 'displays')).toEqual([]);
  const screen = await world.open('/wall');
  await heading(screen, 'Wall display');
  expect(await findingsOf(screen, 'wall-entry')).toEqual([]);
  await screen.getByLabel('Token', { exact: true }).fill(`${token.slice(0, -2)}AA`);
  await press(screen, 'Show the board here');
  await screen.getByRole('alert').filter({ hasText: 'This token is not valid.' }).waitFor();
  await screen.getByLabel('Token', { exact: true }).fill(token);
  await press(screen, 'Show the board here');
  const patients = screen.getByRole('main', { name: 'Wall display' });
  await patients.getByText('W. W.', { exact: true }).waitFor();
  expect(await patients.innerText()).not.toMatch(/Walter|Zora|Z\. N\./);
  expect(await findingsOf(screen, 'wall')).toEqual([]);
  // It is a device of its own: after a reload it still is, and it is nobody.
  await screen.reload();
  await patients.getByText('W. W.', { exact: true }).waitFor();
  expect(await screen.evaluate(async () => (await fetch('/api/v1/account')).status)).toBe(403);
  await press(page, 'Remove Lobby');
  await page.getByText('None enrolled.').waitFor();
  await heading(screen, 'Wall display');
  expect(await screen.getByText('W. W.').count()).toBe(0);
});

test('[H-08] [login] nobody is let in again by one person alone: the number of one, the code of the other', async () => {
  const nurse = await colleague('nurse');
  const page = await world.open();
  await press(page, 'I cannot sign in');
  await page.getByLabel('Name you sign in with').fill(nurse.login);
  await press(page, 'Get a number');
  const number = await page.getByLabel('Your number').innerText();
  expect(number).toMatch(/^\d{4} \d{4}$/);
  expect(await findingsOf(page, 'reset-number')).toEqual([]);
  const admin = await windowOf(manager, '/admin');
  await pick(admin, nurse, 'Reset sign-in');
  const dialog = dialogOf(admin, `Reset the sign-in of ${nameOf(nurse)}?`);
  await dialog.getByLabel('Their number').fill('0000 0000');
  await dialog.getByLabel('Reason').fill('Lost the telephone');
  await dialog.getByRole('button', { name: 'Reset' }).click();
  await prove(admin, manager);
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Their number').fill(number);
  await dialog.getByRole('button', { name: 'Reset' }).click();
  const code = await admin.getByRole('status', { name: 'One-time code' }).innerText();
  // What she had opens nothing any more.
  const former = await world.open();
  await former.getByLabel('Name', { exact: true }).fill(nurse.login);
  await former.getByLabel('Password', { exact: true }).fill(nurse.password);
  await press(former, 'Sign in');
  await former.getByRole('alert').waitFor();
  await press(page, 'I have a code from a manager');
  await page.getByLabel('One-time code').fill(code);
  await press(page, 'Continue');
  await page.getByLabel('New password', { exact: true }).fill('a heron over the third canal');
  await page.getByLabel('The same once more').fill('a heron over the third canal');
  await press(page, 'Continue');
  await heading(page, 'Add a second proof');
});

test('[H-15] [session] a person is deactivated: the open screen goes out, the way in is shut; activated, it opens', async () => {
  const leaver = await colleague('medical-assistant');
  await patient('Ivan Inside', 'here');
  const theirs = await windowOf(leaver, '/');
  await theirs.getByRole('article', { name: 'Ivan Inside' }).waitFor();
  const admin = await windowOf(manager, '/admin');
  await pick(admin, leaver, 'Deactivate');
  const dialog = dialogOf(admin, `Deactivate ${nameOf(leaver)}?`);
  await dialog.getByLabel('Reason').fill('Left the clinic today');
  await dialog.getByRole('button', { name: 'Deactivate' }).click();
  await prove(admin, manager);
  await rowOf(admin, 'People', nameOf(leaver)).waitFor({ state: 'hidden' });
  await theirs.getByRole('button', { name: 'Sign in again' }).waitFor();
  expect(await theirs.getByText('Ivan Inside').count()).toBe(0);
  await theirs.reload();
  await heading(theirs, 'Sign in');
  await theirs.getByLabel('Name', { exact: true }).fill(leaver.login);
  await theirs.getByLabel('Password', { exact: true }).fill(leaver.password);
  await press(theirs, 'Sign in');
  await theirs.getByRole('alert').waitFor();
  await admin.getByRole('combobox', { name: 'Which accounts' }).click();
  await admin.getByRole('option', { name: 'Deactivated' }).click();
  await rowOf(admin, 'People', nameOf(leaver)).getByText('Deactivated', { exact: true }).waitFor();
  await pick(admin, leaver, 'Activate again');
  await dialogOf(admin, /again\?/)
    .getByLabel('Reason')
    .fill('Is back from leave');
  await press(admin, 'Activate');
  await rowOf(admin, 'People', nameOf(leaver)).waitFor({ state: 'hidden' });
  await enterAs(theirs, leaver);
  await theirs.getByRole('main', { name: 'Board' }).waitFor();
});

test('[ONC-d-1] [session] an access token: shown once, works for what it names, and is ended', async () => {
  const scripter = await colleague('front-desk');
  const page = await windowOf(scripter, '/account');
  await press(page, 'New token');
  const dialog = dialogOf(page, 'New access token');
  await dialog.getByLabel('What is it for?').fill('Evening list');
  expect(await findingsOf(page, 'new-token')).toEqual([]);
  await dialog.getByRole('button', { name: 'Make token' }).click();
  await prove(page, scripter);
  const secret = (await page.getByLabel('The token').innerText()).trim();
  await press(page, 'I have kept it');
  await page.getByRole('button', { name: 'End Evening list' }).waitFor();
  expect(await page.locator('body').innerText()).not.toContain(secret);
  const asked = async (path: string) =>
    (await fetch(`${world.origin}/api/v1/${path}`, { headers: { authorization: `Bearer ${secret}` } }))
      .status;
  expect([await asked('clinics'), await asked('accounts')]).toEqual([200, 403]);
  await press(page, 'End Evening list');
  await page.getByText(/^None\. They are for scripts/).waitFor();
  expect(await asked('clinics')).toBe(401);
});

test('[H-02] [H-15] [authz] a service is added, gets its token from its manager, is ended, and each change says why', async () => {
  const admin = await windowOf(manager, '/admin');
  await press(admin, 'Add a service');
  const adding = dialogOf(admin, 'Add a service');
  await adding.getByLabel('Name').fill('Nightly report');
  await adding.getByRole('checkbox').first().check();
  expect(await findingsOf(admin, 'add-service')).toEqual([]);
  await adding.getByRole('button', { name: 'Add' }).click();
  await prove(admin, manager);
  await rowOf(admin, 'People', 'Nightly report').getByText('Service').first().waitFor();
  const open = async (item: string) => {
    await press(admin, 'Actions for Nightly report');
    await admin.getByRole('menuitem', { name: item, exact: true }).click();
  };
  await open('Access tokens');
  await dialogOf(admin, 'Nightly report').getByRole('button', { name: 'New token' }).click();
  const making = dialogOf(admin, 'New access token');
  await making.getByLabel('What is it for?').fill('Every night');
  await making.getByRole('button', { name: 'Make token' }).click();
  const secret = (await admin.getByLabel('The token').innerText()).trim();
  await press(admin, 'I have kept it');
  await admin.getByRole('button', { name: 'End Every night' }).waitFor();
  expect(await findingsOf(admin, 'service-tokens')).toEqual([]);
  const asked = async () =>
    (await fetch(`${world.origin}/api/v1/clinics`, { headers: { authorization: `Bearer ${secret}` } }))
      .status;
  expect(await asked()).toBe(200);
  await admin.keyboard.press('Escape');
  await dialogOf(admin, 'Nightly report').waitFor({ state: 'hidden' });
  await open('Deactivate');
  await dialogOf(admin, 'Deactivate Nightly report?').getByLabel('Reason').fill('Replaced by the weekly one');
  await press(admin, 'Deactivate');
  await rowOf(admin, 'People', 'Nightly report').waitFor({ state: 'hidden' });
  expect(await asked()).toBe(401);
  await admin.getByRole('combobox', { name: 'Which accounts' }).click();
  await admin.getByRole('option', { name: 'Deactivated' }).click();
  await open('Who changed it, and why');
  const changes = dialogOf(admin, 'Changes of Nightly report').getByRole('listitem');
  await expect.poll(() => changes.count(), { timeout: 15_000 }).toBe(3);
  expect(await changes.allInnerTexts()).toEqual([
    expect.stringMatching(/^Deactivated\s.*“Replaced by the weekly one”/s),
    expect.stringMatching(/^Access token made/),
    expect.stringMatching(/^Account made/),
  ]);
  expect(await findingsOf(admin, 'account-changes')).toEqual([]);
});

test('[H-04] [session] devices: one signs out the other, and a new password signs out all others', async () => {
  const person = await colleague('billing');
  const [here, there] = [await windowOf(person, '/account'), await windowOf(person, '/account')];
  await heading(there, 'Your account');
  await here.reload();
  const others = here.getByRole('list', { name: 'Devices' }).getByRole('button', { name: /^Sign out/ });
  // The browser in which the account was made is one of them.
  await expect.poll(() => others.count(), { timeout: 15_000 }).toBe(2);
  await here.getByRole('button', { name: 'Sign out all others' }).click();
  await expect.poll(() => others.count(), { timeout: 15_000 }).toBe(0);
  await there.reload();
  await heading(there, 'Sign in');
  await enterAs(there, person);
  await heading(there, 'Your account');
  await here.getByRole('button', { name: 'Change password' }).click();
  await here.getByLabel('Present password', { exact: true }).fill(person.password);
  person.password = 'forty lamps along the quay';
  await here.getByLabel('New password', { exact: true }).fill(person.password);
  await here.getByLabel('The same once more').fill(person.password);
  await here.getByRole('button', { name: 'Change password' }).click();
  await prove(here, person);
  await here.getByText('Your password is changed.').waitFor();
  await there.reload();
  await heading(there, 'Sign in');
  await enterAs(there, person);
  await heading(there, 'Your account');
});

/** Chooses a PIN on the account page. */
async function choosePin(page: Page, who: Member, pin: string): Promise<void> {
  await press(page, 'Choose a PIN');
  await page.getByLabel('New PIN', { exact: true }).fill(pin);
  await page.getByLabel('The same PIN once more', { exact: true }).fill(pin);
  await press(page, 'Keep this PIN');
  await prove(page, who);
  await page.getByText('Your PIN is kept.').waitFor();
}

test('[H-22] [ONC-d-5] [kiosk] two people at one workstation: each goes on with their own PIN, and with no other', async () => {
  const nurse = await colleague('nurse');
  const page = await windowOf(manager, '/admin');
  await page.getByRole('tab', { name: 'Workstations' }).click();
  await press(page, 'Enrol this computer');
  await dialogOf(page, 'Enrol this computer').getByLabel('What is it called?').fill('Nurses 1');
  await dialogOf(page, 'Enrol this computer').getByRole('button', { name: 'Enrol' }).click();
  await prove(page, manager);
  await rowOf(page, 'Workstations', 'Nurses 1').waitFor();
  await press(page, 'Sign out');
  await heading(page, 'Sign in');
  for (const [who, pin] of [
    [manager, '730264'],
    [nurse, '918473'],
  ] as const) {
    await enterAs(page, who);
    await page.goto(`${world.origin}/account`);
    await choosePin(page, who, pin);
    await page.goto(world.origin);
    await press(page, 'Lock or switch person');
    if (who === manager) await press(page, 'Someone else signs in');
  }
  await heading(page, 'Who is here?');
  expect(await page.getByRole('list', { name: 'Who is at work here' }).getByRole('button').count()).toBe(2);
  expect(await findingsOf(page, 'who-is-here')).toEqual([]);
  const goOn = async (who: Member, pin: string) => {
    await press(page, new RegExp(nameOf(who)));
    await heading(page, nameOf(who));
    await page.getByLabel('PIN', { exact: true }).fill(pin);
    await press(page, 'Unlock');
  };
  await goOn(nurse, '730264');
  await page.getByRole('alert').waitFor();
  await press(page, 'Not me');
  await goOn(manager, '730264');
  await press(page, /^User menu.*mona/);
  await page.keyboard.press('Escape');
  await press(page, 'Lock or switch person');
  await goOn(nurse, '918473');
  await press(page, /^User menu.*nurse/);
});

test('scenario 25: [authz] [H-15] whose roles were changed meanwhile is refused at the next step, and told who may', async () => {
  const doctor = await colleague('provider');
  await patient('Rona Roles', 'here');
  const theirs = await windowOf(doctor, '/');
  const card = theirs.getByRole('article', { name: 'Rona Roles', exact: true });
  await card.waitFor();
  const admin = await windowOf(manager, '/admin');
  await pick(admin, doctor, 'Change roles and clinics');
  const dialog = dialogOf(admin, `What ${nameOf(doctor)} may do`);
  await dialog.getByRole('checkbox', { name: 'Provider' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'Front desk' }).check();
  await dialog.getByLabel('Reason').fill('Works at the desk from today');
  expect(await findingsOf(admin, 'change-access')).toEqual([]);
  await dialog.getByRole('button', { name: 'Change' }).click();
  await prove(admin, manager);
  await rowOf(admin, 'People', nameOf(doctor)).getByText('Front desk').waitFor();
  // The page was opened as a provider's, and still offers what a provider may; the server decides.
  await theirs.getByRole('button', { name: 'Actions for Rona Roles' }).click();
  await theirs.getByRole('menuitem', { name: 'MD Ready' }).click();
  const told = theirs.getByRole('region', { name: 'Steps that need attention' }).getByRole('article');
  await told.waitFor();
  expect(await told.innerText()).toMatch(/Your role may not do this\. It is for: .*Provider/);
  await theirs.reload();
  await card.waitFor();
  await theirs.getByRole('button', { name: 'Actions for Rona Roles' }).click();
  await theirs.getByRole('menu').waitFor();
  expect(await theirs.getByRole('menuitem', { name: 'MD Ready' }).count()).toBe(0);
});
