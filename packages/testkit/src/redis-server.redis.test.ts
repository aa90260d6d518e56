import { existsSync, statSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { assertNoLeaks } from './owned-resources.ts';
import { isAlive } from './process-info.ts';
import { startRedis } from './redis-server.ts';
import { RespError } from './resp.ts';

afterAll(assertNoLeaks);

describe('startRedis', () => {
  it('listens on a private socket only, and leaves nothing behind', async () => {
    const redis = await startRedis();
    const { pid, dir } = redis;
    expect(await redis.call('PING')).toBe('PONG');
    expect(redis.port).toBe(0);
    expect(redis.url).toBe(`unix://${redis.socket}`);
    expect(Buffer.byteLength(redis.socket)).toBeLessThan(108);
    await redis.stop();
    expect([isAlive(pid), existsSync(dir)]).toEqual([false, false]);
  });

  it('serves an ioredis client over the url, on the socket and on TCP', async () => {
    await using redis = await startRedis({ tcp: true });
    const client = redis.client();
    await client.set('k', 'v');
    expect(redis.url).toBe(`redis://127.0.0.1:${redis.port}`);
    const { Redis } = await import('ioredis');
    const overTcp = new Redis(redis.url);
    const overSocket = new Redis(`unix://${redis.socket}`);
    expect(await Promise.all([overTcp.get('k'), overSocket.get('k')])).toEqual(['v', 'v']);
    overTcp.disconnect();
    overSocket.disconnect();
  });

  it('keeps every acknowledged write over SIGKILL with aof-always', async () => {
    await using redis = await startRedis({ persist: 'aof-always' });
    for (let i = 0; i < 50; i += 1) await redis.call('RPUSH', 'log', String(i));
    await redis.kill9();
    await redis.restart();
    expect(await redis.call('LLEN', 'log')).toBe(50);
  });

  it('loses everything over SIGKILL without persistence', async () => {
    await using redis = await startRedis({ persist: 'none' });
    await redis.call('SET', 'k', 'v');
    await redis.kill9();
    await redis.restart();
    expect(await redis.call('GET', 'k')).toBeNull();
  });

  it('keeps the data over an orderly restart with snapshots', async () => {
    await using redis = await startRedis({ persist: 'rdb' });
    await redis.call('SET', 'k', 'v');
    await redis.restart();
    expect(await redis.call('GET', 'k')).toBe('v');
  });

  it('drops the unfinished tail of a truncated append-only file', async () => {
    await using redis = await startRedis({ persist: 'aof-always' });
    await redis.call('SET', 'first', '1');
    const sizeOfFirst = statSync(redis.aofPath).size;
    await redis.call('SET', 'second', '2');
    expect(() => redis.truncateAof(3)).toThrow('needs the server down');
    await redis.kill9();
    const left = redis.truncateAof(3);
    expect(left).toBeGreaterThan(sizeOfFirst);
    await redis.restart();
    expect(await redis.call('MGET', 'first', 'second')).toEqual(['1', null]);
  });

  it('executes what was sent to a paused server once it goes on', async () => {
    await using redis = await startRedis();
    const client = redis.client();
    await client.ping();
    await redis.pause();
    let isDone = false;
    const pending = client.set('k', 'late').then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isDone).toBe(false);
    redis.resume();
    await pending;
    expect(await client.get('k')).toBe('late');
  });

  it('refuses writes beyond maxmemory, and reads go on', async () => {
    await using redis = await startRedis({ maxmemory: '2mb' });
    const filler = 'x'.repeat(100_000);
    const replies = [];
    for (let i = 0; i < 40; i += 1) replies.push(await redis.call('SET', `k${i}`, filler));
    expect(replies.at(-1)).toBeInstanceOf(RespError);
    expect(String(replies.at(-1))).toContain('OOM');
    expect(await redis.call('GET', 'k0')).toBe(filler);
  });

  it('loads an ACL file and counts a server that demands a password as ready', async () => {
    await using redis = await startRedis({
      acl: ['user default off', 'user app on >secret ~app:* +@all'],
    });
    expect(String(await redis.call('GET', 'app:k'))).toContain('NOAUTH');
    const client = redis.client({ username: 'app', password: 'secret' });
    await client.set('app:k', '1');
    await expect(client.set('other', '1')).rejects.toThrow('NOPERM');
  });

  it('follows a primary', async () => {
    await using primary = await startRedis({ tcp: true });
    await primary.call('SET', 'k', 'v');
    await using replica = await startRedis({ replicaOf: { host: '127.0.0.1', port: primary.port } });
    await expect.poll(() => replica.call('GET', 'k'), { timeout: 10_000 }).toBe('v');
  });

  it('says what the server said when it cannot start', async () => {
    await expect(startRedis({ conf: ['no-such-directive yes'] })).rejects.toThrow(
      'redis-server did not start',
    );
  });

  it('refuses a binary that is not there', async () => {
    await expect(startRedis({ binary: '/nonexistent/redis-server' })).rejects.toThrow('ENOENT');
  });
});
