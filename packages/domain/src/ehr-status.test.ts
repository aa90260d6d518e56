import { ehrStatuses, visitStatuses } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { boardMeaningOf, ehrStatusOf, parseEhrStatus } from './ehr-status.ts';
import { fhirStatuses } from './fhir-status.ts';

describe('[V19] [V20] words of the EHR', () => {
  it('map both ways as the specification says', () => {
    const pulled = ehrStatuses.map((each) => [
      each,
      boardMeaningOf(each, 'check-in-completed')?.status ?? null,
    ]);
    expect(Object.fromEntries(pulled)).toEqual({
      Unknown: null,
      Scheduled: 'scheduled',
      ReminderSent: 'scheduled',
      Confirmed: 'confirmed',
      CheckedIn: 'arrived',
      Roomed: 'appt-prep',
      CheckedOut: 'completed',
      NeedsReschedule: 'rescheduled',
      ReadyToBeSeen: 'arrived',
      NoShow: 'no-show',
      Cancelled: 'cancelled',
      Rescheduled: 'rescheduled',
      Tentative: 'scheduled',
      Seen: null,
      Unrecognised: null,
    });
    const pushed = visitStatuses.map((status) => [
      status,
      ehrStatusOf({ status, milestones: {} }, 'ready-for-md'),
    ]);
    expect(Object.fromEntries(pushed)).toEqual({
      scheduled: 'Scheduled',
      confirmed: 'Confirmed',
      arrived: 'CheckedIn',
      'appt-prep': 'Roomed',
      'ready-for-md': 'ReadyToBeSeen',
      'with-doctor': null,
      'seen-by-md': null,
      completed: 'CheckedOut',
      left: null,
      'no-show': 'NoShow',
      cancelled: 'Cancelled',
      rescheduled: 'Rescheduled',
      'entered-in-error': null,
    });
  });

  it('ReadyToBeSeen is never both the tick and the column', () => {
    const ticked = { status: 'arrived', milestones: { checkInCompletedAt: 1 } } as const;
    const ready = { status: 'ready-for-md', milestones: {} } as const;
    expect([ehrStatusOf(ticked, 'check-in-completed'), ehrStatusOf(ready, 'check-in-completed')]).toEqual([
      'ReadyToBeSeen',
      null,
    ]);
    expect([ehrStatusOf(ticked, 'ready-for-md'), ehrStatusOf(ready, 'ready-for-md')]).toEqual([
      'CheckedIn',
      'ReadyToBeSeen',
    ]);
  });

  it.each([
    ['Check-in', 'CheckedIn'],
    ['Arrived', 'CheckedIn'],
    ['CHECK-OUT', 'CheckedOut'],
    ['No-Show', 'NoShow'],
    ['Reminder Sent', 'ReminderSent'],
    ['Seen', 'Seen'],
    ['constructor', 'Unrecognised'],
    ['', 'Unrecognised'],
    ['Discharged', 'Unrecognised'],
  ])('%j reads as %s', (raw, status) => {
    expect(parseEhrStatus(raw)).toBe(status);
  });

  it('every status has FHIR codes', () => {
    expect(Object.keys(fhirStatuses).sort()).toEqual([...visitStatuses].sort());
  });
});
