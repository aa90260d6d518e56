import { importErrorsMax, importRowsMax } from '@workflow-bolt/contracts';
import { ProblemError } from '../http/problem-answer.ts';
import { columnsOf, type ImportField, positionalColumns } from './import-columns.ts';

/** One row as it stands in the file: text by column. `line` counts from 1; in JSON it is the row's number. */
export type RawRow = { line: number; cells: Partial<Record<ImportField, string>> };
export type ImportError = { line: number; path: string; message: string };

/** Throws `import_invalid` when there is any error; the first thousand are named. */
export function refuseImport(errors: readonly ImportError[]): void {
  if (errors.length === 0) return;
  const named = [...errors].sort((a, b) => a.line - b.line).slice(0, importErrorsMax);
  throw new ProblemError('import_invalid', { errors: named, errorCount: errors.length });
}

const wholeFile = (message: string): ImportError[] => [{ line: 0, path: 'file', message }];

/** Rows of a parsed JSON body, or of the bytes of a tab-separated text. Throws `import_invalid`. */
export function readImport(body: unknown): RawRow[] {
  const rows = body instanceof Uint8Array ? readText(decodeText(body)) : readJson(body);
  if (rows.length === 0) refuseImport(wholeFile('There is no row in it.'));
  if (rows.length > importRowsMax) refuseImport(wholeFile(`It has more than ${importRowsMax} rows.`));
  return rows;
}

/** Spreadsheets save as UTF-8, as UTF-16 with a mark, or in the Windows code page. */
function decodeText(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (isUtf16) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function readText(text: string): RawRow[] {
  const lines = text.split(/\r\n|\r|\n/).map((content, i) => ({ line: i + 1, content }));
  const filled = lines.filter(({ content }) => content.trim() !== '');
  const header = columnsOf(splitCells(filled[0]?.content ?? ''));
  const columns = header ?? positionalColumns;
  const rows = header ? filled.slice(1) : filled;
  return rows.map(({ line, content }) => ({ line, cells: cellsOf(columns, splitCells(content)) }));
}

/** A cell copied from a spreadsheet may stand in quotes. */
const splitCells = (content: string): string[] =>
  content.split('\t').map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/s, '$1')
      .replaceAll('""', '"')
      .trim(),
  );

function cellsOf(columns: readonly (ImportField | null)[], cells: readonly string[]): RawRow['cells'] {
  const found: RawRow['cells'] = {};
  for (const [i, column] of columns.entries()) {
    const cell = cells[i];
    if (column && cell !== undefined && cell !== '') found[column] = cell;
  }
  return found;
}

/** A list of rows, or an object with the list under `patients`. */
function readJson(body: unknown): RawRow[] {
  const inner = isRecord(body) ? body.patients : body;
  if (!Array.isArray(inner)) {
    refuseImport(wholeFile('Send a list of rows, or an object with the list under "patients".'));
    return [];
  }
  const errors: ImportError[] = [];
  const rows = inner.map((row: unknown, i): RawRow => {
    const line = i + 1;
    if (isRecord(row)) return { line, cells: jsonCells(row, line, errors) };
    errors.push({ line, path: 'row', message: 'This is no object.' });
    return { line, cells: {} };
  });
  refuseImport(errors);
  return rows;
}

const jsonFields: Partial<Record<string, ImportField>> = {
  id: 'id',
  name: 'name',
  dob: 'dob',
  appointmentTime: 'appointmentTime',
  provider: 'provider',
  status: 'status',
  durationMin: 'duration',
  type: 'type',
  appointmentType: 'type',
  chiefComplaint: 'reason',
  phone: 'phone',
};
const requiredInJson = ['id', 'name', 'dob', 'appointmentTime', 'provider', 'status'];

/** Fields beyond ours are passed over: the predecessor's exports carry many, such as times it invented. */
function jsonCells(row: Record<string, unknown>, line: number, errors: ImportError[]): RawRow['cells'] {
  for (const path of requiredInJson) {
    if (!(path in row))
      errors.push({ line, path, message: 'This field is missing; send null when it is unknown.' });
  }
  const cells: RawRow['cells'] = {};
  for (const [path, field] of Object.entries(jsonFields)) {
    const value = row[path];
    if (!field || value === undefined || value === null || value === '') continue;
    if (typeof value === 'string' || typeof value === 'number') cells[field] ??= String(value).trim();
    else errors.push({ line, path, message: 'Send text.' });
  }
  return cells;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
