import type { AuditReportRow, AuditSortKey } from '@workflow-bolt/contracts';
import { moment } from '../format/moment.ts';
import classes from './audit.module.css';
import { whatText } from './audit-words.ts';
import { type Column, type Order, SortedTable } from './sorted-table.tsx';

type Props = {
  caption: string;
  rows: readonly AuditReportRow[];
  /** Names of accounts; an id without one is shown as it is. */
  names: ReadonlyMap<string, string>;
  sort: AuditSortKey;
  order: Order;
  onSort: (sort: AuditSortKey, order: Order) => void;
  onPatient: (patient: string) => void;
};

const recordText = ({ event: { ent = [] } }: AuditReportRow): string =>
  ent
    .slice(0, 3)
    .map(({ t, id, fields }) => `${t} ${id}${fields ? ` (${fields.join(', ')})` : ''}`)
    .join('; ');

function Patients({ row, onPatient }: { row: AuditReportRow; onPatient: (patient: string) => void }) {
  const { pat = [] } = row.event;
  return (
    <>
      {pat.slice(0, 3).map((patient) => (
        <button
          key={patient}
          type="button"
          className={classes.key}
          aria-label={`Who opened ${patient}`}
          onClick={() => onPatient(patient)}
        >
          {patient}
        </button>
      ))}
      {pat.length > 3 && `and ${pat.length - 3} more`}
    </>
  );
}

/** Entries of the record: patients by pseudonym, every datum a head to sort by. */
export function EntriesTable({ names, onPatient, ...props }: Props) {
  const columns: readonly Column<AuditSortKey, AuditReportRow>[] = [
    { key: 'time', label: 'When', show: ({ event }) => moment(event.ts) },
    { key: 'person', label: 'Who', show: ({ event }) => names.get(event.agent.uid) ?? event.agent.uid },
    { key: 'role', label: 'Role', show: ({ event }) => event.agent.role },
    { key: 'kind', label: 'What', show: ({ event }) => whatText(event) },
    { key: 'action', label: 'Act', show: ({ event }) => event.act },
    { key: 'outcome', label: 'Outcome', show: ({ event }) => (event.out === 0 ? 'done' : event.out) },
    { key: 'reason', label: 'Code', show: ({ event }) => event.why },
    { key: 'patient', label: 'Patient', show: (row) => <Patients row={row} onPatient={onPatient} /> },
    { key: 'record', label: 'Record', show: recordText },
    { key: 'workstation', label: 'Workstation', show: ({ event }) => event.agent.ws },
    { key: 'network', label: 'Network', show: ({ event }) => event.agent.ip },
    { key: 'session', label: 'Session', show: ({ event }) => event.agent.sid },
    { key: 'request', label: 'Request', show: ({ event }) => event.rid },
  ];
  return <SortedTable columns={columns} idOf={({ log, leaf }) => `${log} ${leaf}`} {...props} />;
}
