/** `npm start` as a newcomer meets it: it comes up, says no clearly, stops only what it started, and remembers. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SnapshotResponse, SystemStateResponse } from '@workflow-bolt/contracts';
import { awaitUntil, freePort } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root, toolEnvironment } from '../../scripts/run-command.ts';

type Run = { child: ChildProcess; output: () => string; ended: Promise<number | null> };

const dir = mkdtempSync(join(tmpdir(), 'bolt-start-'));
const dataDir = join(dir, 'data');
let port = 0;
let running: Run | null = null;

function start(...args: string[]): Run {
  const child = spawn(process.execPath, [join(root, 'scripts/start.ts'), ...args], {
    cwd: root,
    env: toolEnvironment({ REDIS_URL: undefined, NODE_ENV: undefined }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, output: () => text, ended };
}

/** Process ids of the parts, as the running system noted them. */
function parts(): number[] {
  const noted = readFileSync(join(dataDir, 'parts.txt'), 'utf8').trim().split('\n');
  return noted.map((line) => Number(line.split(' ')[0]));
}

/** Not counting one that has ended and only waits for its parent to notice. */
function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-p', String(pid), '-o', 'stat='], { encoding: 'utf8' });
    return !state.trim().startsWith('Z');
  } catch {
    return false;
  }
}

const baseUrl = () => `http://127.0.0.1:${port}`;

async function comeUp(...more: string[]): Promise<Run> {
  const run = start('--data', dataDir, '--port', String(port), '--appointments', '12', ...more);
  running = run;
  await awaitUntil(
    'the welcome',
    () => {
      if (run.child.exitCode !== null) throw new Error(run.output());
      return run.output().includes('workflow-bolt is running');
    },
    120_000,
  );
  return run;
}

async function signIn(userId: string): Promise<{ headers: Record<string, string>; boardUrl: string }> {
  const answer = await fetch(`${baseUrl()}/api/v1/dev-login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId }),
  });
  const { clinics, csrf } = (await answer.json()) as {
    clinics: { id: string; today: string }[];
    csrf: string;
  };
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const headers = { cookie, 'sec-fetch-site': 'same-origin', 'x-bolt-csrf': csrf };
  return { headers, boardUrl: `${baseUrl()}/api/v1/boards/${clinics[0]?.id}/${clinics[0]?.today}` };
}

async function snapshot(): Promise<SnapshotResponse> {
  const { headers, boardUrl } = await signIn('dana');
  return (await (await fetch(boardUrl, { headers })).json()) as SnapshotResponse;
}

const visitsOf = (board: SnapshotResponse) =>
  board.entities.flatMap(({ d }) => (d.type === 'visit' ? [d] : []));

/** The status that the simulated EHR has for an appointment. */
async function ehrStatus(appointmentId: string | undefined): Promise<string | undefined> {
  const log = readFileSync(join(dataDir, 'logs', 'ehr-simulator.log'), 'utf8')
    .trim()
    .split('\n');
  const ready = log.findLast((line) => line.startsWith('{"ready":true')) ?? '';
  const { controlUrl } = JSON.parse(ready) as { controlUrl: string };
  const rows = (await (await fetch(`${controlUrl}/appointments`)).json()) as { id: number; status: string }[];
  return rows.find(({ id }) => String(id) === appointmentId)?.status;
}

beforeAll(async () => {
  port = await freePort();
  await comeUp();
});

afterAll(async () => {
  running?.child.kill('SIGINT');
  await running?.ended;
  rmSync(dir, { recursive: true, force: true });
});

describe('npm start', () => {
  test('shows the board of today with the booked visits, and names its demo users', async () => {
    expect(running?.output()).toContain('Dana Whitfield');
    // The welcome waited for it.
    const state = await (await fetch(`${baseUrl()}/api/v1/system-state`)).json();
    const { dependencies } = state as SystemStateResponse;
    expect(dependencies.find(({ name }) => name === 'worker')?.lastGoodAt).toEqual(expect.any(Number));
    expect(await (await fetch(`${baseUrl()}/`)).text()).toContain('<div id="root">');
    await awaitUntil('the visits', async () => visitsOf(await snapshot()).length === 12, 30_000);
  });

  test('a second start on the same data says who has it and what to do', async () => {
    const second = start('--data', dataDir, '--port', String(await freePort()));
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`already runs on this data (process ${running?.child.pid})`);
    expect(second.output()).toContain('npm start -- --data');
  });

  test('a busy port is named, and nothing is left behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const busy = (other.address() as { port: number }).port;
    const refused = start('--data', join(dir, 'other'), '--port', String(busy));
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(`Port ${busy} is in use by another program`);
    expect(existsSync(join(dir, 'other', 'start.pid'))).toBe(false);
    await new Promise((resolve) => other.close(resolve));
  });

  test.each([
    [['--port', 'http'], '--port takes a whole number'],
    [['--zone', 'Mars/Olympus'], '--zone takes an IANA time zone'],
    [['--sped', '3'], 'Usage: npm start'],
  ])('%j is refused with what to write instead', async (args, sentence) => {
    const refused = start(...args);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(sentence);
  });

  test('Ctrl-C stops everything it started; the data survives and the day goes on', async () => {
    const { headers, boardUrl } = await signIn('dana');
    const [visit] = visitsOf(await snapshot());
    const command = { type: 'moveVisit', visitId: visit?.id, to: 'arrived' };
    const answer = await fetch(`${boardUrl}/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ clientId: 'start-test-1', n: 1, command }),
    });
    expect(answer.status).toBe(200);
    const inEhr = visit?.external?.appointmentId ?? undefined;
    await awaitUntil('the write', async () => (await ehrStatus(inEhr)) === 'CheckedIn', 60_000);
    const pids = parts();
    expect(pids).toHaveLength(4);
    running?.child.kill('SIGINT');
    expect(await running?.ended).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    await comeUp();
    const after = visitsOf(await snapshot());
    expect(after).toHaveLength(12);
    expect(after.find((v) => v.id === visit?.id)?.status).toBe('arrived');
    expect(await ehrStatus(inEhr)).toBe('CheckedIn');
  });

  test('after a SIGKILL the next start ends what was left running and goes on', async () => {
    const orphans = parts();
    running?.child.kill('SIGKILL');
    await running?.ended;
    expect(orphans.filter(isAlive).length).toBeGreaterThan(0);
    await comeUp();
    expect(orphans.filter(isAlive)).toEqual([]);
    expect(visitsOf(await snapshot())).toHaveLength(12);
  });
});
