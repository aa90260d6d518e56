import { Button, NativeSelect, TextInput } from '@mantine/core';
import { EhrLinkApi, type Session } from '@workflow-bolt/client';
import { useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { boardAddress } from '../app/board-address.ts';
import { FailureNote } from '../app/failure-note.tsx';
import { type PageLink, PageSection, PageShell } from '../app/page-shell.tsx';
import { boardDay } from '../format/clock.ts';
import { usePrint } from '../print/use-print.tsx';
import type { SessionExits } from '../session/use-session.ts';
import classes from './drift-report.module.css';
import { DriftReport } from './drift-report.tsx';
import { useComparison } from './use-comparison.ts';

type Clinic = Session['clinics'][number];
const dateShape = /^\d{4}-\d{2}-\d{2}$/;

function DayReport({ api, clinic, date }: { api: EhrLinkApi; clinic: Clinic; date: string }) {
  const comparison = useComparison(api, { clinic: clinic.id, date });
  const { value, failure, isAwaited, compare, isBusy } = comparison;
  const printing = usePrint({ clinic: clinic.id, date }, 'differences');
  return (
    <PageSection
      title={`${clinic.name}, ${boardDay(date)}: board and EHR`}
      action={
        <div className={classes.choice}>
          <Button
            variant="default"
            onClick={printing.print}
            loading={printing.isBusy}
            disabled={!value?.report}
          >
            Print
          </Button>
          <Button loading={isBusy || isAwaited} onClick={() => void compare()}>
            Compare now
          </Button>
        </div>
      }
    >
      {printing.mark}
      <FailureNote failure={failure ?? printing.failure} />
      {value && <DriftReport value={value} comparison={comparison} zone={clinic.zone} />}
    </PageSection>
  );
}

type Props = { session: Session; exits: SessionExits; links: readonly PageLink[] };

/** How a day differs between the board and the EHR, for a screen and for paper: `/drift?clinic=main&date=2026-11-23`. */
export function DriftPage({ session: { clinics }, exits, links }: Props) {
  const { transport } = useApi();
  const api = useMemo(() => new EhrLinkApi(transport), [transport]);
  const asked = boardAddress(location.search, clinics);
  const [clinicId, setClinicId] = useState(asked?.clinic ?? '');
  const clinic = clinics.find(({ id }) => id === clinicId) ?? clinics[0];
  const [date, setDate] = useState(asked?.date ?? '');
  const options = clinics.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <PageShell title="Differences" isWide links={links} onSignOut={() => void exits.signOut()}>
      <div className={classes.choice}>
        {options.length > 1 && (
          <NativeSelect
            label="Clinic"
            data={options}
            value={clinic?.id ?? ''}
            onChange={({ currentTarget }) => setClinicId(currentTarget.value)}
          />
        )}
        <TextInput
          label="Day"
          type="date"
          value={date}
          onChange={({ currentTarget }) => setDate(currentTarget.value)}
        />
      </div>
      {clinic && dateShape.test(date) && (
        <DayReport key={`${clinic.id} ${date}`} api={api} clinic={clinic} date={date} />
      )}
    </PageShell>
  );
}
