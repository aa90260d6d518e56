import type { DayReport, ReportRow } from '@workflow-bolt/contracts';
import { statusInfo } from '@workflow-bolt/domain';
import classes from './report-page.module.css';

type Numbers = DayReport['numbers'];

const minutes = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? '–' : String(Math.round(ms / 60_000));
const percent = (value: number | null): string => (value === null ? '–' : `${Math.round(value)} %`);

const intervals = [
  ['lobbyAdjusted', 'Lobby'],
  ['inRoomWait', 'Wait in the room'],
  ['doorToProvider', 'Door to provider'],
  ['provider', 'With the provider'],
  ['cycle', 'Whole visit'],
] as const;

/** How many came, and how long they waited: minutes of what is finished. */
export function ReportNumbers({ numbers }: { numbers: Numbers }) {
  const facts: [string, string][] = [
    ['Visits', String(numbers.total)],
    ['Arrived', String(numbers.arrived)],
    ['Checked out', String(numbers.counts.completed)],
    ['Left without being seen', `${numbers.leftWithoutBeingSeen} (${percent(numbers.lwbsPercent)})`],
    ['No-show', `${numbers.counts['no-show']} (${percent(numbers.noShowPercent)})`],
    ['On time', percent(numbers.onTimePercent)],
  ];
  return (
    <>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <IntervalTable numbers={numbers} />
    </>
  );
}

function IntervalTable({ numbers }: { numbers: Numbers }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways on a phone must be reachable by keyboard.
    <section className={classes.scroll} aria-label="Table of times" tabIndex={0}>
      <table className={classes.table}>
        <caption>Minutes, of what is finished</caption>
        <thead>
          <tr>
            <td />
            {['Visits', 'Mean', 'Median', '90 % within'].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {intervals.map(([name, label]) => (
            <IntervalRow key={name} label={label} finished={numbers.intervals[name]?.finished} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

type Finished = Numbers['intervals'][string]['finished'];

function IntervalRow({ label, finished }: { label: string; finished: Finished | undefined }) {
  if (!finished) return null;
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>{finished.count}</td>
      <td>{minutes(finished.meanMs)}</td>
      <td>{minutes(finished.medianMs)}</td>
      <td>{minutes(finished.p90Ms)}</td>
    </tr>
  );
}

const heads: readonly [keyof ReportRow, string][] = [
  ['visit', 'Visit'],
  ['status', 'Status'],
  ['provider', 'Provider'],
  ['booked', 'Booked'],
  ['arrived', 'Arrived'],
  ['roomed', 'Roomed'],
  ['withDoctor', 'With doctor'],
  ['seen', 'Seen'],
  ['ended', 'Ended'],
  ['lobbyMin', 'Lobby (min)'],
  ['totalMin', 'Total (min)'],
];

/** Enough of an id to tell the visits of a day apart; the whole of it is in the files, and under the pointer. */
const idShown = 8;

function cell(row: ReportRow, name: keyof ReportRow): string | number {
  if (name === 'visit') return row.visit.slice(0, idShown);
  return name === 'status' ? statusInfo[row.status].label : (row[name] ?? '–');
}

/** One line for each visit, in the order of the day. */
export function ReportRows({ visits }: { visits: readonly ReportRow[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways on a phone must be reachable by keyboard.
    <section className={classes.scroll} aria-label="Table of visits" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            {heads.map(([name, label]) => (
              <th key={name} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {visits.map((row) => (
            <tr key={row.visit}>
              {heads.map(([name]) => (
                <td key={name} title={name === 'visit' ? row.visit : undefined}>
                  {cell(row, name)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
