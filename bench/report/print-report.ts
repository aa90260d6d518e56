import type { BenchReport, Cell, Figure, Table } from './bench-report.ts';

/** Three significant digits: more would claim a precision that a shared machine does not have. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Number.isInteger(value) || Math.abs(value) >= 1_000) return String(Math.round(value));
  return value.toPrecision(3);
}

const text = (cell: Cell | undefined): string =>
  typeof cell === 'number' ? shortNumber(cell) : (cell ?? '-');

function tableLines({ title, rows }: Table): string[] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => text(row[column])))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const isNumeric = columns.map((column) => rows.some((row) => typeof row[column] === 'number'));
  const lines = cells.map((row) =>
    row
      .map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [`  ${title}`, ...lines.map((line) => `    ${line}`), ''];
}

const verdict = (isMet: boolean | null): string => (isMet === null ? '' : isMet ? 'pass' : 'FAIL');

function figureRow({ name, unit, median, min, max, rounds, bound, isMet }: Figure): Record<string, Cell> {
  return {
    figure: name,
    median: shortNumber(median),
    'min–max': rounds.length > 1 ? `${shortNumber(min)}–${shortNumber(max)}` : '',
    unit,
    bound: bound ? `${bound.op} ${bound.value}` : '',
    verdict: verdict(isMet),
  };
}

/** One bench as plain text. */
export function reportText({ name, claim, tables, figures, notes }: BenchReport): string {
  return [
    `── ${name} ${'─'.repeat(Math.max(0, 90 - name.length))}`,
    `  ${claim}`,
    '',
    ...tables.flatMap(tableLines),
    ...tableLines({ title: 'figures', rows: figures.map(figureRow) }),
    ...notes.map((note) => `  · ${note}`),
    '',
  ].join('\n');
}
