import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type EhrSimulator, startEhrSimulator } from '../../apps/ehr-simulator/src/index.ts';

/** Both commands as they are run against an account, at its published pace. */
let simulator: EhrSimulator;
beforeAll(async () => {
  simulator = await startEhrSimulator({ seed: 7 });
});
afterAll(() => simulator.stop());

const scripts = join(import.meta.dirname, '../../scripts/ehr-live');

async function run(script: string, args: string[] = []) {
  const { customerKey, user, password } = simulator.credentials;
  const child = spawn(process.execPath, [join(scripts, script), ...args], {
    env: {
      PATH: process.env.PATH ?? '',
      BOLT_EHR_URL: simulator.url,
      BOLT_EHR_CUSTOMER_KEY: customerKey,
      BOLT_EHR_USER: user,
      BOLT_EHR_PASSWORD: password,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, err, status };
}

test('the account is verified at the published pace, and not written to', async () => {
  const { out, err, status } = await run('verify.ts');
  expect(err).toBe('');
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => line.slice(0, 2).trim()),
  ).toEqual(Array.from({ length: 12 }, (_, n) => String(n + 1)));
  expect(status).toBe(/^ ?\d+ {2}differs/m.test(out) ? 1 : 0);
  expect(out).toMatch(/^ 1 {2}held/m);
  expect(simulator.journal().filter(({ op }) => !op.startsWith('Get'))).toEqual([]);
});

test('its shapes are recorded, one file an answer and a manifest', async () => {
  const out = mkdtempSync(join(tmpdir(), 'bolt-recording-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const recorded = await run('record.ts', ['--out', out]);
  expect(recorded).toMatchObject({ err: '', status: 0 });
  const [, kept, all] = /^(\d+) of (\d+) answers kept/.exec(recorded.out) ?? [];
  expect(kept).toBe(all);
  expect(readdirSync(out)).toHaveLength(Number(kept) + 1);
});
