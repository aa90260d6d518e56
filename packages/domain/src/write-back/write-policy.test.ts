import { type EhrStatus, ehrStatuses } from '@workflow-bolt/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boardMeaningOf } from '../ehr-status.ts';
import { isClosed, isInOffice } from '../status-info.ts';
import {
  isBackward,
  judgeTheirs,
  replaceable,
  says,
  type WriteBackRules,
  wishedStatus,
} from './write-policy.ts';

const COLUMN: WriteBackRules = { readyToBeSeenMeans: 'ready-for-md', leftMeans: null };
const TICK: WriteBackRules = { readyToBeSeenMeans: 'check-in-completed', leftMeans: 'Cancelled' };

describe('what a visit calls for', () => {
  it('is the EHR’s word for its status; who left is the clinic’s decision', () => {
    const visit = (status: 'left' | 'with-doctor' | 'appt-prep' | 'entered-in-error') =>
      [COLUMN, TICK].map((rules) => wishedStatus({ status, milestones: {} }, rules));
    expect(visit('left')).toEqual([null, 'Cancelled']);
    expect(visit('with-doctor')).toEqual([null, null]);
    expect(visit('entered-in-error')).toEqual([null, null]);
    expect(visit('appt-prep')).toEqual(['Roomed', 'Roomed']);
  });
});

describe('[I6] [WB6] what may be written over what', () => {
  it.each<[EhrStatus, EhrStatus, string]>([
    ['Scheduled', 'CheckedIn', 'write'],
    ['Confirmed', 'Roomed', 'write'],
    ['Tentative', 'NoShow', 'write'],
    ['Confirmed', 'Cancelled', 'write'],
    ['ReminderSent', 'Scheduled', 'nothing'],
    ['NeedsReschedule', 'Rescheduled', 'nothing'],
    ['CheckedIn', 'CheckedIn', 'nothing'],
    ['CheckedOut', 'CheckedIn', 'take-theirs'],
    ['Roomed', 'Confirmed', 'take-theirs'],
    ['Cancelled', 'Scheduled', 'take-theirs'],
    ['Cancelled', 'NoShow', 'ask'],
    ['Cancelled', 'Roomed', 'ask'],
    ['NoShow', 'CheckedIn', 'ask'],
    ['NoShow', 'CheckedOut', 'ask'],
    ['CheckedIn', 'NoShow', 'ask'],
    ['CheckedOut', 'Cancelled', 'ask'],
    ['Seen', 'CheckedOut', 'leave'],
    ['Unrecognised', 'CheckedIn', 'leave'],
    ['Unknown', 'CheckedIn', 'leave'],
  ])('%s in the EHR, %s on the board: %s', (theirs, wished, verdict) => {
    expect(judgeTheirs(theirs, wished, COLUMN)).toBe(verdict);
  });

  it('ReadyToBeSeen stands behind Roomed where it is the tick, and before it where it is the column', () => {
    expect(judgeTheirs('ReadyToBeSeen', 'Roomed', TICK)).toBe('write');
    expect(judgeTheirs('ReadyToBeSeen', 'Roomed', COLUMN)).toBe('take-theirs');
    expect(judgeTheirs('CheckedIn', 'ReadyToBeSeen', TICK)).toBe('write');
    expect(isBackward('Roomed', 'ReadyToBeSeen', TICK)).toBe(true);
    expect(isBackward('Roomed', 'ReadyToBeSeen', COLUMN)).toBe(false);
  });

  it('nothing that is further on, closed or unknown is ever replaced without being asked', () => {
    const status = fc.constantFrom(...ehrStatuses);
    fc.assert(
      fc.property(status, status, fc.constantFrom(COLUMN, TICK), (theirs, wished, rules) => {
        const verdict = judgeTheirs(theirs, wished, rules);
        const their = boardMeaningOf(theirs, rules.readyToBeSeenMeans);
        const our = boardMeaningOf(wished, rules.readyToBeSeenMeans);
        if (verdict === 'write') {
          expect(isBackward(theirs, wished, rules)).toBe(false);
          expect(their === null || (isClosed(their.status) && their.status !== 'completed')).toBe(false);
        }
        // Nobody in the building is closed, or brought back, by a rule.
        if (our && isInOffice(our.status) && their && isClosed(their.status) && their.status !== 'completed')
          expect(verdict).toBe('ask');
        if (verdict === 'nothing') expect(says(theirs, wished, rules)).toBe(true);
        expect(replaceable(wished, ehrStatuses, rules).includes(theirs)).toBe(verdict === 'write');
      }),
      { numRuns: 400 },
    );
  });
});
