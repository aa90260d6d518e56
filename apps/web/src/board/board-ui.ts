/** What one screen shows beside the board itself: its filter, the open dialog, and who sits here. */
import type { Actor, CommandOf, VisitStatus } from '@workflow-bolt/contracts';
import { createContext, useContext } from 'react';
import type { BoardFilter } from '../model/board-columns.ts';

/** Each open dialog with what it is about. One at a time: a second question would hide the first. */
export type DialogRequest =
  | { kind: 'reason'; visitId: string; to: VisitStatus }
  | { kind: 'room'; visitId: string; purpose: 'assign' | 'reserve' }
  /** Rooming asks for the room in the same step. */
  | { kind: 'room-for-move'; visitId: string; to: VisitStatus }
  | { kind: 'provider'; visitId: string; followedBy: VisitStatus | null }
  | { kind: 'visit-type'; visitId: string }
  | { kind: 'time'; visitId: string }
  | { kind: 'note'; visitId: string }
  | { kind: 'step-out'; visitId: string }
  | { kind: 'person'; visitId: string }
  | { kind: 'break-glass'; visitId: string }
  /** Check-ins that wait until it is sure whose they are. */
  | { kind: 'same-name'; visitId: string; steps: readonly CommandOf<'moveVisit'>[] }
  | { kind: 'new-visit' }
  | { kind: 'room-service'; roomId: string }
  | { kind: 'reserve-for-room'; roomId: string }
  | { kind: 'import' }
  /** `text` is what stands in the search of this day. */
  | { kind: 'find'; text: string }
  | { kind: 'close-day' }
  | { kind: 'shortcuts' }
  /** Signing out forgets this person on this device, with what was not sent. */
  | { kind: 'sign-out'; unsent: number };

export type PanelRequest = { kind: 'history'; visitId: string } | { kind: 'closed' } | { kind: 'rooms' };

export type BoardUi = {
  actor: Actor;
  filter: BoardFilter;
  setFilter: (filter: BoardFilter) => void;
  dialog: DialogRequest | null;
  openDialog: (request: DialogRequest | null) => void;
  panel: PanelRequest | null;
  openPanel: (request: PanelRequest | null) => void;
};

export const BoardUiContext = createContext<BoardUi | null>(null);

/** Throws outside a board screen. */
export function useBoardUi(): BoardUi {
  const ui = useContext(BoardUiContext);
  if (!ui) throw new Error('useBoardUi needs a board screen around it');
  return ui;
}
