/** Evenings, midnights and the days on which the clocks change: scenario 29, in three zones, over HTTP. */
import { dayBounds, localDate, waitOf } from '@workflow-bolt/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReplayedClinics, replayClinic } from './replayed-day.ts';

const minute = 60_000;
const hour = 60 * minute;
/** An hour north and south of the equator, and the one zone that changes by half an hour. */
const zones = {
  chicago: 'America/Chicago',
  auckland: 'Pacific/Auckland',
  'lord-howe': 'Australia/Lord_Howe',
};

let clinics: ReplayedClinics;
beforeAll(async () => {
  clinics = await ReplayedClinics.start(Object.entries(zones).map(([id, zone]) => replayClinic(id, zone)));
});
afterAll(() => clinics[Symbol.asyncDispose]());

/** The next day ahead that is shorter (or longer) than 24 hours in this zone. */
function changeDay(zone: string, isIt: (lengthMs: number) => boolean): { date: string; lengthMs: number } {
  for (let ahead = 6; ahead < 800; ahead += 1) {
    const date = localDate(zone, Date.now() + ahead * 12 * hour);
    const { startMs, endMs } = dayBounds(zone, date);
    if (isIt(endMs - startMs)) return { date, lengthMs: endMs - startMs };
  }
  throw new Error(`the clocks of ${zone} do not change`);
}

const importText = (rows: readonly string[][]) =>
  ['Name\tDOB\tTime', ...rows.map((row) => row.join('\t'))].join('\n');

describe.each(Object.entries(zones))('scenario 29: %s (%s)', (clinic, zone) => {
  test('an 18:30 visit belongs to today although elsewhere it is another day, until midnight and not after', async () => {
    const date = localDate(zone, Date.now() + 4 * 24 * hour);
    const day = await clinics.open(clinic, date);
    day.at('12:00');
    await day.book('late', '18:30');
    await day.book('last', '23:50');
    await day.move('desk', '18:35', 'late', 'arrived');
    expect(await day.visit('late')).toMatchObject({ status: 'arrived', lateMin: 5 });
    const session = await fetch(`${day.baseUrl}/api/v1/session`, {
      headers: day.as('desk').headers,
    });
    const { clinics: own } = (await session.json()) as { clinics: { id: string; today: string }[] };
    expect(own.find(({ id }) => id === clinic)?.today).toBe(date);
    const { endMs } = dayBounds(zone, date);
    const arrive = { type: 'moveVisit', visitId: 'last', to: 'arrived' } as const;
    expect(await day.refused('desk', endMs, arrive)).toEqual({ status: 422, code: 'not_todays_board', date });
    await day.must('desk', endMs - 1, arrive);
    const tooLate = { type: 'createVisit', kind: 'booked', fullName: 'Tomorrow', startAt: endMs } as const;
    expect(await day.refused('desk', endMs - 1, { ...tooLate, visitId: 'tomorrow' })).toMatchObject({
      status: 400,
      code: 'invalid_request',
      notAfter: endMs - 1,
    });
    const next = await clinics.open(clinic, localDate(zone, endMs));
    next.at(endMs);
    expect((await next.day()).date).toBe(next.date);
  });

  test('the day the clocks go forward: no wait is an hour off, and a time that does not exist is taken as it was meant', async () => {
    const { date, lengthMs } = changeDay(zone, (length) => length < 24 * hour);
    const day = await clinics.open(clinic, date);
    const { startMs, endMs } = dayBounds(zone, date);
    expect(endMs - startMs).toBe(lengthMs);
    // Found from the length of the day: the wall clock at an instant runs ahead by what is missing.
    const jump = jumpOf(zone, date);
    await day.must('desk', jump - 60 * minute, {
      type: 'createVisit',
      visitId: 'across',
      kind: 'booked',
      fullName: 'Across Spring',
      startAt: jump - 5 * minute,
      providerId: 'dr-a',
    });
    await day.move('desk', jump - 5 * minute, 'across', 'arrived');
    await day.move('ma-1', jump + 5 * minute, 'across', 'appt-prep');
    await day.move('dr-a', jump + 15 * minute, 'across', 'with-doctor');
    const visit = await day.visit('across');
    expect([
      visit.lateMin,
      waitOf(visit, 'lobbyRaw', day.now)?.ms,
      waitOf(visit, 'doorToProvider', day.now)?.ms,
    ]).toEqual([0, 10 * minute, 20 * minute]);
    const { intervals } = (await day.metrics('12:00')).day;
    expect(intervals.lobbyRaw?.finished.meanMs).toBe(10 * minute);
    const answer = await day.as('desk').request('/import', {
      method: 'POST',
      headers: { 'content-type': 'text/tab-separated-values' },
      body: importText([
        ['Missing Hour', '1990-01-01', '02:15'],
        ['Evening Visit', '1990-01-01', '18:30'],
      ]),
    });
    expect(await answer.json()).toMatchObject({ created: 2 });
    const starts = await startsByName(day);
    const missingMs = 24 * hour - lengthMs;
    // Before the jump 02:15 is 135 minutes after midnight; the wall clock that people read has then gone on.
    expect(starts.get('Missing Hour')).toBe(startMs + 135 * minute);
    expect(starts.get('Evening Visit')).toBe(startMs + 18.5 * hour - missingMs);
  });

  test('the day the clocks go back: waits go on counting through the repeated time, and it means its first occurrence', async () => {
    const { date, lengthMs } = changeDay(zone, (length) => length > 24 * hour);
    const day = await clinics.open(clinic, date);
    const { startMs } = dayBounds(zone, date);
    const jump = jumpOf(zone, date);
    await day.must('desk', jump - 60 * minute, {
      type: 'createVisit',
      visitId: 'across',
      kind: 'walk-in',
      fullName: 'Across Autumn',
      providerId: 'dr-a',
    });
    await day.move('ma-1', jump + 10 * minute, 'across', 'appt-prep');
    const visit = await day.visit('across');
    expect(waitOf(visit, 'lobbyRaw', day.now)).toEqual({
      ms: 70 * minute,
      state: 'finished',
      isEstimated: false,
    });
    const answer = await day.as('desk').request('/import', {
      method: 'POST',
      headers: { 'content-type': 'text/tab-separated-values' },
      body: importText([
        ['Twice There', '1990-01-01', '01:45'],
        ['Evening Visit', '1990-01-01', '18:30'],
      ]),
    });
    expect(await answer.json()).toMatchObject({ created: 2 });
    const starts = await startsByName(day);
    expect(starts.get('Twice There')).toBe(startMs + 105 * minute);
    expect(starts.get('Evening Visit')).toBe(startMs + 18.5 * hour + (lengthMs - 24 * hour));
    expect(localDate(zone, starts.get('Evening Visit') ?? 0)).toBe(date);
  });
});

/** The instant at which the wall clock of this day jumps: where its distance from midnight stops being even. */
function jumpOf(zone: string, date: string): number {
  const { startMs, endMs } = dayBounds(zone, date);
  const wallOf = (ms: number) =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).format(ms);
  for (let ms = startMs; ms < endMs; ms += 15 * minute) {
    const even = ms - startMs;
    const wall = `${String(Math.floor(even / hour)).padStart(2, '0')}:${String((even % hour) / minute).padStart(2, '0')}`;
    if (wallOf(ms) !== wall) return ms;
  }
  throw new Error(`the clocks of ${zone} do not change on ${date}`);
}

async function startsByName(
  day: Awaited<ReturnType<ReplayedClinics['open']>>,
): Promise<Map<string, number | null>> {
  const entities = await day.as('desk').entities();
  const starts = new Map<string, number | null>();
  for (const d of entities.values()) {
    const visit = d.type === 'person' ? entities.get(`v:${d.visitId}`) : undefined;
    if (d.type === 'person' && visit?.type === 'visit') starts.set(d.fullName, visit.startAt);
  }
  return starts;
}
