import { Button, Loader, TextInput } from '@mantine/core';
import type { AuditApi, OpenedBy } from '@workflow-bolt/client';
import type { OpenedRow } from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection } from '../app/page-shell.tsx';
import { moment } from '../format/moment.ts';
import classes from './audit.module.css';
import { openedHowLabel } from './audit-words.ts';
import { RevealedNames } from './revealed-names.tsx';
import { type Column, type Order, SortedTable, sortedBy } from './sorted-table.tsx';
import { useAsked } from './use-asked.ts';

type Clinic = { id: string; name: string };
type Props = {
  api: AuditApi;
  clinic: Clinic;
  patient: string;
  names: ReadonlyMap<string, string>;
  onPatient: (patient: string) => void;
};
const yearMs = 366 * 86_400_000;
type Key = keyof OpenedRow;

function Openings({ opened, names }: { opened: OpenedBy; names: ReadonlyMap<string, string> }) {
  const [by, setBy] = useState<{ sort: Key; order: Order }>({ sort: 'lastAt', order: 'desc' });
  const columns: readonly Column<Key, OpenedRow>[] = [
    { key: 'uid', label: 'Who', show: ({ uid }) => names.get(uid) ?? uid },
    { key: 'role', label: 'Role', show: ({ role }) => role },
    { key: 'how', label: 'How', show: ({ how }) => openedHowLabel[how] },
    { key: 'date', label: 'Day', show: ({ date }) => date },
    { key: 'firstAt', label: 'First', show: ({ firstAt }) => moment(firstAt) },
    { key: 'lastAt', label: 'Last', show: ({ lastAt }) => moment(lastAt) },
  ];
  if (opened.rows.length === 0) return <Nothing>Nobody within a year.</Nothing>;
  return (
    <SortedTable
      caption={`Who opened ${opened.patient} within a year`}
      columns={columns}
      rows={sortedBy(opened.rows, by.sort, by.order)}
      idOf={({ uid, how, date }) => `${uid} ${how} ${date}`}
      {...by}
      onSort={(sort, order) => setBy({ sort, order })}
    />
  );
}

function Asked({ api, clinic, patient, names }: Omit<Props, 'onPatient'>) {
  const load = useCallback(() => {
    const to = Date.now();
    return api.openedBy(clinic.id, patient, { from: to - yearMs, to });
  }, [api, clinic.id, patient]);
  const { value, failure, isBusy } = useAsked(load);
  return (
    <>
      <FailureNote failure={failure} />
      {isBusy && !value && <Loader aria-label="Reading the record" />}
      {value && <Openings opened={value} names={names} />}
      <div className={classes.pages}>
        <RevealedNames api={api} clinic={clinic.id} patients={[patient]} />
      </div>
    </>
  );
}

/** "Who opened this patient's record", by the key that the entries show. */
export function OpenedSection({ api, clinic, patient, names, onPatient }: Props) {
  const [typed, setTyped] = useState(patient);
  return (
    <PageSection title="Who opened a record">
      <form
        className={classes.filters}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed !== '') onPatient(typed);
        }}
      >
        <TextInput
          label="Patient key"
          description="As the entries show it"
          maxLength={64}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value.trim())}
        />
        <Button type="submit">Look</Button>
      </form>
      {patient !== '' && <Asked key={patient} {...{ api, clinic, patient, names }} />}
    </PageSection>
  );
}
