/** One server without demo users, one Chromium, and what people do at sign-in. The server's clock can be moved. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClinicSettings,
  clinicSettingsSchema,
  type IdentityProvider,
  identityProvidersFileSchema,
  readConfig,
  serverOptions,
} from '@workflow-bolt/contracts';
import { type BoltServer, createServer } from '@workflow-bolt/server';
import {
  AccessReviews,
  AuditSealer,
  AuditSigner,
  auditLogOf,
  createRedisPort,
  FolderObjectStore,
  fromUrl,
  installationLog,
  LocalKeyFile,
} from '@workflow-bolt/store';
import { freePort, LoopbackIdentityProvider, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { Secret, TOTP } from 'otpauth';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Browser as AccountBrowser, type AccountPlace } from '../../apps/server/src/test/account-fixture.ts';
import { root, runCommand } from '../../scripts/run-command.ts';
import { axeAtRest } from './axe-at-rest.ts';
import { launchChromium, patienceMs } from './clinic-browser.ts';

export const clinic: ClinicSettings = clinicSettingsSchema.parse({
  id: 'cedar-hollow',
  name: 'Cedar Hollow Family Medicine',
  zone: 'America/Chicago',
  rooms: [{ id: 'exam-1', name: 'Exam 1', kind: 'exam', capacity: 1, position: 1 }],
  providers: [{ id: 'dr-okafor', name: 'Dr. Okafor', color: '#2f6fde' }],
  visitTypes: [{ id: 'follow-up', label: 'Follow-up', slotMin: 20, needsProvider: true }],
});

/** The sizes that people have, and the theme of the night on the one they have at night. */
export const screens = [
  { name: 'desktop', width: 1440, height: 900, colorScheme: 'light' },
  { name: 'tablet', width: 834, height: 1112, colorScheme: 'light' },
  { name: 'phone', width: 390, height: 844, colorScheme: 'dark' },
] as const;

/** Codes of the app on somebody's telephone, by the server's clock. */
export const codeOf = (secret: string, atMs: number): string =>
  new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({ timestamp: atMs });

type Parts = {
  redis: RedisServer;
  server: BoltServer;
  idp: LoopbackIdentityProvider;
  browser: Browser;
  directory: string;
  origin: string;
  printed: string[];
  clock: { offsetMs: number };
};

export class IdentityBrowser implements AsyncDisposable {
  readonly origin: string;
  readonly #parts: Parts;
  readonly #contexts: BrowserContext[] = [];

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.origin = parts.origin;
  }

  static async start(): Promise<IdentityBrowser> {
    if ((await runCommand('node', ['apps/web/build.ts', '--quiet'])) !== 0)
      throw new Error('the web app does not build');
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const [redis, browser, idp] = await Promise.all([
      startRedis({ tcp: true }),
      launchChromium(),
      LoopbackIdentityProvider.start({
        returnAddresses: [`${origin}/sign-in/return`, `${origin}/account/return`],
      }),
    ]);
    const directory = mkdtempSync(join(tmpdir(), 'bolt-identity-'));
    const printed: string[] = [];
    const clock = { offsetMs: 0 };
    const server = startable({ redisUrl: redis.url, port, origin, directory, printed, clock, idp });
    await server.start();
    return new IdentityBrowser({ redis, server, idp, browser, directory, origin, printed, clock });
  }

  /** The code that the server printed at its first start. */
  get firstCode(): string {
    const code = /\b([A-Z0-9]{4}(?:-[A-Z0-9]{2,4}){6})\b/.exec(this.#parts.printed.join('\n'))?.[1];
    if (!code) throw new Error('the server printed no code');
    return code;
  }

  /** Where people get their accounts without clicks, for stories that begin when they have one. */
  get place(): AccountPlace {
    const { origin, firstCode } = this;
    const { clock } = this.#parts;
    const serverClock = {
      get ms() {
        return Date.now() + clock.offsetMs;
      },
      set ms(at: number) {
        clock.offsetMs = at - Date.now();
      },
    };
    return { firstCode, clock: serverClock, browser: () => new AccountBrowser(origin) };
  }

  /** Of the server, epoch ms. */
  now(): number {
    return Date.now() + this.#parts.clock.offsetMs;
  }

  /** Seals what is on record so far, as a worker does every minute. */
  async seal(): Promise<void> {
    const { redis, directory } = this.#parts;
    const port = createRedisPort(fromUrl(redis.url), 'sealer');
    await port.connect();
    const keys = await LocalKeyFile.open(join(directory, 'keys.json'));
    const archive = new FolderObjectStore(join(directory, 'archive'));
    // One and the same each time: a lease that another held would have to run out first.
    const held = { holder: 'e2e', installation: 'e2e.example.org' };
    const parts = { port, keys, archive, signer: new AuditSigner(keys), ...held };
    for (const log of [auditLogOf(clinic.id), installationLog]) await new AuditSealer(log, parts).sealAll();
    await port.close();
  }

  /** Opens the review of access that is owed, as a worker does. */
  async openAccessReview(): Promise<void> {
    const port = createRedisPort(fromUrl(this.#parts.redis.url), 'keeper');
    await port.connect();
    await new AccessReviews(port).open(auditLogOf(clinic.id), this.now());
    await port.close();
  }

  /** As if so much time had passed; codes of an app are good once, so each needs a time of its own. */
  passTime(ms: number): void {
    this.#parts.clock.offsetMs += ms;
  }

  /** A browser of its own, with nothing in it. */
  async open(path = '/'): Promise<Page> {
    const context = await this.#parts.browser.newContext({ viewport: { width: 1440, height: 900 } });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    await page.goto(this.origin + path);
    return page;
  }

  async closeWindows(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close();
  }

  /** Saves what everybody saw. */
  async photograph(name: string): Promise<void> {
    for (const [i, context] of this.#contexts.entries())
      for (const page of context.pages()) await shoot(page, `e2e-${i}-${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { browser, server, idp, redis, directory } = this.#parts;
    await this.closeWindows();
    await browser.close();
    await server.stop();
    await idp[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  }
}

type Startable = {
  redisUrl: string;
  port: number;
  origin: string;
  directory: string;
  printed: string[];
  clock: { offsetMs: number };
  idp: LoopbackIdentityProvider;
};

function startable(given: Startable): BoltServer {
  const { redisUrl, port, origin, directory, printed, clock, idp } = given;
  const config = {
    ...readConfig(serverOptions, {
      REDIS_URL: redisUrl,
      BOLT_CLINICS_FILE: 'unused',
      HOST: '127.0.0.1',
      PORT: String(port),
      BOLT_PUBLIC_ORIGIN: origin,
      BOLT_KEYS: join(directory, 'keys.json'),
      BOLT_KEY_STORE: join(directory, 'key-store'),
      BOLT_ARCHIVE: join(directory, 'archive'),
      // The least that the option allows: what a hash costs is measured elsewhere.
      BOLT_PASSWORD_MEMORY_KIB: '19456',
      BOLT_PASSWORD_PASSES: '2',
      LOG_LEVEL: 'silent',
    }),
    allowVolatileRedis: true,
  };
  return createServer({
    config,
    clinics: [clinic],
    developmentUsers: null,
    identityProviders: providersOf(idp),
    print: (text) => void printed.push(text),
    sessionClock: () => Date.now() + clock.offsetMs,
  });
}

function providersOf({ issuer, clientId, clientSecret }: LoopbackIdentityProvider): IdentityProvider[] {
  const provider = { id: 'loopback', kind: 'other', label: 'Clinic ID', issuer, clientId, clientSecret };
  return identityProvidersFileSchema.parse({ providers: [provider] }).providers;
}

/** `reports/<name>.png`, the whole page. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(join(root, 'reports'), { recursive: true });
  const file = `${name.replaceAll(/[^a-z0-9-]+/gi, '-').slice(0, 80)}.png`;
  await page.screenshot({ path: join(root, 'reports', file), fullPage: true }).catch(() => undefined);
}

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Every accessibility finding of the page, of any weight, on each screen; leaves it as it was. */
export async function findingsOf(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const screen of screens) {
    await page.setViewportSize({ width: screen.width, height: screen.height });
    await page.emulateMedia({ colorScheme: screen.colorScheme });
    if (process.env.BOLT_PHOTOGRAPH) await shoot(page, `page-${name}-${screen.name}`);
    // What a tablet adds is a width.
    const { violations } =
      screen.name === 'tablet' ? { violations: [] } : await (await axeAtRest(page)).withTags(wcag).analyze();
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
    if (isWide) found.push(`${screen.name}: the page scrolls sideways`);
    for (const { id, help, nodes } of violations)
      found.push(
        `${screen.name}: ${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')})`,
      );
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
