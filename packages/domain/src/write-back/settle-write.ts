/** What write-back tells the board, and what people may ask of it. */
import type {
  BoardEvent,
  CommandOf,
  Conflict,
  EhrStatus,
  EhrWrite,
  ExternalRef,
  Visit,
} from '@workflow-bolt/contracts';
import type { Decision } from '../board.ts';
import { followed, type Reading, readMove, ticked } from '../ehr-reading.ts';
import { boardMeaningOf } from '../ehr-status.ts';
import { isSameValue } from '../same-value.ts';
import { accept, findVisit, nothingToChange, refuse, type Scene, sceneAfter } from '../scene.ts';
import { says, standingWish, writeRulesOf } from './write-policy.ts';

type Settle = CommandOf<'settleWrite'>;

/** Begins the key of an appointment that write-back has made, until a schedule names its own. */
export const writtenKeyPrefix = 'written/';

function createdRef(
  { appointmentId, patientId }: NonNullable<Settle['created']>,
  { ctx }: Scene,
): ExternalRef {
  return {
    system: ctx.source === 'fhir' ? 'fhir' : 'tebra',
    // Until the schedule names its key: the row is recognised by the appointment's number.
    key: `${writtenKeyPrefix}${appointmentId}/${patientId}`,
    appointmentId,
    patientId,
    status: 'Unknown',
    rawStatus: '',
    fingerprint: '',
    absences: 0,
    isRemoved: false,
  };
}

function externalAfter(scene: Scene, visit: Visit, { theirs, created }: Settle): ExternalRef | null {
  const external = created && !visit.external?.appointmentId ? createdRef(created, scene) : visit.external;
  if (!external || theirs === null || external.status === theirs) return external;
  // The fingerprint was of a row with another word: should that word come back, its row is news.
  return { ...external, status: theirs, rawStatus: theirs, fingerprint: '' };
}

/** Where the board would go when the EHR's word is accepted; null when it cannot follow it. */
function suggestion(reading: Reading): Visit['status'] | null {
  if (reading.kind === 'ask') return reading.suggestedStatus;
  return reading.kind === 'move' ? reading.to : null;
}

function readingOf(scene: Scene, visit: Visit, theirs: Settle['theirs']): Reading {
  const meaning = theirs && boardMeaningOf(theirs, scene.day.readyToBeSeenMeans);
  return meaning ? readMove(scene, visit, meaning) : { kind: 'ignore' };
}

/** The EHR holds what was asked about, and the board still calls for something else. */
function isStillAsked({ day }: Scene, visit: Visit, theirs: EhrStatus): boolean {
  const rules = writeRulesOf(day);
  const word = standingWish(visit, rules);
  return theirs === visit.conflict?.ehrStatus && (word === null || !says(theirs, word, rules));
}

function conflictAfter(scene: Scene, visit: Visit, command: Settle): Conflict | null {
  const { conflict: found, theirs } = command;
  const present = visit.conflict;
  // A conflict of the schedule that this says nothing about stays.
  if (!found) return theirs === null || isStillAsked(scene, visit, theirs) ? present : null;
  const ehrStatus = found.theirs ?? 'Unknown';
  const isSame = present?.ehrStatus === ehrStatus && (present.reason ?? found.reason) === found.reason;
  return {
    ehrStatus,
    rawStatus: isSame ? present.rawStatus : ehrStatus,
    suggestedStatus: suggestion(readingOf(scene, visit, found.theirs)),
    since: isSame ? present.since : scene.ctx.now,
    reason: found.reason,
    ours: found.ours,
    lastAgreed: found.lastAgreed,
    members: found.members,
    ...(isSame && present.laterAt !== undefined ? { laterAt: present.laterAt } : {}),
  };
}

function said(command: Settle, now: number): EhrWrite {
  const { turn, agreed, failed, dropped, would } = command;
  return { turn, at: now, agreed, failed, dropped, resolved: null, would };
}

type Standing = Pick<Visit, 'external' | 'conflict'> & { ehrWrite: EhrWrite | null };

/** What people can see of it: neither counters and times, nor what was agreed on beside the EHR's word itself. */
function seen({ external, conflict, ehrWrite }: Standing) {
  const { failed = null, dropped = null, would = null } = ehrWrite ?? {};
  return { external, conflict, failed, dropped, would };
}

/** The EHR's word counts: the board follows it as far as the table lets a reading of the schedule move it. */
function takenEvents(scene: Scene, visit: Visit, command: Settle): BoardEvent[] {
  const { theirs } = command;
  const meaning = theirs && boardMeaningOf(theirs, scene.day.readyToBeSeenMeans);
  if (command.dropped === null || !meaning || scene.day.state === 'closed') return [];
  const reading = readMove(scene, visit, meaning);
  if (reading.kind !== 'move') return ticked(visit, meaning, visit.status);
  return [...followed(scene, visit, reading.transition, meaning), ...ticked(visit, meaning, meaning.status)];
}

function asked(scene: Scene, visit: Visit, command: Settle): Conflict | null {
  const reading = command.dropped ? readingOf(scene, visit, command.theirs) : null;
  if (reading?.kind !== 'ask' || command.theirs === null || scene.day.state === 'closed') return null;
  const { theirs } = command;
  const since = scene.ctx.now;
  return { ehrStatus: theirs, rawStatus: theirs, suggestedStatus: reading.suggestedStatus, since };
}

/** An outcome of a write. One that comes late changes nothing, and one that nobody would see is no event. */
export function decideSettleWrite(scene: Scene, command: Settle): Decision {
  const { visitId, turn } = command;
  const visit = findVisit(scene.view, visitId);
  if (!visit) return refuse('visit_not_found', { visitId });
  if (visit.ehrWrite && turn <= visit.ehrWrite.turn) return nothingToChange();
  const external = externalAfter(scene, visit, command);
  const ehrWrite = said(command, scene.ctx.now);
  const conflict = asked(scene, visit, command) ?? conflictAfter(scene, visit, command);
  const settled: BoardEvent = { type: 'visit.write-settled', visitId, external, ehrWrite, conflict };
  const was = seen({ ...visit, ehrWrite: visit.ehrWrite ?? null });
  const events = isSameValue(was, seen({ external, ehrWrite, conflict })) ? [] : [settled];
  const after = sceneAfter(scene, events, command.type);
  const moved = takenEvents(after, findVisit(after.view, visitId) ?? visit, command);
  return events.length + moved.length > 0 ? accept([...events, ...moved]) : nothingToChange();
}

/** Has a write tried again that was given up. */
export function decideRetryWrite(scene: Scene, { visitId }: CommandOf<'retryWrite'>): Decision {
  const visit = findVisit(scene.view, visitId);
  if (!visit) return refuse('visit_not_found', { visitId });
  if (!visit.ehrWrite?.failed) return refuse('no_failed_write');
  return accept([{ type: 'visit.write-retried', visitId }]);
}

/** Puts the mode of write-back on the board, so that every screen knows it. */
export function decideSetWriteBack({ day }: Scene, { mode }: CommandOf<'setWriteBack'>): Decision {
  if ((day.writeBack ?? 'off') === mode) return nothingToChange();
  return accept([{ type: 'day.write-back-set', mode }]);
}
