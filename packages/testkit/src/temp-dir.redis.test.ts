import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { awaitUntil } from './await-until.ts';
import { isAlive } from './process-info.ts';
import { makeTempDir, reapStaleTempDirs, TEMP_PREFIX } from './temp-dir.ts';

const STARTER = `
  import { startRedis } from ${JSON.stringify(join(import.meta.dirname, 'redis-server.ts'))};
  const redis = await startRedis();
  console.log(JSON.stringify({ pid: redis.pid, dir: redis.dir }));
  setInterval(() => {}, 1000);
`;

/** A test run of its own: starts a server, tells which, and waits to be ended by `signal`. */
async function endRunWith(signal: NodeJS.Signals): Promise<{ pid: number; dir: string }> {
  const runner = spawn(process.execPath, ['--input-type=module', '-e', STARTER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(runner.stdout, 'data')) as [Buffer];
  const exited = once(runner, 'exit');
  runner.kill(signal);
  await exited;
  return JSON.parse(said.toString()) as { pid: number; dir: string };
}

it('a server whose test run was ended by a signal goes with it', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { pid, dir } = await endRunWith(signal);
    await awaitUntil('the server is gone', () => !isAlive(pid));
    expect(existsSync(dir)).toBe(false);
  }
});

it('a server whose test run was killed outright is reaped by the next run', async () => {
  const { pid, dir } = await endRunWith('SIGKILL');
  // SIGKILL cannot be caught, so the server outlived its run; only a reaper (ours, or that of a run beside us) ends it.
  reapStaleTempDirs();
  await awaitUntil('the server is gone', () => !isAlive(pid));
  expect(existsSync(dir)).toBe(false);
});

it('never ends a process that merely has the id in a stale pid file', async () => {
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const dir = mkdtempSync(join(tmpdir(), TEMP_PREFIX));
  try {
    writeFileSync(join(dir, 'owner.json'), JSON.stringify({ pid: 2 ** 22 + 1, mark: '1' }));
    writeFileSync(join(dir, 'redis.pid'), String(stranger.pid));
    reapStaleTempDirs();
    expect(existsSync(dir)).toBe(false);
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
  } finally {
    stranger.kill('SIGKILL');
  }
});

it('leaves a directory alone while its owner lives', () => {
  const dir = makeTempDir();
  try {
    expect(reapStaleTempDirs()).not.toContain(dir);
    expect(existsSync(dir)).toBe(true);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
