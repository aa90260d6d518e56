import type { FhirAppointment, FhirEncounter } from './fhir-resources.ts';
import { type FhirWords, isPatient } from './fhir-status-words.ts';

/** The resource as it was read, to the last member, with only the state replaced. */
export function changedAppointment(read: FhirAppointment, words: FhirWords): FhirAppointment {
  const answered = words.participant;
  const participant =
    answered === null
      ? read.participant
      : read.participant.map((one) => (isPatient(one) ? { ...one, status: answered } : one));
  return { ...read, status: words.appointment, participant };
}

export function changedEncounter(read: FhirEncounter, words: FhirWords): FhirEncounter {
  return { ...read, status: words.encounter };
}

/** An Encounter that an outpatient's appointment has become. */
export function newEncounter(appointment: FhirAppointment, words: FhirWords): object {
  const patient = appointment.participant.find(isPatient)?.actor;
  return {
    resourceType: 'Encounter',
    status: words.encounter,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: patient,
    appointment: [{ reference: `Appointment/${appointment.id}` }],
  };
}

/** The server's own, and what a change of state is made of. */
const EXPECTED = new Set(['meta', 'text', 'status', 'statusHistory', 'period']);

/**
 * Names of the members in which two readings differ. A server may fill in what it derives, so a member that is new
 * counts only when somebody has written since (`isMoved`).
 */
export function differingMembers(before: object, after: object, isMoved: boolean): string[] {
  const [old, young] = [membersOf(before), membersOf(after)];
  const names = new Set([...old.keys(), ...(isMoved ? young.keys() : [])]);
  const changed = [...names].filter((name) => old.get(name) !== young.get(name));
  // `_start` holds what extends `start`.
  return [...new Set(changed.map((name) => name.replace(/^_/, '')))].sort();
}

function membersOf(resource: object): ReadonlyMap<string, string> {
  const members = Object.entries(resource).filter(([name]) => !EXPECTED.has(name));
  return new Map(
    members.map(([name, value]) => [name, canonical(name === 'participant' ? answerless(value) : value)]),
  );
}

/** The patient's own answer is part of the state: booked and confirmed differ in nothing else. */
function answerless(participants: unknown): unknown {
  if (!Array.isArray(participants)) return participants;
  return participants.map((one) => (isPatient(one) ? { ...one, status: null } : one));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${name}:${canonical(member)}`).join()}}`;
}
