/** People with real accounts, made over the API, and how they sign in. */
import { Secret, TOTP } from 'otpauth';
import type { ProductServer } from '../processes/product-server.ts';
import type { SessionHeaders } from './session-headers.ts';

const password = 'nine green anvils drift';
type Json = Record<string, unknown>;

async function post(url: string, body: object, headers: Json = {}): Promise<{ json: Json; cookie: string }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers } as Record<string, string>,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return { json: text === '' ? {} : (JSON.parse(text) as Json), cookie };
}

export class SignInPerson {
  readonly #base: string;
  readonly #login: string;
  readonly #totp: TOTP;
  #step: number;

  private constructor(base: string, login: string, seed: string, step: number) {
    this.#base = base;
    this.#login = login;
    this.#totp = new TOTP({ secret: Secret.fromBase32(seed) });
    this.#step = step;
  }

  /** Invited by the demo manager and enrolled. The enrolment has used the authenticator's present code. */
  static async make(
    { baseUrl }: ProductServer,
    manager: SessionHeaders,
    { login, clinic }: { login: string; clinic: string },
  ): Promise<SignInPerson> {
    const account = { kind: 'human', login, name: login, roles: ['nurse'], clinics: [clinic] };
    const made = await post(`${baseUrl}/api/v1/accounts`, account, manager);
    const { code } = made.json.enrolment as { code: string };
    const at = `${baseUrl}/api/v1/sign-in/enrolment`;
    const { transaction } = (await post(`${at}/password`, { code, password })).json;
    const seed = String((await post(`${at}/totp`, { transaction })).json.secret);
    const step = Math.floor(Date.now() / 30_000);
    const now = new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp: step * 30_000 });
    await post(`${at}/totp/confirm`, { transaction, code: now });
    return new SignInPerson(baseUrl, login, seed, step);
  }

  /** Both factors; how long each took, in ms. Codes are good once, so each sign-in takes the next one. */
  async signIn(): Promise<{ passwordMs: number; codeMs: number }> {
    const startedAt = performance.now();
    const first = await post(`${this.#base}/api/v1/sign-in/password`, { login: this.#login, password });
    const betweenAt = performance.now();
    this.#step = Math.max(this.#step + 1, Math.floor(Date.now() / 30_000));
    const code = this.#totp.generate({ timestamp: this.#step * 30_000 });
    await post(`${this.#base}/api/v1/sign-in/totp`, { transaction: first.json.transaction, code });
    return { passwordMs: betweenAt - startedAt, codeMs: performance.now() - betweenAt };
  }
}

/** A manager of the development login who has proved, for a few minutes, that he may make accounts. */
export async function provenManager(product: ProductServer): Promise<SessionHeaders> {
  const session = await product.signIn('manager');
  const body = { purpose: 'user-admin', method: 'development' };
  const { cookie } = await post(`${product.baseUrl}/api/v1/step-up`, body, session);
  return { ...session, cookie };
}
