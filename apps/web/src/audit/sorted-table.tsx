import type { ReactNode } from 'react';
import classes from './audit.module.css';

export type Order = 'asc' | 'desc';
export type Column<K extends string, R> = {
  key: K;
  label: string;
  show: (row: R) => ReactNode;
};
type Props<K extends string, R> = {
  caption: string;
  columns: readonly Column<K, R>[];
  rows: readonly R[];
  idOf: (row: R) => string;
  sort: K;
  order: Order;
  onSort: (sort: K, order: Order) => void;
};

const ariaSort = { asc: 'ascending', desc: 'descending' } as const;
const arrow = { asc: ' ↑', desc: ' ↓' } as const;

/** A table whose every head puts it in that order, and once more the other way. */
export function SortedTable<K extends string, R>(props: Props<K, R>) {
  const { caption, columns, rows, idOf, sort, order, onSort } = props;
  const next = (key: K): Order => (key === sort && order === 'asc' ? 'desc' : 'asc');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard too.
    <section className={classes.scroll} aria-label={caption} tabIndex={0}>
      <table className={classes.table}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ key, label }) => (
              <th key={key} scope="col" aria-sort={key === sort ? ariaSort[order] : 'none'}>
                <button type="button" className={classes.head} onClick={() => onSort(key, next(key))}>
                  {label}
                  <span aria-hidden>{key === sort ? arrow[order] : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={idOf(row)}>
              {columns.map(({ key, show }) => (
                <td key={key}>{show(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type Value = string | number | boolean | null | undefined;
const compare = (a: Value, b: Value): number => {
  const [x, y] = [a ?? '', b ?? ''];
  return x < y ? -1 : x > y ? 1 : 0;
};

/** Rows by one of their own fields. */
export function sortedBy<R extends Record<string, unknown>>(
  rows: readonly R[],
  sort: keyof R,
  order: Order,
): R[] {
  const sign = order === 'asc' ? 1 : -1;
  return rows.toSorted((a, b) => sign * compare(a[sort] as Value, b[sort] as Value));
}
