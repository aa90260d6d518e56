import { type Day, type EhrStatus, instantSchema } from '@workflow-bolt/contracts';
import { instantOf, localDate, parseEhrStatus } from '@workflow-bolt/domain';
import type { ImportError, RawRow } from './read-import.ts';

export type ImportWarning = { line: number; message: string };
/** What a row says, in the terms of the board. Nothing that it does not say is filled in. */
export type ImportedRow = {
  line: number;
  /** The row's own id, when it has one. */
  id: string | null;
  startAt: number;
  status: EhrStatus;
  rawStatus: string;
  fullName: string;
  dob: string | null;
  durationMin: number | null;
  providerId: string | null;
  visitTypeId: string | null;
  reason: string | null;
  phone: string | null;
};
export type RowReading = { row: ImportedRow | null; errors: ImportError[]; warnings: ImportWarning[] };

class CellError extends Error {}

/** Reads one row for this day. A row of another day is left out with a warning. */
export function readRow(raw: RawRow, day: Day): RowReading {
  const reading: RowReading = { row: null, errors: [], warnings: [] };
  const { line, cells } = raw;
  const cell = <T>(path: string, read: () => T, fallback: T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      reading.errors.push({ line, path, message: error.message });
      return fallback;
    }
  };
  const warn = (message: string) => reading.warnings.push({ line, message });
  const startAt = cell('time', () => readStart(cells, day), 0);
  const row: ImportedRow = {
    line,
    id: cell('id', () => readId(cells.id), null),
    startAt,
    ...cell('status', () => readStatus(cells.status, warn), { status: 'Scheduled', rawStatus: '' }),
    fullName: cell('name', () => readName(cells.name), ''),
    dob: cell('dob', () => readBirthDate(cells.dob, day.date), null),
    durationMin: cell('duration', () => readDuration(cells.duration), null),
    providerId: readProvider(cells.provider, day, warn),
    visitTypeId: readVisitType(cells.type, day),
    reason: cell('reason', () => readReason(cells, day), null),
    phone: cell('phone', () => readLine(cells.phone, 40), null),
  };
  if (reading.errors.length > 0) return reading;
  const date = localDate(day.zone, startAt);
  if (date !== day.date) return { ...reading, warnings: [{ line, message: `Left out: it is for ${date}.` }] };
  return { ...reading, row };
}

function readId(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (text.length > 200) throw new CellError('The id is longer than 200 characters.');
  return text;
}

function readLine(text: string | undefined, lengthMax: number): string | null {
  const line = (text ?? '').replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
  if (line.length > lengthMax) throw new CellError(`It is longer than ${lengthMax} characters.`);
  return line === '' ? null : line;
}

function readName(text: string | undefined): string {
  const name = readLine(text, 160);
  if (name === null) throw new CellError('The name is missing.');
  return name;
}

/** The predecessor's words for the board's own columns; its `Check Out` was called completed. */
const boardWords: Record<string, EhrStatus> = {
  completed: 'CheckedOut',
  apptprep: 'Roomed',
  appointmentprep: 'Roomed',
};

/** An empty status is a booking like any other; a word that nobody knows moves nobody and is shown. */
function readStatus(text: string | undefined, warn: (message: string) => void) {
  const rawStatus = readLine(text, 80) ?? 'Scheduled';
  const key = rawStatus.toLowerCase().replace(/[^a-z]/g, '');
  const status = Object.hasOwn(boardWords, key)
    ? (boardWords[key] ?? 'Unrecognised')
    : parseEhrStatus(rawStatus);
  if (status === 'Unrecognised')
    warn('The status is not one that can be taken over; the visit shows it as a warning.');
  return { status, rawStatus };
}

const isoDate = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const usDate = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;

/** `YYYY-MM-DD` of a date that exists, from that form or from MM/DD/YYYY. */
export function readDate(text: string): string {
  const iso = isoDate.exec(text);
  const us = usDate.exec(text);
  const [year, month, day] = iso ? iso.slice(1) : us ? [us[3], us[1], us[2]] : [];
  if (!year || !month || !day) throw new CellError('Write the date as YYYY-MM-DD or MM/DD/YYYY.');
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(date))
    throw new CellError('This date does not exist.');
  return date;
}

function readBirthDate(text: string | undefined, today: string): string | null {
  if (text === undefined) return null;
  // An export writes a date of birth as an instant at midnight UTC.
  const date = readDate(text.replace(/T00:00:00(?:\.0+)?Z?$/, ''));
  if (date > today) throw new CellError('The date of birth lies in the future.');
  if (date < '1900-01-01') throw new CellError('The date of birth lies before 1900.');
  return date;
}

const clock = /^(\d{1,2}):(\d{2})(?::\d{2})?\s*([ap])?\.?m?\.?$/i;

/** `HH:MM` from a 24-hour clock or one with AM and PM. */
export function readTime(text: string): string {
  const match = clock.exec(text.trim());
  const [, hourText = '', minute = '', half] = match ?? [];
  const hour = Number(hourText);
  const isValid = match && Number(minute) < 60 && (half ? hour >= 1 && hour <= 12 : hour < 24);
  if (!isValid) throw new CellError('Write the time as HH:MM, with AM or PM on a 12-hour clock.');
  if (!half) return `${String(hour).padStart(2, '0')}:${minute}`;
  const hour24 = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return `${String(hour24).padStart(2, '0')}:${minute}`;
}

const instantText = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const wallText = /^(\S+?)[T ]+(.+)$/;

/** Epoch ms of the booked start. A bare time is meant on the board's day, on the clinic's wall clock. */
function readStart(cells: RawRow['cells'], day: Day): number {
  const text = cells.appointmentTime ?? cells.time;
  if (text === undefined) throw new CellError('The time is missing.');
  const date = cells.date === undefined ? day.date : readDate(cells.date);
  if (instantText.test(text)) return checkedInstant(Date.parse(text));
  if (clock.test(text)) return checkedInstant(instantOf(day.zone, date, readTime(text)));
  const wall = wallText.exec(text);
  if (!wall?.[1] || !wall[2])
    throw new CellError('Write the time as HH:MM, with AM or PM on a 12-hour clock.');
  return checkedInstant(instantOf(day.zone, readDate(wall[1]), readTime(wall[2])));
}

function checkedInstant(ms: number): number {
  const parsed = instantSchema.safeParse(ms);
  if (!parsed.success) throw new CellError('The date lies outside the years 2000 to 2100.');
  return parsed.data;
}

function readDuration(text: string | undefined): number | null {
  if (text === undefined) return null;
  const minutes = Number(text.replace(/\s*min(?:utes)?\.?$/i, ''));
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 600)
    throw new CellError('Write the duration in minutes, 1 to 600.');
  return minutes;
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** The day's provider of that id or name; an unknown one is no reason to turn the patient away. */
function readProvider(text: string | undefined, day: Day, warn: (message: string) => void): string | null {
  if (text === undefined) return null;
  const wanted = plain(text);
  const found = day.providers.find(({ id, name }) => id === text || plain(name) === wanted);
  if (!found) warn('The provider is not one of this day; the visit has none.');
  return found?.id ?? null;
}

function readVisitType(text: string | undefined, day: Day): string | null {
  const wanted = plain(text ?? '');
  return day.visitTypes.find(({ id, label }) => plain(id) === wanted || plain(label) === wanted)?.id ?? null;
}

/** A type that the clinic does not know is kept as words. */
function readReason(cells: RawRow['cells'], day: Day): string | null {
  const unknownType = readVisitType(cells.type, day) === null ? cells.type : undefined;
  const text = [unknownType, cells.reason].filter((part) => part !== undefined).join(' – ');
  return readLine(text, 500);
}
