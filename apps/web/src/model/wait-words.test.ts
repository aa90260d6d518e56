import { expect, test } from 'vitest';
import { at, smallBoard } from '../../dev/small-board.ts';
import { type Entities, findDay, findVisit } from './entities.ts';
import { waitWords } from './wait-words.ts';

function wordsAt(visitId: string, now: number, server = smallBoard(null)) {
  const entities: Entities = new Map(server.state.entries());
  const visit = findVisit(entities, visitId);
  const day = findDay(entities);
  if (!visit || !day) throw new Error(`no ${visitId}`);
  return waitWords(visit, day, now).map(({ tone, text, word }) => [tone, text, word ?? null]);
}

test('[V26] a lobby wait turns amber at 10 and red at 15 minutes, in icon, word and colour', () => {
  expect(wordsAt('bea', at(9, 14))).toEqual([['calm', '9 min', null]]);
  expect(wordsAt('bea', at(9, 15))).toEqual([['amber', '10 min', null]]);
  expect(wordsAt('bea', at(9, 20))).toEqual([['red', '15 min', null]]);
});

test('[V26] who is expected has no clock until late; then a no-show is asked about after 30 minutes', () => {
  expect(wordsAt('anna', at(9, 30))).toEqual([]);
  expect(wordsAt('anna', at(9, 31))).toEqual([['amber', '1 min', 'late']]);
  expect(wordsAt('anna', at(10))).toEqual([['red', '30 min', 'late – no show?']]);
});

test('[V26, scenario 3] a patient who came early does not alarm before the booked time', () => {
  const server = smallBoard(null);
  server.act({ type: 'moveVisit', visitId: 'omar', to: 'arrived' }, { userId: 'dana', at: at(9) });
  expect(wordsAt('omar', at(9, 35), server)).toEqual([['calm', '35 min', '(came early)']]);
  expect(wordsAt('omar', at(9, 45), server)).toEqual([['calm', '5 min', null]]);
});

test('a visit that lasts more than an hour says so beside its stage', () => {
  const server = smallBoard(null);
  server.act({ type: 'moveVisit', visitId: 'bea', to: 'appt-prep' }, { userId: 'ines', at: at(9, 10) });
  expect(wordsAt('bea', at(10, 4), server)).toEqual([['calm', '54 min', null]]);
  expect(wordsAt('bea', at(10, 5), server)).toEqual([
    ['calm', '55 min', null],
    ['red', '1 h 00', 'in all'],
  ]);
});
