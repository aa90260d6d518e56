/** What a person can do with a board, as functions that submit commands and say what they did. */

import type { BoardClient } from '@workflow-bolt/client';
import { SubmitRefused } from '@workflow-bolt/client';
import type { Command, CommandOf, Visit, VisitStatus } from '@workflow-bolt/contracts';
import { type NextAction, nextActions, statusInfo } from '@workflow-bolt/domain';
import { useBoardClient } from '@workflow-bolt/react';
import { useMemo } from 'react';
import { clockTime } from '../format/clock.ts';
import { namesakesAtCheckIn } from '../model/check-in.ts';
import { type Entities, findDay, findVisit, patientName } from '../model/entities.ts';
import { type BoardUi, type DialogRequest, useBoardUi } from './board-ui.ts';
import { hideUndoToast, showNotice, showUndoToast } from './undo-toast.tsx';

export type BoardActions = {
  /** Takes a step, or asks first for what it still needs. */
  take: (action: NextAction) => void;
  /** Takes the check-ins of one patient, each a step of its own; asks first when someone shares the name. */
  checkInAll: (arrivals: readonly NextAction[]) => void;
  /** Sends moves as they are, each with its own outcome and its own undo. */
  move: (steps: readonly CommandOf<'moveVisit'>[]) => void;
  /** Sends a command; `said` is what the toast says, and offers to undo. */
  send: (command: Command, said?: string) => void;
  takePrimary: (visitId: string) => void;
  undo: (visitId: string) => void;
  togglePin: (visitId: string) => void;
  toggleCheckIn: (visitId: string) => void;
};

/** The first thing a step still needs decides which question is asked. */
function missingPart(action: NextAction): DialogRequest | null {
  const { visitId, to } = action.command;
  const [need] = action.needs;
  if (need === 'provider') return { kind: 'provider', visitId, followedBy: to };
  if (need === 'room') return { kind: 'room-for-move', visitId, to };
  return need === undefined ? null : { kind: 'reason', visitId, to };
}

/** A check-in is somebody's: with a namesake on the board, it waits for the date of birth. */
function questionFor(entities: Entities, actions: readonly NextAction[]): DialogRequest | null {
  const [first] = actions;
  if (!first) return null;
  const missing = missingPart(first);
  if (missing || !actions.some((each) => namesakesAtCheckIn(entities, each).length > 0)) return missing;
  return { kind: 'same-name', visitId: first.command.visitId, steps: actions.map(({ command }) => command) };
}

export const movedWords = (name: string, to: VisitStatus): string => `${name} → ${statusInfo[to].label}`;

/** A step the server refused is explained by the attention list; this is one that was not taken on at all. */
function sayRefusal(cause: unknown): void {
  if (!(cause instanceof SubmitRefused) || cause.reason === 'cancelled' || cause.reason === 'stopped') return;
  showNotice('Nothing was changed', cause.message, 'red');
}

/** The toast comes with the optimistic step and goes when the step turns out not to have happened. */
async function sendAndSay(client: BoardClient, command: Command, said: string | undefined): Promise<void> {
  const visitId = 'visitId' in command ? command.visitId : null;
  const step = client.submit(command);
  const { settled } = step;
  let isRefused = false;
  const ended = settled.then(
    ({ outcome }) => {
      isRefused = outcome === 'rejected' || outcome === 'conflict';
    },
    (cause: unknown) => {
      isRefused = true;
      sayRefusal(cause);
    },
  );
  // A step that is refused at once rejects before the next task; it gets no toast at all.
  await new Promise((resolve) => setTimeout(resolve));
  if (!said || visitId === null || isRefused) return;
  // The toast speaks of this step: somebody's later one must not be taken back in its place.
  showUndoToast(said, visitId, () => void client.undoStep(visitId, step).catch(sayRefusal));
  await ended;
  if (isRefused) hideUndoToast(visitId);
}

/** Several steps on one patient are told apart by the time of their visits. */
function saidOf(entities: Entities, { visitId, to }: CommandOf<'moveVisit'>, isOneOfMany: boolean): string {
  const name = patientName(entities, visitId);
  const startAt = findVisit(entities, visitId)?.startAt ?? null;
  const zone = findDay(entities)?.zone;
  const isTimed = isOneOfMany && startAt !== null && zone !== undefined;
  return movedWords(isTimed ? `${name}, ${clockTime(zone, startAt)}` : name, to);
}

type Ui = Pick<BoardUi, 'actor' | 'openDialog'>;

function makeActions(client: BoardClient, ui: Ui): BoardActions {
  const entities = () => client.getSnapshot().entities;
  const visitOf = (visitId: string): Visit | null => findVisit(entities(), visitId);
  const send: BoardActions['send'] = (command, said) => void sendAndSay(client, command, said);
  const takeAll = (steps: readonly NextAction[]) => {
    const question = questionFor(entities(), steps);
    if (question) ui.openDialog(question);
    else actions.move(steps.map(({ command }) => command));
  };
  const actions: BoardActions = {
    send,
    take: (action) => takeAll([action]),
    checkInAll: (arrivals) => takeAll(arrivals),
    move(steps) {
      for (const step of steps) send(step, saidOf(entities(), step, steps.length > 1));
    },
    takePrimary(visitId) {
      const visit = visitOf(visitId);
      const day = findDay(entities());
      if (!visit || !day) return;
      const [first] = nextActions(visit, { role: ui.actor.role, day, now: client.nowMs() });
      if (first?.isPrimary) actions.take(first);
    },
    undo: (visitId) => void client.undo(visitId).catch(sayRefusal),
    togglePin(visitId) {
      const visit = visitOf(visitId);
      if (visit) send({ type: 'setPinned', visitId, isPinned: !visit.isPinned });
    },
    toggleCheckIn(visitId) {
      const visit = visitOf(visitId);
      if (!visit) return;
      const isCompleted = visit.milestones.checkInCompletedAt === undefined;
      send({ type: 'setCheckInCompleted', visitId, isCompleted });
    },
  };
  return actions;
}

/** Stable for the life of a board screen, so that cards are not drawn again because of it. */
export function useBoardActions(): BoardActions {
  const client = useBoardClient();
  const { openDialog, actor } = useBoardUi();
  return useMemo(() => makeActions(client, { openDialog, actor }), [client, openDialog, actor]);
}
