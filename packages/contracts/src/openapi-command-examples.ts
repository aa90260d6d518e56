/** One example of every command, validated by `openapi-examples.test.ts`. */
import type { Command, CommandType } from './commands.ts';
import { nineOClock, sampleDay, sampleRoom, sampleSync } from './openapi-samples.ts';

const visitId = 't1c9k2';
const roomId = 'exam-1';
const { id, name, kind, capacity, position } = sampleRoom;
const { type: _day, clinic: _clinic, date: _date, state: _state, ...settings } = sampleDay;
const { type: _sync, ...sync } = sampleSync;

export const commandExamples: { [T in CommandType]: Extract<Command, { type: T }> } = {
  createVisit: {
    type: 'createVisit',
    visitId: 'w7f3a9',
    kind: 'walk-in',
    fullName: 'Noa Example',
    dob: '1991-11-03',
    reason: 'Sore throat',
  },
  moveVisit: { type: 'moveVisit', visitId, to: 'appt-prep', roomId },
  setCheckInCompleted: { type: 'setCheckInCompleted', visitId, isCompleted: true },
  undoLast: { type: 'undoLast', visitId, eventId: 'web-3f2a9c71d4:7#0' },
  correctTime: { type: 'correctTime', visitId, milestone: 'arrivedAt', at: nineOClock + 300_000 },
  assignRoom: { type: 'assignRoom', visitId, roomId },
  reserveRoom: { type: 'reserveRoom', visitId, roomId, minutes: 20 },
  cancelReservation: { type: 'cancelReservation', roomId },
  setProvider: { type: 'setProvider', visitId, providerId: 'dr-okafor' },
  setVisitType: { type: 'setVisitType', visitId, visitTypeId: 'follow-up' },
  setNote: { type: 'setNote', visitId, note: 'Prefers the ground floor.' },
  setPinned: { type: 'setPinned', visitId, isPinned: true },
  setFlags: { type: 'setFlags', visitId, interpreter: true },
  stepOut: { type: 'stepOut', visitId, where: 'Laboratory' },
  stepBack: { type: 'stepBack', visitId },
  updatePerson: { type: 'updatePerson', visitId, phone: '555-0177' },
  resolveConflict: { type: 'resolveConflict', visitId, choice: 'keep-mine', reason: 'The patient is here.' },
  markRoomClean: { type: 'markRoomClean', roomId },
  deferRoomCleaning: { type: 'deferRoomCleaning', roomId, minutes: 5 },
  setRoomService: { type: 'setRoomService', roomId, isInService: false, reason: 'Broken lamp' },
  configureDay: { type: 'configureDay', day: settings, rooms: [{ id, name, kind, capacity, position }] },
  startDayClose: { type: 'startDayClose' },
  closeDay: { type: 'closeDay', noShows: [visitId] },
  reopenDay: { type: 'reopenDay', reason: 'A patient came back before we left.' },
  applyScheduleRow: {
    type: 'applyScheduleRow',
    visitId,
    system: 'tebra',
    key: '881201-0-40017',
    appointmentId: '881201',
    patientId: '40017',
    patientKey: 't5wq0z',
    fingerprint: '9b2f6c1d8e7a4053',
    status: 'Confirmed',
    rawStatus: 'Confirmed',
    startAt: nineOClock + 1_800_000,
    durationMin: 20,
    providerId: 'dr-okafor',
    visitTypeId: 'follow-up',
    locationName: 'Main Street',
    fullName: 'Avery Example',
    dob: null,
    phone: null,
    reason: 'Blood pressure check',
  },
  applyPersonDetails: {
    type: 'applyPersonDetails',
    visitId,
    dob: '1984-05-17',
    phone: '555-0142',
    alert: null,
  },
  noteAbsence: { type: 'noteAbsence', visitId, isConfirmed: false },
  reportSync: { type: 'reportSync', sync },
};
