/** An operator's hand on the circuit breaker, over HTTP: who may, what it does at once, and that it is on the record. */
import {
  createRedisPort,
  EhrLink,
  ehrAccountName,
  fromUrl,
  type RedisPort,
  type TurnAsk,
} from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, problemOf, type ServerFixture, startServer, users } from '../test/server-fixture.ts';

const ada = { id: 'ada', name: 'Ada', role: 'admin' as const, clinics: ['north'] };
const account = ehrAccountName('customer-key-1');
const reason = 'vendor/INC-4411';
const ask: Omit<TurnAsk, 'permit'> = {
  ...{ operation: 'GetPatient', lane: 'reads', kind: 'background', gapMs: 1, isLive: false },
  ...{ busyMs: 0, leaseMs: 1_000 },
};

let redis: RedisServer;
let server: ServerFixture;
let port: RedisPort;
let link: EhrLink;
let admin: Client;
beforeAll(async () => {
  redis = await startRedis();
  server = await startServer(redis.url, { developmentUsers: [...users, ada] });
  port = createRedisPort(fromUrl(redis.url), 'test');
  await port.connect();
  link = new EhrLink({ port, account, node: 'worker-1' });
  await link.announce(Date.now());
  admin = await server.login('ada');
});
afterAll(async () => {
  await port?.close();
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
});

const force = (client: Client, body: object, of = account) =>
  client.post(`${server.url}/api/v1/ehr-link/${of}/breaker`, {
    lane: 'reads',
    action: 'open',
    reason,
    minutes: null,
    ...body,
  });

test('[authz] [abuse] only the administrator holds it, with a fresh proof, an account that is there and a reason that is a code', async () => {
  const manager = await server.login('manager');
  expect(problemOf(await force(manager, {})).code).toBe('permission_denied');
  expect(problemOf(await force(admin, {})).code).toBe('step_up_required');
  await admin.prove('connector-config');
  expect(problemOf(await force(admin, {}, 'a'.repeat(16))).code).toBe('record_not_found');
  expect(problemOf(await force(admin, { reason: 'Ann Smith called' })).code).toBe('invalid_request');
  expect((await link.read('reads')).state).toBe('closed');
  expect(await link.history(10)).toEqual([]);
});

test('[EH-FORCE] the account of a customer key that was replaced is not there to be held by mistake', async () => {
  await admin.prove('connector-config');
  const accounts = async () => {
    const seen = await admin.get(`${server.url}/api/v1/ehr-link`);
    return (seen.json.accounts as { account: string }[]).map((one) => one.account);
  };
  const former = new EhrLink({ port, account: 'f'.repeat(16), node: 'worker-0' });
  await former.announce(Date.now() - 6 * 86_400_000);
  expect(await accounts()).toEqual([account, former.account].toSorted());
  await former.announce(Date.now() - 8 * 86_400_000);
  expect(await accounts()).toEqual([account]);
  expect(problemOf(await force(admin, {}, former.account)).code).toBe('record_not_found');
});

test('[I7] [EH-FORCE] [audit] held open it lets no call through until it is given back, and who did it is on the record', async () => {
  await admin.prove('connector-config');
  expect((await force(admin, { minutes: 30 })).json).toMatchObject({
    ...{ lane: 'reads', state: 'forced_open', by: 'ada', why: reason },
  });
  expect(await link.take({ ...ask, permit: 'p1' })).toMatchObject({ status: 'denied', state: 'forced_open' });
  expect((await link.read('writes')).state).toBe('closed');
  expect((await force(admin, { action: 'reset' })).json).toMatchObject({ state: 'closed', till: null });
  expect(await link.take({ ...ask, permit: 'p2' })).toMatchObject({ status: 'granted', state: 'closed' });
  const seen = await admin.get(`${server.url}/api/v1/ehr-link`);
  expect(seen.json.accounts).toMatchObject([
    {
      account,
      breakers: [
        { lane: 'reads', state: 'closed' },
        { lane: 'writes', state: 'closed' },
      ],
      history: [
        { from: 'forced_open', to: 'closed', by: 'ada' },
        { from: 'closed', to: 'forced_open', by: 'ada', why: reason },
      ],
    },
  ]);
  const events = (await redis.client().keys('{a:*}:ev')).map((key) => redis.client().xrange(key, '-', '+'));
  const kept = (await Promise.all(events)).flat().map(([, fields]) => fields.join(' '));
  const ours = kept.filter((text) => text.includes('EhrBreaker') && text.includes('"sub":"config"'));
  expect(ours.map((text) => [text.includes('"uid":"ada"'), text.includes(reason)])).toEqual([
    [true, true],
    [true, true],
  ]);
});
