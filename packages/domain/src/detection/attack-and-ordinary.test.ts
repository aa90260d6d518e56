/**
 * Every rule against an attack that it must notice and against an ordinary day on which it must be silent. Both tables
 * have one row for each rule: a new rule does not compile without them.
 */
import type { DetectionRuleId, SecurityEvent } from '@workflow-bolt/contracts';
import { expect, it, test } from 'vitest';
import { clock } from '../board-player.ts';
import { closenessOf } from './closeness.ts';
import { rulesSetOff } from './replay.ts';
import { detectionRules, isHoneyRoute } from './rules.ts';
import { type Signal, type SignalKind, signalsOf } from './signal.ts';

const minute = 60_000;
const hour = 60 * minute;
const nine = clock('09:00');
const honey = new Set(['v-honey']);

const act = (kind: SignalKind, more: Partial<Signal> = {}): Signal => ({
  ...{ kind, at: nine, clinic: 'north', uid: 'dana', network: '203.0.113.7', session: 's-1', object: 'v-1' },
  ...more,
});
const series = (kind: SignalKind, count: number, everyMs: number, more: Partial<Signal> = {}): Signal[] =>
  Array.from({ length: count }, (_, i) => act(kind, { at: nine + i * everyMs, object: `o-${i}`, ...more }));

type Told = Partial<SecurityEvent> & Pick<SecurityEvent, 'sub'>;
/** What the record hears of, as it becomes signals. */
const heard = (told: Told, at = nine): Signal[] =>
  signalsOf(
    {
      ...{ cid: 'north', type: 'security', act: 'E', out: 0, ent: [] },
      agent: { uid: 'dana', kind: 'human', role: 'front-desk' },
      ...told,
    },
    { at, network: '203.0.113.7', session: null },
  );
const revealed = (patients: readonly string[], at = nine): Signal[] =>
  heard({ sub: 'reveal', act: 'R', pat: [...patients], ent: [{ t: 'IdentityReveal', id: 'r-1' }] }, at);
const patients = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `pt-${from + i}`);
const asked = (paths: readonly string[]): Signal[] =>
  paths.filter(isHoneyRoute).map((path) => act('honey-route', { object: path, uid: null }));
const overdue: Told = {
  sub: 'review',
  out: 4,
  why: 'overdue',
  ent: [{ t: 'AuditReview', id: '2026-11-02' }],
};

const attacks: Record<DetectionRuleId, Signal[]> = {
  'HT-1': [act('record-opened', { object: 'v-honey' })],
  'HT-2R': asked(['/.ENV']),
  'HT-2F': [act('honey-route-forced')],
  'HT-2T': [act('honey-token', { uid: null })],
  'HT-3': [act('bait-read', { object: 'phi:export:token', uid: null, network: null, clinic: null })],
  'SE-1': heard({ sub: 'session', out: 4, why: 'token_reuse' }),
  'ACE-1': series('denied-elsewhere', 5, minute),
  'ACE-1X': series('not-there', 20, 20_000),
  'ACE-2': series('record-opened', 61, 30_000),
  'UT-1C': [act('opened-colleague')],
  'UT-1S': [act('opened-namesake')],
  'UT-1F': [act('opened-far-day')],
  'UT-2': revealed(patients(11)),
  'BTG-1': [0, 1, 2].flatMap((i) =>
    heard({ sub: 'breakglass', ent: [{ t: 'BreakGlass', id: `g-${i}` }] }, nine + i * 24 * hour),
  ),
  'BTG-1U': [act('glass-unreviewed')],
  'REV-1': heard(overdue),
  'AUD-1': heard({ sub: 'verify', out: 8, why: 'exit_11' }),
  'AUD-2': heard({ sub: 'verify', out: 4, why: 'witness_late' }),
  'KEY-1': heard({ sub: 'key', out: 8, why: 'tampered', ent: [{ t: 'Key', id: '2026-11/rk1' }] }),
};

const ordinaryRecord = {
  readerName: 'Dana Whitfield',
  colleagueNames: ['Dana Whitfield', 'Dr. Amaka Okafor'],
  patientName: 'Harriet Cole',
  visitDays: ['2026-11-23'],
  today: '2026-11-23',
};
const near = (more: Partial<typeof ordinaryRecord> = {}): Signal[] =>
  closenessOf({ ...ordinaryRecord, ...more }).map((kind) => act(kind));

/** What people do who mean no harm and come nearest to the rule. */
const ordinary: Record<DetectionRuleId, Signal[]> = {
  'HT-1': [act('record-opened', { object: 'v-real' }), act('not-there', { object: 'v-mistyped' })],
  'HT-2R': asked(['/', '/docs', '/api/v1/session', '/assets/index.js', '/api/v1/admin', '/envelope']),
  'HT-2F': asked(['/api/v1/patients', '/backup', '/wp-login']),
  'HT-2T': heard({ sub: 'token', act: 'C', ent: [{ t: 'Token', id: 't-1' }] }),
  'HT-3': heard({ sub: 'export', act: 'R', ent: [{ t: 'AuditLog', id: 'csv' }] }),
  'SE-1': [...heard({ sub: 'session', why: 'idle' }), ...heard({ sub: 'session', why: 'rotated' })],
  'ACE-1': [...series('denied-elsewhere', 2, minute), ...series('not-there', 2, minute, { object: 'slip' })],
  'ACE-1X': series('denied-elsewhere', 20, 11 * minute),
  'ACE-2': series('record-opened', 120, 5 * minute),
  'UT-1C': near(),
  'UT-1S': near({ patientName: 'Harriet Whitman' }),
  'UT-1F': near({ visitDays: ['2026-01-05', '2026-11-30'] }),
  // A complaint a week about three patients each, and the same ones asked about again.
  'UT-2': [0, 7, 14, 21].flatMap((days) => {
    const three = patients(3, days);
    return [...revealed(three, nine + days * 24 * hour), ...revealed(three, nine + (days * 24 + 1) * hour)];
  }),
  'BTG-1': [0, 16, 32].flatMap((days) =>
    heard({ sub: 'breakglass', ent: [{ t: 'BreakGlass', id: `g-${days}` }] }, nine + days * 24 * hour),
  ),
  'BTG-1U': heard({ sub: 'review', act: 'U', why: 'appropriate', ent: [{ t: 'BreakGlass', id: 'g-1' }] }),
  'REV-1': heard({ ...overdue, act: 'C', out: 0, why: 'nothing-found' }),
  'AUD-1': [...heard({ sub: 'verify' }), ...heard({ sub: 'audit-beat', type: 'system' })],
  'AUD-2': heard({ sub: 'verify', ent: [{ t: 'Witness', id: 'w.example.org' }] }),
  'KEY-1': [
    ...heard({ sub: 'key', ent: [{ t: 'Key', id: '2026-11/rk1', n: 12 }] }),
    ...heard({ sub: 'key', out: 4, why: 'destroyed_key', ent: [{ t: 'Key', id: '2026-07/rk1' }] }),
  ],
};

test.each(detectionRules.map(({ id }) => id))(
  '[abuse] [H-17] %s notices its attack, alone and in the middle of a day',
  (id) => {
    expect(rulesSetOff(attacks[id], honey)).toContain(id);
    const inTheMiddle = [...Object.values(ordinary).flat(), ...attacks[id]].toSorted((a, b) => a.at - b.at);
    expect(rulesSetOff(inTheMiddle, honey)).toContain(id);
  },
);

test.each(detectionRules.map(({ id }) => id))('[H-17] %s is silent on an ordinary day', (id) => {
  expect(rulesSetOff(ordinary[id], honey)).toEqual([]);
});

it('[H-17] all of it in one day by one person sets nothing off', () => {
  const day = Object.values(ordinary)
    .flat()
    .toSorted((a, b) => a.at - b.at);
  expect(day.length).toBeGreaterThan(100);
  expect(rulesSetOff(day, honey)).toEqual([]);
});

test('[abuse] [privacy] UT-2 counts patients, however they are asked for, and a whole month of them', () => {
  expect(rulesSetOff(revealed(patients(10)))).toEqual([]);
  expect(rulesSetOff(patients(11).flatMap((each, i) => revealed([each], nine + i * minute)))).toEqual([
    'UT-2',
  ]);
  const aFewEachDay = Array.from({ length: 9 }, (_, i) =>
    revealed(patients(5, 5 * i), nine + i * 24 * hour),
  ).flat();
  expect(rulesSetOff(aFewEachDay)).toEqual(['UT-2']);
  // Refused, or asked by several people: nobody has had so many told.
  expect(heard({ sub: 'reveal', act: 'R', out: 4, pat: patients(20) })).toEqual([]);
  const two = revealed(patients(20)).map((each, i) => ({ ...each, uid: i % 2 === 0 ? 'vera' : 'olga' }));
  expect(rulesSetOff(two)).toEqual([]);
});
