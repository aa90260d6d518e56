import { expect, test } from 'vitest';
import { ehrBoard } from '../../dev/ehr-board.ts';
import { at } from '../../dev/small-board.ts';
import { conflictFace } from './conflict-face.ts';
import { changedMemberWords, writeFailureWords } from './ehr-words.ts';
import { type Entities, findDay, findVisit } from './entities.ts';
import { syncMark } from './sync-mark.ts';
import { writeBackTotal } from './write-back-total.ts';

type Server = ReturnType<typeof ehrBoard>;
function boardOf(server: Server) {
  const entities: Entities = new Map(server.state.entries());
  const day = findDay(entities);
  if (!day) throw new Error('the board has no day');
  const visitOf = (id: string) => {
    const visit = findVisit(entities, id);
    if (!visit) throw new Error(`no visit ${id}`);
    return visit;
  };
  return { entities, day, visitOf };
}

test('each card’s state in words: in step, waiting since when, failed and why, conflict', () => {
  const { day, visitOf } = boardOf(ehrBoard(null));
  const marks = ['ina', 'wim', 'fay', 'cora'].map((id) => syncMark(visitOf(id), day));
  expect(marks).toEqual([
    { state: 'in-sync', text: 'In step with the EHR', detail: 'Nothing waits to be written to the EHR.' },
    {
      state: 'waiting',
      text: 'Not in the EHR yet',
      detail: '“Checked in” waits to be written to the EHR. Since 9:10 AM.',
    },
    {
      state: 'failed',
      text: 'Not written: the EHR never said whether it was done',
      detail: 'Not written: the EHR never said whether it was done. Since 9:20 AM.',
    },
    {
      state: 'conflict',
      text: 'EHR conflict',
      detail: 'The EHR and the board say different things. Since 9:20 AM.',
    },
  ]);
});

test('the board’s total names the visits, what must be decided first', () => {
  const { entities, day } = boardOf(ehrBoard(null));
  const total = writeBackTotal(entities, day, false);
  // Bea was booked on the board alone and has come: the EHR does not know her yet.
  expect(total).toMatchObject({
    tone: 'red',
    text: 'Not written back: 4',
    count: '4',
    lines: ['1 to decide, 1 failed, 2 waiting.'],
  });
  expect(total?.open.map(({ visitId, mark }) => [visitId, mark.state])).toEqual([
    ['cora', 'conflict'],
    ['fay', 'failed'],
    ['bea', 'waiting'],
    ['wim', 'waiting'],
  ]);
  expect(writeBackTotal(entities, day, true)?.lines[1]).toBe(
    'They are written by themselves as soon as the EHR answers again.',
  );
});

test('a board that does not write says nothing; a dry run says what it would write, and never “waiting”', () => {
  const off = boardOf(ehrBoard(null, 'off'));
  expect(writeBackTotal(off.entities, off.day, false)).toBeNull();
  expect(syncMark(off.visitOf('wim'), off.day)).toEqual({
    state: 'off',
    text: 'Not written',
    detail: 'Nothing is written to the EHR from this board.',
  });
  const dry = boardOf(ehrBoard(null, 'dry-run'));
  expect(writeBackTotal(dry.entities, dry.day, false)).toMatchObject({
    tone: 'plain',
    text: 'EHR dry run: 4',
    lines: ['A dry run: it reads and compares, and writes nothing to the EHR.'],
  });
  expect(syncMark(dry.visitOf('wim'), dry.day)).toMatchObject({ text: 'Would write: Checked in' });
});

test('a conflict says theirs, ours, what both last said, and since when; accepting says where the patient goes', () => {
  const { day, visitOf } = boardOf(ehrBoard(null));
  const visit = visitOf('cora');
  if (!visit.conflict) throw new Error('no conflict');
  expect(conflictFace({ ...visit, conflict: visit.conflict }, day)).toEqual({
    title: 'The EHR says otherwise',
    sides: [
      { name: 'EHR', says: 'Cancelled' },
      { name: 'Board', says: 'Arrived (Checked in)' },
      { name: 'Last agreed', says: 'Scheduled' },
    ],
    remarks: ['Since 9:20 AM. Nothing moves until somebody decides.'],
    isSetAside: false,
    effects: {
      accept: 'The board moves the patient to Cancelled.',
      'keep-mine': 'The board stays as it is and its status is written to the EHR.',
      later: 'Nothing changes. The card stays marked.',
    },
  });
  const conflict = {
    ...visit.conflict,
    reason: 'members-changed' as const,
    suggestedStatus: null,
    members: ['StartTime', 'Notes'],
    laterAt: at(9, 25),
  };
  expect(conflictFace({ ...visit, conflict }, day)).toMatchObject({
    title: 'Changed in the EHR at the same time',
    isSetAside: true,
    remarks: [
      'Since 9:20 AM. Nothing moves until somebody decides.',
      'Somebody changed the start and the notes in the EHR.',
      'Put off at 9:25 AM.',
    ],
    effects: { accept: 'The board stays where it is and the EHR keeps what it says.' },
  });
  const { lastAgreed: _, ours: __, ...read } = visit.conflict;
  expect(
    conflictFace(
      { ...visit, ehrWrite: null, conflict: { ...read, ehrStatus: 'Unrecognised', rawStatus: 'Beamed' } },
      day,
    ).sides,
  ).toEqual([
    { name: 'EHR', says: '“Beamed”' },
    { name: 'Board', says: 'Arrived' },
    { name: 'Last agreed', says: 'Not known' },
  ]);
});

test('a code that is new is still said, and so is a list of members', () => {
  expect(writeFailureWords('moon-phase')).toBe('moon phase');
  expect(writeFailureWords(null)).toBe('no reason was given');
  expect([[], ['Notes'], ['Notes', 'EndTime', 'Odd']].map(changedMemberWords)).toEqual([
    '',
    'the notes',
    'the notes, the end and Odd',
  ]);
});
