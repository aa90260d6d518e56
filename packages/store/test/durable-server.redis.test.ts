import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServerOptions, startRedis } from '@workflow-bolt/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  assertDurable,
  createRedisPort,
  EmbeddedRedisError,
  fromUrl,
  type RedisPort,
  redisServerConf,
  startEmbeddedRedis,
  UnsafeRedisError,
} from '../src/index.ts';

async function withServer<T>(options: RedisServerOptions, use: (port: RedisPort) => Promise<T>): Promise<T> {
  await using server = await startRedis(options);
  const port = createRedisPort(fromUrl(server.url));
  await port.connect();
  try {
    return await use(port);
  } finally {
    await port.close();
  }
}

const refused = async (options: RedisServerOptions): Promise<readonly string[]> => {
  const error = await withServer(options, (port) =>
    assertDurable(port, { isUnsafeAllowed: false }).catch((caught: unknown) => caught),
  );
  return error instanceof UnsafeRedisError ? error.reasons : [`accepted: ${JSON.stringify(error)}`];
};

test('[H-19] a Redis that keeps everything is accepted', async () => {
  const report = await withServer({ persist: 'aof-always' }, (port) =>
    assertDurable(port, { isUnsafeAllowed: false }),
  );
  expect(report).toEqual({ reasons: [], unchecked: [] });
});

test('a Redis that fsyncs once a second is accepted with a warning', async () => {
  const report = await withServer({ persist: 'aof-everysec' }, (port) =>
    assertDurable(port, { isUnsafeAllowed: false }),
  );
  expect(report).toEqual({
    reasons: [],
    unchecked: ['appendfsync is everysec: a crash may lose acknowledged commits.'],
  });
});

test('[H-19] a Redis that does not persist, or evicts, is refused with every reason', async () => {
  expect(await refused({ persist: 'rdb' })).toEqual([expect.stringContaining('appendonly is off')]);
  const both = await refused({ persist: 'none', maxmemory: '20mb', conf: ['maxmemory-policy allkeys-lru'] });
  expect(both).toEqual([
    expect.stringContaining('maxmemory-policy is allkeys-lru'),
    expect.stringContaining('appendonly is off'),
  ]);
});

test('the flag for tests turns the refusal into a report', async () => {
  const report = await withServer({ persist: 'none' }, (port) =>
    assertDurable(port, { isUnsafeAllowed: true }),
  );
  expect(report.reasons).toEqual([expect.stringContaining('appendonly is off')]);
});

test('a managed service that hides CONFIG is judged by INFO, and says what it could not see', async () => {
  const conf = ['rename-command CONFIG ""'];
  const report = await withServer({ persist: 'aof-always', conf }, (port) =>
    assertDurable(port, { isUnsafeAllowed: false }),
  );
  expect(report).toEqual({
    reasons: [],
    unchecked: [expect.stringContaining('appendfsync: CONFIG is not available')],
  });
  expect(await refused({ persist: 'none', conf })).toEqual([expect.stringContaining('appendonly is off')]);
  expect(await refused({ persist: 'aof-always', conf: [...conf, 'maxmemory-policy volatile-lru'] })).toEqual([
    expect.stringContaining('maxmemory-policy is volatile-lru'),
  ]);
});

test('an old version is refused', async () => {
  const old = {
    sendToPrimaries: async (command: string) => {
      if (command !== 'INFO') throw new Error('ERR unknown command');
      return ['redis_version:6.2.14\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n'];
    },
  } as unknown as RedisPort;
  await expect(assertDurable(old, { isUnsafeAllowed: false })).rejects.toThrow(
    /version 6\.2\.14: Redis 7\.0 or newer/,
  );
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bolt-embedded-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('[H-19] the embedded server keeps its data, says it is durable, and refuses a second instance', async () => {
  const first = await startEmbeddedRedis({ dir });
  const port = createRedisPort(fromUrl(first.url));
  await port.connect();
  expect(await assertDurable(port, { isUnsafeAllowed: false })).toEqual({ reasons: [], unchecked: [] });
  await port.command('SET', 'kept', 'yes');
  await expect(startEmbeddedRedis({ dir })).rejects.toThrow(new RegExp(`process ${first.pid}.*already uses`));
  await port.close();
  await first.stop();
  await first.exited;
  const second = await startEmbeddedRedis({ dir, listen: { socket: join(dir, 'r.sock') } });
  const again = createRedisPort(fromUrl(second.url));
  await again.connect();
  expect(await again.command('GET', 'kept')).toBe('yes');
  await again.close();
  await second.stop();
  expect(existsSync(join(dir, 'redis.pid'))).toBe(false);
});

test('a pid file left by a crash does not stand in the way', async () => {
  const first = await startEmbeddedRedis({ dir });
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  expect(readFileSync(join(dir, 'redis.pid'), 'utf8').trim()).toBe(String(first.pid));
  const second = await startEmbeddedRedis({ dir });
  await second.stop();
});

test('a busy port and a missing program each say so', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(startEmbeddedRedis({ dir, listen: { port } })).rejects.toThrow(
    /did not start[\s\S]*already in use/,
  );
  taken.close();
  await expect(startEmbeddedRedis({ dir, binary: 'no-such-redis-server' })).rejects.toThrow(
    EmbeddedRedisError,
  );
});

test('a directory that the configuration cannot quote is refused', () => {
  expect(() => redisServerConf({ dir: '/a"b', listen: { port: 1 } })).toThrow(RangeError);
});
