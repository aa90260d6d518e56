import { describe, expect, it } from 'vitest';
import { closenessOf, type OpenedRecord } from './closeness.ts';
import { replay, rulesSetOff } from './replay.ts';
import type { Signal } from './signal.ts';

const ordinary: OpenedRecord = {
  readerName: 'Dana Whitfield',
  colleagueNames: ['Dana Whitfield', 'Dr. Amaka Okafor', 'Noor B. Haddad'],
  patientName: 'Harriet Cole',
  visitDays: ['2026-11-23'],
  today: '2026-11-23',
};
const kinds = (more: Partial<OpenedRecord>) => closenessOf({ ...ordinary, ...more });

describe('an opened record', () => {
  it('[abuse] [privacy] [H-13] UT-1C: of a colleague or of oneself is told, however the name is written', () => {
    for (const patientName of [
      ...[
        'Amaka Okafor',
        'OKAFOR, Amaka',
        'Okafor, Amaka MD',
        'Noor Haddad',
        'Nóor Haddad',
        'Dana Whitfield',
      ],
    ])
      expect([patientName, kinds({ patientName })]).toEqual([patientName, ['opened-colleague']]);
  });

  it('[abuse] [privacy] [H-13] UT-1S: of somebody with the reader’s surname is told', () => {
    for (const patientName of ['Tom Whitfield', 'Whitfield, Tom', 'Tom R. Whitfield Jr.', 'Tom WHITFIELD'])
      expect([patientName, kinds({ patientName })]).toEqual([patientName, ['opened-namesake']]);
  });

  it('[abuse] [privacy] [H-13] UT-1F: of a patient without a visit within seven days is told', () => {
    expect(kinds({ visitDays: ['2026-11-15', '2026-12-01'] })).toEqual(['opened-far-day']);
    for (const day of ['2026-11-16', '2026-11-30'])
      expect(kinds({ visitDays: ['2026-01-05', day] })).toEqual([]);
    expect(kinds({ visitDays: ['2026-11-01'], patientName: 'Tom Whitfield' })).toEqual([
      ...['opened-far-day', 'opened-namesake'],
    ]);
  });

  it('of anybody else is ordinary: another’s surname, a first name, a part of a name, a single word', () => {
    for (const patientName of [
      'Harriet Okafor',
      'Dana Cole',
      'Tom Whit',
      'Whitfield',
      'Dr. Whitfield',
      '-',
      null,
    ])
      expect([patientName, kinds({ patientName })]).toEqual([patientName, []]);
    expect(kinds({ readerName: 'Both', patientName: 'Both' })).toEqual([]);
  });
});

const opened = (kind: Signal['kind'], at: number): Signal => ({
  ...{ kind, at, clinic: 'north', uid: 'dana', network: null, session: null, object: `v-${at}` },
});

it('[abuse] UT-1: looked at on the same day, nobody is stopped, and one day is one matter', () => {
  const day = 86_400_000;
  expect(replay([opened('opened-colleague', 0), opened('opened-colleague', day - 1)])).toMatchObject([
    { rule: 'UT-1C', uid: 'dana', severity: 'high', responses: [] },
  ]);
  expect(rulesSetOff([opened('opened-namesake', 0), opened('opened-namesake', day)])).toEqual([
    'UT-1S',
    'UT-1S',
  ]);
  expect(rulesSetOff([opened('opened-far-day', 0)])).toEqual(['UT-1F']);
});

it('a benign day: a front desk that opens forty records of strangers sets nothing off', () => {
  const names = Array.from({ length: 40 }, (_, i) => `Patient${i} Surname${i}`);
  expect(names.flatMap((patientName) => kinds({ patientName }))).toEqual([]);
});
