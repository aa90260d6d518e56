import { Button, Loader, Select, TextInput } from '@mantine/core';
import type { AuditApi } from '@workflow-bolt/client';
import { type AuditReportName, type AuditSortKey, auditReportNames } from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection } from '../app/page-shell.tsx';
import classes from './audit.module.css';
import { lastWeek, spanOf } from './audit-span.ts';
import { reportLabel } from './audit-words.ts';
import { EntriesTable } from './entries-table.tsx';
import { ExportButtons } from './export-buttons.tsx';
import { RevealedNames } from './revealed-names.tsx';
import type { Order } from './sorted-table.tsx';
import { useAsked } from './use-asked.ts';

const pageSize = 50;
type Clinic = { id: string; name: string };
export type Filter = {
  report: AuditReportName;
  from: string;
  to: string;
  actor: string;
  patient: string;
  sort: AuditSortKey;
  order: Order;
};

const firstFilter = (): Filter => ({
  ...{ report: 'activity', ...lastWeek(Date.now()), actor: '', patient: '' },
  ...{ sort: 'time', order: 'desc' },
});

type FieldsProps = { filter: Filter; names: ReadonlyMap<string, string>; onAsk: (filter: Filter) => void };

/** What is asked for; it is asked when said so, because each look is on record. */
function FilterFields({ filter, names, onAsk }: FieldsProps) {
  const [draft, setDraft] = useState(filter);
  const change = (some: Partial<Filter>) => setDraft({ ...draft, ...some });
  const people = [...names].map(([value, label]) => ({ value, label }));
  return (
    <form
      className={classes.filters}
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(draft);
      }}
    >
      <Select
        label="Report"
        data={auditReportNames.map((value) => ({ value, label: reportLabel[value] }))}
        value={draft.report}
        onChange={(value) => change({ report: (value ?? 'activity') as AuditReportName })}
        allowDeselect={false}
      />
      <TextInput
        label="From"
        type="date"
        value={draft.from}
        onChange={(event) => change({ from: event.currentTarget.value })}
      />
      <TextInput
        label="To"
        type="date"
        value={draft.to}
        onChange={(event) => change({ to: event.currentTarget.value })}
      />
      <Select
        label="Person"
        placeholder="Anybody"
        data={people}
        value={draft.actor === '' ? null : draft.actor}
        onChange={(value) => change({ actor: value ?? '' })}
        searchable
        clearable
      />
      <TextInput
        label="Patient key"
        placeholder="Anybody"
        maxLength={64}
        autoComplete="off"
        value={draft.patient}
        onChange={(event) => change({ patient: event.currentTarget.value.trim() })}
      />
      <Button type="submit">Look</Button>
    </form>
  );
}

type Props = {
  api: AuditApi;
  clinic: Clinic;
  names: ReadonlyMap<string, string>;
  onPatient: (patient: string) => void;
};

/** Entries of the record by report, time, person and patient. */
export function EntriesSection({ api, clinic, names, onPatient }: Props) {
  const [filter, setFilter] = useState(firstFilter);
  const [page, setPage] = useState(0);
  const { report, from, to, actor, patient, sort, order } = filter;
  const load = useCallback(async () => {
    const span = spanOf(from, to);
    if (!span) throw new Error('Choose two days.');
    setPage(0);
    const chosen = { ...(actor ? { actor } : {}), ...(patient ? { patient } : {}) };
    return api.report(clinic.id, report, { ...span, ...chosen, sort, order });
  }, [api, clinic.id, report, from, to, actor, patient, sort, order]);
  const { value, failure, isBusy } = useAsked(load);
  const rows = value ?? [];
  const shown = rows.slice(page * pageSize, (page + 1) * pageSize);
  const patients = [...new Set(shown.flatMap(({ event }) => event.pat ?? []))];
  const pages = Math.max(1, Math.ceil(rows.length / pageSize));
  return (
    <PageSection title={`Entries of ${clinic.name}`}>
      <FilterFields filter={filter} names={names} onAsk={(asked) => setFilter({ ...asked, sort, order })} />
      <FailureNote failure={failure} />
      {isBusy && !value && <Loader aria-label="Reading the record" />}
      {value && rows.length === 0 && <Nothing>No entry.</Nothing>}
      {shown.length > 0 && (
        <>
          <EntriesTable
            caption={`${reportLabel[report]}: ${rows.length === 1 ? 'one entry' : `${rows.length} entries`}`}
            {...{ rows: shown, names, sort, order, onPatient }}
            onSort={(by, way) => setFilter({ ...filter, sort: by, order: way })}
          />
          <nav className={classes.pages} aria-label="Pages of entries">
            <Button variant="default" disabled={page === 0} onClick={() => setPage(page - 1)}>
              Back
            </Button>
            <span>{`Page ${page + 1} of ${pages}`}</span>
            <Button variant="default" disabled={page + 1 >= pages} onClick={() => setPage(page + 1)}>
              Next
            </Button>
            {patient !== '' && (
              <RevealedNames key={patient} {...{ api, clinic: clinic.id, patients: [patient] }} />
            )}
            {patient === '' && patients.length === 1 && (
              <RevealedNames key={patients[0]} {...{ api, clinic: clinic.id, patients }} />
            )}
          </nav>
        </>
      )}
      <ExportButtons api={api} clinic={clinic.id} filter={filter} />
    </PageSection>
  );
}
