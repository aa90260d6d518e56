import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmbeddedRedis } from '../src/embedded-redis.ts';
import { createRedisPort } from '../src/ioredis-port.ts';
import { fromUrl } from '../src/redis-target.ts';

/** One transaction of three commands, as the effects of a commit stand in the file; then what the server holds. */
async function writeAndRead(url: string, step: string | null): Promise<unknown> {
  const port = createRedisPort(fromUrl(url), 'torn-file');
  await port.connect();
  const script =
    "redis.call('RPUSH',KEYS[1],ARGV[1]) redis.call('SET',KEYS[2],ARGV[1]) redis.call('SET',KEYS[3],ARGV[1])";
  if (step) await port.command('EVAL', script, 3, 'log', 'state', 'position', step);
  const held = await port.command('LRANGE', 'log', 0, -1);
  await port.close();
  return held;
}

function cutFile(dir: string, bytes: number): void {
  const files = readdirSync(join(dir, 'appendonlydir')).filter((name) => name.endsWith('.incr.aof'));
  const file = join(dir, 'appendonlydir', files.sort().at(-1) ?? '');
  truncateSync(file, statSync(file).size - bytes);
}

test('[H-19] a transaction that the disk lost in half stays lost, also after the next restart', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bolt-torn-'));
  const start = () => startEmbeddedRedis({ dir });
  const kill = async ({ pid, exited }: Awaited<ReturnType<typeof start>>) => {
    process.kill(pid, 'SIGKILL');
    await exited;
  };
  try {
    const first = await start();
    await writeAndRead(first.url, 'kept');
    await writeAndRead(first.url, 'lost');
    await kill(first);
    cutFile(dir, 50);
    const second = await start();
    expect(await writeAndRead(second.url, null)).toEqual(['kept']);
    await writeAndRead(second.url, 'new');
    await kill(second);
    const third = await start();
    expect(await writeAndRead(third.url, null)).toEqual(['kept', 'new']);
    await third.stop();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
