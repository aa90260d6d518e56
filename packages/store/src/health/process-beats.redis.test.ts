import { type Beat, beatKeptMs, beatStaleMs, beatsKey, Fault } from '@workflow-bolt/contracts';
import { startRedis } from '@workflow-bolt/testkit';
import { expect, test, vi } from 'vitest';
import { createRedisPort } from '../ioredis-port.ts';
import { fromUrl } from '../redis-target.ts';
import { isBeating, ProcessBeats } from './process-beats.ts';
import { ProcessLoad } from './process-load.ts';

const now = 1_773_151_200_000;
const beat = (node: string, at: number): Beat => ({ node, role: 'worker', version: '1', at, ehr: null });

async function open() {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const port = createRedisPort(fromUrl(redis.url), 'beats');
  stack.defer(() => port.close());
  await port.connect();
  return { redis, port, beats: new ProcessBeats(port), [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('[H-19] who beats is alive for 15 s, missed for an hour, then forgotten; who takes leave is not missed', async () => {
  await using system = await open();
  const { beats, redis } = system;
  await beats.say(beat('fresh', now - beatStaleMs));
  await beats.say(beat('silent', now - beatStaleMs - 1));
  await beats.say(beat('old', now - beatKeptMs - 1));
  await beats.say(beat('left', now));
  await beats.leave('left');
  const found = await beats.read(now);
  expect(found.map((each) => [each.node, isBeating(each, now)])).toEqual([
    ['fresh', true],
    ['silent', false],
  ]);
  await beats.forgetOld(now);
  const left = (await redis.call('HKEYS', beatsKey)) as string[];
  expect(left.toSorted()).toEqual(['fresh', 'silent']);
});

test('a newer process may say more, and nonsense is nobody', async () => {
  await using system = await open();
  const more = { ...beat('newer', now), gpu: 3, lag: { jobs: 2, moons: 1 } };
  await system.redis.call('HSET', beatsKey, 'newer', JSON.stringify(more), 'x', '{', 'y', '{"node":1}');
  expect(await system.beats.read(now)).toEqual([{ ...beat('newer', now), lag: { jobs: 2 } }]);
});

test('a store that answers and takes nothing is told from one that is away, by its own code', async () => {
  await using system = await open();
  await system.redis.call('CONFIG', 'SET', 'min-replicas-to-write', '1');
  const refused = await system.beats.say(beat('w', now)).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Fault);
  expect((refused as Fault).details).toEqual({ reason: 'NOREPLICAS' });
  expect(await system.beats.read(now)).toEqual([]);
});

test('load is a share of a core and a delay, never below nothing', () => {
  const load = new ProcessLoad();
  load.start();
  const { cpu, loopMs } = load.take();
  load.stop();
  expect([cpu >= 0, loopMs >= 0]).toEqual([true, true]);
});

test.each([-3_600_000, 3_600_000])(
  'whose clock is wrong by %d ms is heard all the same: beats are told by the clock of Redis',
  async (wrongMs) => {
    await using system = await open();
    const { beats } = system;
    const right = Date.now();
    using ours = vi.spyOn(Date, 'now').mockReturnValue(right + wrongMs);
    expect(beats.now()).toBe(right + wrongMs);
    await beats.learnTime();
    const [seconds] = (await system.redis.call('TIME')) as string[];
    expect(Math.abs(beats.now() - Number(seconds) * 1_000)).toBeLessThan(600_000);
    expect(ours).toHaveBeenCalled();
  },
);
