import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CANONICAL_STATUSES, canonicalStatus, statusRank } from './appointment-status.ts';
import { isWritableStatus } from './ehr-write-port.ts';

describe('one vocabulary from three', () => {
  test.each([
    ['Scheduled', 'Scheduled'],
    ['S', 'Scheduled'],
    ['Reminder Sent', 'ReminderSent'],
    ['ReminderSent', 'ReminderSent'],
    ['confirmed', 'Confirmed'],
    ['C', 'Confirmed'],
    ['Check-in', 'CheckedIn'],
    ['CheckedIn', 'CheckedIn'],
    ['Checked In', 'CheckedIn'],
    ['Arrived', 'CheckedIn'],
    ['I', 'CheckedIn'],
    ['Roomed', 'Roomed'],
    ['In Room', 'Roomed'],
    ['ReadyToBeSeen', 'ReadyToBeSeen'],
    ['Ready for MD', 'ReadyToBeSeen'],
    ['Ready for provider', 'ReadyToBeSeen'],
    ['Check-out', 'CheckedOut'],
    ['CheckedOut', 'CheckedOut'],
    ['O', 'CheckedOut'],
    ['Seen', 'Seen'],
    ['E', 'Seen'],
    ['No-show', 'NoShow'],
    ['N', 'NoShow'],
    ['Cancelled', 'Cancelled'],
    ['Canceled', 'Cancelled'],
    ['X', 'Cancelled'],
    ['Rescheduled', 'Rescheduled'],
    ['R', 'Rescheduled'],
    ['NeedsReschedule', 'NeedsReschedule'],
    ['Tentative', 'Tentative'],
    ['T', 'Tentative'],
  ])('%s is %s', (raw, canonical) => {
    expect(canonicalStatus(raw)).toEqual({ canonical, raw });
  });

  test.each(['Unknown', 'WaitingOnLabs', '', '?', 'Not Scheduled', 'constructor', '已到'])(
    'unknown stays unknown: "%s"',
    (raw) => {
      expect(canonicalStatus(raw)).toEqual({ canonical: 'Unrecognised', raw });
    },
  );

  test('nothing at all is unrecognised, not scheduled', () => {
    expect(canonicalStatus(null)).toEqual({ canonical: 'Unrecognised', raw: '' });
  });

  test('any text is kept as it came', () => {
    fc.assert(fc.property(fc.string(), (raw) => canonicalStatus(raw).raw === raw));
  });
});

test('further along means closer to done, and a patient in the building outranks a cancellation', () => {
  const order = [
    'Unrecognised',
    'Scheduled',
    'Confirmed',
    'Cancelled',
    'CheckedIn',
    'Roomed',
    'ReadyToBeSeen',
    'Seen',
    'CheckedOut',
  ] as const;
  const ranks = order.map(statusRank);
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  expect(new Set(CANONICAL_STATUSES.map(statusRank)).size).toBe(14);
});

test('only the words of the EHR’s own enum are written', () => {
  expect(CANONICAL_STATUSES.filter((status) => !isWritableStatus(status))).toEqual(['Unrecognised', 'Seen']);
  expect(['Unknown', 'checkedin', 'constructor', ''].filter(isWritableStatus)).toEqual([]);
});
