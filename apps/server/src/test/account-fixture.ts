/** A server with real accounts and no development login; hashes are cheap, the clock of accounts is the test's. */
import type { Account, SignInResponse } from '@workflow-bolt/contracts';
import { readConfig, serverOptions } from '@workflow-bolt/contracts';
import { type KeyProvider, openKeyProvider, type ThrottleLimits, throttleLimits } from '@workflow-bolt/store';
import { Secret, TOTP } from 'otpauth';
import { type BoltServer, createServer, type ServerDependencies } from '../server.ts';
import { clinics } from './server-fixture.ts';

export const ownerPassword = 'nine green anvils drift';
export const memberPassword = 'seven loud tractors sing';

/** So high that only the tests that are about a limit reach it; all tests come from one address. */
export const roomyLimits: ThrottleLimits = {
  ...throttleLimits,
  network: { widthMs: 60_000, most: 10_000 },
  requests: { widthMs: 60_000, most: 10_000 },
};

export type AccountServerOptions = Partial<Omit<ServerDependencies, 'config'>> & {
  keysFile: string;
  config?: Partial<ServerDependencies['config']>;
};

/** One server on a private Redis; `printed` is what it said at its start. */
export class AccountServer {
  readonly server: BoltServer;
  readonly printed: string;
  readonly clock: { ms: number };

  private constructor(server: BoltServer, printed: string, clock: { ms: number }) {
    this.server = server;
    this.printed = printed;
    this.clock = clock;
  }

  static async start(redisUrl: string, options: AccountServerOptions): Promise<AccountServer> {
    const { keysFile, config, ...more } = options;
    const clock = { ms: Date.now() };
    const printed: string[] = [];
    const keys: KeyProvider = await openKeyProvider({ address: keysFile });
    const server = createServer({
      config: { ...testConfig(redisUrl, keysFile), ...config },
      ...{ clinics, developmentUsers: null, keys, signInLimits: roomyLimits },
      print: (text) => printed.push(text),
      sessionClock: () => clock.ms,
      ...more,
    });
    await server.start();
    return new AccountServer(server, printed.join('\n'), clock);
  }

  /** The code of the first account, as printed. */
  get firstCode(): string {
    return /^ {4}((?:[0-9A-Z]{4}-){6}[0-9A-Z]{2})$/m.exec(this.printed)?.[1] ?? '';
  }

  browser(): Browser {
    return new Browser(this.server.url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }
}

const testConfig = (redisUrl: string, keysFile: string) => ({
  ...readConfig(serverOptions, {
    REDIS_URL: redisUrl,
    BOLT_CLINICS_FILE: 'unused',
    PORT: '0',
    LOG_LEVEL: 'silent',
    BOLT_KEYS: keysFile,
    BOLT_KEY_STORE: `${keysFile}.store`,
  }),
  ...{ allowVolatileRedis: true, passwordMemoryKib: 8, passwordPasses: 1 },
});

/** What a person needs of a server: a browser at it, and its clock, by which codes of an app are good once. */
export type AccountPlace = Pick<AccountServer, 'browser' | 'clock' | 'firstCode'>;

export type Reply = { status: number; json: Record<string, unknown>; text: string; headers: Headers };

/** A browser: keeps cookies, says where its requests come from, sends the token its session was given. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #url: string;
  #csrf = '';

  constructor(url: string) {
    this.#url = url;
  }

  async get(path: string): Promise<Reply> {
    return this.#read(await fetch(`${this.#url}${path}`, { headers: this.#headers() }));
  }

  async post(path: string, body?: unknown, more: Record<string, string> = {}): Promise<Reply> {
    const init = {
      method: 'POST',
      headers: { ...this.#headers(), ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    return this.#read(await fetch(`${this.#url}${path}`, init));
  }

  /** A copy of this browser as it is now. */
  copy(): Browser {
    const copy = new Browser(this.#url);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    copy.#csrf = this.#csrf;
    return copy;
  }

  /** Fetches what a page asks for when it opens: the token that its changes must carry. */
  async open(): Promise<Reply> {
    const reply = await this.get('/api/v1/session');
    if (typeof reply.json.csrf === 'string') this.#csrf = reply.json.csrf;
    return reply;
  }

  #headers(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
      ...(cookie === '' ? {} : { cookie }),
      ...(this.#csrf === '' ? {} : { 'x-bolt-csrf': this.#csrf }),
    };
  }

  async #read(response: Response): Promise<Reply> {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await response.text();
    const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, json, text, headers: response.headers };
  }
}

export const codeOf = (reply: Reply): { status: number; code: unknown } => ({
  status: reply.status,
  code: reply.json.code,
});

const totpOf = (seed: string): TOTP => new TOTP({ secret: Secret.fromBase32(seed), digits: 6, period: 30 });

/** Somebody with an account: a password, an authenticator, and the browser they sit at. */
export class Member {
  readonly at: AccountPlace;
  readonly login: string;
  password: string;
  browser: Browser;
  seed = '';
  recoveryCodes: string[] = [];
  account: Account | null = null;

  constructor(at: AccountPlace, login: string, password: string) {
    this.at = at;
    this.login = login;
    this.password = password;
    this.browser = at.browser();
  }

  get uid(): string {
    return this.account?.uid ?? '';
  }

  /** The code that the authenticator shows. Each is good once: `nextCode` waits, on the test's clock, for another. */
  code(stepsAhead = 0): string {
    return totpOf(this.seed).generate({ timestamp: this.at.clock.ms + 30_000 * stepsAhead });
  }

  nextCode(): string {
    this.at.clock.ms += 30_000;
    return this.code();
  }

  /** From the enrolment code to a session. */
  async enrol(code: string, more: { name?: string } = {}): Promise<void> {
    const names = more.name === undefined ? {} : { login: this.login, name: more.name };
    const body = { code, password: this.password, ...names };
    const begun = await this.browser.post('/api/v1/sign-in/enrolment/password', body);
    const { transaction } = begun.json as { transaction: string };
    const seed = await this.browser.post('/api/v1/sign-in/enrolment/totp', { transaction });
    this.seed = String(seed.json.secret);
    const done = await this.browser.post('/api/v1/sign-in/enrolment/totp/confirm', {
      ...{ transaction, code: this.code() },
    });
    this.recoveryCodes = (done.json.recoveryCodes as string[] | undefined) ?? [];
    if (done.status !== 200) throw new Error(`enrolment: ${begun.text} ${seed.text} ${done.text}`);
    await this.opened();
  }

  enterPassword(password = this.password, login = this.login, browser = this.browser): Promise<Reply> {
    return browser.post('/api/v1/sign-in/password', { login, password });
  }

  /** Signs in with both factors. */
  async signIn(browser = this.browser): Promise<Reply> {
    const first = await this.enterPassword(this.password, this.login, browser);
    const { transaction } = first.json as SignInResponse & { transaction: string };
    const second = await browser.post('/api/v1/sign-in/totp', { transaction, code: this.nextCode() });
    await browser.open();
    return second;
  }

  /** A fresh proof for a purpose. */
  async stepUp(purpose: string): Promise<Reply> {
    const reply = await this.browser.post('/api/v1/step-up', {
      purpose,
      method: 'totp',
      code: this.nextCode(),
    });
    if (reply.status !== 204) throw new Error(`step-up: ${reply.text}`);
    await this.browser.open();
    return reply;
  }

  async opened(): Promise<void> {
    await this.browser.open();
    const own = await this.browser.get('/api/v1/account');
    this.account = own.json.account as Account;
  }
}

/** The first account, signed in. */
export async function firstOwner(at: AccountPlace): Promise<Member> {
  const owner = new Member(at, 'owner', ownerPassword);
  await owner.enrol(at.firstCode, { name: 'Olive Stone' });
  return owner;
}

/** An account that somebody made, enrolled and signed in. */
export async function memberOf(
  by: Member,
  { login, roles, clinics: at = ['north'] }: { login: string; roles: string[]; clinics?: string[] },
): Promise<Member> {
  await by.stepUp('user-admin');
  const made = await by.browser.post('/api/v1/accounts', {
    ...{ kind: 'human', login, name: `Person ${login}`, roles, clinics: at },
  });
  if (made.status !== 201) throw new Error(`making an account: ${made.text}`);
  const member = new Member(by.at, login, memberPassword);
  await member.enrol((made.json.enrolment as { code: string }).code);
  return member;
}
