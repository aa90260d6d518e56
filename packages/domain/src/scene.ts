import type {
  BoardEvent,
  CommandType,
  Day,
  EventContext,
  Person,
  ProblemCode,
  Refusal,
  Room,
  Visit,
} from '@workflow-bolt/contracts';
import type { BoardView, Decision, DecisionContext } from './board.ts';
import { overlay } from './board-state.ts';
import { localDate } from './clinic-time.ts';
import { foldEvents } from './evolve.ts';
import { isClosed, isHidden, isInOffice } from './status-info.ts';

/** What a rule sees while it decides: the board, its settings, and who asks. */
export type Scene = { view: BoardView; ctx: DecisionContext; day: Day };

export const accept = (events: BoardEvent[]): Decision => ({ ok: true, events });

/** `details` names what a person needs to act; never patient data. */
export function refuse(code: ProblemCode, details: Record<string, unknown> = {}): Decision {
  return { ok: false, refusal: refusal(code, details) };
}

export function refusal(code: ProblemCode, details: Record<string, unknown> = {}): Refusal {
  return Object.keys(details).length > 0 ? { code, details } : { code };
}

export const nothingToChange = (details: Record<string, unknown> = {}): Decision =>
  refuse('nothing_to_change', details);

export function findVisit(view: BoardView, id: string): Visit | null {
  const entity = view.get(`v:${id}`)?.d;
  return entity?.type === 'visit' ? entity : null;
}

export function findPerson(view: BoardView, visitId: string): Person | null {
  const entity = view.get(`p:${visitId}`)?.d;
  return entity?.type === 'person' ? entity : null;
}

export function findRoom(view: BoardView, id: string): Room | null {
  const entity = view.get(`r:${id}`)?.d;
  return entity?.type === 'room' ? entity : null;
}

export function findDay(view: BoardView): Day | null {
  const entity = view.get('day')?.d;
  return entity?.type === 'day' ? entity : null;
}

export const isToday = ({ ctx, day }: Scene): boolean => localDate(day.zone, ctx.now) === day.date;

/** Null when the patient is in the clinic, else why the command does not apply. */
export function notInOffice(visit: Visit): Refusal | null {
  if (isInOffice(visit.status)) return null;
  return refusal(isClosed(visit.status) || isHidden(visit.status) ? 'visit_closed' : 'visit_not_in_office', {
    visitStatus: visit.status,
  });
}

export function isKnownProvider(day: Day, id: string | null | undefined): boolean {
  return id === null || id === undefined || day.providers.some((each) => each.id === id);
}

export function isKnownVisitType(day: Day, id: string | null | undefined): boolean {
  return id === null || id === undefined || day.visitTypes.some((each) => each.id === id);
}

/** The scene after events already decided, for a rule that goes on from there. */
export function sceneAfter(scene: Scene, events: readonly BoardEvent[], command: CommandType): Scene {
  const { commandId, now, actor, source } = scene.ctx;
  const context: EventContext = { commandId, command, at: now, actor, source };
  return { ...scene, view: overlay(scene.view, foldEvents(scene.view, events, context)) };
}
