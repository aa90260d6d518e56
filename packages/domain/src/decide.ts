import type { Command, CommandOf, CommandType, Entity, EntityId, Refusal } from '@workflow-bolt/contracts';
import { decideApplyRow } from './apply-schedule-row.ts';
import type { BoardView, Decision, DecisionContext, Versioned } from './board.ts';
import { decideClose, decideReopen, decideStartClose } from './close-day.ts';
import { decideConfigure } from './configure-day.ts';
import { decideCorrectTime } from './correct-time.ts';
import { decideCreate } from './create-visit.ts';
import { decideMove } from './move-visit.ts';
import { decideAbsence } from './note-absence.ts';
import { rolesFor } from './permissions.ts';
import { decideResolve } from './resolve-conflict.ts';
import * as rooms from './room-commands.ts';
import { isSameValue } from './same-value.ts';
import { accept, findDay, nothingToChange, refusal, refuse, type Scene } from './scene.ts';
import { decideUndo } from './undo-last.ts';
import * as visits from './visit-attributes.ts';
import { decideRetryWrite, decideSettleWrite, decideSetWriteBack } from './write-back/settle-write.ts';

type Rule<T extends CommandType> = (scene: Scene, command: CommandOf<T>) => Decision;

function decideReportSync(scene: Scene, command: CommandOf<'reportSync'>): Decision {
  const sync: Entity = { ...command.sync, type: 'sync' };
  if (isSameValue(scene.view.get('sync')?.d, sync)) return nothingToChange();
  return accept([{ type: 'sync.reported', sync }]);
}

const rules: { [T in Exclude<CommandType, 'configureDay'>]: Rule<T> } = {
  createVisit: decideCreate,
  moveVisit: decideMove,
  setCheckInCompleted: visits.decideCheckInCompleted,
  undoLast: decideUndo,
  correctTime: decideCorrectTime,
  assignRoom: rooms.decideAssignRoom,
  reserveRoom: rooms.decideReserve,
  cancelReservation: rooms.decideCancelReservation,
  setProvider: visits.decideSetProvider,
  setVisitType: visits.decideSetVisitType,
  setNote: visits.decideSetNote,
  setPinned: visits.decideSetPinned,
  setFlags: visits.decideSetFlags,
  stepOut: visits.decideStepOut,
  stepBack: visits.decideStepBack,
  updatePerson: visits.decideUpdatePerson,
  resolveConflict: decideResolve,
  markRoomClean: rooms.decideClean,
  deferRoomCleaning: rooms.decideDefer,
  setRoomService: rooms.decideService,
  startDayClose: decideStartClose,
  closeDay: decideClose,
  reopenDay: decideReopen,
  applyScheduleRow: decideApplyRow,
  applyPersonDetails: visits.decideApplyDetails,
  noteAbsence: decideAbsence,
  retryWrite: decideRetryWrite,
  settleWrite: decideSettleWrite,
  setWriteBack: decideSetWriteBack,
  reportSync: decideReportSync,
};

/** The entity whose version `expectedVersion` speaks of. */
export function targetOf(command: Command): EntityId | null {
  if ('visitId' in command) return `v:${command.visitId}`;
  return 'roomId' in command ? `r:${command.roomId}` : null;
}

/** What was decided before the day closed may still be on its way to the EHR, and staff must learn what became of it. */
const afterClose: readonly CommandType[] = ['reopenDay', 'settleWrite', 'setWriteBack', 'retryWrite'];

/** Accepting the EHR's word may move a visit, and a closed day keeps its visits as they are. */
const outlivesDay = (command: Command): boolean =>
  afterClose.includes(command.type) || (command.type === 'resolveConflict' && command.choice !== 'accept');

/** The rules alone: permission and version have been checked. */
function decideByRule(view: BoardView, command: Command, ctx: DecisionContext): Decision {
  if (command.type === 'configureDay') return decideConfigure(view, ctx, command);
  const day = findDay(view);
  if (!day) return refuse('board_not_found');
  if (day.state === 'closed' && !outlivesDay(command)) return refuse('board_closed');
  const rule = rules[command.type] as (scene: Scene, command: Command) => Decision;
  return rule({ view, ctx, day }, command);
}

/** What write-back noted meanwhile is nothing that a person could have waited for. */
const isCurrent = (present: Versioned, expected: number): boolean =>
  expected <= present.v && expected >= steadyVersion(present);

/** The version that a step on this entity names: the oldest that says the same to whoever takes it. */
export const steadyVersion = ({ v, d }: Versioned): number => (d.type === 'visit' ? (d.steadySince ?? v) : v);

/** Someone else changed the entity since; `alreadyThere` when they did just what was asked for. */
function staleness(
  view: BoardView,
  command: Command,
  ctx: DecisionContext,
  expected: number | null | undefined,
): Refusal | null {
  // The day is looked at for its version only by whoever names one: settings are otherwise put in place as they come.
  const isOpening = command.type === 'configureDay' && typeof expected === 'number';
  const id = isOpening ? 'day' : targetOf(command);
  const present = id && view.get(id);
  if (!id || !present || expected === null || expected === undefined || isCurrent(present, expected))
    return null;
  const answer = decideByRule(view, command, ctx);
  const alreadyThere = !answer.ok && answer.refusal.code === 'nothing_to_change';
  return refusal('version_conflict', { entity: id, expected, current: present.v, alreadyThere });
}

/**
 * What a command leads to on this board: events, or the refusal that says why not and what would help.
 *
 * Reads every entity its answer depends on through `view.get`; the caller makes their versions the
 * preconditions of the commit. `expectedVersion` is the version of the visit or room the person was
 * looking at; another one is refused with `version_conflict`. Deciding changes nothing.
 *
 * A command whose effect is already there (a second pull of an unchanged row, the same flag again) is
 * answered by `nothing_to_change`, which is no error: there is simply no event to commit.
 */
export function decide(
  view: BoardView,
  command: Command,
  ctx: DecisionContext,
  expectedVersion?: number | null,
): Decision {
  const required = rolesFor(command);
  if (!required.includes(ctx.actor.role)) return refuse('permission_denied', { required });
  const stale = staleness(view, command, ctx, expectedVersion);
  return stale ? { ok: false, refusal: stale } : decideByRule(view, command, ctx);
}
