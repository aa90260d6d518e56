import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCallGaps, createTebraAdapter, escapeXml, OPERATION_NAMES } from '@workflow-bolt/ehr';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type EhrSimulator, startEhrSimulator } from '../../apps/ehr-simulator/src/index.ts';
import { openLiveAccount } from './live-account.ts';
import { recordAccount } from './record-account.ts';
import { Recorder } from './recorder.ts';
import { syntheticAnswer } from './synthetic-answer.ts';
import { newMixer, synthetic } from './synthetic-value.ts';

const DATE = '2026-07-01';
const fastGaps = () => {
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
  return gaps;
};
const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'bolt-recording-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
};

let simulator: EhrSimulator;
beforeAll(async () => {
  const config = { throttle: { enabled: false } };
  simulator = await startEhrSimulator({ seed: 5, date: DATE, zone: 'America/Chicago', canary: true, config });
});
afterAll(() => simulator.stop());

async function recorded() {
  // A key of its own each time would make a number of another person by chance, once in a while.
  const recorder = new Recorder(newMixer(new Uint8Array(32)));
  const account = openLiveAccount({
    credentials: simulator.credentials,
    endpoint: simulator.url,
    gaps: fastGaps(),
    onAnswer: (operation, answer) => recorder.take(operation, answer),
  });
  const now = Date.parse(`${DATE}T18:00:00Z`);
  const problem = await recordAccount(account.port, { practiceName: null, now });
  return { recorder, problem };
}

/** Everything that an account holds of people and places, each as it is written. */
function secretsOf({ world, credentials }: EhrSimulator): string[] {
  const people = [...world.patients.values()].flatMap((one) => Object.values(one));
  const visits = world
    .all()
    .flatMap(({ notes, name, id, patientId, caseId }) => [notes, name, id, patientId, caseId]);
  const places = [...world.providers, ...world.locations, ...world.practices].flatMap((one) =>
    Object.values(one),
  );
  const told = [...people, ...visits, ...places, ...Object.values(credentials)].map((value) =>
    String(value ?? ''),
  );
  // Shorter ones stand in any text by chance, and a status is no secret.
  return [...new Set(told)].filter((value) => value.length >= 6 && /[A-Za-z].*[A-Za-z]|\d{8}/.test(value));
}

describe('[privacy] a recording of an account holds nothing of the account', () => {
  test('no name, number, birthday, note or credential of a whole clinic day is in it', async () => {
    const { recorder, problem } = await recorded();
    expect(problem).toBeNull();
    const out = folder();
    recorder.write(out);
    const texts = readdirSync(out).map((file) => readFileSync(join(out, file), 'utf8'));
    const secrets = secretsOf(simulator);
    expect(secrets.length).toBeGreaterThan(100);
    expect(secrets.some((secret) => secret.includes('ZZTEST'))).toBe(true);
    const listed = new Set(['Normal Provider', 'Referring Provider', 'Scheduled', 'Confirmed', 'Female']);
    for (const text of texts) {
      const found = secrets.filter(
        (secret) => !listed.has(secret) && (text.includes(secret) || text.includes(escapeXml(secret))),
      );
      expect(found).toEqual([]);
    }
    expect(new Set(simulator.journal().map(({ op }) => op.slice(0, 3)))).toEqual(new Set(['Get']));
  });

  const marked = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `${text}CanaryQ7${text}`);
  const anyName = fc.constantFrom(
    'PatientFullName',
    'Notes',
    'ID',
    'StartDate',
    'ConfirmationStatus',
    'Gender',
    'AllDay',
    'ErrorMessage',
    'SecurityResult',
    'faultstring',
    'StackTrace',
    'string',
    'NobodyKnows',
  );

  test('whatever a member holds, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyName, marked), { minLength: 1, maxLength: 8 }), (members) => {
        const inside = members.map(([name, value]) => `<${name}>${written(value)}</${name}>`).join('');
        const body = `<Envelope><Body>${inside}<CanaryQ7 CanaryQ7="CanaryQ7" xmlns:c="urn:CanaryQ7"><c:ID>7</c:ID><!-- CanaryQ7 --></CanaryQ7></Body></Envelope>`;
        const made = syntheticAnswer(body, newMixer());
        expect(`${made.text}${JSON.stringify(made)}`).not.toMatch(/canaryq7/i);
        expect(made.unknownNames).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  test('any date, number, address or telephone of a person becomes another of the same form', () => {
    const two = (value: number) => String(value).padStart(2, '0');
    const real = fc.oneof(
      fc
        .date({ min: new Date('1920-01-01'), max: new Date('2000-12-31'), noInvalidDate: true })
        .map((at) => at.toISOString().slice(0, 10)),
      fc
        .date({ min: new Date('1920-01-01'), max: new Date('2000-12-31'), noInvalidDate: true })
        .map(
          (at) =>
            `${at.getUTCMonth() + 1}/${at.getUTCDate()}/${at.getUTCFullYear()} 3:${two(at.getUTCMinutes())}:00 PM`,
        ),
      fc.integer({ min: 100_000_000, max: 999_999_999 }).map(String),
      fc.integer({ min: 1_000_000, max: 9_999_999 }).map((n) => `(512) 555-${n}`),
      fc.emailAddress().filter((address) => /[a-w]/.test(address)),
      fc.constantFrom("Ó'Brien-Smith, Mary", '山田太郎', 'Søren Ångström 3rd', 'DOB 5/5/1980'),
    );
    fc.assert(
      fc.property(real, (value) => {
        const made = synthetic('Notes', value, newMixer());
        expect(made.text).not.toBe(value);
        expect(made.text).toHaveLength(value.length);
      }),
      { numRuns: 500 },
    );
  });
});

/** As XML can carry it: what it cannot is left out. */
function written(text: string): string {
  return escapeXml(text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, ''));
}

describe('what a recording is for', () => {
  test.each([
    ['StartDate', '6/10/2025 8:00:00 AM', /^[1-9]\/[1-2]\d\/2001 [1-9]:00:00 AM$/, 'M/DD/YYYY h:mm:ss AM'],
    [
      'StartTime',
      '2020-01-24T22:15:00.000Z',
      /^2001-\d\d-\d\dT\d\d:\d\d:00\.000Z$/,
      'YYYY-MM-DDThh:mm:ss.fZ',
    ],
    ['DOB', '1970-01-24', /^2001-\d\d-\d\d$/, 'YYYY-MM-DD'],
    ['DOB', '1/1/0001 12:00:00 AM', /^1\/1\/0001 12:00:00 AM$/, null],
    ['ID', '0004711', /^000[1-9]\d{3}$/, null],
    ['ConfirmationStatus', 'Check-in', /^Check-in$/, null],
    ['ConfirmationStatus', 'Rowan', /^Xxxxx$/, null],
    ['PatientFullName', 'Check-in', /^Xxxxx-xx$/, null],
    ['Recurring', 'True', /^True$/, null],
    ['PatientFullName', "Ó'Brien, 山", /^Ä'Xxxxx, ä$/, null],
    ['Notes', '  ', /^ {2}$/, null],
  ])('%s %j keeps its form', (member, value, form, format) => {
    const made = synthetic(member, value, newMixer());
    expect(made.text).toMatch(form);
    expect(made.format).toBe(format);
  });

  test('equal ids stay equal within a recording, and differ between two', () => {
    const [one, other] = [newMixer(), newMixer()];
    const id = (mix: typeof one) => synthetic('PatientID', '4711471147', mix).text;
    expect(id(one)).toBe(id(one));
    expect(id(one)).not.toBe(id(other));
  });

  test('the product’s adapter reads it like the account: same rows, same presence, nothing refused', async () => {
    const { recorder } = await recorded();
    const out = folder();
    recorder.write(out);
    const week = recorder.answers.find(({ operation }) => operation === 'GetAppointments');
    expect(week?.rows).toBeGreaterThan(10);
    const text = readFileSync(join(out, week?.file ?? ''), 'utf8');
    const replaying = createTebraAdapter({
      credentials: simulator.credentials,
      gate: { acquire: async () => {}, defer: () => {} },
      fetch: async () => new Response(text, { headers: { 'content-type': 'text/xml' } }),
    });
    const day = await replaying.schedule({ practiceName: 'any', window: { startAt: 0, endAt: 1 } });
    expect(day.ok && day.value.rows.length).toBe(Math.min(week?.rows ?? 0, 60));
    const rows = day.ok ? day.value.rows : [];
    expect(rows.every(({ start }) => start?.kind === 'instant')).toBe(true);
    expect(rows.some(({ status }) => status.canonical !== 'Unrecognised')).toBe(true);
    expect(week?.members.StartDate).toMatchObject({ present: Math.min(week?.rows ?? 0, 60), nil: 0 });
    expect(recorder.answers.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining([
        'GetPatient',
        'GetAppointment',
        'GetProviders',
        'GetServiceLocations',
        'GetThrottles',
      ]),
    );
  });
});

describe('the command', () => {
  const run = (args: string[], environment: Record<string, string> = {}) =>
    spawnSync(process.execPath, [join(import.meta.dirname, 'record.ts'), ...args], {
      env: { PATH: process.env.PATH ?? '', BOLT_EHR_URL: 'http://127.0.0.1:9/', ...environment },
      encoding: 'utf8',
      timeout: 60_000,
    });

  test('ends with 2 for credentials on the command line, which it does not repeat, and for none', () => {
    const typed = run(['--out', folder(), '--password', 'canary-secret']);
    expect({ status: typed.status, stderr: typed.stderr }).toEqual({
      status: 2,
      stderr: 'Unknown option.\n',
    });
    expect(run(['--out', folder()])).toMatchObject({ status: 2 });
    const open = join(folder(), 'open.json');
    writeFileSync(open, JSON.stringify(simulator.credentials), { mode: 0o644 });
    expect(run(['--out', folder(), '--credentials', open])).toMatchObject({
      status: 2,
      stderr: 'Others can read the credentials: chmod 600.\n',
    });
  });
});
