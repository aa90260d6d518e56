/** Hostile second factors, over HTTP, on a real Redis. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AccountServer,
  type Browser,
  codeOf,
  type Member,
  memberOf,
  type Reply,
} from '../test/account-fixture.ts';
import { type AccountStage, startAccountStage } from '../test/account-stage.ts';

let stage: AccountStage;
let at: AccountServer;
let owner: Member;
let logins = 0;

beforeAll(async () => {
  stage = await startAccountStage();
  ({ at, owner } = stage);
});
afterAll(() => stage[Symbol.asyncDispose]());

const member = (roles = ['nurse']): Promise<Member> => {
  logins += 1;
  return memberOf(owner, { login: `factor-${logins}`, roles });
};

const refused = { status: 401, code: 'code_refused' };
const ended = { status: 401, code: 'sign_in_ended' };
const throttled = { status: 429, code: 'too_many_requests' };

/** The password is right; the second factor is awaited. */
async function begun(person: Member, browser: Browser = person.browser): Promise<string> {
  const { json } = await person.enterPassword(person.password, person.login, browser);
  return String(json.transaction);
}
const tryCode = (transaction: string, code: string, browser = at.browser()): Promise<Reply> =>
  browser.post('/api/v1/sign-in/totp', { transaction, code });
const tryRecovery = (transaction: string, code: string, browser = at.browser()): Promise<Reply> =>
  browser.post('/api/v1/sign-in/recovery-code', { transaction, code });

const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('[mfa] codes of the authenticator', () => {
  test('[mfa] a code that was used is no code any more', async () => {
    const person = await member();
    const code = person.nextCode();
    expect((await tryCode(await begun(person), code)).json).toEqual({ next: 'done' });
    expect(codeOf(await tryCode(await begun(person), code))).toEqual(refused);
  });

  test('[mfa] one code in eight sign-ins at once opens one session', async () => {
    const person = await member();
    const transactions: string[] = [];
    for (let i = 0; i < 8; i += 1) transactions.push(await begun(person));
    const code = person.nextCode();
    const replies = await Promise.all(transactions.map((transaction) => tryCode(transaction, code)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('[mfa] one sign-in cannot be finished twice, not even at once', async () => {
    const person = await member();
    const transaction = await begun(person);
    const codes = [person.nextCode(), person.code(1)];
    const replies = await Promise.all(codes.map((code) => tryCode(transaction, code)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(codeOf(await tryCode(transaction, person.nextCode()))).toEqual(ended);
  });

  test('[mfa] a clock may be one step off, not two; and no step before the last one counts', async () => {
    const person = await member();
    at.clock.ms += 300_000;
    expect(codeOf(await tryCode(await begun(person), person.code(-2)))).toEqual(refused);
    expect(codeOf(await tryCode(await begun(person), person.code(2)))).toEqual(refused);
    expect((await tryCode(await begun(person), person.code(1))).json).toEqual({ next: 'done' });
    expect(codeOf(await tryCode(await begun(person), person.code()))).toEqual(refused);
    expect(codeOf(await tryCode(await begun(person), person.code(-1)))).toEqual(refused);
  });

  test.each([
    ['a space before it', (code: string) => ` ${code}`],
    ['a space within', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['a line break behind it', (code: string) => `${code}\n`],
    ['a seventh digit', (code: string) => `${code}0`],
    ['five digits', (code: string) => code.slice(0, 5)],
    [
      'digits of another script',
      (code: string) => code.replaceAll(/\d/g, (d) => String.fromCodePoint(0x660 + Number(d))),
    ],
    ['a sign', (code: string) => `+${code.slice(1)}`],
  ])('[mfa] nothing is stripped: %s', async (_what, bend) => {
    const person = await member();
    expect(codeOf(await tryCode(await begun(person), bend(person.nextCode())))).toEqual(refused);
  });

  test('[mfa] five tries in one sign-in; then the right code comes too late', async () => {
    const person = await member();
    const transaction = await begun(person);
    const code = person.nextCode();
    for (let i = 0; i < 5; i += 1) expect(codeOf(await tryCode(transaction, other(code)))).toEqual(refused);
    expect(codeOf(await tryCode(transaction, code))).toEqual(ended);
  });

  test('[mfa] five tries at once are five tries', async () => {
    const person = await member();
    const transaction = await begun(person);
    const wrong = other(person.nextCode());
    const replies = await Promise.all(Array.from({ length: 12 }, () => tryCode(transaction, wrong)));
    expect(replies.filter((reply) => reply.json.code === 'code_refused')).toHaveLength(5);
    expect(replies.filter((reply) => reply.json.code === 'sign_in_ended')).toHaveLength(7);
  });

  test('[mfa] twenty wrong codes a day, in however many sign-ins, right ones between them or not', async () => {
    const person = await member();
    const stranger = at.browser();
    for (let round = 0; round < 4; round += 1) {
      const transaction = await begun(person, stranger);
      const wrong = other(person.nextCode());
      for (let i = 0; i < 5; i += 1)
        expect(codeOf(await tryCode(transaction, wrong, stranger))).toEqual(refused);
    }
    const late = await begun(person, stranger);
    expect(codeOf(await tryCode(late, person.nextCode(), stranger))).toEqual(throttled);
    // The person's own browser has a count of its own.
    expect((await person.signIn()).json).toEqual({ next: 'done' });
    expect(codeOf(await tryCode(await begun(person, stranger), person.nextCode(), stranger))).toEqual(
      throttled,
    );
  });

  test("[mfa] one person's code does not finish another's sign-in", async () => {
    const [victim, thief] = [await member(), await member()];
    expect(codeOf(await tryCode(await begun(victim), thief.nextCode()))).toEqual(refused);
  });

  test('[mfa] a sign-in that was made up, or was given a wrong form, is none', async () => {
    expect(codeOf(await tryCode('A'.repeat(43), '123456'))).toEqual(ended);
    expect(codeOf(await tryCode('short', '123456'))).toEqual({ status: 400, code: 'invalid_request' });
    const body = { transaction: { $ne: '' }, code: '123456' };
    expect(codeOf(await at.browser().post('/api/v1/sign-in/totp', body))).toEqual({
      ...{ status: 400, code: 'invalid_request' },
    });
  });

  test('[mfa] [H-15] who is deactivated between the factors is not let in', async () => {
    const person = await member();
    const transaction = await begun(person);
    await owner.stepUp('user-admin');
    const body = { version: person.account?.version, reason: 'has left' };
    expect((await owner.browser.post(`/api/v1/accounts/${person.uid}/deactivate`, body)).status).toBe(200);
    expect(codeOf(await tryCode(transaction, person.nextCode()))).toEqual(ended);
  });
});

describe('[mfa] recovery codes', () => {
  test('[mfa] each is good once, one at a time and ten at once', async () => {
    const person = await member();
    const [first = '', second = ''] = person.recoveryCodes;
    expect((await tryRecovery(await begun(person), first)).json).toEqual({ next: 'done' });
    expect(codeOf(await tryRecovery(await begun(person), first))).toEqual(refused);
    const transactions: string[] = [];
    for (let i = 0; i < 6; i += 1) transactions.push(await begun(person));
    const replies = await Promise.all(transactions.map((transaction) => tryRecovery(transaction, second)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await person.browser.get('/api/v1/account')).json).toMatchObject({
      factors: { recoveryCodesLeft: 8 },
    });
  });

  test("[mfa] another's code, a cut one and an old one open nothing", async () => {
    const [person, thief] = [await member(), await member()];
    const [own = ''] = person.recoveryCodes;
    await person.stepUp('factor-change');
    const renewed = await person.browser.post('/api/v1/account/recovery-codes');
    expect(renewed.json.recoveryCodes).toHaveLength(10);
    for (const code of [thief.recoveryCodes[0] ?? '', own.slice(0, -1), own]) {
      expect(codeOf(await tryRecovery(await begun(person), code))).toEqual(refused);
    }
    const [fresh = ''] = renewed.json.recoveryCodes as string[];
    expect((await tryRecovery(await begun(person), fresh.toLowerCase())).json).toEqual({ next: 'done' });
  });
});

describe('[mfa] factors cannot be walked around', () => {
  test('[mfa] [N-02] a password opens no enrolment where there is a factor already', async () => {
    const person = await member();
    const transaction = await begun(person);
    const browser = at.browser();
    expect(codeOf(await browser.post('/api/v1/sign-in/enrolment/totp', { transaction }))).toEqual(ended);
    const body = { transaction, code: '123456' };
    expect(codeOf(await browser.post('/api/v1/sign-in/enrolment/totp/confirm', body))).toEqual(ended);
  });

  test('[mfa] a seed is not a factor before one of its codes came back', async () => {
    const person = await member();
    await person.stepUp('factor-change');
    const seed = await person.browser.post('/api/v1/account/totp');
    expect(seed.status).toBe(200);
    const fresh = Object.assign(await aside(person), { seed: String(seed.json.secret) });
    expect(codeOf(await tryCode(await begun(person), fresh.nextCode()))).toEqual(refused);
    const body = { transaction: seed.json.transaction, code: fresh.nextCode() };
    expect((await person.browser.post('/api/v1/account/totp/confirm', body)).status).toBe(204);
    const former = person.seed;
    person.seed = fresh.seed;
    expect((await tryCode(await begun(person), person.nextCode())).json).toEqual({ next: 'done' });
    person.seed = former;
    expect(codeOf(await tryCode(await begun(person), person.nextCode()))).toEqual(refused);
  });

  test("[mfa] nobody confirms another's seed as their own", async () => {
    const [victim, thief] = [await member(), await member()];
    await thief.stepUp('factor-change');
    await victim.stepUp('factor-change');
    const seed = await thief.browser.post('/api/v1/account/totp');
    const fresh = Object.assign(await aside(thief), { seed: String(seed.json.secret) });
    const body = { transaction: seed.json.transaction, code: fresh.nextCode() };
    expect(codeOf(await victim.browser.post('/api/v1/account/totp/confirm', body))).toEqual(ended);
  });

  test('[mfa] every change of a factor asks for a fresh proof, and one for another purpose is none', async () => {
    const person = await member();
    const needed = { status: 403, code: 'step_up_required' };
    const changes: [string, unknown][] = [
      ['/api/v1/account/totp', undefined],
      ['/api/v1/account/recovery-codes', undefined],
      ['/api/v1/account/factors/remove', { factor: 'recovery-codes' }],
      ['/api/v1/account/password', { current: person.password, next: 'eleven quiet herons wade' }],
    ];
    for (const [path, body] of changes) expect(codeOf(await person.browser.post(path, body))).toEqual(needed);
    await person.stepUp('export');
    for (const [path, body] of changes) expect(codeOf(await person.browser.post(path, body))).toEqual(needed);
  });

  test('[mfa] a proof is a code that was not used, never a password, never a claim', async () => {
    const person = await member();
    const stepUp = (body: object) =>
      person.browser.post('/api/v1/step-up', { purpose: 'factor-change', ...body });
    const code = person.nextCode();
    expect(codeOf(await stepUp({ method: 'totp', code: other(code) }))).toEqual(refused);
    expect(codeOf(await stepUp({ method: 'development' }))).toEqual({
      status: 403,
      code: 'permission_denied',
    });
    expect(codeOf(await stepUp({ method: 'password', password: person.password }))).toEqual({
      ...{ status: 400, code: 'invalid_request' },
    });
    expect((await stepUp({ method: 'totp', code })).status).toBe(204);
    await person.browser.open();
    expect(codeOf(await stepUp({ method: 'totp', code }))).toEqual(refused);
  });

  test('[mfa] [N-02] the last second factor stays; recovery codes are none', async () => {
    const person = await member();
    await person.stepUp('factor-change');
    const remove = (factor: string) => person.browser.post('/api/v1/account/factors/remove', { factor });
    expect(codeOf(await remove('totp'))).toEqual({ status: 409, code: 'last_factor' });
    expect((await remove('recovery-codes')).status).toBe(204);
    await person.browser.open();
    expect((await person.browser.get('/api/v1/account')).json).toMatchObject({
      factors: { hasPassword: true, passkeys: 0, recoveryCodesLeft: 0 },
    });
  });

  test('[mfa] [session] a new password ends every other session, and the old one opens nothing', async () => {
    const person = await member();
    const elsewhere = at.browser();
    await person.signIn(elsewhere);
    await person.stepUp('factor-change');
    const old = person.password;
    const next = 'eleven quiet herons wade';
    const token = person.browser.cookies.get('bolt_dev_s');
    const change = (body: object) => person.browser.post('/api/v1/account/password', body);
    expect(codeOf(await change({ current: 'not this one at all', next }))).toEqual({
      ...{ status: 401, code: 'sign_in_failed' },
    });
    expect((await change({ current: old, next })).status).toBe(204);
    expect(person.browser.cookies.get('bolt_dev_s')).not.toBe(token);
    await person.browser.open();
    expect((await person.browser.get('/api/v1/account')).status).toBe(200);
    expect(codeOf(await elsewhere.get('/api/v1/account'))).toEqual({
      status: 401,
      code: 'not_authenticated',
    });
    expect((await person.enterPassword(old)).status).toBe(401);
    expect((await person.enterPassword(next)).json.next).toBe('totp');
  });

  test.each([
    ['gh7#kq', ['too_short']],
    ['password1234', ['common']],
    ['factor-workflow-bolt', ['context']],
    ['abababababababab', ['pattern']],
  ])('[mfa] a new password has rules: %s', async (next, reasons) => {
    const person = await member();
    await person.stepUp('factor-change');
    const reply = await person.browser.post('/api/v1/account/password', { current: person.password, next });
    expect(codeOf(reply)).toEqual({ status: 422, code: 'password_refused' });
    expect(reply.json.reasons).toEqual(expect.arrayContaining(reasons));
    expect(reply.text).not.toContain(next);
  });
});

/** The same person with another authenticator in hand. */
async function aside(person: Member): Promise<Member> {
  return Object.create(person) as Member;
}
