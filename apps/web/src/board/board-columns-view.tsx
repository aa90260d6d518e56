import { Button } from '@mantine/core';
import { useBoardClient } from '@workflow-bolt/react';
import { useMemo, useRef, useState } from 'react';
import { VisitCard } from '../card/visit-card.tsx';
import { type BoardColumn, boardColumns } from '../model/board-columns.ts';
import { findDay, findVisit } from '../model/entities.ts';
import { useBoardActions } from './board-actions.ts';
import classes from './board-columns-view.module.css';
import { type CardShortcut, isShortcutOffered, useBoardKeyboard, useKeptFocus } from './board-keyboard.ts';
import { useEntities } from './board-parts.ts';
import { useBoardUi } from './board-ui.ts';
import { ColumnTabs } from './column-tabs.tsx';
import { ColumnView } from './column-view.tsx';
import { statusColor } from './status-look.ts';
import { useMinute } from './use-timed.ts';

function useColumns(): BoardColumn[] {
  const entities = useEntities();
  const now = useMinute();
  const { filter } = useBoardUi();
  const day = findDay(entities);
  return useMemo(() => (day ? boardColumns(entities, day, now, filter) : []), [entities, day, now, filter]);
}

function useShortcuts(): (visitId: string, shortcut: CardShortcut) => void {
  const { actor, openDialog, openPanel } = useBoardUi();
  const actions = useBoardActions();
  const client = useBoardClient();
  return (visitId, shortcut) => {
    const visit = findVisit(client.getSnapshot().entities, visitId);
    if (!visit || !isShortcutOffered(shortcut, visit, actor.role)) return;
    const perform: Record<CardShortcut, () => void> = {
      next: () => actions.takePrimary(visitId),
      room: () => openDialog({ kind: 'room', visitId, purpose: 'assign' }),
      provider: () => openDialog({ kind: 'provider', visitId, followedBy: null }),
      time: () => openDialog({ kind: 'time', visitId }),
      note: () => openDialog({ kind: 'note', visitId }),
      history: () => openPanel({ kind: 'history', visitId }),
      pin: () => actions.togglePin(visitId),
      undo: () => actions.undo(visitId),
      menu: () => {},
    };
    perform[shortcut]();
  };
}

/** More cards than this are drawn on demand: nobody reads the hundredth, and every one costs time. */
const cardsAtFirst = 60;

function CardList({ visitIds }: { visitIds: readonly string[] }) {
  const [shown, setShown] = useState(cardsAtFirst);
  const hidden = visitIds.length - shown;
  return (
    <>
      {visitIds.slice(0, shown).map((visitId) => (
        <li key={visitId}>
          <VisitCard visitId={visitId} />
        </li>
      ))}
      {hidden > 0 && (
        <li>
          <Button variant="default" fullWidth onClick={() => setShown(shown + 100)}>
            Show {Math.min(hidden, 100)} more
          </Button>
        </li>
      )}
    </>
  );
}

/** The open part of the day, column by column. */
export function BoardColumnsView() {
  const columns = useColumns();
  const scroller = useRef<HTMLDivElement>(null);
  const { filter } = useBoardUi();
  useBoardKeyboard(scroller, useShortcuts());
  useKeptFocus(scroller);
  const isFiltered = filter.text !== '' || filter.providerIds.length > 0;
  return (
    <>
      <ColumnTabs
        scroller={scroller}
        tabs={columns.map(({ id, title, visitIds, hasAlarm }) => ({
          id,
          title,
          count: visitIds.length,
          hasAlarm,
        }))}
      />
      <div className={classes.columns} ref={scroller}>
        {columns.map((column) => (
          <ColumnView
            key={column.id}
            id={column.id}
            title={column.title}
            color={statusColor[column.statuses[0] ?? 'scheduled']}
            count={column.visitIds.length}
            emptyText={isFiltered ? 'Nobody here matches the filter.' : column.emptyText}
          >
            <CardList visitIds={column.visitIds} />
          </ColumnView>
        ))}
      </div>
    </>
  );
}
