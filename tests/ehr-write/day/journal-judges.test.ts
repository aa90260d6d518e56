import type { LogFrame, VisitStatus } from '@workflow-bolt/contracts';
import type { JournalEntry } from '@workflow-bolt/ehr-simulator';
import { describe, expect, it } from 'vitest';
import * as judges from './journal-judges.ts';

/** Each judge against a day that is right and days that are wrong in one thing: one that cannot fail proves nothing. */

const at = (ms: number) => Date.parse('2026-07-01T15:00:00Z') + ms;
const grant = (ms: number, more: Partial<judges.Granted> = {}): judges.Granted => ({
  ...{ at: at(ms), operation: 'UpdateAppointment', lane: 'writes', isUsed: true },
  ...more,
});
const arrival = (n: number, ms: number, operation = 'UpdateAppointment') => ({ n, operation, at: at(ms) });

function entry(
  n: number,
  ms: number,
  effects: JournalEntry['effects'],
  op = 'UpdateAppointment',
): JournalEntry {
  return {
    ...{
      n,
      op,
      at: new Date(at(ms)).toISOString(),
      arrivedMs: ms,
      durationMs: 1,
      httpStatus: 200,
      outcome: 'ok',
    },
    ...{
      credentials: '[redacted]',
      criteria: { AppointmentId: '7' },
      dropped: [],
      requestBytes: 1,
      responseBytes: 1,
    },
    effects,
  };
}
const applied = (n: number, ms: number, status: string, id = 7) =>
  entry(n, ms, [{ kind: 'applied', id, status }]);

describe('[I7] the judge of the breaker', () => {
  const turns: judges.BreakerTurn[] = [
    { at: at(1_000), lane: 'writes', state: 'open' },
    { at: at(11_000), lane: 'writes', state: 'half_open' },
    { at: at(11_500), lane: 'writes', state: 'closed' },
  ];

  it('accepts turns before it opened, of its trial, and of the other lane', () => {
    const read = { lane: 'reads', operation: 'GetAppointment' } as const;
    expect(
      judges.turnsWhileOpen([grant(999), grant(5_000, read), grant(11_000), grant(20_000)], turns),
    ).toEqual([]);
  });

  it.each([1_001, 10_999])('finds a turn %i ms in, while it was open', (ms) => {
    expect(judges.turnsWhileOpen([grant(ms)], turns)).toEqual([
      expect.stringContaining('while writes were open'),
    ]);
  });

  it('takes instants for one only as near as it is told', () => {
    expect(judges.turnsWhileOpen([grant(10_998)], turns, 2)).toEqual([]);
    expect(judges.turnsWhileOpen([grant(10_997)], turns, 2)).toHaveLength(1);
  });

  it('finds a turn while somebody holds it open', () => {
    const held: judges.BreakerTurn[] = [{ at: at(0), lane: 'writes', state: 'forced_open' }];
    expect(judges.turnsWhileOpen([grant(1)], held)).toHaveLength(1);
  });

  it('accepts a call that arrives after its own turn, however late', () => {
    const granted = [grant(0), grant(750)];
    expect(judges.callsWithoutTurn([arrival(1, 3_000), arrival(2, 3_001)], granted)).toEqual([]);
  });

  it.each([
    ['one call more than turns', [arrival(1, 0), arrival(2, 10)], [grant(0)]],
    ['a call before its turn', [arrival(1, 0), arrival(2, 700)], [grant(0), grant(750)]],
    ['a call with a turn that was given back', [arrival(1, 10)], [grant(0, { isUsed: false })]],
    ["a call with another operation's turn", [arrival(1, 10)], [grant(0, { operation: 'GetAppointment' })]],
  ])('finds %s', (_, arrivals, granted) => {
    expect(judges.callsWithoutTurn(arrivals, granted)).toEqual([expect.stringContaining('had no turn')]);
  });
});

describe('[EH-GATE] the judges of the limits', () => {
  const gap = (operation: string) => (operation === 'UpdateAppointment' ? 500 : 1_000);

  it('accept calls that are a gap apart, each operation for itself', () => {
    const arrivals = [arrival(1, 0), arrival(2, 100, 'GetAppointments'), arrival(3, 500)];
    expect(judges.callsTooSoon(arrivals, gap)).toEqual([]);
    expect(judges.turnsTooSoon([grant(0), grant(500)], gap)).toEqual([]);
  });

  it('excuse a pair whose first call was held up on its way, and no other', () => {
    const arrivals = [arrival(1, 300), arrival(2, 700), arrival(3, 1_100)];
    const onTime = judges.arrivedOnTime(arrivals, [grant(0), grant(690), grant(1_000)], 100);
    expect(onTime).toEqual(new Set([2, 3]));
    expect(judges.callsTooSoon(arrivals, gap, onTime)).toEqual([
      'call 3, UpdateAppointment: 400 ms after call 2',
    ]);
    const [late, next] = [arrival(1, 495), arrival(2, 501)];
    expect(judges.arrivedOnTime([late, next], [grant(0), grant(490)], 25)).toEqual(new Set([2]));
  });

  it('find a call and a turn that came a millisecond too soon, in whatever order they are told', () => {
    expect(judges.callsTooSoon([arrival(2, 499), arrival(1, 0)], gap)).toEqual([
      'call 2, UpdateAppointment: 499 ms after call 1',
    ]);
    expect(judges.turnsTooSoon([grant(499), grant(0)], gap)).toHaveLength(1);
  });
});

describe('[I6] the judges of the writes', () => {
  const wishes: judges.Wish[] = [
    { at: at(0), status: 'Scheduled' },
    { at: at(1_000), status: 'CheckedIn' },
    { at: at(2_000), status: 'Roomed' },
  ];

  it('accept writes in the order of the wishes, with some left out', () => {
    const journal = [applied(1, 1_500, 'CheckedIn'), applied(2, 2_500, 'Roomed')];
    expect(judges.writesOutOfOrder(judges.appliedTo(journal, 7), wishes)).toEqual([]);
    expect(judges.writesOutOfOrder(judges.appliedTo(journal.slice(1), 7), wishes)).toEqual([]);
    expect(judges.writesRepeated(journal)).toEqual([]);
  });

  it.each([
    ['an older wish after a newer one', [applied(1, 2_500, 'Roomed'), applied(2, 3_000, 'CheckedIn')]],
    ['a wish before anybody had it', [applied(1, 1_500, 'Roomed')]],
    ['what nobody wished', [applied(1, 3_000, 'NoShow')]],
  ])('find %s', (_, journal) => {
    expect(judges.writesOutOfOrder(judges.appliedTo(journal, 7), wishes)).toEqual([
      expect.stringContaining('which nobody wished then'),
    ]);
  });

  it('find the same thing written twice, unless somebody else had changed it', () => {
    const journal = [applied(1, 0, 'CheckedIn'), applied(2, 1_000, 'CheckedIn')];
    expect(judges.writesRepeated(journal)).toEqual(['call 2 wrote CheckedIn to 7 a second time']);
    expect(judges.writesRepeated([journal[0] as JournalEntry, applied(2, 1_000, 'CheckedIn', 8)])).toEqual(
      [],
    );
    expect(judges.writesRepeated(journal, [{ id: 7, at: at(500) }])).toEqual([]);
    expect(
      judges.writesRepeated(journal, [
        { id: 7, at: at(2_000) },
        { id: 8, at: at(500) },
      ]),
    ).toHaveLength(1);
    const foreign = entry(3, 500, [{ kind: 'second-user', id: 7, changed: 'status' }], 'GetAppointment');
    expect(judges.writesRepeated([journal[0], foreign, journal[1]] as JournalEntry[])).toEqual([]);
    const typed = entry(3, 500, [{ kind: 'second-user', id: 7, changed: 'notes' }], 'GetAppointment');
    expect(judges.writesRepeated([journal[0], typed, journal[1]] as JournalEntry[])).toHaveLength(1);
  });

  it('find a case that was cleared, and one that is another at the end', () => {
    expect(judges.casesLost([{ id: 7, before: 3, after: 3 }], [])).toEqual([]);
    expect(judges.casesLost([{ id: 7, before: 3, after: null }], [])).toEqual(['7 had case 3, has null']);
    expect(judges.casesLost([], [entry(4, 0, [{ kind: 'case-cleared', id: 7 }])])).toEqual([
      'call 4 cleared the case of 7',
    ]);
  });
});

describe('[I6] the judge of the board', () => {
  const frame = (from: VisitStatus, to: VisitStatus, more: Partial<LogFrame> = {}): LogFrame => ({
    ...{ rules: 1, commandId: 'c:1', command: 'applyScheduleRow', at: at(0), source: 'tebra' },
    actor: { id: 'system', name: 'system', role: 'system', station: null },
    events: [
      {
        ...{
          type: 'visit.moved',
          visitId: 'v1',
          from,
          to,
          effectiveAt: at(0),
          reason: null,
          outcome: null,
          sets: null,
        },
        ...{ clears: [], skipped: [], isEstimated: true, isReCheckIn: false },
      },
    ],
    ...more,
  });

  it('accepts what the EHR may do, and what people do', () => {
    const right = [
      frame('scheduled', 'cancelled'),
      frame('confirmed', 'scheduled'),
      frame('arrived', 'completed'),
      frame('with-doctor', 'appt-prep', { source: 'ui', command: 'moveVisit' }),
      frame('with-doctor', 'cancelled', { command: 'resolveConflict' }),
    ];
    expect(judges.presentMovedBack(right)).toEqual([]);
  });

  it.each([
    ['appt-prep', 'arrived'],
    ['arrived', 'scheduled'],
    ['with-doctor', 'cancelled'],
  ] as const)('finds a patient in %s whom the EHR moved to %s', (from, to) => {
    expect(judges.presentMovedBack([frame(from, to)])).toEqual([`frame 0: v1 from ${from} to ${to}`]);
  });
});

describe('[I6] the judge of the end of the day', () => {
  const rules = { readyToBeSeenMeans: 'check-in-completed', leftMeans: null } as const;
  const end = (more: Partial<judges.DayEnd>): judges.DayEnd => ({
    ...{ visit: 'v1', board: 'Roomed', ehr: 'Roomed', shown: 'in-sync', explained: null },
    ...more,
  });

  it('accepts what is equal, means the same, has no word, or is explained', () => {
    const right = [
      end({}),
      end({ board: 'Scheduled', ehr: 'ReminderSent' }),
      end({ board: null }),
      end({ ehr: 'Cancelled', shown: 'conflict', explained: 'status-changed' }),
      end({ ehr: 'Cancelled', shown: 'failed', explained: 'series' }),
    ];
    expect(judges.unexplained(right, rules)).toEqual([]);
  });

  it.each([
    ['a difference that the card hides', end({ ehr: 'CheckedIn' })],
    ['a card that still waits', end({ shown: 'waiting' })],
    [
      'a failure that another try may mend',
      end({ ehr: 'CheckedIn', shown: 'failed', explained: 'outcome-unknown' }),
    ],
    ['a difference that waits', end({ ehr: 'CheckedIn', shown: 'waiting' })],
  ])('finds %s', (_, wrong) => {
    expect(judges.unexplained([wrong], rules)).toHaveLength(1);
  });
});
