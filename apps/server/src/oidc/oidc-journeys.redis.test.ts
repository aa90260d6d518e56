import { type IdentityProvider, identityProvidersFileSchema } from '@workflow-bolt/contracts';
import { createRedisPort, fromUrl, IdentityStore, OneUseStore, type RedisPort } from '@workflow-bolt/store';
import { LoopbackIdentityProvider, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostileIdentityProvider, type Lie } from '../test/hostile-identity-provider.ts';
import { IdentityRefused, OidcJourneys } from './oidc-journeys.ts';

const origin = 'https://board.example.org';
const returnAddress = `${origin}/sign-in/return`;
let redis: RedisServer;
let port: RedisPort;
let real: LoopbackIdentityProvider;
let hostile: HostileIdentityProvider;

beforeAll(async () => {
  [redis, real, hostile] = await Promise.all([
    startRedis(),
    LoopbackIdentityProvider.start({ returnAddresses: [returnAddress], mfaSubjects: ['mona'] }),
    HostileIdentityProvider.start(),
  ]);
  port = createRedisPort(fromUrl(redis.url), 'test');
  await port.connect();
});
afterAll(async () => {
  await port?.close();
  await real?.[Symbol.asyncDispose]();
  await hostile?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  hostile.lie = {};
});

type Given = Partial<IdentityProvider> & { issuer: string };
const settings = (given: Given): IdentityProvider => {
  const provider = {
    id: 'work',
    kind: 'other',
    label: 'Work',
    clientId: 'bolt',
    clientSecret: 'secret',
    ...given,
  };
  const [parsed] = identityProvidersFileSchema.parse({ providers: [provider] }).providers;
  if (!parsed) throw new Error('no provider');
  return parsed;
};
const journeysTo = (given: Given, isLoopbackAllowed = true) =>
  new OidcJourneys({
    providers: [settings(given)],
    journeys: new OneUseStore(port),
    origin,
    isLoopbackAllowed,
    now: Date.now,
  });
const toReal = (more: Partial<IdentityProvider> = {}) =>
  journeysTo({ issuer: real.issuer, clientId: real.clientId, clientSecret: real.clientSecret, ...more });

async function leave(journeys: OidcJourneys) {
  const left = await journeys.begin('oidc-sign-in', 'work', '');
  if (!left) throw new Error('there is no such provider');
  return left;
}
const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (cause: unknown) => (cause instanceof IdentityRefused ? cause.reason : cause),
  );

describe('a real provider', () => {
  test('[H-08] [login] who signs in there is known here by issuer and subject, with or without a second factor', async () => {
    const journeys = toReal({ mfaEvidence: ['mfa'] });
    for (const [subject, hasMfa] of [
      ['nora', false],
      ['mona', true],
    ] as const) {
      const { location, reference } = await leave(journeys);
      const back = new URL(await real.signIn(location, subject));
      expect(back.origin + back.pathname).toBe(returnAddress);
      expect([...back.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
      const proven = await journeys.finish('oidc-sign-in', { reference, query: back.search, binding: '' });
      expect(proven).toEqual({ provider: 'work', iss: real.issuer, sub: subject, hasMfa });
    }
  });

  test('the request carries PKCE S256, state, nonce, and asks the provider to look at who is there', async () => {
    const { location, reference } = await leave(toReal({ maxAgeSec: 300 }));
    const query = new URL(location).searchParams;
    expect(Object.fromEntries(query)).toEqual({
      client_id: real.clientId,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: returnAddress,
      prompt: 'login',
      max_age: '300',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(location).not.toContain(reference);
    const google = await leave(toReal({ kind: 'google' }));
    expect(new URL(google.location).searchParams.get('prompt')).toBe('select_account');
  });

  test('[login] an answer opens nothing a second time, in another browser, or after the person turned back', async () => {
    const journeys = toReal();
    const mine = await leave(journeys);
    const theirs = await leave(journeys);
    const { search } = new URL(await real.signIn(mine.location, 'nora'));
    const finish = (reference: string, query = search, binding = '') =>
      refused(journeys.finish('oidc-sign-in', { reference, query, binding }));
    expect(await finish('x'.repeat(43))).toBe('unknown-journey');
    // The victim's browser is sent the attacker's answer (login CSRF): state does not match, and the trip is over.
    expect(await finish(theirs.reference)).toBe('answer');
    expect(await finish(theirs.reference)).toBe('unknown-journey');
    expect(await finish(mine.reference)).toBe('accepted');
    expect(await finish(mine.reference)).toBe('unknown-journey');
    const third = await leave(journeys);
    const state = new URL(third.location).searchParams.get('state');
    expect(await finish(third.reference, `?error=access_denied&state=${state}&iss=${real.issuer}`)).toBe(
      'cancelled',
    );
  });

  test('[login] a linking cannot be finished as a sign-in, nor by another session', async () => {
    const journeys = toReal();
    const left = await journeys.begin('oidc-link', 'work', 'session-1');
    const reference = left?.reference ?? '';
    const finish = (purpose: 'oidc-sign-in' | 'oidc-link', binding: string) =>
      refused(journeys.finish(purpose, { reference, query: '?code=c&state=s', binding }));
    expect(await finish('oidc-sign-in', '')).toBe('unknown-journey');
    expect(await finish('oidc-link', 'session-2')).toBe('unknown-journey');
    expect(await finish('oidc-link', 'session-1')).toBe('unknown-journey');
  });

  test('[login] a code works only with the verifier of its own journey', async () => {
    const journeys = toReal();
    const [victim, attacker] = [await leave(journeys), await leave(journeys)];
    const stolen = new URL(await real.signIn(victim.location, 'nora'));
    const own = new URL(attacker.location).searchParams.get('state') ?? '';
    stolen.searchParams.set('state', own);
    const work = journeys.finish('oidc-sign-in', {
      reference: attacker.reference,
      query: stolen.search,
      binding: '',
    });
    expect(await refused(work)).toBe('answer');
  });
});

describe('[login] a provider that lies', () => {
  async function comeBack(lie: Lie, answer: Record<string, string | null> = {}): Promise<unknown> {
    hostile.lie = lie;
    const journeys = journeysTo({ issuer: hostile.issuer });
    const { location, reference } = await leave(journeys);
    const asked = new URL(location).searchParams;
    hostile.nonce = asked.get('nonce') ?? '';
    const fields = { code: 'c', state: asked.get('state'), iss: hostile.issuer, ...answer };
    const given = Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== null);
    const query = `?${new URLSearchParams(given)}`;
    return refused(journeys.finish('oidc-sign-in', { reference, query, binding: '' }));
  }

  test('that does not lie is believed, and is given the verifier', async () => {
    expect(await comeBack({})).toBe('accepted');
    expect(hostile.tokenRequests.at(-1)?.get('code_verifier')).toMatch(/^[\w-]{43}$/);
  });

  test('[mfa] evidence of a second factor counts only where the settings accept it', async () => {
    const acr = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
    const proven = async (
      kind: IdentityProvider['kind'],
      claims: Lie['claims'] = { amr: ['pwd', 'mfa'] },
    ) => {
      hostile.lie = { claims: claims ?? {} };
      const journeys = journeysTo({ issuer: hostile.issuer, kind });
      const { location, reference } = await leave(journeys);
      const asked = new URL(location).searchParams;
      hostile.nonce = asked.get('nonce') ?? '';
      const query = `?${new URLSearchParams({ code: 'c', state: asked.get('state') ?? '', iss: hostile.issuer })}`;
      return (await journeys.finish('oidc-sign-in', { reference, query, binding: '' })).hasMfa;
    };
    const kinds = ['google', 'other', 'auth0', 'entra'] as const;
    const found: boolean[] = [];
    for (const kind of kinds) found.push(await proven(kind));
    expect(found).toEqual([false, false, true, true]);
    expect(await proven('auth0', { acr })).toBe(true);
    expect(await proven('auth0', { amr: 'mfa' })).toBe(false);
    expect(await proven('entra', { acr })).toBe(false);
  });

  const now = Math.floor(Date.now() / 1_000);
  test.each<[string, Lie]>([
    ['an unsigned token', { signature: 'none' }],
    ['a token signed with the client secret', { signature: 'shared-secret' }],
    ['a token signed with a foreign key', { signature: 'other-key' }],
    ['an algorithm outside the list', { header: { alg: 'ES256' } }],
    ['another nonce', { claims: { nonce: 'x'.repeat(43) } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another audience', { claims: { aud: 'someone-else' } }],
    ['another issuer', { claims: { iss: 'https://accounts.google.com' } }],
    ['an expired token', { claims: { iat: now - 900, exp: now - 600 } }],
    ['no subject', { claims: { sub: undefined } }],
    ['a refused code', { status: 400 }],
  ])('[login] %s is refused', async (_name, lie) => {
    expect(await comeBack(lie)).toBe('answer');
  });

  test.each<[string, Record<string, string | null>]>([
    ['another state', { state: 'x'.repeat(43) }],
    ['no state', { state: null }],
    ['another issuer (mix-up, RFC 9207)', { iss: 'https://evil.test' }],
    ['no issuer where the provider promises one', { iss: null }],
    ['no code', { code: null }],
    ['two answers in one', { response: 'x' }],
  ])('[login] [csrf] an answer with %s is refused', async (_name, answer) => {
    expect(await comeBack({}, answer)).toBe('answer');
  });

  test('[login] a discovery document of somebody else is refused', async () => {
    hostile.lie = { metadata: { issuer: 'https://accounts.google.com' } };
    const journeys = journeysTo({ issuer: hostile.issuer });
    await expect(leave(journeys)).rejects.toMatchObject({ code: 'identity_provider_unavailable' });
  });

  test('a provider that is away says so, and is asked again', async () => {
    const gone = await HostileIdentityProvider.start();
    await gone[Symbol.asyncDispose]();
    const journeys = journeysTo({ issuer: gone.issuer });
    await expect(leave(journeys)).rejects.toMatchObject({ code: 'identity_provider_unavailable' });
    await expect(leave(journeys)).rejects.toMatchObject({ code: 'identity_provider_unavailable' });
  });

  test('plain HTTP is for development on this machine only', async () => {
    await expect(leave(journeysTo({ issuer: hostile.issuer }, false))).rejects.toMatchObject({
      code: 'identity_provider_unavailable',
    });
    for (const issuer of [
      'http://idp.example.org',
      'https://login.microsoftonline.com/common/v2.0',
      'https://login.microsoftonline.com/organizations/v2.0',
      'https://user@idp.example.org',
      'ftp://idp.example.org',
      'not an address',
    ])
      expect(() => settings({ issuer }), issuer).toThrow();
    expect(settings({ issuer: 'https://tenant.eu.auth0.com/', kind: 'auth0' }).idTokenAlg).toBe('RS256');
    for (const idTokenAlg of ['none', 'HS256'])
      expect(() => settings({ issuer: 'https://a.test', idTokenAlg } as unknown as Given)).toThrow();
  });
});

describe('linked identities', () => {
  const sealed = { seal: async (text: string, aad: string) => JSON.stringify({ text, aad }), open };
  async function open(text: string, aad: string): Promise<string> {
    const kept = JSON.parse(text) as { text: string; aad: string };
    if (kept.aad !== aad) throw new Error('moved');
    return kept.text;
  }

  test('[login] an identity is the pair of issuer and subject: the same subject elsewhere is a stranger', async () => {
    const identities = new IdentityStore(port, sealed);
    const subject = { iss: 'https://accounts.google.com', sub: '117' };
    const more = { provider: 'google', now: 1 };
    expect(await identities.link('uid-1', subject, more)).toBe('linked');
    expect(await identities.link('uid-2', subject, more)).toBe('taken');
    expect((await identities.find(subject))?.uid).toBe('uid-1');
    expect(await identities.find({ ...subject, iss: 'https://evil.test' })).toBeNull();
    expect(await identities.find({ iss: 'https://accounts.google.co', sub: 'm117' })).toBeNull();
    const [link] = await identities.list('uid-1');
    expect(await identities.unlink('uid-2', link?.id ?? '')).toBe(false);
    expect(await identities.unlink('uid-1', link?.id ?? '')).toBe(true);
    expect([await identities.find(subject), await identities.list('uid-1')]).toEqual([null, []]);
  });

  test('[login] [crypto] a link that was copied to another subject in Redis does not open', async () => {
    const identities = new IdentityStore(port, sealed);
    const mine = { iss: 'https://a.test', sub: '1' };
    await identities.link('uid-1', mine, { provider: 'a', now: 1 });
    const keys = (await port.command('KEYS', 'idp-sub:*')) as string[];
    const value = (await port.command('GET', keys[0] ?? '')) as string;
    await identities.link('uid-2', { iss: 'https://a.test', sub: '2' }, { provider: 'a', now: 1 });
    const [theirs] = await identities.list('uid-2');
    await port.command('SET', `idp-sub:${theirs?.id}`, value);
    await expect(identities.find({ iss: 'https://a.test', sub: '2' })).rejects.toThrow('moved');
  });
});
