/** Entries as CSV (RFC 4180) that no spreadsheet takes for formulas. */
import type { AuditEvent } from '@workflow-bolt/contracts';
import type { FoundEntry } from './audit-reader.ts';

const columns: readonly [string, (event: AuditEvent, leaf: number) => unknown][] = [
  ['leaf', (_event, leaf) => leaf],
  ['time', ({ ts }) => new Date(ts).toISOString()],
  ['clinic', ({ cid }) => cid],
  ['type', ({ type }) => type],
  ['action', ({ sub }) => sub],
  ['outcome', ({ out }) => out],
  ['reason', ({ why }) => why],
  ['severity', ({ sev }) => sev],
  ['person', ({ agent }) => agent.uid],
  ['role', ({ agent }) => agent.role],
  ['kind', ({ agent }) => agent.kind],
  ['station', ({ agent }) => agent.ws],
  ['network', ({ agent }) => agent.ip],
  ['session', ({ agent }) => agent.sid],
  ['assurance', ({ agent }) => agent.aal],
  ['purpose', ({ pou }) => pou],
  ['patients', ({ pat }) => pat?.join(' ')],
  ['entities', ({ ent }) => ent?.map(({ t, id }) => `${t}/${id}`).join(' ')],
  ['fields', ({ ent }) => ent?.flatMap(({ fields = [] }) => fields).join(' ')],
  ['command', ({ cmd }) => cmd],
  ['request', ({ rid }) => rid],
  ['policy', ({ pol }) => pol],
  ['id', ({ id }) => id],
];

/**
 * A cell that begins like a formula gets an apostrophe, which spreadsheets show as text and do not run; also behind
 * spaces, tabs and full-width signs, where some look for formulas too.
 */
export function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  const isFormula =
    typeof value !== 'number' && /^[\s\p{Cc}]*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u.test(text);
  return `"${(isFormula ? `'${text}` : text).replaceAll('"', '""')}"`;
}

export function entriesCsv(rows: readonly FoundEntry[]): string {
  const head = columns.map(([name]) => csvCell(name)).join(',');
  const lines = rows.map(({ leaf, event }) => columns.map(([, of]) => csvCell(of(event, leaf))).join(','));
  return `${[head, ...lines].join('\r\n')}\r\n`;
}
