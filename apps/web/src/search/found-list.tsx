import type { BoardKey, FoundVisit, PatientSearchResponse } from '@workflow-bolt/contracts';
import { statusInfo } from '@workflow-bolt/domain';
import { boardDay, clockTime } from '../format/clock.ts';
import classes from './found-list.module.css';

type Place = Pick<BoardKey, 'clinic'> & { zone: string };

/** The board of that day, with this visit in view. Opaque ids only: addresses are kept by browsers. */
const addressOf = (clinic: string, { date, visitId }: FoundVisit): string =>
  `/?${new URLSearchParams({ clinic, date, visit: visitId })}`;

function bornWords({ dob, ageBand }: FoundVisit): string | null {
  if (dob !== null) return `born ${dob}`;
  return ageBand === undefined ? null : `aged ${ageBand}`;
}

function FoundRow({ row, clinic, zone }: { row: FoundVisit } & Place) {
  const { date, startAt, status, fullName } = row;
  const when = [boardDay(date), date.slice(0, 4), startAt === null ? null : clockTime(zone, startAt)];
  const details = [bornWords(row), when.filter(Boolean).join(', '), statusInfo[status].label];
  return (
    <li>
      <a className={classes.row} href={addressOf(clinic, row)}>
        <bdi className={classes.name}>{fullName}</bdi>
        <span className={classes.detail}>{details.filter(Boolean).join(' · ')}</span>
      </a>
    </li>
  );
}

/** Whom a search found, each with the way to that day. */
export function FoundList({ found, ...place }: { found: PatientSearchResponse } & Place) {
  const { rows, isCut } = found;
  return (
    <>
      <p className={classes.note} role="status">
        {rows.length === 0 &&
          (isCut ? 'Nobody was found, but not every day could be read.' : 'Nobody was found.')}
        {rows.length > 0 && (isCut ? 'The newest; there are more. Say more of the patient.' : 'Found:')}
      </p>
      <ul className={classes.list} aria-label="Visits found">
        {rows.map((row) => (
          <FoundRow key={`${row.date} ${row.visitId}`} row={row} {...place} />
        ))}
      </ul>
    </>
  );
}
