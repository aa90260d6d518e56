import type { Sync } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { at, zone } from '../../dev/small-board.ts';
import { syncFace } from './sync-face.ts';

const read: Sync = {
  ...{ type: 'sync', jobId: 'job-1', phase: 'done', startedAt: at(9), finishedAt: at(9, 1) },
  ...{ lastGoodAt: at(9, 1), cards: 24, detailsDone: 24, detailsTotal: 24, quarantined: [], failure: null },
};
const well = { isOk: true, lastGoodAt: at(9, 1) };

test('the header says when the EHR was last read, and what was set aside', () => {
  expect(syncFace(read, well, zone)).toEqual({
    ...{ tone: 'calm', text: 'EHR 9:01 AM', isAway: false },
    lines: ['Last complete answer: 9:01 AM.', '24 appointments read.'],
  });
  const odd = { ...read, quarantined: [{ reason: 'no start time', count: 2 }] };
  expect(syncFace(odd, well, zone)).toMatchObject({ tone: 'amber', isAway: false });
  expect(syncFace(odd, well, zone).lines.at(-1)).toBe('2 rows set aside: no start time.');
});

test('[I10] an EHR that is away is said with the age of what is shown, and a list may be imported by hand', () => {
  const away = { tone: 'red', text: 'EHR away since 9:01 AM', isAway: true };
  expect(syncFace(read, { ...well, isOk: false }, zone)).toMatchObject(away);
  const failed: Sync = {
    ...read,
    phase: 'failed',
    failure: { code: 'service-down', message: 'It is down.' },
  };
  expect(syncFace(failed, null, zone)).toMatchObject(away);
  expect(syncFace(failed, null, zone).lines.at(-1)).toBe('The last attempt failed: It is down.');
  expect(syncFace(null, { isOk: false, lastGoodAt: null }, zone)).toMatchObject({
    text: 'EHR not read yet',
    isAway: true,
  });
});
