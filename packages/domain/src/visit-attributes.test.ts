import { describe, expect, it } from 'vitest';
import { BoardPlayer, playerIn } from './board-player.ts';
import { normalisedName } from './same-person.ts';

describe('attributes of a card', () => {
  it('[V34] stepping out and back, only for patients who are here', () => {
    const player = playerIn('arrived');
    player.must('medical-assistant', { type: 'stepOut', visitId: 'v1', where: 'Pharmacy' });
    expect(player.visit('v1').steppedOut).toEqual({ from: player.now, where: 'Pharmacy' });
    player.must('medical-assistant', { type: 'stepBack', visitId: 'v1' });
    expect(player.refused('medical-assistant', { type: 'stepBack', visitId: 'v1' })).toEqual({
      code: 'not_stepped_out',
    });
    expect(
      playerIn('scheduled').refused('front-desk', { type: 'stepOut', visitId: 'v1', where: 'x' }),
    ).toEqual({
      code: 'visit_not_in_office',
      details: { visitStatus: 'scheduled' },
    });
  });

  it('[V5] the check-in tick is a toggle on an arrived card', () => {
    const player = playerIn('arrived');
    const tick = (isCompleted: boolean) =>
      ({ type: 'setCheckInCompleted', visitId: 'v1', isCompleted }) as const;
    player.must('front-desk', tick(true));
    expect(player.visit('v1').milestones.checkInCompletedAt).toBe(player.now);
    expect(player.refused('front-desk', tick(true))).toEqual({ code: 'nothing_to_change' });
    player.must('front-desk', tick(false));
    expect(player.visit('v1').milestones.checkInCompletedAt).toBeUndefined();
    player.move('medical-assistant', 'v1', 'appt-prep');
    expect(player.refused('front-desk', tick(true)).code).toBe('time_out_of_order');
  });

  it('notes, names and details change the person only', () => {
    const player = playerIn('arrived');
    const version = player.version('v1');
    player.must('front-desk', { type: 'setNote', visitId: 'v1', note: 'prefers Spanish' });
    player.must('front-desk', { type: 'updatePerson', visitId: 'v1', dob: '1980-01-02', phone: null });
    player.must('system', {
      type: 'applyPersonDetails',
      visitId: 'v1',
      dob: null,
      phone: '555-0101',
      alert: 'latex',
    });
    expect(player.person('v1')).toMatchObject({
      note: 'prefers Spanish',
      dob: '1980-01-02',
      phone: '555-0101',
      alert: 'latex',
    });
    expect(player.version('v1')).toBe(version);
    expect(player.refused('front-desk', { type: 'updatePerson', visitId: 'v1', dob: '1980-01-02' })).toEqual({
      code: 'nothing_to_change',
    });
  });

  it('progress of a synchronisation is an entity of the board', () => {
    const player = new BoardPlayer();
    const sync = {
      jobId: 'j1',
      phase: 'listing',
      startedAt: player.now,
      finishedAt: null,
      lastGoodAt: null,
      cards: 0,
      detailsDone: 0,
      detailsTotal: 0,
      quarantined: [],
      failure: null,
    } as const;
    player.must('system', { type: 'reportSync', sync: { ...sync, quarantined: [] } });
    expect(player.get('sync', '')).toEqual({ type: 'sync', ...sync });
    expect(player.refused('system', { type: 'reportSync', sync: { ...sync, quarantined: [] } })).toEqual({
      code: 'nothing_to_change',
    });
  });

  it('[V32] names are compared without accents, case, punctuation and order', () => {
    expect(normalisedName("O'Néill, Mary-Ann")).toBe(normalisedName('mary ann O NEILL'));
    expect(normalisedName('Mary Ann')).not.toBe(normalisedName('Mary Anne'));
  });
});
