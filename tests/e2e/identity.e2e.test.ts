/**
 * The whole way in, as a person walks it in Chromium: the first account, a second factor, an invited colleague, a
 * passkey, a provider, a reset by two people. One story in order: each chapter stands on the one before.
 */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { codeOf, findingsOf, IdentityBrowser } from './identity-browser.ts';

let world: IdentityBrowser;
const password = 'a quiet lake under seven birches';
/** What people hold in their hands between the chapters. */
const held = { ownerSecret: '', ownerRecovery: '', monaCode: '', monaSecret: '' };

beforeAll(async () => {
  world = await IdentityBrowser.start();
});
afterAll(() => world?.[Symbol.asyncDispose]());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await world.photograph(task.name);
  await world.closeWindows();
});

const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).click();
const sees = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

async function nextCode(secret: string): Promise<string> {
  // A code is good once: the next one belongs to the next half minute.
  world.passTime(30_000);
  return codeOf(secret, world.now());
}

async function typePassword(page: Page, login: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(login);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await press(page, 'Sign in');
}

async function chooseNewPassword(page: Page): Promise<void> {
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByLabel('The same once more').fill(password);
  await press(page, 'Continue');
}

/** Reads the seed from the page, as a person types it into an app, and confirms with its code. */
async function setUpApp(page: Page): Promise<string> {
  await heading(page, 'Set up an authenticator app');
  const secret = await page.locator('code').first().innerText();
  await page.getByLabel('Six-digit code').fill(await nextCode(secret));
  await press(page, 'Confirm');
  return secret;
}

async function keepRecoveryCodes(page: Page): Promise<string[]> {
  await heading(page, 'Keep your recovery codes');
  const codes = await page
    .getByRole('list', { name: 'Recovery codes' })
    .getByRole('listitem')
    .allInnerTexts();
  await page.getByRole('checkbox').check();
  await press(page, 'Go to the board');
  return codes;
}

async function signInWithApp(page: Page, login: string, secret: string): Promise<void> {
  await heading(page, 'Sign in');
  await typePassword(page, login);
  await heading(page, 'One more step');
  await page.getByLabel('Six-digit code').fill(await nextCode(secret));
  await press(page, 'Continue');
}

async function prove(page: Page, secret: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Is it you?' });
  await dialog.getByLabel('Six-digit code').fill(await nextCode(secret));
  await dialog.getByRole('button', { name: 'Confirm' }).click();
}

test('[ONC-d-1] [ONC-d-13] [H-02] the printed code makes the owner: password, app, recovery codes; every page axe clean', async () => {
  const page = await world.open();
  await heading(page, 'Set up this clinic');
  expect(await findingsOf(page, 'first-start')).toEqual([]);
  await press(page, 'Enter the code');
  await heading(page, 'Enter your code');
  expect(await findingsOf(page, 'enter-code')).toEqual([]);
  await page.getByLabel('One-time code').fill('AAAA-BBBB');
  await press(page, 'Continue');
  await page.getByRole('alert').waitFor();
  await page.getByLabel('One-time code').fill(world.firstCode);
  await press(page, 'Continue');
  await heading(page, 'Choose a password');
  await page.getByLabel('Your full name').fill('Olga Owner');
  await page.getByLabel('Name to sign in with').fill('olga');
  expect(await findingsOf(page, 'choose-password')).toEqual([]);
  await chooseNewPassword(page);
  await heading(page, 'Add a second proof');
  expect(await findingsOf(page, 'second-proof')).toEqual([]);
  await press(page, 'Authenticator app');
  await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor();
  expect(await findingsOf(page, 'authenticator')).toEqual([]);
  held.ownerSecret = await setUpApp(page);
  await heading(page, 'Keep your recovery codes');
  expect(await findingsOf(page, 'recovery-codes')).toEqual([]);
  const codes = await keepRecoveryCodes(page);
  expect(new Set(codes).size).toBe(10);
  held.ownerRecovery = codes[0] ?? '';
  // Whoever runs the system has no board: the administration is the first page.
  await heading(page, 'Administration');
  await page.getByRole('listitem').filter({ hasText: 'Olga Owner' }).waitFor();
});

test('[login] the code that made the owner makes nobody else', async () => {
  const page = await world.open('/enrol');
  await page.getByLabel('One-time code').fill(world.firstCode);
  await press(page, 'Continue');
  await page.getByRole('alert').waitFor();
  await heading(page, 'Enter your code');
});

test('[ONC-d-1] [ONC-d-13] sign in with password and app; a wrong password, a wrong code and a used code open nothing', async () => {
  const page = await world.open();
  await heading(page, 'Sign in');
  expect(await findingsOf(page, 'sign-in')).toEqual([]);
  await page.getByLabel('Name', { exact: true }).fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('not the password of olga');
  await press(page, 'Sign in');
  const wrong = await page.getByRole('alert').innerText();
  await page.getByLabel('Name', { exact: true }).fill('nobody-at-all');
  await press(page, 'Sign in');
  await page.waitForTimeout(300);
  expect(await page.getByRole('alert').innerText()).toBe(wrong);
  await typePassword(page, 'olga');
  await heading(page, 'One more step');
  expect(await findingsOf(page, 'second-factor')).toEqual([]);
  await page.getByLabel('Six-digit code').fill('000000');
  await press(page, 'Continue');
  await page.getByRole('alert').waitFor();
  const code = await nextCode(held.ownerSecret);
  await page.getByLabel('Six-digit code').fill(code);
  await press(page, 'Continue');
  await heading(page, 'Administration');
  await press(page, 'Sign out');
  await heading(page, 'Sign in');
  await typePassword(page, 'olga');
  await heading(page, 'One more step');
  await page.getByLabel('Six-digit code').fill(code);
  await press(page, 'Continue');
  await page.getByRole('alert').waitFor();
});

test('[mfa] a recovery code stands in for the telephone, once', async () => {
  for (const isFirst of [true, false]) {
    const page = await world.open();
    await typePassword(page, 'olga');
    await heading(page, 'One more step');
    await press(page, 'Use a recovery code instead');
    await page.getByLabel('Recovery code').fill(held.ownerRecovery);
    await press(page, 'Continue');
    if (isFirst) await heading(page, 'Administration');
    else await page.getByRole('alert').waitFor();
  }
});

test('[H-16] [H-08] the owner invites a manager, and is asked to prove again who she is; the code is shown once', async () => {
  const page = await world.open();
  await signInWithApp(page, 'olga', held.ownerSecret);
  await heading(page, 'Administration');
  await press(page, 'Invite');
  const dialog = page.getByRole('dialog', { name: 'Invite a colleague' });
  await dialog.getByLabel('Full name').fill('Mona Manager');
  await dialog.getByLabel('Name to sign in with').fill('mona');
  await dialog.getByRole('checkbox', { name: 'Manager' }).check();
  expect(await findingsOf(page, 'invite')).toEqual([]);
  await dialog.getByRole('button', { name: 'Invite' }).click();
  const proof = page.getByRole('dialog', { name: 'Is it you?' });
  await proof.waitFor();
  expect(await findingsOf(page, 'proof')).toEqual([]);
  await proof.getByLabel('Six-digit code').fill(await nextCode(held.ownerSecret));
  await proof.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('dialog', { name: 'Code for Mona Manager' }).waitFor();
  expect(await findingsOf(page, 'invitation-code')).toEqual([]);
  held.monaCode = await page.getByRole('status', { name: 'One-time code' }).innerText();
  await press(page, 'Done');
  await page.getByRole('listitem').filter({ hasText: 'Mona Manager' }).waitFor();
  expect(await findingsOf(page, 'people')).toEqual([]);
});

test('[ONC-d-13] the manager enrols with the code, and sees the board and her account', async () => {
  const page = await world.open();
  await press(page, 'I have a code from a manager');
  await page.getByLabel('One-time code').fill(held.monaCode);
  await press(page, 'Continue');
  await sees(page, /Welcome, Mona Manager/);
  await chooseNewPassword(page);
  await press(page, 'Authenticator app');
  held.monaSecret = await setUpApp(page);
  await keepRecoveryCodes(page);
  await page.getByRole('main', { name: 'Board' }).waitFor();
  await press(page, /^User menu/);
  await page.getByRole('menuitem', { name: 'Your account' }).click();
  await heading(page, 'Your account');
  await page.getByRole('list', { name: 'Devices' }).getByText('This device').waitFor();
  expect(await findingsOf(page, 'account')).toEqual([]);
});

test('[mfa] [ONC-d-13] a passkey of a virtual authenticator: added, signs in without a name, proves, is removed', async () => {
  const page = await world.open();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await signInWithApp(page, 'mona', held.monaSecret);
  await page.getByRole('main', { name: 'Board' }).waitFor();
  await page.goto(`${world.origin}/account`);
  await press(page, 'Add a passkey');
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
  await dialog.getByLabel('What do you call').fill('Blue key');
  await dialog.getByRole('button', { name: 'Add passkey' }).click();
  await prove(page, held.monaSecret);
  await page.getByRole('listitem').filter({ hasText: 'Blue key' }).waitFor();
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
  expect(credentials.map(({ rpId, isResidentCredential }) => [rpId, isResidentCredential])).toEqual([
    ['localhost', true],
  ]);
  await press(page, 'Sign out');
  await heading(page, 'Sign in');
  await press(page, 'Use a passkey');
  await heading(page, 'Your account');
  // A password now asks for the passkey first.
  await press(page, 'Sign out');
  await typePassword(page, 'mona');
  await press(page, 'Use your passkey');
  await heading(page, 'Your account');
  // And it proves again who she is, for a change of factors.
  await press(page, 'Remove Blue key');
  await page
    .getByRole('dialog', { name: 'Is it you?' })
    .getByRole('button', { name: 'Use your passkey' })
    .click();
  await sees(page, /None yet/);
  await press(page, 'Sign out');
  await press(page, 'Use a passkey');
  await page.getByRole('alert').waitFor();
});

test('[mfa] an authenticator that does not verify its user adds nothing and opens nothing', async () => {
  const page = await world.open();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: false,
      automaticPresenceSimulation: true,
    },
  });
  await signInWithApp(page, 'mona', held.monaSecret);
  await page.getByRole('main', { name: 'Board' }).waitFor();
  await page.goto(`${world.origin}/account`);
  await press(page, 'Add a passkey');
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
  await dialog.getByLabel('What do you call').fill('Open key');
  await dialog.getByRole('button', { name: 'Add passkey' }).click();
  await prove(page, held.monaSecret);
  await dialog.getByRole('alert').waitFor();
  await dialog.getByRole('button', { name: 'Back' }).click();
  await sees(page, /None yet/);
});

test('[login] a provider: a stranger is refused; linked, it leads to our second factor; unlinked, nowhere', async () => {
  const page = await world.open();
  const atProvider = async (name: string) => {
    await page.getByLabel('Name').fill(name);
    await press(page, 'Continue');
  };
  await press(page, 'Continue with Clinic ID');
  await atProvider('mona-at-the-provider');
  await page.getByRole('alert').filter({ hasText: 'belongs to no account here' }).waitFor();
  expect(new URL(page.url()).search).toBe('');
  await signInWithApp(page, 'mona', held.monaSecret);
  await page.getByRole('main', { name: 'Board' }).waitFor();
  await page.goto(`${world.origin}/account`);
  await press(page, 'Link Clinic ID');
  await prove(page, held.monaSecret);
  await atProvider('mona-at-the-provider');
  await page.getByRole('button', { name: 'Unlink Clinic ID' }).waitFor();
  expect(new URL(page.url()).search).toBe('');
  await press(page, 'Sign out');
  await press(page, 'Continue with Clinic ID');
  await atProvider('mona-at-the-provider');
  // The provider showed no second factor, so ours is asked for.
  await heading(page, 'One more step');
  await page.getByLabel('Six-digit code').fill(await nextCode(held.monaSecret));
  await press(page, 'Continue');
  await page.getByRole('main', { name: 'Board' }).waitFor();
  await page.goto(`${world.origin}/account`);
  await press(page, 'Unlink Clinic ID');
  await prove(page, held.monaSecret);
  await sees(page, 'None linked.');
  await press(page, 'Sign out');
  await press(page, 'Continue with Clinic ID');
  await atProvider('mona-at-the-provider');
  await page.getByRole('alert').filter({ hasText: 'belongs to no account here' }).waitFor();
});

/** Everything that a later person at this browser could find: the page, its storage, its caches. */
const tracesOf = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const held: unknown[] = [document.documentElement.outerHTML, { ...localStorage }, { ...sessionStorage }];
    const result = <T>(asking: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        asking.onsuccess = () => resolve(asking.result);
        asking.onerror = reject;
      });
    for (const { name } of await indexedDB.databases()) {
      const db = await result(indexedDB.open(name ?? ''));
      for (const store of db.objectStoreNames)
        held.push(await result(db.transaction(store).objectStore(store).getAll()));
      db.close();
    }
    held.push(await caches.keys());
    return JSON.stringify(held);
  });

test('[ONC-d-5] [ONC-d-7] [H-22] [kiosk] an enrolled workstation locks to nothing, and opens by PIN to the same person', async () => {
  const page = await world.open();
  await signInWithApp(page, 'mona', held.monaSecret);
  await page.getByRole('main', { name: 'Board' }).waitFor();
  await page.goto(`${world.origin}/admin`);
  await page.getByRole('tab', { name: 'Workstations' }).click();
  await press(page, 'Enrol this computer');
  const enrol = page.getByRole('dialog', { name: 'Enrol this computer' });
  await enrol.getByLabel('What is it called?').fill('Front desk 1');
  await enrol.getByRole('button', { name: 'Enrol' }).click();
  await prove(page, held.monaSecret);
  await page.getByRole('listitem').filter({ hasText: 'Front desk 1' }).waitFor();
  expect(await findingsOf(page, 'workstations')).toEqual([]);
  await page.goto(`${world.origin}/account`);
  await press(page, 'Choose a PIN');
  await page.getByLabel('New PIN').fill('483920');
  await page.getByLabel('The same PIN once more').fill('483920');
  await press(page, 'Keep this PIN');
  await prove(page, held.monaSecret);
  await sees(page, 'Your PIN is kept.');
  // Only who signs in fully on the workstation may come back with a PIN.
  await press(page, 'Sign out');
  await signInWithApp(page, 'mona', held.monaSecret);
  await heading(page, 'Your account');
  await page.goto(world.origin);
  await press(page, 'Import');
  await page.getByText('JSON', { exact: true }).click();
  const row = {
    id: 'q-1',
    name: 'Quentin Canary',
    dob: '1984-05-17',
    provider: 'Dr. Okafor',
    status: 'Confirmed',
  };
  const appointmentTime = new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString();
  await page.getByLabel('Schedule', { exact: true }).fill(JSON.stringify([{ ...row, appointmentTime }]));
  await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
  await sees(page, '1 new, 0 updated');
  await page.keyboard.press('Escape');
  await page.getByRole('article', { name: 'Quentin Canary' }).waitFor();
  await press(page, 'Lock or switch person');
  await heading(page, 'Mona Manager');
  expect(await tracesOf(page)).not.toContain('Canary');
  expect(await findingsOf(page, 'locked')).toEqual([]);
  await page.reload();
  await heading(page, 'Mona Manager');
  expect(await page.getByText('Canary').count()).toBe(0);
  await page.getByLabel('PIN', { exact: true }).fill('111999');
  await press(page, 'Unlock');
  await page.getByRole('alert').waitFor();
  await page.getByLabel('PIN', { exact: true }).fill('483920');
  await press(page, 'Unlock');
  await page.getByRole('article', { name: 'Quentin Canary' }).waitFor();
  // The next person takes over without a trace of the one before.
  await press(page, 'Lock or switch person');
  await press(page, 'Someone else signs in');
  await signInWithApp(page, 'olga', held.ownerSecret);
  await heading(page, 'Administration');
  expect(await tracesOf(page)).not.toContain('Canary');
});

test('[H-04] [I9] [session] a minute before the end the page asks; an answer goes on, silence leaves nothing on the screen', async () => {
  const page = await world.open();
  await signInWithApp(page, 'mona', held.monaSecret);
  const patient = page.getByRole('article', { name: 'Quentin Canary' });
  await patient.waitFor();
  world.passTime(14 * 60_000 + 20_000);
  await page.reload();
  const question = page.getByRole('dialog', { name: 'Are you still there?' });
  await question.waitFor();
  expect(await findingsOf(page, 'still-there')).toEqual([]);
  await question.getByRole('button', { name: 'I am still here' }).click();
  await question.waitFor({ state: 'hidden' });
  // Beyond the first end: the answer has moved it.
  world.passTime(60_000);
  await page.reload();
  await patient.waitFor();
  world.passTime(15 * 60_000);
  await page.reload();
  await heading(page, 'Sign in');
  expect(await tracesOf(page)).not.toContain('Canary');
});

test('[ONC-d-6] [H-03] emergency access asks for a reason and a proof; whoever is not on the list opens nothing', async () => {
  const page = await world.open();
  await signInWithApp(page, 'mona', held.monaSecret);
  await page.getByRole('article', { name: 'Quentin Canary' }).waitFor();
  await press(page, 'Actions for Quentin Canary');
  await page.getByRole('menuitem', { name: 'Emergency access' }).click();
  const dialog = page.getByRole('dialog', { name: 'Emergency access' });
  await dialog.getByRole('combobox', { name: 'Reason' }).click();
  await page.getByRole('option', { name: 'Emergency treatment' }).click();
  await dialog.getByLabel('What happened?').fill('Collapsed in the lobby, the history is needed');
  expect(await findingsOf(page, 'emergency')).toEqual([]);
  await dialog.getByRole('button', { name: 'Open for one hour' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'may not' }).waitFor();
  expect(await page.getByText('Emergency access to').count()).toBe(0);
});
