import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type EhrSimulator, type SimulatorOptions, startEhrSimulator } from './simulator.ts';

const dir = mkdtempSync(join(tmpdir(), 'bolt-world-'));
afterAll(() => rmSync(dir, { recursive: true }));
const stateFile = join(dir, 'ehr.world');
beforeEach(() => {
  for (const name of readdirSync(dir)) rmSync(join(dir, name));
});

const day = { seed: 5, date: '2026-07-01', appointments: 4, stateFile };

async function during<T>(
  play: (ehr: EhrSimulator) => T | Promise<T>,
  options: SimulatorOptions = {},
): Promise<T> {
  const ehr = await startEhrSimulator({ ...day, ...options });
  try {
    return await play(ehr);
  } finally {
    await ehr.stop();
  }
}

const worldOf = ({ world }: EhrSimulator) => ({ all: world.all(), patients: [...world.patients.values()] });
const firstId = (ehr: EhrSimulator) => ehr.world.all()[0]?.id ?? 0;

/** A day with each kind of change in it; answers what the account then holds. */
const changedDay = (ehr: EhrSimulator) => {
  const [a, b, c] = ehr.world.all();
  ehr.act({ do: 'status', id: a?.id ?? 0, status: 'CheckedIn', by: 77 });
  ehr.act({ do: 'edit', id: b?.id ?? 0, notes: 'line\r\nand “quotes”', caseId: null });
  ehr.act({ do: 'delete', id: c?.id ?? 0, mode: 'gone' });
  ehr.act({ do: 'patient', id: a?.patientId ?? 0, alert: 'fall risk' });
  const added = ehr.act({ do: 'add', patientId: a?.patientId ?? 0, startTime: '2026-07-01T20:00:00Z' });
  ehr.act({ do: 'delete', id: added?.id ?? 0, mode: 'gone' });
  return { ...worldOf(ehr), added: added?.id ?? 0 };
};

test('after a restart the account holds what was written to it, and gives no number twice', async () => {
  const { added, ...before } = await during(changedDay);
  expect(before.all).toHaveLength(3);
  await during((ehr) => {
    expect(worldOf(ehr)).toEqual(before);
    expect(ehr.notice).toBeNull();
    expect(ehr.act({ do: 'add', patientId: null, startTime: '2026-07-01T21:00:00Z' })?.id).toBe(added + 1);
  });
});

test('a change is kept before it is answered, also of a process that is killed then', async () => {
  await during(async (ehr) => {
    const id = firstId(ehr);
    ehr.act({ do: 'status', id, status: 'Roomed' });
    // A second one on the same file stands for the next start: the first has not ended.
    await during((next) => expect(next.world.find(id)?.status).toBe('Roomed'));
  });
});

test('another day, or another clinic, begins as it is generated', async () => {
  await during(changedDay);
  const others = [{ date: '2026-07-02' }, { seed: 6 }, { zone: 'America/Denver' }, { appointments: 5 }];
  for (const other of others) {
    const generated = await during(worldOf, { ...other, stateFile: join(dir, 'none.world') });
    expect(await during(worldOf, other)).toEqual(generated);
  }
});

test('a reset is kept as well', async () => {
  const generated = await during(worldOf);
  await during(async (ehr) => {
    changedDay(ehr);
    expect((await fetch(`${ehr.controlUrl}/reset`, { method: 'POST', body: '{}' })).ok).toBe(true);
    expect(worldOf(ehr)).toEqual(generated);
  });
  expect(await during(worldOf)).toEqual(generated);
});

const kept = () => readFileSync(stateFile, 'utf8');
test.each<[string, () => string, string]>([
  ['cut short', () => kept().slice(0, -200), 'are damaged (the checksum differs)'],
  [
    'with one word changed',
    () => kept().replace('CheckedIn', 'CheckedOut'),
    'are damaged (the checksum differs)',
  ],
  ['empty', () => '', 'are damaged (no heading)'],
  ['not ours', () => '{"clinics":[]}\n', 'are damaged (no heading)'],
  [
    'of a later version',
    () => kept().replace('"version":1', '"version":2'),
    'are of format 2, and this version reads 1',
  ],
])('a file that is %s is set aside with a sentence, and the day begins anew', async (_, spoil, why) => {
  const generated = await during(worldOf);
  await during(changedDay);
  const spoilt = spoil();
  writeFileSync(stateFile, spoilt);
  await during((ehr) => {
    expect(worldOf(ehr)).toEqual(generated);
    expect(ehr.notice).toBe(
      `The kept appointments ${why}; the simulated EHR begins its day anew. The file is now ${stateFile}.unreadable.`,
    );
    ehr.act({ do: 'status', id: firstId(ehr), status: 'Confirmed' });
  });
  expect(readFileSync(`${stateFile}.unreadable`, 'utf8')).toBe(spoilt);
  await during((ehr) =>
    expect([ehr.notice, ehr.world.find(firstId(ehr))?.status]).toEqual([null, 'Confirmed']),
  );
});

test('a half-written file beside it is nobody’s, and a disk that refuses ends nothing', async () => {
  const told: string[] = [];
  const warn = (sentence: string) => told.push(sentence);
  writeFileSync(`${stateFile}.new`, '{"format":');
  await during((ehr) => {
    ehr.act({ do: 'status', id: firstId(ehr), status: 'Confirmed' });
    expect(existsSync(`${stateFile}.new`)).toBe(false);
  });
  const nowhere = join(dir, 'no-such-folder', 'ehr.world');
  await during((ehr) => ehr.act({ do: 'status', id: firstId(ehr), status: 'Confirmed' }), {
    ...{ stateFile: nowhere, warn },
  });
  expect(told).toEqual([expect.stringContaining(`could not be kept in ${nowhere}: Error: ENOENT`)]);
});
