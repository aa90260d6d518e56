import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createCallGaps, OPERATION_NAMES, type StatusWrite } from '@workflow-bolt/ehr';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  type ConfigPatch,
  createClock,
  type EhrSimulator,
  PUBLISHED_GAPS_MS,
  startEhrSimulator,
} from '../../apps/ehr-simulator/src/index.ts';
import type { CheckKit } from './check-kit.ts';
import { lookAtLimit } from './check-service.ts';
import { openLiveAccount } from './live-account.ts';
import { verifyAccount } from './verify-account.ts';

const DATE = '2026-07-01';
const ZONE = 'America/Chicago';
const NOW = Date.parse(`${DATE}T20:00:00Z`);
/** The account tells gaps of a millisecond: nobody waits for the vendor here. */
const gapsMs = Object.fromEntries(Object.keys(PUBLISHED_GAPS_MS).map((op) => [op, 1]));
const QUIET: ConfigPatch = { throttle: { enabled: false, gapsMs } };

let nowMs = NOW;
let simulator: EhrSimulator;
beforeAll(async () => {
  const clock = createClock({ now: () => nowMs, monotonic: () => nowMs });
  simulator = await startEhrSimulator({ seed: 7, date: DATE, zone: ZONE, clock, config: QUIET });
});
afterAll(() => simulator.stop());
const reset = async () => {
  nowMs = NOW;
  await fetch(`${simulator.controlUrl}/reset`, { method: 'POST', body: JSON.stringify({ config: QUIET }) });
};
beforeEach(async () => {
  // What somebody might have left behind in the generated day.
  for (const { id, status } of simulator.world.all()) {
    if (!/^[A-Z]/.test(status)) simulator.act({ do: 'status', id, status: 'Scheduled' });
  }
});
afterEach(reset);

const fastGaps = () => {
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
  return gaps;
};
const account = () =>
  openLiveAccount({ credentials: simulator.credentials, endpoint: simulator.url, gaps: fastGaps() });

async function verified(deletedId: string | null = null) {
  const found = await verifyAccount(account(), {
    ...{ practiceName: null, zone: ZONE, now: NOW, deletedId, mayProvoke: false },
    wait: async () => {},
  });
  if (!found.ok) throw new Error(found.problem);
  return found.reports;
}
const finding = async (id: number, deletedId: string | null = null) =>
  (await verified(deletedId)).find((report) => report.id === id);
const patients = () => simulator.world.listed().filter(({ type, group }) => type === 'P' && !group);

describe('the checks of a real account, here of the simulator', () => {
  test('each of the twelve says what it found and why, and only reads were sent', async () => {
    const reports = await verified();
    expect(reports.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(reports.filter(({ why }) => why.length < 10)).toEqual([]);
    const unseen = reports.filter((report) => report.finding === 'unseen').map(({ id }) => id);
    expect(unseen).toEqual(expect.arrayContaining([4, 6, 9, 10, 12]));
    expect(reports.find(({ id }) => id === 1)).toMatchObject({ finding: 'held' });
    expect(reports.find(({ id }) => id === 7)?.why).toBe(
      '28 operations, UpdateAppointmentStatus is none of them',
    );
    expect(reports.find(({ id }) => id === 11)).toMatchObject({ finding: 'held' });
    expect(simulator.journal().filter(({ op }) => !op.startsWith('Get'))).toEqual([]);
  });

  test('1: a service that answers in its own zone whatever was asked for', async () => {
    simulator.configure({ time: { offset: 'ignore' } });
    expect(await finding(1)).toMatchObject({
      finding: 'differs',
      why: expect.stringMatching(/^the list is -\d h off/),
    });
  });

  test('2: a status that nobody knows is told by its length, never by its letters', async () => {
    simulator.act({ do: 'status', id: patients()[0]?.id ?? 0, status: 'Canary-word' });
    const found = await finding(2);
    expect(found).toMatchObject({ finding: 'differs', why: expect.stringMatching(/of 11 letters$/) });
    expect(JSON.stringify(found)).not.toMatch(/canary/i);
  });

  test.each([
    ['normal', 'a set toggle narrows the answer: empty Fields answers everything'],
    ['placeholder', 'a set toggle answers an empty row: Fields stays empty, as the product sends it'],
  ] as const)('3: toggles that are %s', async (toggles, why) => {
    simulator.configure({ data: { toggles } });
    expect(await finding(3)).toMatchObject({ finding: 'held', why });
  });

  test('4: a deleted appointment is flagged, gone, or stands', async () => {
    const [flagged, gone, stands] = patients().map(({ id }) => id);
    simulator.act({ do: 'delete', id: flagged ?? 0, mode: 'flag' });
    simulator.act({ do: 'delete', id: gone ?? 0, mode: 'gone' });
    expect(await finding(4, String(flagged))).toMatchObject({
      finding: 'held',
      why: expect.stringContaining('flag'),
    });
    expect(await finding(4, String(gone))).toMatchObject({
      finding: 'held',
      why: expect.stringContaining('as none'),
    });
    expect(await finding(4, String(stands))).toMatchObject({ finding: 'differs' });
  });

  test('5: rows of checked-in patients are dated on their day, or not', async () => {
    for (const { id } of patients()) simulator.act({ do: 'status', id, status: 'Scheduled' });
    expect(await finding(5)).toMatchObject({ finding: 'unseen' });
    const [first, second] = patients();
    simulator.act({ do: 'status', id: first?.id ?? 0, status: 'CheckedIn' });
    expect(await finding(5)).toMatchObject({
      finding: 'held',
      why: 'all 1 checked-in rows were modified on their day or later',
    });
    nowMs -= 5 * 86_400_000;
    simulator.act({ do: 'status', id: second?.id ?? 0, status: 'CheckedOut' });
    nowMs = NOW;
    expect(await finding(5)).toMatchObject({
      finding: 'differs',
      why: '1 of 2 checked-in rows were last modified before their day',
    });
  });

  test('7: the newer operation is there, or the contract cannot be read', async () => {
    simulator.configure({ writes: { statusOperation: true } });
    expect(await finding(7)).toMatchObject({
      finding: 'differs',
      why: expect.stringContaining('among 29 operations'),
    });
  });

  test('8: a series with shared ids is told apart by its starts', async () => {
    const found = await finding(8);
    const series = simulator.world.listed().filter(({ recurring }) => recurring);
    expect(found?.finding).toBe(series.length === 0 ? 'unseen' : 'held');
  });

  test('11: a name that does not filter', async () => {
    const found = await verifyAccount(
      { ...account(), port: anyName(account().port) },
      { practiceName: null, zone: ZONE, now: NOW, deletedId: null, mayProvoke: false, wait: async () => {} },
    );
    expect(found.ok && found.reports.find(({ id }) => id === 11)).toMatchObject({ finding: 'differs' });
  });
});

/** An account that answers whatever practice is asked for. */
function anyName(port: CheckKit['account']['port']): CheckKit['account']['port'] {
  return { ...port, schedule: (range) => port.schedule({ ...range, practiceName: simulator.practiceName }) };
}

describe('9: the limit, run into on purpose', () => {
  const kit = (): CheckKit => ({
    ...{ account: account(), practiceName: simulator.practiceName, zone: ZONE, rows: [], now: NOW },
    ...{ deletedId: null, mayProvoke: true },
    wait: async (ms) => {
      nowMs += ms;
    },
  });
  const limited = (more: object) =>
    simulator.configure({
      throttle: { enabled: true, jitterMs: 0, gapsMs: { ...gapsMs, GetPractices: 500 }, ...more },
    });
  const look = () => {
    const given = kit();
    given.account.gaps.useThrottles([{ endpoint: 'GetPractices', minGapMs: 500 }]);
    return lookAtLimit(given);
  };

  test.each([
    [{}, 'held', 'the refusal is recognised, for 500 ms, and does not begin a new window'],
    [
      { body: 'out-of-order' },
      'held',
      'the refusal is recognised, for 500 ms, and does not begin a new window',
    ],
    [
      { refusedRestartsWindow: true },
      'differs',
      'the refusal is recognised, for 500 ms, and begins a new window',
    ],
    [{ enabled: false }, 'unseen', 'two reads within the gap were both answered: the limit was not met'],
  ] as const)('%o: %s', async (throttle, wanted, why) => {
    limited(throttle);
    expect(await look()).toEqual({ finding: wanted, why });
  });
});

describe('nothing but reads leaves', () => {
  test('a write through the same account is stopped before the wire', async () => {
    const { port } = account();
    const target = patients().find(({ patientId, recurring }) => patientId !== null && !recurring);
    simulator.act({ do: 'status', id: target?.id ?? 0, status: 'Scheduled' });
    const write: StatusWrite = {
      ...{ appointmentId: String(target?.id), patientId: String(target?.patientId), occurrenceId: null },
      ...{ desired: 'CheckedIn', lastAgreed: { status: 'Scheduled', version: null } },
    };
    expect(await port.writeStatus(write)).toMatchObject({ kind: 'not-applied', reason: 'lost' });
    expect(simulator.journal('UpdateAppointment')).toEqual([]);
  });
});

describe('the command', () => {
  async function run(args: string[], environment: Record<string, string> = {}) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'verify.ts'), ...args], {
      env: { PATH: process.env.PATH ?? '', BOLT_EHR_URL: simulator.url, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once('close', resolve)),
    ]);
    return { status, out, err };
  }
  function credentialsFile(content: object): string {
    const folder = mkdtempSync(join(tmpdir(), 'bolt-verify-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'credentials.json');
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
    return file;
  }

  test('ends with 2 for a wrong command and does not repeat what was typed', async () => {
    expect(await run(['--password=canary'])).toEqual({ status: 2, out: '', err: 'Unknown option.\n' });
    expect(await run(['--credentials', credentialsFile({ user: 'canary' })])).toEqual({
      ...{ status: 2, out: '' },
      err: 'The credentials are incomplete or hold more than they should: customerKey, password.\n',
    });
  });

  test('ends with 3 for refused credentials after a single call, and names none of them', async () => {
    const file = credentialsFile({ ...simulator.credentials, password: 'canary-wrong' });
    const before = simulator.journal().length;
    const { status, out, err } = await run(['--credentials', file]);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err).toMatch(/^The EHR refused the account/);
    expect(err).not.toMatch(/canary|SIMULATED/);
    expect(simulator.journal().length).toBe(before + 1);
  });
});
