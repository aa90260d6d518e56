import { Drawer } from '@mantine/core';
import type { Actor } from '@workflow-bolt/contracts';
import { useBoard } from '@workflow-bolt/react';
import { useMemo, useState } from 'react';
import { AttentionStack } from '../attention/attention-stack.tsx';
import { BoardDialogs } from '../dialogs/board-dialogs.tsx';
import { VisitHistoryPanel } from '../history/visit-history-panel.tsx';
import { type BoardFilter, noFilter } from '../model/board-columns.ts';
import { RoomsRail } from '../rooms/rooms-rail.tsx';
import { LinkedVisit } from '../search/linked-visit.tsx';
import { BoardBanners } from './board-banners.tsx';
import { BoardColumnsView } from './board-columns-view.tsx';
import { BoardHeader } from './board-header.tsx';
import classes from './board-screen.module.css';
import { BoardSkeleton } from './board-skeleton.tsx';
import { BoardToolbar } from './board-toolbar.tsx';
import {
  type BoardUi,
  BoardUiContext,
  type DialogRequest,
  type PanelRequest,
  useBoardUi,
} from './board-ui.ts';
import { ClosedBar, ClosedPanel } from './closed-panel.tsx';

function Panels() {
  const { panel, openPanel } = useBoardUi();
  const close = () => openPanel(null);
  if (panel?.kind === 'history') return <VisitHistoryPanel visitId={panel.visitId} close={close} />;
  if (panel?.kind === 'closed') return <ClosedPanel close={close} />;
  if (panel?.kind !== 'rooms') return null;
  return (
    <Drawer opened onClose={close} position="right" size="md" title="Rooms">
      <RoomsRail layout="list" />
    </Drawer>
  );
}

function Board() {
  const isLoaded = useBoard(({ day }) => day !== null);
  if (!isLoaded) return <BoardSkeleton />;
  return (
    <>
      <BoardToolbar />
      <BoardColumnsView />
      <ClosedBar />
      <Panels />
      <BoardDialogs />
      <LinkedVisit />
    </>
  );
}

function useUi(actor: Actor): BoardUi {
  const [filter, setFilter] = useState<BoardFilter>(noFilter);
  const [dialog, openDialog] = useState<DialogRequest | null>(null);
  const [panel, openPanel] = useState<PanelRequest | null>(null);
  return useMemo(
    () => ({ actor, filter, setFilter, dialog, openDialog, panel, openPanel }),
    [actor, filter, dialog, panel],
  );
}

/** The staff board: header, notices, numbers, rooms, columns. */
export function BoardScreen({ actor }: { actor: Actor }) {
  const ui = useUi(actor);
  return (
    <BoardUiContext value={ui}>
      <div className={`${classes.screen} print-whole`}>
        <BoardHeader />
        <BoardBanners />
        <main className={`${classes.main} print-whole`} aria-label="Board">
          <Board />
        </main>
        <AttentionStack />
      </div>
    </BoardUiContext>
  );
}
