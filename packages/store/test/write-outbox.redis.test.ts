/** The lease of an outbox: who holds it, and that nothing of a former holder counts any more. */
import { openWriteBack } from '@workflow-bolt/domain';
import { awaitUntil, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createRedisPort,
  effectiveMode,
  ensureFunctions,
  fromUrl,
  LeaseLost,
  outboxKey,
  type RedisPort,
  WriteBackSwitch,
  WriteOutbox,
} from '../src/index.ts';

const cursor = { epoch: 'e'.repeat(32), seq: 7 };
const recordOf = (turn: number) => ({
  ...{ entry: { ...openWriteBack('500100000042', { status: 'Scheduled' as const, version: null }) } },
  ...{ seen: 'CheckedIn' as const, theirs: 'Scheduled' as const, turn, told: 0, triedAt: null, dry: null },
});

let redis: RedisServer;
let port: RedisPort;
beforeAll(async () => {
  redis = await startRedis();
  port = createRedisPort(fromUrl(redis.url), 'test');
  await port.connect();
  await ensureFunctions(port);
});
afterAll(async () => {
  await port?.close();
  await redis?.stop();
});

const outboxOf = (date: string, holder: string) =>
  new WriteOutbox({ clinic: 'north', date }, { port, holder });

test('[WB-LEASE] one holds it; another takes over when it ends, and what the first still sends is refused', async () => {
  const [one, two] = [outboxOf('2026-03-10', 'one'), outboxOf('2026-03-10', 'two')];
  expect(await one.hold(60_000)).toMatchObject({ kind: 'held', contents: { epoch: '', seq: 0 } });
  expect(await one.hold(60_000)).toEqual({ kind: 'held', contents: null });
  await one.keep({ set: new Map([['v1', recordOf(1)]]), cursor });
  expect(await two.hold(60_000)).toMatchObject({ kind: 'busy', leftMs: expect.any(Number) });
  // The first holder stands still: its lease ends.
  await one.hold(1);
  let taken: Awaited<ReturnType<WriteOutbox['hold']>> | null = null;
  await awaitUntil('the lease ends', async () => {
    taken = await two.hold(60_000);
    return taken.kind === 'held';
  });
  expect(taken).toMatchObject({ kind: 'held', contents: { epoch: cursor.epoch, seq: 7 } });
  await expect(one.keep({ set: new Map([['v1', recordOf(2)]]), cursor })).rejects.toBeInstanceOf(LeaseLost);
  expect((await one.hold(60_000)).kind).toBe('busy');
  await two.keep({ set: new Map([['v2', recordOf(3)]]), drop: ['v1'], cursor, isLast: true });
  const again = await one.hold(60_000);
  expect(again.kind === 'held' && [...(again.contents?.records.keys() ?? [])]).toEqual(['v2']);
});

test('[H-04] [privacy] an entry in Redis names no appointment and no patient', async () => {
  const outbox = outboxOf('2026-03-11', 'one');
  await outbox.hold(60_000);
  await outbox.keep({ set: new Map([['v1', recordOf(1)]]), cursor });
  const text = JSON.stringify(
    await redis.client().hgetall(outboxKey({ clinic: 'north', date: '2026-03-11' })),
  );
  expect(text).toContain('e:v1');
  expect(text).not.toContain('500100000042');
});

test('the switch is never looser than the file, and a word that nobody knows reads as off', async () => {
  const at = { reason: 'INC-1', by: 'ada', at: 5 };
  const clinic = new WriteBackSwitch(port, 'north');
  expect(await clinic.read()).toBeNull();
  expect([effectiveMode('on', null), effectiveMode('off', null)]).toEqual(['on', 'off']);
  await clinic.set({ mode: 'dry-run', ...at });
  expect(await clinic.read()).toEqual({ mode: 'dry-run', ...at });
  expect(effectiveMode('on', await clinic.read())).toBe('dry-run');
  expect(effectiveMode('off', await clinic.read())).toBe('off');
  await redis.client().hset('{wb:north}:mode', 'mode', 'always');
  expect(effectiveMode('on', await clinic.read())).toBe('off');
  await clinic.markOpen('2026-03-10', 1_000);
  await clinic.markOpen('2026-03-10', 9_000);
  expect([await clinic.openDates(1_000), await clinic.openDates(1_001)]).toEqual([['2026-03-10'], []]);
  await clinic.markDrained('2026-03-10');
  expect(await clinic.openDates(0)).toEqual([]);
});
