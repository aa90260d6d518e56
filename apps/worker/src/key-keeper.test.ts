import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { phiRedaction } from '@workflow-bolt/contracts';
import { openVault } from '@workflow-bolt/store';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { KeyKeeper } from './key-keeper.ts';

const loggerTo = (lines: string[]) =>
  pino(
    { base: undefined, timestamp: false, redact: phiRedaction },
    { write: (line: string) => void lines.push(line) },
  );

test('[H-05] a round keeps every clinic and says which key is the oldest in use; a failing one is told and ends nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bolt-keeper-'));
  const vault = openVault({ keys: join(folder, 'keys.json'), keyStore: join(folder, 'store') });
  const codec = vault.board({ clinic: 'north', date: '2026-11-23' });
  await codec.open();
  await codec.reserve(['p:w1']);
  const lines: string[] = [];
  const keeper = new KeyKeeper(vault, loggerTo(lines));
  await keeper.keep();
  await writeFile(join(folder, 'store/clinics/north/clinic-key/ck1.json'), '{}');
  await keeper.keep();
  await keeper.stop();
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 30,
      clinic: 'north',
      rewrapped: 0,
      rotatedTo: null,
      sweep: { done: 1, total: 1, oldest: 'ck1' },
      msg: 'keys kept',
    },
    { level: 40, errorName: 'Fault', msg: 'keys were not kept' },
  ]);
  await rm(folder, { recursive: true, force: true });
});

test('[I8] [privacy] the second net: a field that names a patient is not written, wherever it stands', () => {
  const lines: string[] = [];
  const person = { fullName: 'Zqcanary', dob: '1931-07-19', phone: '555', note: 'x' };
  loggerTo(lines).info({ person, rows: { first: person }, ...person, clinic: 'north' }, 'read');
  expect(lines.join()).not.toMatch(/Zqcanary|1931|555/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    clinic: 'north',
    fullName: '[PHI]',
    person: { dob: '[PHI]' },
  });
});
