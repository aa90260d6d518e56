/**
 * The end of a clinic's day: `open → closing → closed`, and back.
 *
 * `closing` takes no new visit. A visit that nobody has seen yet can therefore not slip in between the list a person
 * read and the moment the day closes: every visit there is belongs to what `closeDay` was decided on.
 */
import type { BoardEvent, CommandOf, Day, Refusal, Visit } from '@workflow-bolt/contracts';
import { isNoShowProposed } from './alarms.ts';
import type { BoardView, Decision } from './board.ts';
import { localDate } from './clinic-time.ts';
import { decideMove } from './move-visit.ts';
import { accept, findVisit, nothingToChange, refusal, refuse, type Scene } from './scene.ts';
import { isExpected, isInOffice } from './status-info.ts';

/** Days after its own in which a closed board may be opened again; from then on it is archived as it is. */
export const reopenWindowDays = 7;

export type OpenVisit = {
  visitId: string;
  status: Visit['status'];
  /** `no-show`: may be confirmed as one. `not-due`: booked, but its time has not passed. `present`: is here. */
  kind: 'no-show' | 'not-due' | 'present';
};

function openVisitOf(visit: Visit, day: Day, now: number): OpenVisit | null {
  const { id: visitId, status } = visit;
  if (isInOffice(status)) return { visitId, status, kind: 'present' };
  if (!isExpected(status)) return null;
  return { visitId, status, kind: isNoShowProposed(visit, day, now) ? 'no-show' : 'not-due' };
}

/** Every visit of the board, each reached through `get` so that it belongs to what was decided on. */
function visitsOf(view: BoardView): Visit[] {
  const ids: string[] = [];
  for (const [, { d }] of view.entries()) if (d.type === 'visit') ids.push(d.id);
  return ids.flatMap((id) => findVisit(view, id) ?? []);
}

/** What stands between the board and its end at `now` (epoch ms), in order of their ids. */
export function openVisitsOf(view: BoardView, day: Day, now: number): OpenVisit[] {
  const open = visitsOf(view).flatMap((visit) => openVisitOf(visit, day, now) ?? []);
  return open.sort((a, b) => (a.visitId < b.visitId ? -1 : 1));
}

/** Refused before the board's own day has begun: there is nothing to close yet. */
export function decideStartClose({ ctx, day }: Scene): Decision {
  if (day.state === 'closing') return nothingToChange();
  if (localDate(day.zone, ctx.now) < day.date) return refuse('not_todays_board', { date: day.date });
  return accept([{ type: 'day.closing-started' }]);
}

type NoShows = { ok: true; events: BoardEvent[] } | { ok: false; refusal: Refusal };

/** Each visit the person confirmed, through the same rules as a single no-show; the first refusal refuses all. */
function noShowEvents(scene: Scene, visitIds: readonly string[]): NoShows {
  const events: BoardEvent[] = [];
  for (const visitId of visitIds) {
    const decision = decideMove(scene, { type: 'moveVisit', visitId, to: 'no-show' });
    if (!decision.ok) {
      const { code, details } = decision.refusal;
      return { ok: false, refusal: refusal(code, { ...details, visitId }) };
    }
    events.push(...decision.events);
  }
  return { ok: true, events };
}

/** Closes the day: the confirmed no-shows are recorded, and nobody else may still be open. */
export function decideClose(scene: Scene, { noShows }: CommandOf<'closeDay'>): Decision {
  const { view, ctx, day } = scene;
  if (day.state !== 'closing') return refuse('day_not_closing');
  const confirmed = new Set(noShows);
  if (confirmed.size < noShows.length) return refuse('invalid_request', { field: 'noShows' });
  const open = openVisitsOf(view, day, ctx.now).filter(({ visitId }) => !confirmed.has(visitId));
  if (open.length > 0) return refuse('visits_open', { open });
  const moved = noShowEvents(scene, noShows);
  if (!moved.ok) return moved;
  return accept([...moved.events, { type: 'day.closed', noShows: [...noShows] }]);
}

/** The last clinic-local date on which a board may still be opened again. */
export function lastReopenDate(day: Pick<Day, 'zone' | 'date'>): string {
  const noon = Date.parse(`${day.date}T12:00:00Z`);
  return new Date(noon + reopenWindowDays * 86_400_000).toISOString().slice(0, 10);
}

function reopenRefusal({ ctx, day }: Scene, reason: string | null): Refusal | null {
  if (day.state === 'closing') return null;
  if (ctx.actor.role !== 'manager') return refusal('permission_denied', { required: ['manager'] });
  if (reason === null) return refusal('reason_required');
  const lastDate = lastReopenDate(day);
  return localDate(day.zone, ctx.now) > lastDate ? refusal('reopen_too_late', { lastDate }) : null;
}

/** Back to open: from `closing` by whoever may close, from `closed` by a manager with a reason, for a week. */
export function decideReopen(scene: Scene, command: CommandOf<'reopenDay'>): Decision {
  const { state } = scene.day;
  if (state === 'open') return nothingToChange();
  const reason = command.reason ?? null;
  const refused = reopenRefusal(scene, reason);
  if (refused) return { ok: false, refusal: refused };
  return accept([{ type: 'day.reopened', from: state, reason }]);
}
