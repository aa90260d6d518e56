import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClock, type EhrSimulator, startEhrSimulator } from './index.ts';
import { rawCall, scheduleXml, textsOf } from './raw-call.ts';

// 15:00 UTC is 8 in the morning in Los Angeles and 10 in Chicago.
const clock = createClock({ now: () => Date.parse('2026-07-01T15:00:00Z'), monotonic: () => 0 });
const PRACTICE = 'Cedar Hollow Family Medicine';
let simulator: EhrSimulator;
beforeAll(async () => {
  simulator = await startEhrSimulator({
    date: '2026-07-01',
    appointments: 0,
    clock,
    config: { throttle: { enabled: false } },
  });
});
afterAll(() => simulator.stop());
afterEach(() => {
  for (const record of simulator.world.all()) simulator.act({ do: 'delete', id: record.id, mode: 'gone' });
  simulator.configure({ time: { offset: 'honour', toIsExclusive: false } });
  clock.set(Date.parse('2026-07-01T15:00:00Z'));
});

const book = (startTime: string) => simulator.act({ do: 'add', patientId: null, type: 'O', startTime });
const list = async (criteria: Record<string, string>) => {
  const { status, text } = await rawCall(simulator, 'GetAppointments', scheduleXml(criteria));
  return {
    status,
    starts: textsOf(text, 'StartDate'),
    error: textsOf(text, 'ErrorMessage')[0],
    created: textsOf(text, 'CreatedDate'),
  };
};

describe('time zone offset', () => {
  it('renders as asked; without an offset, in Pacific time; the same filter text means another window', async () => {
    book('2026-07-07T03:30:00Z');
    const window = { EndDate: '7/8/2026', PracticeName: PRACTICE, StartDate: '7/6/2026' };
    expect((await list({ ...window, TimeZoneOffsetFromGMT: '0' })).starts).toEqual(['7/7/2026 3:30:00 AM']);
    expect((await list({ ...window, TimeZoneOffsetFromGMT: '-5' })).starts).toEqual(['7/6/2026 10:30:00 PM']);
    expect((await list({ ...window, TimeZoneOffsetFromGMT: '5.5' })).starts).toEqual(['7/7/2026 9:00:00 AM']);
    expect((await list(window)).starts).toEqual(['7/6/2026 8:30:00 PM']);
    const evening = { EndDate: '7/6/2026 11:59:59 PM', StartDate: '7/6/2026 12:00:00 AM' };
    expect((await list({ ...evening, TimeZoneOffsetFromGMT: '0' })).starts).toEqual([]);
    expect((await list({ ...evening, TimeZoneOffsetFromGMT: '-5' })).starts).toHaveLength(1);
  });
  it('can be ignored by the server', async () => {
    simulator.configure({ time: { offset: 'ignore' } });
    book('2026-07-01T18:00:00Z');
    const window = { EndDate: '7/3/2026', StartDate: '6/30/2026', TimeZoneOffsetFromGMT: '0' };
    expect((await list(window)).starts).toEqual(['7/1/2026 11:00:00 AM']);
  });
  it('that is no number is an error', async () => {
    const { error } = await list({
      EndDate: '7/3/2026',
      StartDate: '7/1/2026',
      TimeZoneOffsetFromGMT: 'CST',
    });
    expect(error).toBe('Input string was not in a correct format.');
  });
  it('clock changes: two instants read alike in Pacific time, and differ with offset 0', async () => {
    book('2026-11-01T08:30:00Z');
    book('2026-11-01T09:30:00Z');
    const day = { EndDate: '11/2/2026', StartDate: '11/1/2026' };
    expect((await list(day)).starts).toEqual(['11/1/2026 1:30:00 AM', '11/1/2026 1:30:00 AM']);
    expect((await list({ ...day, TimeZoneOffsetFromGMT: '0' })).starts).toEqual([
      '11/1/2026 8:30:00 AM',
      '11/1/2026 9:30:00 AM',
    ]);
    book('2026-03-08T10:30:00Z');
    expect((await list({ EndDate: '3/9/2026', StartDate: '3/8/2026' })).starts).toEqual([
      '3/8/2026 3:30:00 AM',
    ]);
  });
});

describe('filter dates', () => {
  it.each(['7/1/2026 4:00:00 PM', '2026-07-01T16:00:00', '2026-07-01 16:00', '2026-07-01T16:00:00Z'])(
    'reads %s',
    async (StartDate) => {
      book('2026-07-01T15:59:00Z');
      book('2026-07-01T16:00:00Z');
      const { starts } = await list({
        EndDate: '2026-07-02T00:00:00Z',
        StartDate,
        TimeZoneOffsetFromGMT: '0',
      });
      expect(starts).toEqual(['7/1/2026 4:00:00 PM']);
    },
  );
  it.each(['yesterday', '2026-13-01', '2/30/2026', '7/1/2026 25:00:00'])('refuses %s', async (StartDate) => {
    expect((await list({ EndDate: '7/2/2026', StartDate })).error).toBe(
      'String was not recognized as a valid DateTime.',
    );
  });
  it('a range beyond sixty days breaks the service', async () => {
    expect((await list({ EndDate: '8/29/2026', StartDate: '7/1/2026' })).status).toBe(200);
    expect((await list({ EndDate: '9/1/2026', StartDate: '7/1/2026' })).status).toBe(500);
  });
});

describe('windows nobody asked for', () => {
  const starts = (criteria: Record<string, string>) => list(criteria).then((answer) => answer.starts.length);
  it('neither start nor end: from three days before today, for a week', async () => {
    book('2026-06-28T06:59:00Z');
    book('2026-06-28T07:01:00Z');
    book('2026-07-05T06:59:00Z');
    book('2026-07-05T07:01:00Z');
    expect(await starts({ PracticeName: PRACTICE })).toBe(2);
  });
  it('no start: from seven days before today; no end: a week from the start', async () => {
    book('2026-06-24T06:59:00Z');
    book('2026-06-24T07:01:00Z');
    expect(await starts({ EndDate: '7/1/2026' })).toBe(1);
    book('2026-07-17T06:59:00Z');
    book('2026-07-17T07:01:00Z');
    expect(await starts({ StartDate: '7/10/2026' })).toBe(1);
  });
  it('a full pair of modified days knows no window, half a pair is ignored', async () => {
    book('2026-09-09T15:00:00Z');
    expect(await starts({ FromLastModifiedDate: '2026-07-01', ToLastModifiedDate: '2026-07-01' })).toBe(1);
    expect(await starts({ FromLastModifiedDate: '2026-07-01' })).toBe(0);
  });
});

describe('modified since', () => {
  const between = (FromLastModifiedDate: string, ToLastModifiedDate: string) =>
    list({ FromLastModifiedDate, ToLastModifiedDate }).then((answer) => answer.starts.length);
  it('is day-granular and Pacific: a change at 23:30 in Los Angeles belongs to that day', async () => {
    clock.set(Date.parse('2026-07-02T06:30:00Z'));
    book('2026-07-09T15:00:00Z');
    expect(await between('7/1/2026 11:45:00 PM', '7/1/2026')).toBe(1);
    expect(await between('7/2/2026', '7/2/2026')).toBe(0);
  });
  it('its end may be exclusive', async () => {
    book('2026-07-09T15:00:00Z');
    simulator.configure({ time: { toIsExclusive: true } });
    expect(await between('2026-07-01', '2026-07-01')).toBe(0);
    expect(await between('2026-07-01', '2026-07-02')).toBe(1);
  });
  it('a deleted appointment leaves no trace; a cancelled one stays, with its word', async () => {
    const gone = book('2026-07-09T15:00:00Z');
    const kept = book('2026-07-09T16:00:00Z');
    simulator.act({ do: 'delete', id: gone?.id ?? 0 });
    simulator.act({ do: 'cancel', id: kept?.id ?? 0 });
    const { text } = await rawCall(
      simulator,
      'GetAppointments',
      scheduleXml({ FromLastModifiedDate: '2026-07-01', ToLastModifiedDate: '2026-07-01' }),
    );
    expect([textsOf(text, 'ID'), textsOf(text, 'ConfirmationStatus')]).toEqual([
      [String(kept?.id)],
      ['Cancelled'],
    ]);
  });
});
