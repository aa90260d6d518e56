import { problemCodes } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { smallBoard } from '../../dev/small-board.ts';
import { refusalWords } from './refusal-words.ts';

const entities = new Map(smallBoard(null).state.entries());

test('[scenario 8] a taken room names who has it and which rooms are free', () => {
  const details = { roomId: 'room-1', occupants: ['bea'], free: ['room-2'] };
  expect(refusalWords('room_occupied', details, entities)).toBe(
    'Room 1 is taken by Bea Kowalczyk. Free now: Room 2.',
  );
  expect(refusalWords('room_reserved', { roomId: 'room-2', reservedFor: 'anna' }, entities)).toBe(
    'Room 2 is held for Anna Lee. No other room is free.',
  );
});

test('[V28] a missing right names the roles that have it', () => {
  expect(refusalWords('permission_denied', { required: ['provider', 'manager'] }, entities)).toBe(
    'Your role may not do this. It is for: Provider, Manager.',
  );
});

test('every problem has words, whatever its details hold', () => {
  for (const code of problemCodes)
    expect(refusalWords(code, { roomId: 7, free: 'x' }, entities)).toMatch(/\w/);
});
