import { Skeleton } from '@mantine/core';
import classes from './board-skeleton.module.css';

const columns = [4, 3, 2, 2, 1, 2];

/** The shape of the board while its first state is on its way. */
export function BoardSkeleton() {
  return (
    <div className={classes.board} role="status" aria-label="Loading the board">
      {columns.map((cards, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a drawing of columns that never change.
        <div className={classes.column} key={column}>
          <Skeleton height={20} width="55%" />
          {Array.from({ length: cards }, (_, card) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a drawing of cards that never change.
            <Skeleton height={132} radius="md" key={card} />
          ))}
        </div>
      ))}
    </div>
  );
}
