import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useAttention, useBoardClient } from '@workflow-bolt/react';
import { useEntities } from '../board/board-parts.ts';
import { findDay } from '../model/entities.ts';
import classes from './attention-stack.module.css';
import { attentionWords } from './attention-words.ts';

/** More than this are counted, not shown: the screen must stay usable. */
const shownMax = 4;

/** Steps that did not go through, until somebody has decided about each. */
export function AttentionStack() {
  const { items } = useAttention();
  const entities = useEntities();
  const client = useBoardClient();
  const day = findDay(entities);
  return (
    <section className={classes.stack} aria-label="Steps that need attention" aria-live="assertive">
      {items.slice(0, shownMax).map((item) => {
        const { title, why, now, canRetry } = attentionWords(item, day, entities);
        return (
          <article className={classes.item} key={item.commandId} aria-label={title}>
            <IconAlertTriangle size={22} aria-hidden />
            <div>
              <p className={classes.title}>{title}</p>
              <p className={classes.why}>{why}</p>
              {now && <p className={classes.why}>{now}</p>}
              <div className={classes.buttons}>
                {canRetry && (
                  <Button
                    size="compact-md"
                    variant="default"
                    onClick={() => void client.retry(item.commandId)}
                  >
                    Do it anyway
                  </Button>
                )}
                <Button size="compact-md" variant="light" onClick={() => void client.dismiss(item.commandId)}>
                  {item.problem.kind === 'confirm' ? 'Discard' : 'OK'}
                </Button>
              </div>
            </div>
          </article>
        );
      })}
      {items.length > shownMax && <p className={classes.more}>and {items.length - shownMax} more</p>}
    </section>
  );
}
