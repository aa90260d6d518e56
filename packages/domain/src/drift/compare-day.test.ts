import { type Day, driftRowSchema, type Visit, type VisitStatus } from '@workflow-bolt/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SyncState } from '../write-back/write-back.ts';
import { compareDay, type DriftContext } from './compare-day.ts';
import type { DriftPair, TheirAppointment } from './drift-pair.ts';

const nine = Date.UTC(2026, 10, 23, 15);
const day = {
  providers: [
    { id: 'ehr-1', name: 'Dr. Park', color: '#112233' },
    { id: 'ehr-2', name: 'Dr. Okafor', color: '#445566' },
  ],
  visitTypes: [{ id: 'new', label: 'New patient', slotMin: 30, needsProvider: true }],
} as unknown as Day;

const external = {
  ...{
    system: 'tebra' as const,
    key: 'k',
    appointmentId: '41',
    patientId: '7',
    status: 'Confirmed' as const,
  },
  ...{ rawStatus: 'Confirmed', fingerprint: 'f1', absences: 0, isRemoved: false },
};
const visitOf = (status: VisitStatus, over: Partial<Visit> = {}): Visit =>
  ({
    ...{
      type: 'visit',
      id: 'v1',
      kind: 'booked',
      status,
      milestones: {},
      startAt: nine,
      durationMin: 20,
      conflict: null,
    },
    ...{ providerId: 'ehr-1', visitTypeId: 'new', locationName: 'Main', external },
    ...over,
  }) as Visit;
const theirsOf = (over: Partial<TheirAppointment> = {}): TheirAppointment => ({
  ...{
    appointmentId: '41',
    patientId: '7',
    status: 'Confirmed',
    startAt: nine,
    durationMin: 20,
    visitTypeId: 'new',
  },
  ...{ provider: { id: 'ehr-1', name: 'Park, MD' }, locationName: 'Main', fingerprint: 'f1' },
  ...over,
});
const contextOf = (sync: SyncState = 'off', over: Partial<DriftContext> = {}): DriftContext => ({
  ...{ day, rules: { readyToBeSeenMeans: 'check-in-completed', leftMeans: null }, syncOf: () => sync },
  ...{ agreed: {}, agreedStatusOf: () => undefined },
  ...over,
});
const differencesOf = (pair: DriftPair, context = contextOf()) =>
  compareDay([pair], context).rows.flatMap(({ differences }) => differences);
const briefly = (pair: DriftPair, context?: DriftContext) =>
  differencesOf(pair, context).map(({ field, side, advice }) => `${field} ${side} ${advice}`);

describe('[DR-FIELDS] what is no difference', () => {
  it.each<[string, Visit, Partial<TheirAppointment>]>([
    ['the same on both sides', visitOf('confirmed'), {}],
    ['a word that says the same', visitOf('scheduled'), { status: 'ReminderSent' }],
    ['a status that the EHR has no word for', visitOf('with-doctor'), { status: 'Roomed' }],
    [
      'what the EHR does not say',
      visitOf('confirmed'),
      { visitTypeId: null, locationName: null, durationMin: null, provider: { id: null, name: null } },
    ],
    [
      'a walk-in without a booked start',
      visitOf('arrived', { kind: 'walk-in', startAt: null }),
      { status: 'CheckedIn' },
    ],
  ])('%s', (_name, visit, theirs) => {
    expect(differencesOf({ visit, theirs: theirsOf(theirs) })).toEqual([]);
  });

  it('what is gone from both sides, or was never to be there', () => {
    for (const status of ['cancelled', 'no-show', 'rescheduled', 'entered-in-error'] as const)
      expect(differencesOf({ visit: visitOf(status), theirs: 'deleted' })).toEqual([]);
    expect(
      differencesOf({
        visit: visitOf('confirmed', { external: { ...external, isRemoved: true } }),
        theirs: 'deleted',
      }),
    ).toEqual([]);
    expect(differencesOf({ visit: visitOf('entered-in-error', { external: null }), theirs: 'none' })).toEqual(
      [],
    );
  });
});

describe('[DR-SIDE] [DR-ADVICE] ours, theirs and last agreed, with what to do', () => {
  it('shows all three sides of each field', () => {
    const context = contextOf('off', {
      agreed: { v1: { provider: 'Dr. Park', start: nine } },
      agreedStatusOf: () => 'Confirmed',
    });
    const pair = {
      visit: visitOf('arrived', { providerId: 'ehr-2' }),
      theirs: theirsOf({ startAt: nine + 60_000, fingerprint: 'f2' }),
    };
    expect(differencesOf(pair, context)).toEqual([
      {
        field: 'status',
        ours: 'CheckedIn',
        theirs: 'Confirmed',
        agreed: 'Confirmed',
        side: 'ours',
        advice: 'change-in-ehr',
      },
      {
        field: 'presence',
        ours: 'here',
        theirs: 'expected',
        agreed: 'expected',
        side: 'ours',
        advice: 'change-in-ehr',
      },
      {
        field: 'start',
        ours: nine,
        theirs: nine + 60_000,
        agreed: nine,
        side: 'theirs',
        advice: 'read-again',
      },
      {
        field: 'provider',
        ours: 'Dr. Okafor',
        theirs: 'Dr. Park',
        agreed: 'Dr. Park',
        side: 'ours',
        advice: 'change-in-ehr',
      },
    ]);
  });

  it.each<[SyncState, string]>([
    ['off', 'change-in-ehr'],
    ['waiting', 'wait'],
    ['failed', 'retry'],
    ['conflict', 'settle'],
    ['in-sync', 'read-again'],
  ])('a status that lags behind in the EHR while writing is %s: %s', (sync, advice) => {
    const pair = { visit: visitOf('arrived'), theirs: theirsOf() };
    expect(briefly(pair, contextOf(sync))).toEqual([
      `status unknown ${advice}`,
      `presence unknown ${advice}`,
    ]);
  });

  it('[I6] an EHR that is ahead counts; one that closed a present patient is for people', () => {
    expect(briefly({ visit: visitOf('confirmed'), theirs: theirsOf({ status: 'CheckedIn' }) })).toEqual([
      'status unknown read-again',
      'presence unknown read-again',
    ]);
    expect(briefly({ visit: visitOf('arrived'), theirs: theirsOf({ status: 'Cancelled' }) })).toEqual([
      'status unknown look',
      'presence unknown look',
    ]);
    // Without a word of its own a status is not compared; where the patient is, still.
    expect(briefly({ visit: visitOf('with-doctor'), theirs: theirsOf({ status: 'Cancelled' }) })).toEqual([
      'presence unknown look',
    ]);
    expect(briefly({ visit: visitOf('arrived'), theirs: theirsOf({ status: 'Seen' }) })).toEqual([
      'status unknown look',
    ]);
  });

  it('a provider whom the EHR changed is taken over before the patient comes, and by hand after', () => {
    const agreed = { v1: { provider: 'Dr. Park' } };
    const theirs = theirsOf({ provider: { id: 'ehr-2', name: 'x' }, status: 'CheckedIn', fingerprint: 'f2' });
    expect(briefly({ visit: visitOf('arrived'), theirs }, contextOf('off', { agreed }))).toEqual([
      'provider theirs change-on-board',
    ]);
    const before = { visit: visitOf('confirmed'), theirs: { ...theirs, status: 'Confirmed' as const } };
    expect(briefly(before, contextOf('off', { agreed }))).toEqual(['provider theirs read-again']);
    expect(briefly(before, contextOf('off', { agreed: { v1: { provider: 'Dr. Who' } } }))).toEqual([
      'provider both look',
    ]);
  });

  it('another patient on the same appointment is never taken over by itself', () => {
    // The EHR made it longer; what was taken over last is what the board still says.
    const longer = { visit: visitOf('arrived'), theirs: theirsOf({ durationMin: 40, fingerprint: 'f2' }) };
    expect(
      differencesOf(longer, contextOf('off', { agreed: { v1: { duration: '20 min', presence: 'here' } } })),
    ).toContainEqual({
      ...{ field: 'duration', ours: '20 min', theirs: '40 min', agreed: '20 min', side: 'theirs' },
      advice: 'read-again',
    });
    expect(briefly({ visit: visitOf('confirmed'), theirs: theirsOf({ patientId: '8' }) })).toEqual([
      'patient unknown look',
    ]);
  });

  it.each<[DriftPair, string[]]>([
    [{ visit: visitOf('confirmed'), theirs: 'deleted' }, ['removal theirs read-again']],
    [{ visit: visitOf('confirmed'), theirs: 'moved' }, ['removal theirs read-again']],
    [{ visit: visitOf('confirmed'), theirs: 'unlisted' }, ['removal theirs look']],
    [{ visit: visitOf('confirmed'), theirs: 'unasked' }, ['removal theirs look']],
    [{ visit: visitOf('appt-prep'), theirs: 'deleted' }, ['removal theirs add-in-ehr']],
    [{ visit: visitOf('completed'), theirs: 'unasked' }, ['removal theirs look']],
    [{ visit: visitOf('arrived', { external: null }), theirs: 'none' }, ['removal ours add-in-ehr']],
    [{ visit: null, theirs: theirsOf() }, ['removal theirs read-again']],
    [
      { visit: visitOf('confirmed', { external: { ...external, isRemoved: true } }), theirs: theirsOf() },
      ['removal theirs read-again'],
    ],
  ])('what exists on one side only, %#', (pair, expected) => {
    expect(briefly(pair)).toEqual(expected);
  });

  it('a walk-in that is being created in the EHR is on its way', () => {
    const pair: DriftPair = { visit: visitOf('arrived', { external: null }), theirs: 'none' };
    expect(briefly(pair, contextOf('waiting'))).toEqual(['removal ours wait']);
    expect(briefly(pair, contextOf('failed'))).toEqual(['removal ours retry']);
  });
});

describe('[DR-AGREED] what is handed on', () => {
  it('is what both sides said last, so that the next comparison knows who moved', () => {
    const first = compareDay([{ visit: visitOf('confirmed'), theirs: theirsOf() }], contextOf());
    expect(first).toMatchObject({ compared: 1, drifted: 0, rows: [] });
    const { agreed } = first;
    expect(agreed).toEqual({
      v1: {
        status: 'Confirmed',
        presence: 'expected',
        start: nine,
        duration: '20 min',
        provider: 'Dr. Park',
        type: 'New patient',
        location: 'Main',
        patient: '7',
      },
    });
    const moved = {
      visit: visitOf('confirmed', { locationName: 'Annex' }),
      theirs: theirsOf({ fingerprint: 'f2' }),
    };
    const second = compareDay([moved], contextOf('off', { agreed }));
    expect(second.rows[0]?.differences).toEqual([
      {
        field: 'location',
        ours: 'Annex',
        theirs: 'Main',
        agreed: 'Main',
        side: 'ours',
        advice: 'change-in-ehr',
      },
    ]);
    expect(second.agreed).toEqual(agreed);
  });
});

const statuses: VisitStatus[] = [
  'scheduled',
  'confirmed',
  'arrived',
  'with-doctor',
  'completed',
  'left',
  'cancelled',
  'entered-in-error',
];
const pairs = fc.array(
  fc.record({
    status: fc.constantFrom(...statuses),
    theirs: fc.oneof(
      fc.constantFrom(
        'none' as const,
        'deleted' as const,
        'moved' as const,
        'unlisted' as const,
        'unasked' as const,
      ),
      fc
        .record({
          status: fc.constantFrom(
            'Scheduled',
            'CheckedIn',
            'CheckedOut',
            'Cancelled',
            'Seen',
            'Unrecognised',
          ),
          startAt: fc.constantFrom(null, nine, nine + 1),
          patientId: fc.constantFrom('7', '8'),
          locationName: fc.constantFrom(null, 'Main', 'Annex'),
        })
        .map((over) => theirsOf(over as Partial<TheirAppointment>)),
    ),
  }),
  { maxLength: 8 },
);

describe('for any day', () => {
  it('the report is valid, does not depend on the order, and comparing again finds the same', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.constantFrom<SyncState>('off', 'waiting', 'failed', 'conflict', 'in-sync'),
        (list, sync) => {
          const all: DriftPair[] = list.map(({ status, theirs }, i) => ({
            visit: visitOf(status, { id: `v${i}` }),
            theirs,
          }));
          const once = compareDay(all, contextOf(sync));
          expect(compareDay([...all].reverse(), contextOf(sync)).rows).toEqual(once.rows);
          for (const row of once.rows) driftRowSchema.parse(row);
          const again = compareDay(all, contextOf(sync, { agreed: once.agreed }));
          expect(again.agreed).toEqual(once.agreed);
          expect(again.rows.map(({ visitId }) => visitId)).toEqual(once.rows.map(({ visitId }) => visitId));
        },
      ),
    );
  });
});
