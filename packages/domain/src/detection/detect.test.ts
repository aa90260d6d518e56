import { detectionRuleIds } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { clock } from '../board-player.ts';
import { AuditSequence } from './audit-sequence.ts';
import { replay, rulesSetOff } from './replay.ts';
import { detectionRules, honeyRoutes, isHoneyRoute } from './rules.ts';
import { type Signal, signalOf } from './signal.ts';

const minute = 60_000;
const nine = clock('09:00');
const act = (kind: Signal['kind'], more: Partial<Signal> = {}): Signal => ({
  kind,
  at: nine,
  clinic: 'north',
  uid: 'dana',
  network: '203.0.113.7',
  session: 's-1',
  object: 'v-1',
  ...more,
});
/** One act after the other on different objects, so many ms apart. */
const series = (kind: Signal['kind'], count: number, everyMs: number, from = nine): Signal[] =>
  Array.from({ length: count }, (_, i) => act(kind, { at: from + i * everyMs, object: `o-${i}` }));

describe('attacks', () => {
  it('[abuse] HT-1: one look at a patient who does not exist ends every session of the account', () => {
    const honey = new Set(['v-honey']);
    expect(replay([act('record-opened', { object: 'v-honey' })], honey)).toEqual([
      {
        rule: 'HT-1',
        uid: 'dana',
        network: '203.0.113.7',
        count: 1,
        responses: ['revoke-account'],
        severity: 'critical',
      },
    ]);
    expect(rulesSetOff([act('not-there', { object: 'v-honey' })], honey)).toEqual(['HT-1']);
  });

  it('[abuse] HT-2: one try of an address nobody names blocks account and network, signed in or not', () => {
    expect(replay([act('honey-route', { uid: null, session: null, object: '/.env' })])).toMatchObject([
      { rule: 'HT-2R', responses: ['revoke-account', 'block-account', 'block-network'] },
    ]);
  });

  it('[abuse] HT-2F: a page of somebody else cannot have a person, or a whole clinic, locked out', () => {
    expect(replay([act('honey-route-forced')])).toMatchObject([{ rule: 'HT-2F', responses: [] }]);
  });

  it('[abuse] HT-2T: a token left lying to be found blocks the network that used it', () => {
    expect(replay([act('honey-token', { uid: null })])).toMatchObject([
      { rule: 'HT-2T', responses: ['block-network'], severity: 'critical' },
    ]);
  });

  it('[abuse] [privacy] HT-3: one reading of a key that is only bait is critical; each key is a matter of its own', () => {
    const read = (object: string, at = nine) =>
      act('bait-read', { object, at, uid: null, network: null, session: null, clinic: null });
    expect(replay([read('phi:export:token'), read('phi:export:token', nine + minute)])).toMatchObject([
      { rule: 'HT-3', severity: 'critical', uid: null, responses: [] },
    ]);
    expect(rulesSetOff([read('phi:export:token'), read('s:root')])).toEqual(['HT-3', 'HT-3']);
  });

  it('[abuse] [session] SE-1: a token that comes back after its replacement ends the account’s sessions', () => {
    expect(replay([act('token-reuse')])).toMatchObject([{ rule: 'SE-1', responses: ['revoke-account'] }]);
  });

  it('[abuse] ACE-2: the sixty-first record of an hour, and not the sixtieth', () => {
    expect(rulesSetOff(series('record-opened', 60, 30_000))).toEqual([]);
    expect(replay(series('record-opened', 61, 30_000))).toMatchObject([
      { rule: 'ACE-2', count: 61, responses: ['revoke-session'] },
    ]);
  });

  it('[abuse] ACE-2: slow enough for the hour, and still far beyond what the person usually opens', () => {
    const usual = Array.from({ length: 30 }, (_, hour) =>
      series('record-opened', 5, minute, nine + hour * 3_600_000),
    ).flat();
    const spree = series('record-opened', 35, 100_000, nine + 40 * 3_600_000);
    expect(rulesSetOff(usual)).toEqual([]);
    expect(rulesSetOff([...usual, ...spree])).toEqual(['ACE-2']);
    // The same spree of somebody who always has such hours is their work.
    const busy = Array.from({ length: 30 }, (_, hour) =>
      series('record-opened', 20, minute, nine + hour * 3_600_000),
    ).flat();
    expect(rulesSetOff([...busy, ...spree])).toEqual([]);
  });

  it('[abuse] ACE-2: opening the same record again and again is not opening many', () => {
    const again = series('record-opened', 200, 5_000).map((each) => ({ ...each, object: 'v-1' }));
    expect(rulesSetOff(again)).toEqual([]);
  });

  it('[abuse] ACE-1: five other clinics in ten minutes are noticed, twenty end the sessions', () => {
    expect(rulesSetOff(series('denied-elsewhere', 4, minute))).toEqual([]);
    expect(rulesSetOff(series('denied-elsewhere', 5, minute))).toEqual(['ACE-1']);
    expect(rulesSetOff(series('denied-elsewhere', 20, 20_000))).toEqual(['ACE-1', 'ACE-1X']);
    // Spread over a day it is somebody who mistypes.
    expect(rulesSetOff(series('denied-elsewhere', 20, 11 * minute))).toEqual([]);
  });

  it('[abuse] ACE-1: ids that are not there count like clinics that are not theirs', () => {
    const mixed = [...series('not-there', 3, 1_000), ...series('denied-elsewhere', 3, 1_000)];
    const told = mixed.map((each, i) => ({ ...each, object: `x-${i}` }));
    expect(rulesSetOff(told)).toEqual(['ACE-1']);
  });

  it('[abuse] [H-03] BTG-1: the third emergency access of a month is told to a person, and nobody is locked out', () => {
    const everyTenDays = series('glass-opened', 3, 10 * 24 * 3_600_000);
    expect(replay(everyTenDays)).toMatchObject([
      { rule: 'BTG-1', count: 3, responses: [], severity: 'high' },
    ]);
    expect(rulesSetOff(everyTenDays.slice(0, 2))).toEqual([]);
    // Two a month, all year long, are what emergencies are like.
    expect(rulesSetOff(series('glass-opened', 24, 15.5 * 24 * 3_600_000))).toEqual([]);
    // Three people with one each are three emergencies.
    const each = everyTenDays.map((one, i) => ({ ...one, uid: `dr-${i}` }));
    expect(rulesSetOff(each)).toEqual([]);
  });

  it('[abuse] [H-03] BTG-1 counts accesses that were opened: not their end, not their review, not a refusal', () => {
    const agent = { uid: 'dr-okafor', kind: 'human', role: 'provider' } as const;
    const event = { cid: 'north', type: 'security', sub: 'breakglass', agent, pou: 'BTG' } as const;
    const from = { at: nine, network: null, session: null };
    const ent = [{ t: 'BreakGlass', id: 'g-1' }];
    expect(signalOf({ ...event, act: 'E', out: 0, ent }, from)).toMatchObject({
      ...{ kind: 'glass-opened', uid: 'dr-okafor', object: 'g-1' },
    });
    expect(signalOf({ ...event, act: 'U', out: 0, why: 'ended', ent }, from)).toBeNull();
    expect(signalOf({ ...event, act: 'E', out: 4, ent }, from)).toBeNull();
    expect(signalOf({ ...event, sub: 'review', act: 'U', out: 0, ent }, from)).toBeNull();
  });

  it('[abuse] [H-03] BTG-1U: each emergency access that nobody judged in time is told once, to others than its person', () => {
    const late = (object: string) => act('glass-unreviewed', { object, network: null, session: null });
    expect(replay([late('g-1'), late('g-1')])).toMatchObject([
      { rule: 'BTG-1U', uid: 'dana', severity: 'high', responses: [] },
    ]);
    expect(rulesSetOff([late('g-1'), late('g-2')])).toEqual(['BTG-1U', 'BTG-1U']);
  });

  it('[audit] [H-13] REV-1: each week that nobody reviewed in time is a matter; a review that was made is none', () => {
    const overdue = (object: string) => act('review-overdue', { object, uid: null, network: null });
    expect(rulesSetOff([overdue('2026-11-02'), overdue('2026-11-02'), overdue('2026-11-09')])).toEqual([
      ...['REV-1', 'REV-1'],
    ]);
    const agent = { uid: 'audit-keeper', kind: 'service', role: null } as const;
    const event = { cid: 'north', type: 'security', sub: 'review', act: 'E', agent } as const;
    const from = { at: nine, network: null, session: null };
    const ent = [{ t: 'AuditReview', id: '2026-11-02' }];
    expect(signalOf({ ...event, out: 4, why: 'overdue', ent }, from)).toMatchObject({
      ...{ kind: 'review-overdue', object: '2026-11-02', clinic: 'north' },
    });
    expect(signalOf({ ...event, act: 'C', out: 0, ent }, from)).toBeNull();
  });

  it('[audit] AUD-2: a witness that is late is told and stops nothing; one that saw another record stops all deleting', () => {
    const agent = { uid: 'audit-keeper', kind: 'service', role: null } as const;
    const event = { cid: 'north', type: 'security', sub: 'verify', act: 'E', out: 4, agent } as const;
    const from = { at: nine, network: null, session: null };
    const heard = (why: string) => {
      const signal = signalOf({ ...event, why, ent: [{ t: 'Witness', id: 'w.example.org' }] }, from);
      return signal ? replay([signal]) : [];
    };
    expect(heard('witness_late')).toMatchObject([{ rule: 'AUD-2', severity: 'high', responses: [] }]);
    expect(heard('witness_refused')).toMatchObject([{ rule: 'AUD-1', responses: ['freeze-deletions'] }]);
  });

  it.each(['audit-gap', 'audit-late', 'audit-broken', 'freeze-alone'] as const)(
    '[audit] AUD-1: %s stops all deleting',
    (kind) => {
      expect(replay([act(kind, { uid: null, network: null })])).toMatchObject([
        { rule: 'AUD-1', responses: ['freeze-deletions'], severity: 'critical' },
      ]);
    },
  );

  it('[audit] AUD-1: what was judged about one gap says nothing of another, nor of an archive that was altered the same day', () => {
    const of = (kind: Signal['kind'], object: string) => act(kind, { object, uid: null, network: null });
    const day = [
      of('audit-gap', 'p-1'),
      of('audit-gap', 'p-1'),
      of('audit-gap', 'p-2'),
      of('audit-broken', 'full'),
    ];
    expect(rulesSetOff(day)).toEqual(['AUD-1', 'AUD-1', 'AUD-1']);
  });

  it('[crypto] KEY-1: one record that does not open is told to a person; an hour of it is one matter', () => {
    const failed = [0, 20, 59, 61].map((after) =>
      act('key-failed', { at: nine + after * minute, uid: null }),
    );
    expect(replay(failed.slice(0, 3))).toMatchObject([{ rule: 'KEY-1', severity: 'high', responses: [] }]);
    expect(rulesSetOff(failed)).toEqual(['KEY-1', 'KEY-1']);
  });

  it('[abuse] two accounts are not one: nobody answers for what another opened', () => {
    const shared = series('record-opened', 80, 10_000).map((each, i) => ({
      ...each,
      uid: i % 2 === 0 ? 'dana' : 'noor',
    }));
    expect(rulesSetOff(shared)).toEqual([]);
  });

  it('what goes on is one matter, and a new one when it begins again later', () => {
    const reuse = [0, 10, 20, 70].map((after) => act('token-reuse', { at: nine + after * minute }));
    expect(rulesSetOff(reuse)).toEqual(['SE-1', 'SE-1']);
  });
});

describe('benign days', () => {
  it('a front desk that opens every record of a full day sets nothing off', () => {
    const day = Array.from({ length: 10 }, (_, hour) =>
      series('record-opened', 12, 4 * minute, nine + hour * 3_600_000),
    ).flat();
    expect(rulesSetOff(day, new Set(['v-honey']))).toEqual([]);
  });

  it('somebody who tries two clinics by mistake sets nothing off', () => {
    const slips = [...series('denied-elsewhere', 2, 1_000), ...series('not-there', 2, 1_000)];
    expect(rulesSetOff(slips.map((each, i) => ({ ...each, object: `slip-${i}` })))).toEqual([]);
  });

  it('a real patient is not a honey patient', () => {
    expect(rulesSetOff([act('record-opened')], new Set(['v-honey']))).toEqual([]);
  });
});

describe('the table', () => {
  it('has one row for every rule that an alert can name', () => {
    expect(detectionRules.map(({ id }) => id)).toEqual([...detectionRuleIds]);
  });

  it('judges only by windows that it keeps', () => {
    for (const { windows, limits } of detectionRules) {
      const kept = windows.map(({ name }) => name);
      for (const { window, beyondUsual } of limits) {
        expect(kept).toContain(window);
        for (const each of beyondUsual ? [beyondUsual.total, beyondUsual.hours] : []) {
          expect(kept).toContain(each);
        }
      }
    }
  });

  it('[abuse] knows its addresses however they are written, and takes no real one for them', () => {
    for (const route of honeyRoutes) {
      const written = [route, route.toUpperCase(), `${route}/`, `/${route}`, route.replace('.', '%2e')];
      expect(written.filter((each) => !isHoneyRoute(each))).toEqual([]);
    }
    const real = [
      '/',
      '/docs',
      '/api/v1/session',
      '/assets/index.js',
      '/envelope',
      '/api/v1/admin',
      '/%',
      '/%E0%A4%A',
    ];
    expect(real.filter(isHoneyRoute)).toEqual([]);
  });
});

describe('signals', () => {
  const event = {
    cid: 'north',
    type: 'security',
    sub: 'deny',
    act: 'E',
    out: 4,
    why: 'DENY_SCOPE',
    agent: { uid: 'dana', kind: 'human', role: 'front-desk' },
    ent: [
      { t: 'Action', id: 'read' },
      { t: 'Clinic', id: 'south' },
    ],
  } as const;
  const from = { at: nine, network: '203.0.113.7', session: 's-1' };

  it('are taken from the record: who, from where, at what', () => {
    expect(signalOf({ ...event, ent: [...event.ent] }, from)).toEqual({
      kind: 'denied-elsewhere',
      ...from,
      clinic: 'north',
      uid: 'dana',
      object: 'south',
    });
  });

  it('are silent about a refusal that is a matter of the role, and about work', () => {
    expect(signalOf({ ...event, ent: [], why: 'DENY_ROLE' }, from)).toBeNull();
    expect(signalOf({ ...event, ent: [], sub: 'login', why: 'x' }, from)).toBeNull();
  });

  it('[audit] tell a check of the record that failed from one that passed', () => {
    const agent = { uid: 'audit-keeper', kind: 'service', role: null } as const;
    const check = { cid: null, type: 'security', sub: 'verify', act: 'E', agent, ent: [] } as const;
    expect(signalOf({ ...check, ent: [], out: 8, why: 'exit_11' }, from)?.kind).toBe('audit-broken');
    expect(signalOf({ ...check, ent: [], out: 0 }, from)).toBeNull();
  });

  it('[crypto] tell a key that failed from a day of work with keys', () => {
    const agent = { uid: 'vault', kind: 'service', role: null } as const;
    const used = { cid: 'north', type: 'security', sub: 'key', act: 'E', agent } as const;
    const key = { t: 'Key', id: '2026-11/rk1', n: 1 };
    expect(signalOf({ ...used, ent: [key], out: 8, why: 'tampered' }, from)).toMatchObject({
      ...{ kind: 'key-failed', clinic: 'north', uid: 'vault', object: '2026-11/rk1' },
    });
    expect(signalOf({ ...used, ent: [key], out: 4, why: 'destroyed_key' }, from)).toBeNull();
    expect(signalOf({ ...used, ent: [key], out: 0 }, from)).toBeNull();
  });

  it('have no account before anyone has signed in', () => {
    const agent = { uid: 'anonymous', kind: 'anonymous', role: null } as const;
    expect(signalOf({ ...event, ent: [], agent }, from)?.uid).toBeNull();
  });
});

describe('numbers of the record', () => {
  it('[audit] [I5] a missing, doubled or first missing number is a gap of its process', () => {
    const take = (...numbers: number[]) => {
      const sequence = new AuditSequence();
      return sequence.take(
        numbers.map((iseq) => ({ inst: 'p-1', iseq })),
        true,
      );
    };
    expect(take(1, 2, 3)).toEqual([]);
    expect(take(1, 3)).toEqual([{ inst: 'p-1', after: 1, found: 3 }]);
    expect(take(2, 3)).toEqual([{ inst: 'p-1', after: 0, found: 2 }]);
    expect(take(1, 2, 2)).toEqual([{ inst: 'p-1', after: 2, found: 2 }]);
  });

  it('[audit] processes are counted apart, and a trimmed stream begins where it begins', () => {
    const sequence = new AuditSequence();
    const mixed = [
      { inst: 'a', iseq: 41 },
      { inst: 'b', iseq: 1 },
      { inst: 'a', iseq: 42 },
    ];
    expect(sequence.take(mixed, false)).toEqual([]);
    expect(sequence.take([{ inst: 'a', iseq: 44 }], false)).toEqual([{ inst: 'a', after: 42, found: 44 }]);
  });
});
