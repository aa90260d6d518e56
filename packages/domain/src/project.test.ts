import { entitySchema } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { BoardPlayer, scheduleRow } from './board-player.ts';
import { createProjection, seeIn } from './project.ts';
import { initialsOf } from './shown-name.ts';

describe('scenario 24: wall', () => {
  function player(): BoardPlayer {
    const each = new BoardPlayer();
    each.must(
      'system',
      scheduleRow('v1', '09:00', {
        fullName: 'Zuleika Quillfeather',
        dob: '1981-02-03',
        phone: '555-0100',
        reason: 'rash',
      }),
    );
    each.move('front-desk', 'v1', 'arrived', '09:00');
    each.must('front-desk', { type: 'setNote', visitId: 'v1', note: 'is afraid of needles' });
    each.move('medical-assistant', 'v1', 'appt-prep', '09:05', { roomId: 'room-1' });
    return each;
  }
  const wall = createProjection({ kind: 'wall', roles: [], care: [], glass: [] }, '2026-03-10');
  const wallOf = (each: BoardPlayer) =>
    [...each.board.entries()].flatMap(([id, entry]) => seeIn(wall, each.board, id, entry)?.d ?? []);

  it('[V29] shows initials and room, and nothing that identifies', () => {
    const shown = wallOf(player());
    const text = JSON.stringify(shown);
    for (const secret of [
      'Zuleika',
      'Quillfeather',
      '1981',
      '555-0100',
      'rash',
      'needles',
      'patient-v1',
      'key-v1',
    ]) {
      expect(text).not.toContain(secret);
    }
    expect(shown.find((entity) => entity.type === 'person')).toMatchObject({ fullName: 'Z. Q.' });
    expect(shown.find((entity) => entity.type === 'visit')).toMatchObject({
      status: 'appt-prep',
      roomId: 'room-1',
    });
    for (const entity of shown) expect(entitySchema.safeParse(entity).success).toBe(true);
  });

  it('[V29] a private patient is only an occupied room; taking the flag back shows the initials again', () => {
    const each = player();
    each.must('front-desk', { type: 'setFlags', visitId: 'v1', privacy: true });
    const types = wallOf(each).map((entity) => entity.type);
    expect(types.filter((type) => type === 'visit' || type === 'person')).toEqual([]);
    expect(wallOf(each).find((entity) => entity.type === 'room' && entity.id === 'room-1')).toMatchObject({
      state: 'occupied',
    });
    each.must('front-desk', { type: 'undoLast', visitId: 'v1', eventId: each.lastEventId() });
    expect(wallOf(each).filter((entity) => entity.type === 'person')).toHaveLength(1);
  });

  it('[V29] [privacy] who has not come, and who has gone, is not there: neither visit nor initials', () => {
    const each = new BoardPlayer();
    each.must('system', scheduleRow('v1', '09:00', { fullName: 'Zuleika Quillfeather' }));
    const people = () => wallOf(each).filter(({ type }) => type === 'visit' || type === 'person');
    expect(people()).toEqual([]);
    each.move('front-desk', 'v1', 'arrived', '09:00');
    expect(
      people()
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual(['person', 'visit']);
    each.move('front-desk', 'v1', 'left', '09:20', { reason: 'could not wait' });
    expect(people()).toEqual([]);
    // For everybody else a patient is there all day.
    const desk = createProjection(
      { kind: 'staff', roles: ['front-desk'], care: [], glass: [] },
      '2026-03-10',
    );
    const person = each.board.get('p:v1');
    expect(person && seeIn(desk, each.board, 'p:v1', person)).toEqual(person);
  });

  it('[V29] a patient on the wall is as new as the visit, so that whoever holds the view is told with it', () => {
    const each = player();
    const [visit, person] = [each.board.get('v:v1'), each.board.get('p:v1')];
    if (!visit || !person) throw new Error('nobody is here');
    expect(visit.v).toBeGreaterThan(person.v);
    expect(seeIn(wall, each.board, 'p:v1', person)?.v).toBe(visit.v);
  });

  it('[V29] the system itself sees every entity as it is', () => {
    const system = createProjection({ kind: 'staff', roles: ['system'], care: [], glass: [] }, '2026-03-10');
    for (const [id, { d }] of player().board.entries()) expect(system.see(id, d)).toEqual(d);
  });

  it.each([
    ['Jane Doe', 'J. D.'],
    ['Doe, Jane', 'J. D.'],
    ['  élodie   van der Berg ', 'É. V. D.'],
    ['محمد علي', 'م. ع.'],
    ['123', '?'],
  ])('initials of %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});
