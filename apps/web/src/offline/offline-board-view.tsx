import { Button, Table, Title } from '@mantine/core';
import type { OfflineBoard, OfflineRow } from '@workflow-bolt/contracts';
import { localTime, statusInfo } from '@workflow-bolt/domain';
import { useCallback, useEffect } from 'react';
import { dataAge } from '../format/duration.ts';
import { useWallClock } from '../format/use-wall-clock.ts';
import { StatusBanner } from '../header/status-banner.tsx';
import { StillThere, warnMs } from '../lock/still-there.tsx';
import classes from './offline-board-view.module.css';
import { useAwayEnd } from './use-away-end.ts';
import type { KeptBoard } from './use-offline-board.ts';

const headings = ['Time', 'Name', 'Step', 'Since', 'Room', 'Provider', 'Arrived'];

function cellsOf(row: OfflineRow, zone: string): string[] {
  const clock = (at: number | null) => (at === null ? '' : localTime(zone, at));
  const { status, statusSince, name, room, provider } = row;
  return [
    ...[row.startAt === null ? 'walk-in' : clock(row.startAt), name, statusInfo[status].label],
    ...[clock(statusSince), room ?? '', provider ?? '', clock(row.arrivedAt)],
  ];
}

type Props = {
  kept: KeptBoard;
  onAgain: () => void;
  onLock: (why: 'person' | 'idle') => void;
};

/** The last known board while no server answers, for as long as whoever reads it is there. */
export function OfflineBoardView({ kept, onAgain, onLock }: Props) {
  const { leftMs, canGoOn, goOn } = useAwayEnd(
    kept,
    useCallback(() => onLock('idle'), [onLock]),
  );
  useEffect(() => {
    document.title = 'Not live · Clinic board';
  }, []);
  if (leftMs === 0) return null;
  const lock = () => onLock('person');
  return (
    <main className={classes.page} aria-label="Last known board">
      <Banner asOf={kept.board.asOf} zone={kept.board.zone} onAgain={onAgain} onLock={lock} />
      <Title order={1} size="h3">
        {kept.board.clinicName}, {kept.board.date}
      </Title>
      <RowsTable board={kept.board} />
      {canGoOn && leftMs <= warnMs && <StillThere {...{ leftMs }} onStay={goOn} onLock={lock} />}
    </main>
  );
}

type BannerProps = { asOf: number; zone: string; onAgain: () => void; onLock: () => void };

/** To be read, with its age, and not to be worked on. */
function Banner({ asOf, zone, onAgain, onLock }: BannerProps) {
  const now = useWallClock(1_000);
  return (
    <StatusBanner
      tone="amber"
      title={`Not live: the board as of ${localTime(zone, asOf)}, ${dataAge(now - asOf)} old.`}
      detail="The server does not answer. What happened since is not here, and nothing can be changed."
    >
      <Button size="compact-md" variant="default" onClick={onAgain}>
        Try again
      </Button>
      <Button size="compact-md" variant="default" onClick={onLock}>
        Lock
      </Button>
    </StatusBanner>
  );
}

function RowsTable({ board: { rows, zone } }: { board: OfflineBoard }) {
  return (
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
  );
}
