/** The quarterly review of access over HTTP: who may attest it, of what, and what the record then holds. */
import type { accessInForceResponseSchema } from '@workflow-bolt/contracts';
import { AccessReviews, auditLogOf, createRedisPort, fromUrl, RedisAccountStore } from '@workflow-bolt/store';
import { startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { type Client, problemOf, type ServerFixture, startServer, users } from '../test/server-fixture.ts';

type AccessInForce = z.infer<typeof accessInForceResponseSchema>;
const stack = new AsyncDisposableStack();
let server: ServerFixture;
let recorded: () => Promise<{ sub: string; act: string; agent: { uid: string }; ent: unknown[] }[]>;
const of = (path = '', clinic = 'north') => `${server.url}/api/v1/clinics/${clinic}/access-reviews${path}`;

const people = [
  ['norma', 'Norma North', 'nurse', ['north']],
  ['sue', 'Sue South', 'nurse', ['south']],
  ['ada', 'Ada Everywhere', 'admin', []],
] as const;

beforeAll(async () => {
  const redis = stack.use(await startRedis());
  const admin = { id: 'adm', name: 'The admin', role: 'admin' as const, clinics: ['north'] };
  server = stack.use(await startServer(redis.url, { developmentUsers: [...users, admin] }));
  const port = createRedisPort(fromUrl(redis.url), 'reviews');
  stack.defer(() => port.close());
  await port.connect();
  const accounts = new RedisAccountStore(port);
  const person = { kind: 'human' as const, owner: null };
  for (const [login, name, role, clinics] of people)
    await accounts.create({ ...person, login, name, roles: [role], clinics: [...clinics] });
  await new AccessReviews(port).open(auditLogOf('north'), Date.now());
  recorded = async () => {
    const events = (await redis.call('XRANGE', '{a:c.north}:ev', '-', '+')) as [string, string[]][];
    return events.map(([, fields]) => JSON.parse(fields[fields.indexOf('f') + 1] ?? '{}'));
  };
});
afterAll(() => stack.disposeAsync());

type Listed = {
  reviews: { number: number; reviewedBy: string | null }[];
  inForce: { accounts: number; digest: string };
};
const listed = async (client: Client) => (await client.get(of())).json as Listed;

describe('[H-15] the review of access', () => {
  test('is attested once, with a fresh proof, for what was in force; then the next one is open', async () => {
    const manager = await server.login('manager');
    const { reviews, inForce } = await listed(manager);
    expect(reviews).toMatchObject([{ number: 1, reviewedBy: null }]);
    const wanted = { outcome: 'confirmed', digest: inForce.digest };
    expect(problemOf(await manager.post(of('/1'), wanted))).toEqual({
      status: 403,
      code: 'step_up_required',
    });
    await manager.prove('user-admin');
    const stale = { ...wanted, digest: 'sha256:0' };
    expect(problemOf(await manager.post(of('/1'), stale))).toEqual({ status: 409, code: 'access_changed' });
    expect(problemOf(await manager.post(of('/2'), wanted)).code).toBe('access_review_not_open');
    expect((await attest(manager, '/1', wanted)).status).toBe(204);
    expect(problemOf(await manager.post(of('/1'), wanted)).code).toBe('access_review_not_open');
    expect((await listed(manager)).reviews).toMatchObject([
      { number: 2, reviewedBy: null },
      { number: 1, reviewedBy: 'manager' },
    ]);
    const reviewed = (await recorded()).filter(({ sub, act }) => sub === 'review' && act === 'C');
    expect(reviewed).toMatchObject([
      {
        agent: { uid: 'manager' },
        ent: [
          { t: 'AccessReview', id: '1', n: inForce.accounts, after: inForce.digest, fields: ['confirmed'] },
        ],
      },
    ]);
  });

  test('is made account by account: who runs the installation is among them, and the look is on record', async () => {
    const manager = await server.login('manager');
    const before = (await recorded()).length;
    const { status, json } = await manager.get(of('/in-force'));
    expect(status).toBe(200);
    const { accounts, digest } = json as unknown as AccessInForce;
    expect((await recorded()).slice(before)).toMatchObject([
      {
        ...{ sub: 'search', act: 'R', agent: { uid: 'manager' } },
        ent: [{ t: 'AuditLog', id: 'north', n: accounts.length }],
      },
    ]);
    const { inForce } = await listed(manager);
    expect({ accounts: accounts.length, digest }).toEqual(inForce);
    const known = { lastSignInAt: null, isDormant: false };
    expect(accounts).toMatchObject([
      { name: 'Ada Everywhere', kind: 'human', roles: ['admin'], clinics: [], ...known },
      { name: 'Norma North', kind: 'human', roles: ['nurse'], clinics: ['north'], ...known },
    ]);
  });

  test('is nobody else’s: not of the desk, not of another clinic', async () => {
    const desk = await server.login('front-desk');
    for (const path of ['', '/in-force'])
      expect(problemOf(await desk.get(of(path)))).toEqual({ status: 403, code: 'permission_denied' });
    const manager = await server.login('manager');
    for (const path of ['', '/in-force'])
      expect(problemOf(await manager.get(of(path, 'south'))).code).toBe('permission_denied');
    await manager.prove('user-admin');
    const wanted = { outcome: 'confirmed', digest: 'sha256:0' };
    expect(problemOf(await manager.post(of('/1', 'south'), wanted)).code).toBe('permission_denied');
    expect((await (await server.login('adm')).get(of())).status).toBe(200);
  });
});

/** An answer without a body. */
const attest = (client: Client, path: string, body: unknown) =>
  fetch(of(path), {
    method: 'POST',
    headers: { ...client.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
