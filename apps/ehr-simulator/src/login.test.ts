import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClock, DEMO_CREDENTIALS, type EhrSimulator, startEhrSimulator } from './index.ts';
import { headerXml, messageXml, post, rawCall, scheduleXml, textsOf } from './raw-call.ts';

const real = { value: Date.parse('2026-07-01T15:00:00Z') };
const clock = createClock({ now: () => real.value, monotonic: () => 0 });
let simulator: EhrSimulator;
beforeAll(async () => {
  simulator = await startEhrSimulator({
    date: '2026-07-01',
    clock,
    config: { throttle: { enabled: false } },
  });
});
afterAll(() => simulator.stop());
afterEach(() => {
  clock.set(real.value);
  simulator.configure({
    auth: {
      expiresAt: null,
      rightsFrom: null,
      missingPermissions: [],
      practicesAuthorized: [101, 102],
      lockOutAfter: 0,
    },
  });
});

const DAY = { EndDate: '7/2/2026', StartDate: '7/1/2026', TimeZoneOffsetFromGMT: '0' };
const schedule = async (login = DEMO_CREDENTIALS, criteria: Record<string, string> = DAY) => {
  const message = messageXml('GetAppointments', scheduleXml(criteria), headerXml(login));
  const { status, text } = await post(simulator.url, 'GetAppointments', message);
  const first = (name: string) => textsOf(text, name)[0];
  return {
    status,
    authenticated: first('Authenticated'),
    authorized: first('Authorized'),
    keyValid: first('CustomerKeyValid'),
    said: first('SecurityResult'),
    isError: first('IsError'),
    rows: textsOf(text, 'ID').length,
    missing: textsOf(text, 'string'),
  };
};
const refused = {
  status: 200,
  authenticated: 'false',
  authorized: 'false',
  isError: 'false',
  rows: 0,
  missing: [],
};

describe('login', () => {
  it('is granted with the right key, user and password, whose special characters are escaped', async () => {
    expect(await schedule()).toMatchObject({ authenticated: 'true', authorized: 'true', said: 'Success' });
  });
  it.each([
    ['password', { password: 'wrong' }, { keyValid: 'true', said: 'Invalid user name and/or password' }],
    ['user', { user: 'nobody@example.test' }, { keyValid: 'true', said: 'Unable to find user.' }],
    ['key', { customerKey: 'other' }, { keyValid: 'false', said: 'Invalid customer key' }],
  ])('a wrong %s looks like an empty day but for the SecurityResponse', async (_what, change, expected) => {
    expect(await schedule({ ...DEMO_CREDENTIALS, ...change })).toEqual({ ...refused, ...expected });
  });
  it('a missing permission is named', async () => {
    simulator.configure({ auth: { missingPermissions: ['Find Appointment'] } });
    expect(await schedule()).toMatchObject({
      authenticated: 'true',
      authorized: 'false',
      missing: ['Find Appointment'],
      rows: 0,
    });
    expect((await rawCall(simulator, 'GetProviders', '<Fields/><Filter/>')).text).toContain(
      '<Authorized>true',
    );
  });
  it('rights that were granted appear only after a while', async () => {
    simulator.configure({ auth: { rightsFrom: '2026-07-01T15:05:00Z' } });
    expect((await schedule()).authorized).toBe('false');
    clock.advance(5 * 60_000);
    expect((await schedule()).authorized).toBe('true');
  });
  it('credentials expire in the middle of the day', async () => {
    simulator.configure({ auth: { expiresAt: '2026-07-01T15:30:00Z' } });
    expect((await schedule()).authenticated).toBe('true');
    clock.advance(30 * 60_000);
    expect(await schedule()).toMatchObject({ ...refused, said: 'Invalid user name and/or password' });
    expect(simulator.journal().at(-1)?.outcome).toBe('auth:expired');
  });
  it('a practice that is not theirs is refused; one that does not exist has simply no rows', async () => {
    simulator.configure({ auth: { practicesAuthorized: [102] } });
    const named = (PracticeName: string) =>
      schedule(DEMO_CREDENTIALS, { EndDate: '7/2/2026', PracticeName, StartDate: '7/1/2026' });
    expect(await named('Cedar Hollow Family Medicine')).toMatchObject({
      authenticated: 'true',
      authorized: 'false',
      rows: 0,
    });
    expect(await named('Cedar Hollow')).toMatchObject({ authorized: 'true', rows: 0 });
    expect(await named('Cedar Hollow Family Medicine ')).toMatchObject({ authorized: 'true', rows: 0 });
  });
  it('locks out after wrong passwords in a row, the right one included', async () => {
    simulator.configure({ auth: { lockOutAfter: 2 } });
    await schedule({ ...DEMO_CREDENTIALS, password: 'a' });
    expect((await schedule()).authenticated).toBe('true');
    await schedule({ ...DEMO_CREDENTIALS, password: 'a' });
    await schedule({ ...DEMO_CREDENTIALS, password: 'b' });
    expect((await schedule()).authenticated).toBe('false');
    expect(simulator.journal().at(-1)?.outcome).toBe('auth:locked');
    simulator.configure({ auth: { lockOutAfter: 0 } });
    expect((await schedule()).authenticated).toBe('true');
  });
  it('GetCustomerIdFromKey answers without the common base', async () => {
    const ask = (login: typeof DEMO_CREDENTIALS) =>
      post(
        simulator.url,
        'GetCustomerIdFromKey',
        messageXml('GetCustomerIdFromKey', headerXml(login).replaceAll(/<\/?RequestHeader>/g, ''), ''),
      );
    const good = (await ask(DEMO_CREDENTIALS)).text;
    expect([textsOf(good, 'CustomerId'), textsOf(good, 'IsAuthorized')]).toEqual([['55501'], ['true']]);
    expect(good).not.toContain('ErrorResponse');
    const bad = (await ask({ ...DEMO_CREDENTIALS, password: 'x' })).text;
    expect([textsOf(bad, 'CustomerId'), textsOf(bad, 'IsAuthorized')]).toEqual([['0'], ['false']]);
  });
  it('no credential is ever journalled', () => {
    const journal = JSON.stringify(simulator.journal());
    for (const secret of Object.values(DEMO_CREDENTIALS)) expect(journal).not.toContain(secret);
    expect(simulator.journal().every((entry) => entry.credentials === '[redacted]')).toBe(true);
  });
});
