import { Button, Table, Text } from '@mantine/core';
import type { DriftResponse } from '@workflow-bolt/contracts';
import { Nothing } from '../app/page-shell.tsx';
import { driftCells } from '../ehr-link/drift-words.ts';
import { plural } from '../format/duration.ts';
import { moment } from '../format/moment.ts';
import classes from './drift-report.module.css';
import type { Comparison } from './use-comparison.ts';

type Report = NonNullable<DriftResponse['report']>;

const titles = ['Patient', 'What', 'Board', 'EHR', 'Last agreed', 'What to do'];

function DriftTable({ report, zone }: { report: Report; zone: string }) {
  const rows = report.rows.flatMap((row) =>
    row.differences.map((difference) => ({
      key: `${row.visitId} ${row.appointmentId} ${difference.field}`,
      name: row.name ?? `Appointment ${row.appointmentId ?? 'unknown'}`,
      cells: driftCells(difference, zone),
    })),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that is wider than the screen is scrolled by keyboard too.
    <section className={classes.scroll} aria-label="Differences, scrollable" tabIndex={0}>
      <Table aria-label="Differences" verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {titles.map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, name, cells }) => (
            <Table.Tr key={key}>
              <Table.Td>{name}</Table.Td>
              {cells.map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns of a row never change places.
                <Table.Td key={i}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** When it was compared, and what was found, in one sentence or three. */
export function driftSummary({ at, compared, drifted, quarantined, omitted }: Report): string {
  const found = drifted === 0 ? 'no difference' : `${plural(drifted, 'visit')} with a difference`;
  const odd = quarantined > 0 ? ` ${plural(quarantined, 'row')} of the EHR could not be read.` : '';
  const left = omitted > 0 ? ` ${plural(omitted, 'visit')} not shown.` : '';
  return `${moment(at)}: ${plural(compared, 'visit')} compared, ${found}.${odd}${left}`;
}

/** Nobody has compared the day in the time that a comparison takes at most. */
function Unanswered({ onTryAgain }: { onTryAgain: () => void }) {
  return (
    <div className={classes.unanswered} role="alert">
      <Text size="sm">
        No comparison within two minutes: no worker has answered. It may still come; what is shown below is
        older.
      </Text>
      <Button variant="default" onClick={onTryAgain}>
        Try again
      </Button>
    </div>
  );
}

type Props = {
  value: DriftResponse;
  comparison: Pick<Comparison, 'isAwaited' | 'isUnanswered' | 'compare'>;
  zone: string;
};

/** A comparison as it is read, on a screen or on paper. */
export function DriftReport({ value: { report, failure }, comparison, zone }: Props) {
  const { isAwaited, isUnanswered, compare } = comparison;
  return (
    <>
      {isUnanswered && <Unanswered onTryAgain={() => void compare()} />}
      {isAwaited && (
        <Text size="sm" role="status">
          The comparison was asked for; its report appears here.
        </Text>
      )}
      {failure && (
        <Text size="sm">
          The attempt at {moment(failure.at)} has no report: {failure.code.replaceAll('-', ' ')}.
        </Text>
      )}
      {!report && <Nothing>This day has not been compared yet.</Nothing>}
      {report && <Text size="sm">{driftSummary(report)}</Text>}
      {report && report.rows.length > 0 && <DriftTable report={report} zone={zone} />}
    </>
  );
}
