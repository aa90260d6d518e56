import { Badge, Button, Drawer, Tabs } from '@mantine/core';
import { statusInfo } from '@workflow-bolt/domain';
import { useState } from 'react';
import { VisitCard } from '../card/visit-card.tsx';
import { type ClosedStatus, closedLists, closedStatuses } from '../model/board-columns.ts';
import { findDay } from '../model/entities.ts';
import { useEntities } from './board-parts.ts';
import { useBoardUi } from './board-ui.ts';
import classes from './closed-panel.module.css';

/** How many closed visits are drawn at first; the rest comes on demand. */
const shownAtFirst = 40;

function ClosedList({ visitIds }: { visitIds: readonly string[] }) {
  const [shown, setShown] = useState(shownAtFirst);
  if (visitIds.length === 0) return <p className={classes.empty}>Nobody here.</p>;
  return (
    <>
      <ol className={classes.list}>
        {visitIds.slice(0, shown).map((visitId) => (
          <li key={visitId}>
            <VisitCard visitId={visitId} />
          </li>
        ))}
      </ol>
      {visitIds.length > shown && (
        <Button variant="default" fullWidth mt="sm" onClick={() => setShown(shown + 100)}>
          Show {Math.min(100, visitIds.length - shown)} more
        </Button>
      )}
    </>
  );
}

function useClosedLists(): Record<ClosedStatus, string[]> | null {
  const entities = useEntities();
  const { filter } = useBoardUi();
  const day = findDay(entities);
  return day && closedLists(entities, day, filter);
}

/** Visits that are over, by how they ended; from here they can be reopened or checked in again. */
export function ClosedPanel({ close }: { close: () => void }) {
  const lists = useClosedLists();
  if (!lists) return null;
  return (
    <Drawer opened onClose={close} position="right" size="lg" title="Finished today">
      <Tabs defaultValue="completed" keepMounted={false}>
        <Tabs.List mb="sm">
          {closedStatuses.map((status) => (
            <Tabs.Tab
              key={status}
              value={status}
              px={9}
              rightSection={
                <Badge size="sm" variant="light" color="gray" circle={lists[status].length < 10}>
                  {lists[status].length}
                </Badge>
              }
            >
              {statusInfo[status].label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {closedStatuses.map((status) => (
          <Tabs.Panel key={status} value={status}>
            <ClosedList visitIds={lists[status]} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Drawer>
  );
}

/** The bar at the foot of the board that says how many visits are over and opens them. */
export function ClosedBar() {
  const lists = useClosedLists();
  const { openPanel } = useBoardUi();
  if (!lists) return null;
  const total = closedStatuses.reduce((sum, status) => sum + lists[status].length, 0);
  return (
    <button type="button" className={classes.bar} onClick={() => openPanel({ kind: 'closed' })}>
      <strong>Finished today: {total}</strong>
      {closedStatuses.map((status) => (
        <span key={status} className={classes.part}>
          {statusInfo[status].label} {lists[status].length}
        </span>
      ))}
    </button>
  );
}
