import { Button, Table, Text } from '@mantine/core';
import type { EhrLinkApi } from '@workflow-bolt/client';
import type { DriftResponse } from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { plural } from '../format/duration.ts';
import { moment } from '../format/moment.ts';
import { driftCells } from './drift-words.ts';
import classes from './ehr-link.module.css';
import { useEvery } from './use-every.ts';

const refreshMs = 5_000;

type Report = NonNullable<DriftResponse['report']>;

function DriftTable({ report, zone }: { report: Report; zone: string }) {
  const rows = report.rows.flatMap((row) =>
    row.differences.map((difference) => ({
      key: `${row.visitId} ${row.appointmentId} ${difference.field}`,
      name: row.name ?? `Appointment ${row.appointmentId ?? 'unknown'}`,
      cells: driftCells(difference, zone),
    })),
  );
  return (
    <div className={classes.scroll}>
      <Table aria-label="Differences" verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {['Patient', 'What', 'Board', 'EHR', 'Last agreed', 'What to do'].map((title) => (
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
    </div>
  );
}

function summaryOf({ at, compared, drifted, quarantined }: Report): string {
  const odd = quarantined > 0 ? ` ${plural(quarantined, 'row')} of the EHR could not be read.` : '';
  const found = drifted === 0 ? 'no difference' : `${plural(drifted, 'visit')} with a difference`;
  return `${moment(at)}: ${plural(compared, 'visit')} compared, ${found}.${odd}`;
}

type Props = { api: EhrLinkApi; clinic: { id: string; name: string; zone: string; today: string } };

/** How the present day differs from the EHR, field by field, and what to do about it. It repairs nothing. */
export function DriftSection({ api, clinic }: Props) {
  const { id, today } = clinic;
  const load = useCallback(() => api.drift({ clinic: id, date: today }), [api, id, today]);
  const { value, failure, reload } = useResource(load);
  const action = useAction();
  const [isAsked, setIsAsked] = useState(false);
  useEvery(refreshMs, reload);
  const compare = async () => {
    if (await action.run(() => api.compare({ clinic: id, date: today }).then(() => undefined)))
      setIsAsked(true);
  };
  const report = value?.report ?? null;
  return (
    <PageSection
      title={`Compared with the EHR: ${clinic.name}`}
      action={
        <Button variant="default" loading={action.isBusy} onClick={() => void compare()}>
          Compare now
        </Button>
      }
    >
      <FailureNote failure={failure ?? action.failure} />
      {isAsked && <Text size="sm">The comparison was asked for; its report appears here.</Text>}
      {value?.failure && (
        <Text size="sm">
          The attempt at {moment(value.failure.at)} has no report: {value.failure.code}.
        </Text>
      )}
      {value && !report && <Nothing>This day has not been compared yet.</Nothing>}
      {report && <Text size="sm">{summaryOf(report)}</Text>}
      {report && report.rows.length > 0 && <DriftTable report={report} zone={clinic.zone} />}
    </PageSection>
  );
}
