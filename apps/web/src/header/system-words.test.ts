import { systemReasons, systemStates, systemStateWords } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { systemDetail, systemFace } from './system-words.ts';

test('a live system is not talked about, nor one that nobody has told of', () => {
  expect(systemFace(null)).toBe(null);
  expect(systemFace({ state: 'live', reasons: [] })).toBe(null);
});

test('[H-19] every other state has its word and its sentences from the one table, and its own tone', () => {
  const faces = systemStates.flatMap((state) => systemFace({ state, reasons: ['ehr-away'] }) ?? []);
  expect(faces.map(({ state, tone }) => [state, tone])).toEqual([
    ['degraded', 'amber'],
    ['read-only', 'red'],
    ['down', 'red'],
  ]);
  for (const face of faces) {
    expect(face).toMatchObject({ ...systemStateWords[face.state], lines: [systemReasons['ehr-away'].text] });
    expect(systemDetail(face)).toBe(`${face.lines[0]} ${face.meaning}`);
  }
});
