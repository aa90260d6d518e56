/** Deleting that is stopped has an alert that says why, and an alert that says so has the deleting stopped. */
import type { Alert } from '@workflow-bolt/contracts';
import type { AlertDraft, Signal } from '@workflow-bolt/domain';
import {
  AlertStore,
  BlockList,
  createRedisPort,
  Detector,
  ensureFunctions,
  FreezeWatch,
  freezeDeletions,
  fromUrl,
  liftFreeze,
  readFreeze,
} from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AuditGuard } from './audit-guard.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const day = 86_400_000;
const clinics = ['oak'];

let redis: RedisServer;
let port: ReturnType<typeof createRedisPort>;
beforeAll(async () => {
  redis = await startRedis();
  port = createRedisPort(fromUrl(redis.url), 'freeze');
  await port.connect();
  await ensureFunctions(port);
});
beforeEach(async () => {
  await redis.call('FLUSHDB');
});
afterAll(async () => {
  await port?.close();
  await redis?.stop();
});

/** Somebody lifts the freeze after the detector has stopped the deleting and before its alert can be seen. */
class LiftedBetween extends AlertStore {
  override async raise(draft: AlertDraft): Promise<Alert | null> {
    await liftFreeze(port);
    return super.raise(draft);
  }
}

const gap: Signal = {
  ...{ kind: 'audit-gap', at: noon, clinic: 'oak', uid: null, network: null, session: null },
  object: 'p-1:1-3',
};
const detector = (alerts: AlertStore) =>
  new Detector({
    ...{ port, alerts, blocks: new BlockList(port, () => noon) },
    ...{ honey: new Set<string>(), trusted: new Set<string>() },
    revokeSession: async () => {},
    revokeAccount: async () => {},
    record: async () => {},
    onAlert: () => {},
  });
const rulesOf = async (clinic: string | null) =>
  (await new AlertStore(port).list(clinic)).map(({ rule }) => rule);

test('[audit] [abuse] [H-24] AUD-1: a lift that could not see the alert yet does not outlast it', async () => {
  await freezeDeletions(port, { why: 'AUD-1', since: noon - day });
  await detector(new LiftedBetween(port)).hear(gap);
  expect([await rulesOf('oak'), await readFreeze(port)]).toEqual([['AUD-1'], { why: 'AUD-1', since: noon }]);
});

test('[audit] AUD-1: a matter that was raised before is no reason to stop the deleting again after a lift', async () => {
  const alerts = new AlertStore(port);
  await detector(alerts).hear(gap);
  const [alert] = await alerts.list('oak');
  await alerts.review('oak', alert?.id ?? '', { by: 'manager', at: noon + 1, outcome: 'incident' });
  await detector(new LiftedBetween(port)).hear(gap);
  expect([await rulesOf('oak'), await readFreeze(port)]).toEqual([['AUD-1'], null]);
});

test('[audit] [H-24] AUD-1: a freeze without an alert is told by any worker, once, and can be judged', async () => {
  const newGuard = () =>
    new AuditGuard({
      ...{ port, clinics, honeyKeys: [], log: pino({ level: 'silent' }), now: () => noon },
      record: async () => {},
    });
  const guard = newGuard();
  await guard.look();
  await freezeDeletions(port, { why: 'AUD-1', since: noon - 5 * day });
  // Its alert may come in a moment.
  await guard.look();
  expect(await rulesOf(null)).toEqual([]);
  await guard.look();
  expect(await rulesOf(null)).toEqual(['AUD-1']);
  for (const each of [guard, newGuard()]) for (let look = 0; look < 3; look += 1) await each.look();
  expect([await rulesOf(null), await rulesOf('oak')]).toEqual([['AUD-1'], []]);
});

test('[audit] a freeze whose alert waits, or was judged since, is not alone; what was judged long before says nothing', async () => {
  const alerts = new AlertStore(port);
  const alone = async (since: number) => {
    await liftFreeze(port);
    await freezeDeletions(port, { why: 'AUD-1', since });
    const watch = new FreezeWatch(port, clinics);
    await watch.look(noon);
    return (await watch.look(noon)).map(({ kind, object, at }) => [kind, object, at]);
  };
  await detector(alerts).hear({ ...gap, at: noon - 40 * day });
  expect(await alone(noon - 5 * day)).toEqual([]);
  const [alert] = await alerts.list('oak');
  const reviewedAt = noon - 6 * day;
  await alerts.review('oak', alert?.id ?? '', { by: 'manager', at: reviewedAt, outcome: 'incident' });
  expect(await alone(reviewedAt + day)).toEqual([]);
  const later = reviewedAt + day + 1;
  expect(await alone(later)).toEqual([['freeze-alone', `freeze:${later}`, noon]]);
});
