import { type Alert, Fault, glassMs, glassReviewMs } from '@workflow-bolt/contracts';
import {
  AlertStore,
  createRedisPort,
  EmergencyStore,
  ensureFunctions,
  fromUrl,
  liftFreeze,
  type RedisPort,
  readFreeze,
} from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditGuard } from './audit-guard.ts';

const bait = 'phi:export:token';
const clinic = 'oak';

let redis: RedisServer;
let port: ReturnType<typeof createRedisPort>;
beforeAll(async () => {
  redis = await startRedis();
  port = createRedisPort(fromUrl(redis.url), 'guard');
  await port.connect();
  await ensureFunctions(port);
});
afterAll(async () => {
  await port?.close();
  await redis?.stop();
});

function newGuard(clock = { now: Date.now() }, to: RedisPort = port) {
  const recorded: unknown[] = [];
  const guard = new AuditGuard({
    ...{
      port: to,
      clinics: [clinic],
      honeyKeys: [bait],
      log: pino({ level: 'silent' }),
      now: () => clock.now,
    },
    record: async ({ why, agent }) => void recorded.push([why, agent.uid]),
  });
  return { guard, recorded, clock };
}

const alerts = async (of: string | null): Promise<[Alert['rule'], string | null][]> =>
  (await new AlertStore(port).list(of)).map(({ rule, uid }) => [rule, uid]);

/** As if it had lain there for ten minutes: Redis takes a key back with its age. */
async function age(name: string): Promise<void> {
  const script = `redis.call('RESTORE', KEYS[1], 0, redis.call('DUMP', KEYS[1]), 'REPLACE', 'IDLETIME', 600)`;
  await redis.call('EVAL', script, '1', name);
  const [servers = ''] = String(await redis.call('HGET', '{dt}:bait', name)).split(' ');
  await redis.call('HSET', '{dt}:bait', name, `${servers} ${Date.now() - 600_000}`);
}

test('[abuse] [privacy] [H-17] HT-3: whoever reads the bait in Redis is noticed, by any process and once', async () => {
  const { guard, recorded, clock } = newGuard();
  await guard.look();
  expect(await redis.call('EXISTS', bait)).toBe(1);
  await age(bait);
  // Who lists keys, asks for their kind or age, or looks again has read nothing.
  await redis.call('KEYS', '*');
  await redis.call('TYPE', bait);
  await redis.call('TTL', bait);
  await redis.call('SET', 'another', 'x');
  await redis.call('GET', 'another');
  await guard.look();
  expect(await alerts(null)).toEqual([]);
  await redis.call('GET', bait);
  await newGuard(clock).guard.look();
  expect(await alerts(null)).toEqual([['HT-3', null]]);
  await guard.look();
  expect(await alerts(null)).toEqual([['HT-3', null]]);
  expect(recorded).toEqual([]);
});

test('[abuse] HT-3: bait that was taken away is noticed too, and lies there again', async () => {
  const { guard, recorded } = newGuard({ now: Date.now() + 2 * 3_600_000 });
  await guard.look();
  await redis.call('DEL', bait);
  await guard.look();
  expect(recorded).toEqual([['HT-3', 'anonymous']]);
  expect(await redis.call('EXISTS', bait)).toBe(1);
});

test('[abuse] HT-3: what could not be judged while Redis was away is judged by the next look', async () => {
  let isAway = false;
  const halting = new Proxy(port, {
    get: (target, name) => {
      if (name === 'fcall' && isAway) return () => Promise.reject(new Fault('store_unavailable'));
      const member = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const { guard, recorded } = newGuard({ now: Date.now() + 6 * 3_600_000 }, halting);
  await guard.look();
  await redis.call('DEL', bait);
  isAway = true;
  await guard.look();
  expect(recorded).toEqual([]);
  isAway = false;
  await guard.look();
  await guard.look();
  expect(recorded).toEqual([['HT-3', 'anonymous']]);
});

test('HT-3: after a restart of Redis all keys count as touched, and nobody is blamed', async () => {
  const { guard, recorded } = newGuard({ now: Date.now() + 4 * 3_600_000 });
  await redis.call('HSET', '{dt}:bait', bait, `anotherserver ${Date.now() - 600_000}`);
  await guard.look();
  await guard.look();
  expect(recorded).toEqual([]);
});

const glass = (id: string, openedAt: number) => ({
  ...{ id, clinic, uid: 'dr-okafor', name: 'Dr. Okafor', date: '2026-11-20', visitId: 'v-1' },
  ...{ openedAt, expiresAt: openedAt + glassMs, reviewDueAt: openedAt + glassReviewMs },
  ...{ reasonCode: 'other' as const, reason: 'sealed' },
});

test('[abuse] [H-03] BTG-1U: an emergency access that nobody judged within 72 hours is told, one that was judged is not', async () => {
  const emergencies = new EmergencyStore(port);
  const { guard, clock } = newGuard();
  const openedAt = clock.now;
  for (const id of ['g-judged', 'g-forgotten']) await emergencies.open(glass(id, openedAt));
  await emergencies.review(clinic, 'g-judged', {
    ...{ outcome: 'justified', comment: 'sealed', by: 'manager', at: openedAt + 1 },
  });
  clock.now = openedAt + glassReviewMs - 1;
  await guard.look();
  expect(await alerts(clinic)).toEqual([]);
  clock.now += 1;
  await guard.look();
  await newGuard(clock).guard.look();
  clock.now += 90_000_000;
  await guard.look();
  expect(await alerts(clinic)).toEqual([['BTG-1U', 'dr-okafor']]);
});

test('[audit] [H-13] what the keeper of the record tells becomes an alert: a review that is owed, a witness that is late', async () => {
  const { guard } = newGuard();
  const told = (sub: 'review' | 'verify', why: string, t: string, id: string) =>
    guard.record({
      ...{ cid: 'elm', type: 'security', sub, act: 'E', out: 4, why },
      ...{ agent: { uid: 'audit-keeper', kind: 'service', role: null }, ent: [{ t, id }] },
    });
  await told('review', 'overdue', 'AuditReview', '2026-11-09');
  await told('review', 'overdue', 'AuditReview', '2026-11-09');
  await told('review', 'overdue', 'AccessReview', '3');
  await told('verify', 'witness_late', 'Witness', 'witness.example.org/w1');
  expect((await alerts('elm')).map(([rule]) => rule).sort()).toEqual(['AUD-2', 'REV-1', 'REV-1']);
});

test('[audit] [H-07] AUD-1: a gap that was judged stays judged for a worker that starts again; another one stops the deleting', async () => {
  await liftFreeze(port);
  const write = (inst: string, iseq: number) =>
    redis.call('XADD', `{a:c.${clinic}}:ev`, '*', 'i', inst, 's', String(iseq), 'm', '-', 'f', '{}');
  for (const iseq of [1, 3]) await write('p-torn', iseq);
  const gaps = async () => (await new AlertStore(port).list(clinic)).filter(({ rule }) => rule === 'AUD-1');
  const written = Number(((await write('p-torn', 4)) as string).split('-')[0]);
  await newGuard({ now: written + 30_000 }).guard.look();
  const [alert] = await gaps();
  // It happened when the entry behind it was written, whenever somebody looks.
  expect([(alert?.at ?? Number.NaN) <= written, (await readFreeze(port))?.why]).toEqual([true, 'AUD-1']);
  const review = { by: 'manager', at: written, outcome: 'training' as const };
  await new AlertStore(port).review(clinic, alert?.id ?? '', review);
  await liftFreeze(port);
  await newGuard({ now: written + 60_000 }).guard.look();
  expect([(await gaps()).length, await readFreeze(port)]).toEqual([1, null]);
  // The same process on the same day, twice before anybody looks.
  for (const iseq of [6, 8]) await write('p-torn', iseq);
  await newGuard({ now: written + 90_000 }).guard.look();
  expect([(await gaps()).length, (await readFreeze(port))?.why]).toEqual([3, 'AUD-1']);
  for (const iseq of [1, 3]) await write('p-other', iseq);
  await newGuard({ now: written + 120_000 }).guard.look();
  expect((await gaps()).length).toBe(4);
});
