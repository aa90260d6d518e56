import { canonicalStatus } from '../appointment-status.ts';
import type { EhrAppointmentType, EhrResource, EhrSchedule, EhrScheduleRow } from '../ehr-records.ts';
import { listTime } from '../written-time.ts';
import { exactText, humanText, trimmedText, truthValue, wholeNumber } from './element-reading.ts';
import type { XmlElement } from './xml-tree.ts';

/** The list call numbers its repeated members 1 to 10. */
const SLOTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** Reads the listed rows; an empty row without an id is the vendor's way of saying "none". */
export function decodeSchedule(elements: readonly XmlElement[]): EhrSchedule {
  const rows = elements.map(decodeRow).filter((row) => row !== null);
  return { rows, phantomRows: elements.length - rows.length };
}

function decodeRow(row: XmlElement): EhrScheduleRow | null {
  const appointmentId = knownId(row, 'ID');
  if (!appointmentId) return null;
  const typeRaw = trimmedText(row, 'Type');
  return {
    appointmentId,
    // The list does not tell occurrences apart by number; their start does.
    occurrenceId: null,
    patientId: knownId(row, 'PatientID'),
    patientName: humanText(row, 'PatientFullName'),
    start: listTime(trimmedText(row, 'StartDate')),
    end: listTime(trimmedText(row, 'EndDate')),
    durationMin: wholeNumber(row, 'AppointmentDuration'),
    status: canonicalStatus(trimmedText(row, 'ConfirmationStatus')),
    reasons: SLOTS.map((slot) => humanText(row, `AppointmentReason${slot}`)).filter((text) => text !== null),
    resources: SLOTS.map((slot) => decodeResource(row, slot)).filter((resource) => resource !== null),
    locationId: knownId(row, 'ServiceLocationID'),
    locationName: humanText(row, 'ServiceLocationName'),
    notes: humanText(row, 'Notes'),
    type: appointmentType(typeRaw),
    typeRaw,
    allDay: truthValue(row, 'AllDay'),
    recurring: truthValue(row, 'Recurring'),
    practiceId: knownId(row, 'PracticeID'),
    practiceName: exactText(row, 'PracticeName'),
    patientCaseId: knownId(row, 'PatientCaseID'),
    createdDate: trimmedText(row, 'CreatedDate'),
    lastModifiedDate: trimmedText(row, 'LastModifiedDate'),
  };
}

/**
 * An id as text, so that no digit is lost, and without the zeros that some answers pad it with: one patient has one number,
 * whichever call told it. "0" is the service's word for none.
 */
export function knownId(element: XmlElement, name: string): string | null {
  const id = trimmedText(element, name)?.replace(/^0+(?=\d+$)/, '');
  return id === undefined || id === '0' ? null : id;
}

/** P, O or, for anything the contract does not list, U. */
export function appointmentType(raw: string | null): EhrAppointmentType {
  const word = raw?.toUpperCase() ?? '';
  if (word === 'P' || word === 'PATIENT') return 'P';
  return word === 'O' || word === 'OTHER' ? 'O' : 'U';
}

function decodeResource(row: XmlElement, slot: number): EhrResource | null {
  const id = knownId(row, `ResourceID${slot}`);
  const name = humanText(row, `ResourceName${slot}`);
  if (!id && !name) return null;
  return { id, name, kind: resourceKind(trimmedText(row, `ResourceTypeID${slot}`)) };
}

function resourceKind(typeId: string | null): EhrResource['kind'] {
  if (typeId === '1') return 'provider';
  return typeId === '2' ? 'room' : 'unknown';
}
