import { describe, expect, it } from 'vitest';
import { playDay } from './day/clinic-day.ts';
import { expectDayHolds } from './day/day-holds.ts';

describe('[I6] [I7] a day written back through an outage, storms, lost answers and a second user', () => {
  it('the EHR equals the board, or a card says why not', async () => {
    const { journal, kills, turns } = await expectDayHolds(1, 15);
    const sent = journal.filter(({ op }) => op === 'UpdateAppointment');
    expect(sent.length).toBeGreaterThan(15);
    expect(journal.some(({ outcome }) => outcome === 'network:outage')).toBe(true);
    expect(turns.some(({ state }) => state === 'open')).toBe(true);
    expect(kills).toBeGreaterThan(0);
  });

  it('is the same day whenever its seed is played', async () => {
    const [first, second] = [await playDay(3, 4), await playDay(3, 4)];
    expect(second.journal).toEqual(first.journal);
    expect(second.frames).toEqual(first.frames);
  });
});
