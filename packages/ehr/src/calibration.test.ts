import { describe, expect, test } from 'vitest';
import { calibrate, calibrateTimes } from './calibration.ts';
import { ehrFailed } from './ehr-failure.ts';
import { ANY_DAY, cannedAdapter } from './tebra/adapter-fixtures.ts';
import { appointmentRow, goodAnswer, members, scheduleAnswer } from './tebra/answer-fixtures.ts';
import { detailTime, listTime } from './written-time.ts';

const pair = (listed: string, single: string) => ({ listed: listTime(listed), single: detailTime(single) });

describe('comparing the list with the single call', () => {
  test.each([
    ['equal', [pair('3/9/2026 3:00:00 PM', '2026-03-09T15:00:00Z')], { verdict: 'aligned', samples: 1 }],
    [
      'five hours off, twice',
      [
        pair('3/9/2026 10:00:00 AM', '2026-03-09T15:00:00Z'),
        pair('3/9/2026 11:30:00 AM', '2026-03-09T16:30:00Z'),
      ],
      { verdict: 'shifted', shiftHours: -5, samples: 2 },
    ],
    [
      'one of two off',
      [
        pair('3/9/2026 3:00:00 PM', '2026-03-09T15:00:00Z'),
        pair('3/9/2026 11:00:00 AM', '2026-03-09T16:00:00Z'),
      ],
      { verdict: 'inconsistent', differencesMs: [0, -18_000_000] },
    ],
    [
      'ten minutes off',
      [pair('3/9/2026 3:10:00 PM', '2026-03-09T15:00:00Z')],
      { verdict: 'inconsistent', differencesMs: [600_000] },
    ],
    [
      'a day off',
      [pair('3/10/2026 3:00:00 PM', '2026-03-09T15:00:00Z')],
      { verdict: 'inconsistent', differencesMs: [86_400_000] },
    ],
    [
      'a single call without a zone',
      [pair('3/9/2026 3:00:00 PM', '2026-03-09T15:00:00')],
      { verdict: 'unknown' },
    ],
    ['nothing to compare', [], { verdict: 'unknown' }],
  ])('%s', (_name, pairs, expected) => {
    expect(calibrateTimes(pairs)).toEqual(expected);
  });
});

describe('calibrating an account', () => {
  const single = (id: string, start: string) =>
    goodAnswer(
      'GetAppointment',
      `<Appointment>${members({ AppointmentId: id, StartTime: start })}</Appointment>`,
    );

  test('reads a few rows, leaving recurring ones out', async () => {
    const list = scheduleAnswer(
      appointmentRow({ ID: '1', Recurring: 'True' }) +
        appointmentRow({ ID: '2', StartDate: '3/9/2026 10:00:00 AM' }) +
        appointmentRow({ ID: '3', StartDate: '3/9/2026 11:00:00 AM' }),
    );
    const { port, sent } = cannedAdapter([
      { body: list },
      { body: single('2', '2026-03-09T15:00:00Z') },
      { body: single('3', '2026-03-09T16:00:00Z') },
    ]);
    const listed = await port.schedule(ANY_DAY);
    const rows = listed.ok ? listed.value.rows : [];
    expect(await calibrate(port, rows)).toEqual({ verdict: 'shifted', shiftHours: -5, samples: 2 });
    expect(sent).toHaveLength(3);
  });

  test('a failed read is no sample', async () => {
    const rows = [{ ...rowOf('3/9/2026 3:00:00 PM') }];
    const port = { appointment: async () => ehrFailed({ kind: 'transport', reason: 'reset', code: null }) };
    expect(await calibrate(port, rows)).toEqual({ verdict: 'unknown' });
  });
});

function rowOf(start: string) {
  return {
    appointmentId: '1',
    occurrenceId: null,
    patientId: '2',
    patientName: null,
    start: listTime(start),
    end: null,
    durationMin: null,
    status: { canonical: 'Scheduled', raw: 'Scheduled' },
    reasons: [],
    resources: [],
    locationId: null,
    locationName: null,
    notes: null,
    type: 'P',
    typeRaw: 'P',
    allDay: false,
    recurring: false,
    practiceId: null,
    practiceName: null,
    patientCaseId: null,
    createdDate: null,
    lastModifiedDate: null,
  } as const;
}
