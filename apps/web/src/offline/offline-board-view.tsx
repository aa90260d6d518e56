import { Button, Table, Title } from '@mantine/core';
import type { OfflineBoard, OfflineRow } from '@workflow-bolt/contracts';
import { localTime, statusInfo } from '@workflow-bolt/domain';
import { useEffect, useState } from 'react';
import { dataAge } from '../format/duration.ts';
import { StatusBanner } from '../header/status-banner.tsx';
import classes from './offline-board-view.module.css';

function useWallClock(stepMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), stepMs);
    return () => clearInterval(timer);
  }, [stepMs]);
  return now;
}

const headings = ['Time', 'Name', 'Step', 'Since', 'Room', 'Provider', 'Arrived'];

function cellsOf(row: OfflineRow, zone: string): string[] {
  const clock = (at: number | null) => (at === null ? '' : localTime(zone, at));
  const { status, statusSince, name, room, provider } = row;
  return [
    ...[row.startAt === null ? 'walk-in' : clock(row.startAt), name, statusInfo[status].label],
    ...[clock(statusSince), room ?? '', provider ?? '', clock(row.arrivedAt)],
  ];
}

/** The last known board while no server answers: to be read, with its age, and not to be worked on. */
export function OfflineBoardView({ board, onAgain }: { board: OfflineBoard; onAgain: () => void }) {
  const now = useWallClock(1_000);
  const { clinicName, date, zone, asOf, rows } = board;
  useEffect(() => {
    document.title = 'Not live · Clinic board';
  }, []);
  return (
    <main className={classes.page} aria-label="Last known board">
      <StatusBanner
        tone="amber"
        title={`Not live: the board as of ${localTime(zone, asOf)}, ${dataAge(now - asOf)} old.`}
        detail="The server does not answer. What happened since is not here, and nothing can be changed."
      >
        <Button size="compact-md" variant="default" onClick={onAgain}>
          Try again
        </Button>
      </StatusBanner>
      <Title order={1} size="h3">
        {clinicName}, {date}
      </Title>
      <Table striped captionSide="top">
        <Table.Thead>
          <Table.Tr>
            {headings.map((heading) => (
              <Table.Th key={heading} scope="col">
                {heading}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={`${row.startAt} ${row.arrivedAt} ${row.name} ${row.statusSince}`}>
              {cellsOf(row, zone).map((cell, i) => (
                <Table.Td key={headings[i]}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </main>
  );
}
