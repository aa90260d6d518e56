import type { ReactNode } from 'react';
import hidden from '../app/sr-only.module.css';
import classes from './column-view.module.css';

type Props = {
  id: string;
  title: string;
  /** A Mantine colour name. */
  color: string;
  count: number;
  emptyText: string;
  children: ReactNode;
};

/** One column of the board: a named region with its count and its cards. */
export function ColumnView({ id, title, color, count, emptyText, children }: Props) {
  return (
    <section className={classes.column} id={`column-${id}`} aria-label={title} data-column={id}>
      <header className={classes.head} style={{ borderTopColor: `var(--mantine-color-${color}-6)` }}>
        <h2 className={classes.title}>{title}</h2>
        <span className={classes.count}>
          {count}
          <span className={hidden.srOnly}> {count === 1 ? 'patient' : 'patients'}</span>
        </span>
      </header>
      {count === 0 ? (
        <p className={classes.empty}>{emptyText}</p>
      ) : (
        <ol className={classes.list}>{children}</ol>
      )}
    </section>
  );
}
