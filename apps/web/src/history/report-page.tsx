import { Button, Loader } from '@mantine/core';
import { IconDownload, IconPrinter } from '@tabler/icons-react';
import type { Session } from '@workflow-bolt/client';
import type { BoardKey, DayReport, reportFormats } from '@workflow-bolt/contracts';
import { useCallback, useMemo } from 'react';
import { useApi } from '../app/api-context.ts';
import { boardAddress } from '../app/board-address.ts';
import { FailureNote } from '../app/failure-note.tsx';
import { PageSection, PageShell } from '../app/page-shell.tsx';
import { useResource } from '../app/use-resource.ts';
import { boardDay, clockMoment } from '../format/clock.ts';
import { usePrint } from '../print/use-print.tsx';
import type { SessionExits } from '../session/use-session.ts';
import classes from './report-page.module.css';
import { ReportNumbers, ReportRows } from './report-tables.tsx';

type Props = { session: Session; exits: SessionExits };
type Format = (typeof reportFormats)[number];

const stateWords: Record<DayReport['state'], string> = {
  open: 'The day is still open: these numbers go on.',
  closing: 'The day is being closed.',
  closed: 'The day is closed.',
};

const files: readonly { format: Format; label: string }[] = [
  { format: 'csv', label: 'Spreadsheet (CSV)' },
  { format: 'text', label: 'Text' },
  { format: 'json', label: 'JSON' },
];

/** The report of a day, for the screen and for paper. It names no patient: visits are told apart by their ids. */
export function ReportPage({ session, exits }: Props) {
  const address = useMemo(() => boardAddress(location.search, session.clinics), [session]);
  if (!address) return <p role="alert">You have no clinic to look at. Ask a manager.</p>;
  const { clinic, date } = address;
  const zone = session.clinics.find(({ id }) => id === clinic)?.zone ?? 'UTC';
  const links = [{ href: `/?${new URLSearchParams({ clinic, date })}`, label: 'Board' }];
  return (
    <PageShell title="Report of the day" isWide links={links} onSignOut={() => void exits.signOut()}>
      <LoadedReport board={{ clinic, date }} zone={zone} reader={session.user.name} />
    </PageShell>
  );
}

type ReportProps = { board: BoardKey; zone: string; reader: string };

function LoadedReport({ board, zone, reader }: ReportProps) {
  const api = useApi();
  const { clinic, date } = board;
  const load = useCallback(() => api.dayReport({ clinic, date }), [api, clinic, date]);
  const { value, failure } = useResource(load);
  if (failure) return <FailureNote failure={failure} />;
  if (!value) return <Loader aria-label="Loading the report" />;
  return <Report report={value} board={board} zone={zone} reader={reader} />;
}

function Report({ report, board, zone, reader }: ReportProps & { report: DayReport }) {
  const api = useApi();
  const { print, failure, isBusy, mark } = usePrint(board, 'report');
  return (
    <>
      {mark}
      <FailureNote failure={failure} />
      <PageSection title={`${report.clinicName}, ${boardDay(report.date)}`}>
        <p className={classes.state}>{stateWords[report.state]}</p>
        <div className={classes.actions}>
          <Button leftSection={<IconPrinter size={18} />} loading={isBusy} onClick={print}>
            Print
          </Button>
          {files.map(({ format, label }) => (
            <Button
              key={format}
              component="a"
              href={api.reportAddress(board, format)}
              download={`${report.clinic}-${report.date}.${format === 'text' ? 'txt' : format}`}
              variant="default"
              leftSection={<IconDownload size={18} />}
            >
              {label}
            </Button>
          ))}
        </div>
        <ReportNumbers numbers={report.numbers} />
      </PageSection>
      <PageSection title="Visits">
        <ReportRows visits={report.visits} />
        <p className={classes.origin}>{`Read by ${reader}, ${clockMoment(zone, report.at)}`}</p>
      </PageSection>
    </>
  );
}
