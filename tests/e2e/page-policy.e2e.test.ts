/** The page in a real browser under its policy: everything works, nothing is reported, and what an attacker would do fails. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ClinicBrowser, patienceMs } from './clinic-browser.ts';

let clinic: ClinicBrowser;
beforeAll(async () => {
  clinic = await ClinicBrowser.start();
});
afterAll(() => clinic?.[Symbol.asyncDispose]());
beforeEach((context) => {
  context.onTestFailed(() => clinic.photograph(context.task.name));
});
afterEach(() => clinic.closeWindows());

type Watched = { violations: string[] };
/** Opens the board and notes every violation of the policy from the first byte on. */
async function watched() {
  const person = await clinic.visit(clinic.userOf('front-desk'));
  const seen: string[] = [];
  person.page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
  person.page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|Trusted Type/i.test(message.text())) seen.push(message.text());
  });
  await person.page.addInitScript(() => {
    const own = globalThis as unknown as Watched;
    own.violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      own.violations.push(
        `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
      ),
    );
  });
  await person.page.reload();
  await person.page
    .getByRole('button', { name: `Sign in as ${person.user.name}` })
    .click({ timeout: patienceMs });
  await person.sees(person.connection('Live'));
  const violations = () => person.page.evaluate(() => (globalThis as unknown as Watched).violations);
  return { person, seen, violations };
}

/** What a page can be made to do by somebody who can run a line in it. */
const attempt = (page: Page, line: string) =>
  page.evaluate((code) => {
    const attempts: Record<string, () => unknown> = {
      innerHTML: () => {
        document.body.innerHTML = '<img src=x onerror="globalThis.isBroken = true">';
      },
      write: () => document.write('<script>globalThis.isBroken = true</script>'),
      handler: () => document.body.setAttribute('onclick', 'globalThis.isBroken = true'),
      script: () => {
        const script = document.createElement('script');
        script.textContent = 'globalThis.isBroken = true';
        document.body.append(script);
      },
      frame: () => {
        const frame = document.createElement('iframe');
        frame.srcdoc = '<script>parent.isBroken = true</script>';
        document.body.append(frame);
      },
    };
    try {
      attempts[code]?.();
      return 'done';
    } catch (error) {
      return (error as Error).name;
    }
  }, line);

test('[csrf] the board, its dialogs and its notices work without one violation of the policy', async () => {
  const { person, seen, violations } = await watched();
  const { page } = person;
  await page.getByRole('button', { name: 'New walk-in' }).click();
  await page.getByLabel('Full name').fill('Pola Icy');
  await page.getByRole('combobox', { name: 'Provider' }).click();
  await page.getByRole('option').first().click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /add|check in|create|save/i })
    .click();
  await person.sees(person.card('Pola Icy'));
  expect(seen).toEqual([]);
  expect(await violations()).toEqual([]);
});

test('[injection] markup, inline code and foreign frames do not come to life', async () => {
  const { page } = (await watched()).person;
  expect(await attempt(page, 'innerHTML')).toBe('TypeError');
  expect(await attempt(page, 'write')).toBe('TypeError');
  for (const line of ['handler', 'script', 'frame']) {
    expect([line, await attempt(page, line)]).toEqual([line, 'TypeError']);
    await page.waitForTimeout(100);
    await page.evaluate(() => document.body.click());
    const isBroken = await page.evaluate(() => (globalThis as { isBroken?: boolean }).isBroken ?? false);
    expect([line, isBroken]).toEqual([line, false]);
  }
});

test('[session] the browser keeps the cookie from scripts, from other sites and beyond its own end', async () => {
  const { person } = await watched();
  const cookies = await person.context.cookies();
  const session = cookies.filter(({ name }) => name === 'bolt_dev_s');
  expect(session).toEqual([
    expect.objectContaining({ httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 }),
  ]);
  expect(await person.page.evaluate(() => document.cookie)).toBe('');
});

test('[csrf] every answer of the page carries another nonce, and the policy names no inline code', async () => {
  const [a, b] = await Promise.all([fetch(clinic.system.baseUrl), fetch(clinic.system.baseUrl)]);
  const policies = [a, b].map(({ headers }) => headers.get('content-security-policy') ?? '');
  const nonces = policies.map(
    (policy) => /script-src 'nonce-([\w-]{24})' 'strict-dynamic';/.exec(policy)?.[1],
  );
  expect(nonces[0]).toBeDefined();
  expect(nonces[0]).not.toBe(nonces[1]);
  const html = await a.text();
  expect(html).not.toContain('__BOLT_CSP_NONCE__');
  expect([...html.matchAll(/nonce="([^"]+)"/g)].every(([, nonce]) => nonce === nonces[0])).toBe(true);
  for (const policy of policies) expect(policy).not.toMatch(/unsafe|\*|http:/);
  expect({
    framing: a.headers.get('x-frame-options'),
    opener: a.headers.get('cross-origin-opener-policy'),
    embedder: a.headers.get('cross-origin-embedder-policy'),
    kept: a.headers.get('cache-control'),
    transport: a.headers.get('strict-transport-security'),
  }).toEqual({
    framing: 'DENY',
    opener: 'same-origin',
    embedder: 'credentialless',
    kept: 'no-store',
    transport: 'max-age=63072000; includeSubDomains; preload',
  });
});

test('[ONC-d-7] [session] after signing out the browser holds nothing of the session', async () => {
  const { person } = await watched();
  await person.page.evaluate(async () => {
    const session = await (await fetch('/api/v1/session')).json();
    await fetch('/api/v1/logout', { method: 'POST', headers: { 'x-bolt-csrf': session.csrf } });
  });
  expect(await person.context.cookies()).toEqual([]);
  const left = await person.page.evaluate(async () => ({
    local: localStorage.length,
    caches: (await caches.keys()).length,
    status: (await fetch('/api/v1/session')).status,
  }));
  expect(left).toEqual({ local: 0, caches: 0, status: 401 });
});
