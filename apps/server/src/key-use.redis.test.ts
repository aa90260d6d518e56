/** What the vault does with keys, as it stands on the record and in front of a person. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert, SecurityEvent } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, problemOf, type ServerFixture, startServer, today } from './test/server-fixture.ts';

let redis: RedisServer;
let dir: string;
beforeAll(async () => {
  redis = await startRedis();
  dir = await mkdtemp(join(tmpdir(), 'bolt-key-use-'));
});
afterAll(async () => {
  await redis?.stop();
  await rm(dir, { recursive: true, force: true });
});

const serverWithKeys = (): Promise<ServerFixture> =>
  startServer(redis.url, { config: { keys: join(dir, 'top-keys.json'), keyStore: join(dir, 'store') } });
const month = () => today().slice(0, 7);

async function keyEvents(): Promise<SecurityEvent[]> {
  const entries = (await redis.call('XRANGE', '{a:c.north}:ev', '-', '+')) as [string, string[]][];
  return entries
    .map(([, fields]) => JSON.parse(fields[fields.indexOf('f') + 1] ?? '{}') as SecurityEvent)
    .filter(({ sub }) => sub === 'key');
}
const actsOf = (events: readonly SecurityEvent[]) => events.map(({ job, ent }) => `${job} ${ent?.[0]?.id}`);

test('[audit] [I5] [H-06] the keys of a board are on the record when they are made and when they are opened', async () => {
  const first = await serverWithKeys();
  const desk = await first.login('front-desk');
  for (let i = 0; i < 12; i++) expect((await desk.walkIn(`w${i}`)).status).toBe(200);
  await first[Symbol.asyncDispose]();
  const made = actsOf(await keyEvents());
  expect(made).toEqual(
    expect.arrayContaining([
      'key.created ck1',
      'key.opened ck1',
      `key.created ${month()}/rk1`,
      `key.opened ${month()}/rk1`,
      'key.created ik1',
      'key.opened ik1',
    ]),
  );
  await using second = await serverWithKeys();
  const again = await second.login('front-desk');
  expect((await again.get(again.board())).status).toBe(200);
  // A handful for the whole board, not one for each record.
  await eventually(async () =>
    expect(
      actsOf(await keyEvents())
        .slice(made.length)
        .toSorted(),
    ).toEqual(['key.opened ck1', 'key.opened ik1', `key.opened ${month()}/rk1`].toSorted()),
  );
});

test('[audit] [crypto] [H-07] a record that was moved to another patient is on the record and raises an alert', async () => {
  const entities = `{b:north:${today().replaceAll('-', '')}}:ent`;
  await redis.call('HSET', entities, 'p:w2', (await redis.call('HGET', entities, 'p:w1')) as string);
  await using server = await serverWithKeys();
  const manager = await server.login('manager');
  for (let i = 0; i < 5; i++)
    expect(problemOf(await manager.get(manager.board()))).toEqual({ status: 500, code: 'phi_unreadable' });
  const failures = async () => (await keyEvents()).filter(({ out }) => out === 8);
  await eventually(async () =>
    expect(await failures()).toMatchObject([
      { why: 'tampered', job: 'key.failed', agent: { uid: 'vault', kind: 'service' } },
    ]),
  );
  expect(JSON.stringify(await keyEvents())).not.toMatch(/Zz|w1|w2/);
  await eventually(async () => {
    const { json } = await manager.get(`${server.url}/api/v1/alerts?state=open`);
    expect((json as { alerts: Alert[] }).alerts).toMatchObject([
      { rule: 'KEY-1', clinic: 'north', severity: 'high', responses: [], review: null },
    ]);
  });
});
