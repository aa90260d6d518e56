import type { Clinic, DayOptions } from './clinic.ts';
import type { Patient } from './patients.ts';
import type { Appointment, Oddity } from './schedule.ts';
import { instantOfMinute, localMidnight } from './wall-clock.ts';

/**
 * Bends an ordinary schedule into the day nobody wants: each case is applied to its own appointments, so a small day holds
 * as many cases as it has rows. Order and ids are given afterwards.
 */
export function bendSchedule(options: DayOptions, clinic: Clinic, parts: BendParts): Appointment[] {
  const bent = [...parts.appointments];
  const taken = { next: 0 };
  for (const bend of BENDS) {
    if (taken.next + bend.rows > bent.length) break;
    const rows = bent.slice(taken.next, taken.next + bend.rows);
    bent.splice(taken.next, bend.rows, ...bend.apply(rows, { options, clinic, patients: parts.patients }));
    taken.next += bend.rows;
  }
  return [...bent, ...blocks(options, clinic)];
}

export interface BendParts {
  appointments: readonly Appointment[];
  patients: readonly Patient[];
}

interface Scene {
  options: DayOptions;
  clinic: Clinic;
  patients: readonly Patient[];
}

interface Bend {
  rows: number;
  apply(rows: Appointment[], scene: Scene): Appointment[];
}

const moved = (row: Appointment, startMs: number): Appointment => ({
  ...row,
  startMs,
  endMs: startMs + (row.endMs - row.startMs),
});
const marked = (row: Appointment, oddity: Oddity): Appointment => ({
  ...row,
  oddities: [...row.oddities, oddity],
});
const mark = (oddity: Oddity): Bend => ({ rows: 1, apply: (rows) => rows.map((row) => marked(row, oddity)) });

const BENDS: readonly Bend[] = [
  // The same patient at 11:00 and 11:15: two visits, not one.
  {
    rows: 2,
    apply: (rows, { options }) =>
      rows.map((row, i) => {
        const at = instantOfMinute(options.date, options.zone, 660 + 15 * i);
        return marked({ ...moved(row, at), patientId: rows[0]?.patientId ?? null }, 'same-patient-twice');
      }),
  },
  mark('duplicate-row'),
  mark('conflicting-row'),
  // Two occurrences of one series on one day, five hours apart.
  {
    rows: 2,
    apply: (rows, { options }) =>
      rows.map((row, i) => {
        const at = instantOfMinute(options.date, options.zone, 600 + 300 * i);
        return marked(moved(row, at), 'recurring-shared-id');
      }),
  },
  ...['Seen', 'WaitingOnLabs', 'Arrived', ''].map(
    (status): Bend => ({
      rows: 1,
      apply: (rows) => rows.map((row) => marked({ ...row, status }, 'unknown-status')),
    }),
  ),
  // A visit that starts before midnight and ends after it, and one in the evening, already tomorrow in UTC.
  ...[23 * 60 + 50, 18 * 60 + 30].map(
    (minute): Bend => ({
      rows: 1,
      apply: (rows, { options }) =>
        rows.map((row) =>
          marked(moved(row, instantOfMinute(options.date, options.zone, minute)), 'midnight-crossing'),
        ),
    }),
  ),
  // Every half hour that really passes from 00:30 to 03:30: on a clock-change day two of them read alike, or one is missing.
  {
    rows: 7,
    apply: (rows, { options }) => {
      const midnight = localMidnight(options.date, options.zone);
      return rows.map((row, i) => marked(moved(row, midnight + (i + 1) * 30 * 60_000), 'clock-change'));
    },
  },
  mark('no-start'),
  mark('no-patient'),
  mark('deleted-patient'),
  {
    rows: 1,
    apply: (rows, { clinic }) => {
      const gone = clinic.providers.find((provider) => !provider.active);
      return rows.map((row) =>
        marked({ ...row, providerId: gone?.id ?? row.providerId }, 'inactive-provider'),
      );
    },
  },
  mark('crlf-notes'),
  // Ten at the very same second.
  {
    rows: 10,
    apply: (rows, { options }) =>
      rows.map((row) => moved(row, instantOfMinute(options.date, options.zone, 600))),
  },
];

/** Two blocks that are not patients: a meeting and an all-day note. */
function blocks(options: DayOptions, clinic: Clinic): Appointment[] {
  const provider = clinic.providers[0];
  const base = {
    id: 0,
    key: '',
    patientId: null,
    type: 'O' as const,
    providerId: provider?.id ?? 201,
    roomId: null,
    locationId: clinic.locations[0]?.id ?? 301,
    visitType: BLOCK_TYPE,
    status: 'Scheduled',
    fate: 'comes' as const,
    cancelReason: null,
    arrivalOffsetMin: 0,
    serviceMin: 0,
    walkIn: false,
  };
  const noon = instantOfMinute(options.date, options.zone, 720);
  const midnight = localMidnight(options.date, options.zone);
  return [
    { ...base, complaint: 'Staff meeting', startMs: noon, endMs: noon + 3_600_000, oddities: [] },
    {
      ...base,
      complaint: 'Flu clinic all day',
      startMs: midnight,
      endMs: instantOfMinute(options.date, options.zone, 1440),
      oddities: ['all-day'],
    },
  ];
}

const BLOCK_TYPE = {
  id: 409,
  name: 'Block',
  slotMin: 60,
  weight: 0,
  service: { quantile: () => 0, cdf: (x: number) => (x < 0 ? 0 : 1) },
  needsProvider: false,
};
