/** A clinic in real browsers: one system, one Chromium, and a window of its own for each person. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, User } from '@workflow-bolt/contracts';
import { awaitUntil } from '@workflow-bolt/testkit';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/chromium-binary.ts';
import { root, runCommand } from '../../scripts/run-command.ts';
import { BoardRecord } from '../system/board-record.ts';
import { type ClinicSystem, type ClinicSystemOptions, startClinicSystem } from '../system/clinic-system.ts';
import { middayZone } from '../system/midday-zone.ts';
import { StaffMember } from '../system/staff-member.ts';

/** Without what needs a graphics card or calls home. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

/** Longer than any answer of a healthy system on a busy machine. */
export const patienceMs = 15_000;

export const columnTitles = {
  scheduled: 'Scheduled',
  arrived: 'Arrived',
  prep: 'Appointment prep',
  ready: 'Ready for MD',
  doctor: 'With doctor',
  seen: 'Seen by MD',
} as const;

export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error('There is no Chromium here. Install one, or name it in BOLT_CHROMIUM.');
  return chromium.launch({ executablePath, args: chromiumArgs });
}

/** A person at a screen, and what they see there. */
export class Person {
  readonly user: User;
  readonly context: BrowserContext;
  readonly page: Page;

  constructor(user: User, context: BrowserContext, page: Page) {
    this.user = user;
    this.context = context;
    this.page = page;
  }

  card(patient: string): Locator {
    return this.page.getByRole('article', { name: patient });
  }

  column(title: string): Locator {
    return this.page.getByRole('region', { name: title, exact: true });
  }

  cardIn(title: string, patient: string): Locator {
    return this.column(title).getByRole('article', { name: patient });
  }

  /** Presses a card's button. */
  async press(patient: string, button: string): Promise<void> {
    await this.card(patient).getByRole('button', { name: button }).click({ timeout: patienceMs });
  }

  async sees(locator: Locator): Promise<void> {
    await locator.first().waitFor({ state: 'visible', timeout: patienceMs });
  }

  async seesNot(locator: Locator): Promise<void> {
    await locator.first().waitFor({ state: 'hidden', timeout: patienceMs });
  }

  /** The word that begins what the indicator says: "Live" and "Not live" are not the same. */
  connection(word: string): Locator {
    return this.page
      .getByRole('status', { name: 'Connection' })
      .filter({ hasText: new RegExp(`^\\s*${word}`) });
  }

  /** The notice about a step that did not go through. */
  attention(): Locator {
    return this.page.getByRole('region', { name: 'Steps that need attention' }).getByRole('article');
  }
}

export class ClinicBrowser implements AsyncDisposable {
  readonly system: ClinicSystem;
  readonly record: BoardRecord;
  /** Prepares patients over the API, so that a test's clicks are its own. */
  readonly desk: StaffMember;
  readonly #browser: Browser;
  readonly #people: Person[] = [];

  private constructor(system: ClinicSystem, browser: Browser, desk: StaffMember, record: BoardRecord) {
    this.system = system;
    this.#browser = browser;
    this.desk = desk;
    this.record = record;
  }

  /** Builds the web app when its sources changed, starts everything, and waits for the schedule's providers. */
  static async start(options: ClinicSystemOptions = {}): Promise<ClinicBrowser> {
    // A process of its own: the bundler sets NODE_ENV for everything that starts after it.
    if ((await runCommand('node', ['apps/web/build.ts', '--quiet'])) !== 0)
      throw new Error('the web app does not build');
    const [system, browser] = await Promise.all([
      startClinicSystem({ appointments: 8, zone: middayZone(), ...options }),
      launchChromium(),
    ]);
    if (!system.redis) throw new Error('this system has no Redis of its own');
    const record = new BoardRecord(system.redis.client(), { clinic: system.clinic, date: system.date });
    const desk = await StaffMember.signIn(system, 'dana');
    const clinic = new ClinicBrowser(system, browser, desk, record);
    await awaitUntil('the schedule is there', async () => (await clinic.providerIds()).length > 0, 120_000);
    return clinic;
  }

  async providerIds(): Promise<string[]> {
    const day = (await this.desk.entities()).get('day');
    return day?.type === 'day' ? day.providers.map(({ id }) => id) : [];
  }

  userOf(role: User['role'], index = 0): User {
    const user = this.system.users.filter((each) => each.role === role)[index];
    if (!user) throw new Error(`there is no ${role}`);
    return user;
  }

  /** Opens a window on the sign-in page. */
  async visit(user: User): Promise<Person> {
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 } });
    const person = new Person(user, context, await context.newPage());
    this.#people.push(person);
    await person.page.goto(this.system.baseUrl);
    return person;
  }

  /** Opens a window, signs in as a person would, and waits until the board is live. */
  async signIn(user: User): Promise<Person> {
    const person = await this.visit(user);
    await person.page.getByRole('button', { name: `Sign in as ${user.name}` }).click({ timeout: patienceMs });
    await person.sees(person.connection('Live'));
    return person;
  }

  /** A patient who has arrived, or is in prep, prepared over the API. Answers the visit's id. */
  async patient(
    fullName: string,
    where: 'arrived' | 'appt-prep' = 'arrived',
    roomId?: string,
  ): Promise<string> {
    const visitId = fullName.toLowerCase().replaceAll(/[^a-z]+/g, '-');
    const [providerId] = await this.providerIds();
    await this.give({
      type: 'createVisit',
      visitId,
      kind: 'walk-in',
      fullName,
      ...(providerId ? { providerId } : {}),
    });
    if (where === 'appt-prep') {
      const marcus = await StaffMember.signIn(this.system, 'marcus');
      await this.give({ type: 'moveVisit', visitId, to: 'appt-prep', ...(roomId ? { roomId } : {}) }, marcus);
    }
    return visitId;
  }

  async give(command: Command, who = this.desk): Promise<void> {
    const { status, body } = await who.give(command);
    if (status !== 200) throw new Error(`${command.type}: ${status} ${JSON.stringify(body)}`);
  }

  /** The statuses that a visit has gone through, by the log. */
  async statusesOf(visitId: string): Promise<string[]> {
    const frames = await this.record.frames();
    return frames.flatMap(({ events }) =>
      events.flatMap((event) => {
        if (event.type === 'visit.created' && event.visit.id === visitId) return [event.visit.status];
        if (event.type === 'visit.undone' && event.visitId === visitId) return ['undone'];
        return event.type === 'visit.moved' && event.visitId === visitId ? [event.to] : [];
      }),
    );
  }

  /** Closes every window, so that the next test begins without. */
  async closeWindows(): Promise<void> {
    for (const { context } of this.#people.splice(0)) await context.close();
  }

  /** Saves what everybody sees. */
  async photograph(testName: string): Promise<void> {
    mkdirSync(join(root, 'reports'), { recursive: true });
    const name = testName.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 60);
    for (const { page, user } of this.#people) {
      const path = join(root, 'reports', `e2e-${name}-${user.id}.png`);
      await page.screenshot({ path }).catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeWindows();
    await this.#browser.close();
    await this.system[Symbol.asyncDispose]();
  }
}
