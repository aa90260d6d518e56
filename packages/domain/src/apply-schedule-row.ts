import type { BoardEvent, CommandOf, ExternalRef, Person, Visit } from '@workflow-bolt/contracts';
import type { Decision } from './board.ts';
import { newVisit, startRefusal } from './create-visit.ts';
import { followed, type Reading, readMove, ticked } from './ehr-reading.ts';
import { boardMeaningOf } from './ehr-status.ts';
import { isSameValue } from './same-value.ts';
import { accept, findPerson, findVisit, nothingToChange, refuse, type Scene, sceneAfter } from './scene.ts';
import { isExpected } from './status-info.ts';
import { isListLagging } from './write-back/list-lag.ts';

type Row = CommandOf<'applyScheduleRow'>;

function externalOf(row: Row): ExternalRef {
  const { system, key, appointmentId, patientId, status, rawStatus, fingerprint } = row;
  return {
    system,
    key,
    appointmentId,
    patientId,
    status,
    rawStatus,
    fingerprint,
    absences: 0,
    isRemoved: false,
  };
}

/** A status that the EHR already had when we last looked says nothing new. */
const isNews = (visit: Visit, row: Row): boolean =>
  visit.external?.status !== row.status || visit.external.isRemoved;

function ehrSeen(scene: Scene, visit: Visit, row: Row, reading: Reading | null): BoardEvent[] {
  const { now } = scene.ctx;
  const { status: ehrStatus, rawStatus } = row;
  const isUnknown = boardMeaningOf(row.status, scene.day.readyToBeSeenMeans) === null;
  const isSameWarning = visit.ehrWarning?.raw === rawStatus;
  const warning = isSameWarning ? visit.ehrWarning : { raw: rawStatus, since: now };
  const ehrWarning = isUnknown ? warning : null;
  const { conflict: present } = visit;
  const asked =
    reading?.kind === 'ask'
      ? { ehrStatus, rawStatus, suggestedStatus: reading.suggestedStatus, since: now }
      : null;
  const conflict = reading === null ? present : asked;
  const external = externalOf(row);
  const was = { external: visit.external, ehrWarning: visit.ehrWarning, conflict: present };
  if (isSameValue(was, { external, ehrWarning, conflict })) return [];
  return [{ type: 'visit.ehr-seen', visitId: visit.id, external, ehrWarning, conflict }];
}

/** Status part of a row: forward only, questions instead of contradictions, unknown words only warn (V19). */
function statusEvents(scene: Scene, visit: Visit, row: Row): BoardEvent[] {
  const meaning = boardMeaningOf(row.status, scene.day.readyToBeSeenMeans);
  if (!meaning || !isNews(visit, row)) return ehrSeen(scene, visit, row, null);
  const reading = readMove(scene, visit, meaning);
  const seen = ehrSeen(scene, visit, row, reading);
  const after = sceneAfter(scene, seen, row.type);
  const present = findVisit(after.view, visit.id) ?? visit;
  if (reading.kind === 'move') {
    const moved = followed(after, present, reading.transition, meaning);
    return [...seen, ...moved, ...ticked(present, meaning, meaning.status)];
  }
  return [...seen, ...ticked(present, meaning, present.status)];
}

/** The EHR owns booking facts; provider and type only until the patient is here. */
function bookingEvents(visit: Visit, row: Row): BoardEvent[] {
  const isOwned = isExpected(visit.status);
  const was = {
    startAt: visit.startAt,
    durationMin: visit.durationMin,
    providerId: visit.providerId,
    visitTypeId: visit.visitTypeId,
    locationName: visit.locationName,
  };
  const next = {
    startAt: visit.kind === 'walk-in' ? visit.startAt : row.startAt,
    durationMin: row.durationMin ?? visit.durationMin,
    providerId: isOwned ? (row.providerId ?? visit.providerId) : visit.providerId,
    visitTypeId: isOwned ? (row.visitTypeId ?? visit.visitTypeId) : visit.visitTypeId,
    locationName: row.locationName ?? visit.locationName,
  };
  return isSameValue(was, next) ? [] : [{ type: 'visit.booking-changed', visitId: visit.id, ...next }];
}

/** What a row does not say (null) empties nothing. */
function personEvents(scene: Scene, row: Row): BoardEvent[] {
  const person = findPerson(scene.view, row.visitId);
  if (!person) return [];
  const next: Person = {
    ...person,
    fullName: row.fullName,
    dob: row.dob ?? person.dob,
    phone: row.phone ?? person.phone,
    reason: row.reason ?? person.reason,
  };
  return isSameValue(person, next) ? [] : [{ type: 'person.changed', person: next }];
}

function created(scene: Scene, row: Row): BoardEvent {
  const { visitId, fullName, dob, phone, reason } = row;
  const isPartial = row.system !== 'import' && dob === null;
  return {
    type: 'visit.created',
    visit: newVisit(scene, {
      id: visitId,
      kind: 'booked',
      startAt: row.startAt,
      durationMin: row.durationMin,
      providerId: row.providerId,
      visitTypeId: row.visitTypeId,
      locationName: row.locationName,
      patientKey: row.patientKey,
    }),
    person: {
      type: 'person',
      visitId,
      fullName,
      dob,
      phone,
      reason,
      note: null,
      alert: null,
      isPartial,
      isPrivate: false,
    },
  };
}

function createFromRow(scene: Scene, row: Row): BoardEvent[] {
  // The person is created too, so its absence is part of what is decided on.
  findPerson(scene.view, row.visitId);
  const event = created(scene, row);
  const after = sceneAfter(scene, [event], row.type);
  const visit = findVisit(after.view, row.visitId);
  return visit ? [event, ...statusEvents(after, visit, row)] : [event];
}

const isUnchanged = ({ external }: Visit, row: Row): boolean =>
  external?.fingerprint === row.fingerprint && external.absences === 0 && !external.isRemoved;

/**
 * One appointment row of the EHR or of an import. An unchanged row is `nothing_to_change`: no event, no
 * version. A new row creates its visit as scheduled and then reads its status like any other pull.
 */
export function decideApplyRow(scene: Scene, row: Row): Decision {
  const visit = findVisit(scene.view, row.visitId);
  if (visit && (isUnchanged(visit, row) || isListLagging(visit, row.status, scene.ctx.now)))
    return nothingToChange();
  const refused = startRefusal(scene, row.startAt);
  if (refused) return { ok: false, refusal: refused };
  if (!visit && scene.day.state === 'closing') return refuse('day_closing');
  if (!visit) return accept(createFromRow(scene, row));
  const facts = [...bookingEvents(visit, row), ...personEvents(scene, row)];
  const after = sceneAfter(scene, facts, row.type);
  const events = [...facts, ...statusEvents(after, findVisit(after.view, visit.id) ?? visit, row)];
  return events.length > 0 ? accept(events) : nothingToChange();
}
