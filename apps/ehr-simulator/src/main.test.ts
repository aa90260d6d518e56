import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});

function run(args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
  started.push(child);
  return child;
}
const firstLine = async (child: ChildProcess) =>
  JSON.parse(String((await once(child.stdout ?? child, 'data'))[0]));
const errorOf = async (child: ChildProcess) => {
  let text = '';
  child.stderr?.on('data', (piece) => {
    text += piece;
  });
  const [code] = await once(child, 'close');
  return { code, text };
};

describe('ehr-simulator process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints its addresses as one line of JSON and ends cleanly on %s',
    async (signal) => {
      const child = run(['--date', '2026-07-01', '--appointments', '5'], { EHR_SIMULATOR_SEED: '7' });
      const ready = await firstLine(child);
      expect(ready).toMatchObject({
        ready: true,
        pid: child.pid,
        date: '2026-07-01',
        zone: 'America/Chicago',
      });
      expect(await (await fetch(`${ready.controlUrl}/appointments`)).json()).toHaveLength(5);
      child.kill(signal);
      expect((await once(child, 'close'))[0]).toBe(0);
    },
  );
  it('refuses a busy port and wrong options with one sentence', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const busy = await errorOf(run(['--control-port', String(port)]));
    taken.close();
    expect(busy.code).toBe(1);
    expect(busy.text).toContain('EADDRINUSE');
    const wrong = await errorOf(run(['--profile', 'holiday']));
    expect(wrong.code).toBe(1);
    expect(wrong.text).toMatch(/profile/);
  });
});
