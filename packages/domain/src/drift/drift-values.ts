/** Both sides of each field, in words that can be compared. A null side said nothing, and nothing is no difference. */
import type { Day, DriftField, DriftValue, EhrStatus, Visit, VisitStatus } from '@workflow-bolt/contracts';
import { boardMeaningOf } from '../ehr-status.ts';
import { isExpected, isHidden, isInOffice } from '../status-info.ts';
import { says, standingWish, type WriteBackRules } from '../write-back/write-policy.ts';
import type { TheirAppointment } from './drift-pair.ts';

export type Sides = { ours: DriftValue; theirs: DriftValue };
export type ComparedField = Exclude<DriftField, 'removal'>;

/** Where the patient is, as a status says it. */
function presenceOf(status: VisitStatus): 'expected' | 'here' | 'gone' | null {
  if (isHidden(status)) return null;
  if (isExpected(status)) return 'expected';
  return isInOffice(status) ? 'here' : 'gone';
}

/** Where the patient is, as a word of the EHR says it; null for a word that nobody knows. */
export function presenceSaidBy(status: EhrStatus, { readyToBeSeenMeans }: WriteBackRules): DriftValue {
  const meaning = boardMeaningOf(status, readyToBeSeenMeans);
  return meaning && presenceOf(meaning.status);
}

function presence(visit: Visit, theirs: TheirAppointment, rules: WriteBackRules): Sides {
  return { ours: presenceOf(visit.status), theirs: presenceSaidBy(theirs.status, rules) };
}

/** A word of the EHR that says the same is no difference: a reminder that was sent is still a scheduled visit. */
function status(visit: Visit, theirs: TheirAppointment, rules: WriteBackRules): Sides {
  const wished = standingWish(visit, rules);
  if (wished === null || isHidden(visit.status)) return { ours: null, theirs: theirs.status };
  return { ours: wished, theirs: says(theirs.status, wished, rules) ? wished : theirs.status };
}

/** By id where both have one: two providers may share a name, and one may change it. */
function provider(visit: Visit, { provider: their }: TheirAppointment, day: Day): Sides {
  const nameOf = (id: string | null) => day.providers.find((each) => each.id === id)?.name ?? id;
  const ours = nameOf(visit.providerId);
  return { ours, theirs: their.id === null ? their.name : nameOf(their.id) };
}

function visitType(visit: Visit, { visitTypeId }: TheirAppointment, day: Day): Sides {
  const labelOf = (id: string | null) => day.visitTypes.find((each) => each.id === id)?.label ?? id;
  return { ours: labelOf(visit.visitTypeId), theirs: labelOf(visitTypeId) };
}

/** In words, because a bare number of a report is an instant. */
const minutes = (count: number | null | undefined): string | null => (count == null ? null : `${count} min`);

/** Both sides of every field of a visit and its appointment. A walk-in has no booked start and length to compare. */
export function sidesOf(
  visit: Visit,
  theirs: TheirAppointment,
  { day, rules }: { day: Day; rules: WriteBackRules },
): Record<ComparedField, Sides> {
  const patientId = visit.external?.patientId ?? null;
  return {
    status: status(visit, theirs, rules),
    presence: presence(visit, theirs, rules),
    start: { ours: visit.startAt, theirs: visit.kind === 'walk-in' ? null : theirs.startAt },
    duration: {
      ours: minutes(visit.durationMin),
      theirs: visit.kind === 'walk-in' ? null : minutes(theirs.durationMin),
    },
    provider: provider(visit, theirs, day),
    type: visitType(visit, theirs, day),
    location: { ours: visit.locationName, theirs: theirs.locationName },
    patient: { ours: patientId, theirs: theirs.patientId },
  };
}

/** What the EHR does not say contradicts nothing; a status that the EHR has no word for neither. */
export function differs(field: ComparedField, { ours, theirs }: Sides): boolean {
  if (theirs === null || ours === theirs) return false;
  return ours !== null || !(field === 'status' || field === 'presence' || field === 'patient');
}
