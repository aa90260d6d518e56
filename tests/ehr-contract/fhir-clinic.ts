import type {
  Appointment,
  Encounter,
  Location,
  Organization,
  Patient,
  Practitioner,
} from '@medplum/fhirtypes';
import type { FhirServer } from './fhir-server.ts';

/** A small clinic as FHIR resources: invented people, a site and a room, and appointments of one day. */

export const CLINIC_DATE = '2026-07-06';
export const CLINIC_ZONE = 'America/Chicago';
export const PRACTICE = 'Fern Street Clinic';

const organization: Organization = {
  resourceType: 'Organization',
  id: 'org-1',
  name: PRACTICE,
  active: true,
};
const namesake: Organization = { resourceType: 'Organization', id: 'org-2', name: `${PRACTICE} West` };
const site: Location = {
  resourceType: 'Location',
  id: 'site-1',
  name: 'Fern Street',
  managingOrganization: { reference: 'Organization/org-1' },
  address: { city: 'Cedar Hollow', state: 'TX', postalCode: '75001' },
};
const room: Location = {
  resourceType: 'Location',
  id: 'room-3',
  name: 'Room 3',
  physicalType: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code: 'ro' }],
  },
  managingOrganization: { reference: 'Organization/org-1' },
};
const elsewhere: Location = {
  resourceType: 'Location',
  id: 'site-9',
  name: 'West',
  managingOrganization: { reference: 'Organization/org-2' },
};
const doctor: Practitioner = {
  resourceType: 'Practitioner',
  id: 'doc-1',
  active: true,
  name: [{ family: 'Okafor', given: ['Ada'], suffix: ['MD'] }],
  identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1999999984' }],
};
const patients: Patient[] = ['Rowan Vale', 'Mara Quill', 'Ines Thorn'].map((name, n) => ({
  resourceType: 'Patient',
  id: `pat-${n + 1}`,
  name: [{ use: 'official', given: [name.split(' ')[0] ?? ''], family: name.split(' ')[1] ?? '' }],
  birthDate: `1970-01-0${n + 1}`,
  gender: 'other',
  telecom: [{ system: 'phone', use: 'mobile', value: `555-010${n + 1}` }],
  managingOrganization: { reference: 'Organization/org-1' },
}));

interface Booking {
  readonly id: string;
  readonly patient: string | null;
  readonly time: string;
  readonly status?: Appointment['status'];
  readonly place?: string;
  readonly display?: string;
  readonly date?: string;
  /** The clinic's distance from UTC on that day. */
  readonly offset?: string;
}

/** A booked appointment of 20 minutes, with what an update could lose. */
export function booking({
  id,
  patient,
  time,
  status = 'booked',
  place = 'site-1',
  display,
  date = CLINIC_DATE,
  offset = '-05:00',
}: Booking): Appointment {
  const who = patient === null ? [] : [{ reference: `Patient/${patient}`, ...(display ? { display } : {}) }];
  const start = `${date}T${time}:00${offset}`;
  const end = new Date(Date.parse(start) + 20 * 60_000).toISOString();
  return {
    resourceType: 'Appointment',
    id,
    status,
    serviceType: [{ text: 'Follow-up' }],
    reasonCode: [{ text: 'knee' }],
    comment: ' two  blanks & a <mark>',
    start,
    end,
    minutesDuration: 20,
    extension: [{ url: 'urn:example:billing-case', valueString: '41' }],
    participant: [
      ...who.map((actor) => ({ actor, status: 'needs-action' as const })),
      { actor: { reference: 'Practitioner/doc-1', display: 'Ada Okafor' }, status: 'accepted' },
      { actor: { reference: `Location/${place}` }, status: 'accepted' },
    ],
  };
}

export function encounter(appointmentId: string, status: Encounter['status']): Encounter {
  return {
    resourceType: 'Encounter',
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    appointment: [{ reference: `Appointment/${appointmentId}` }],
  };
}

/** Fills the server with the clinic. Ids that are given are kept. */
export async function seedClinic(
  { repo }: Pick<FhirServer, 'repo'>,
  when: Pick<Booking, 'date' | 'offset'> = {},
): Promise<void> {
  repo.clear();
  const day = [
    booking({ id: 'app-1', patient: 'pat-1', time: '09:00', ...when }),
    booking({ id: 'app-2', patient: 'pat-2', time: '09:20', display: 'Mara Quill', ...when }),
    booking({ id: 'app-3', patient: 'pat-3', time: '10:00', place: 'room-3', ...when }),
  ];
  const all = [organization, namesake, site, room, elsewhere, doctor, ...patients, ...day];
  for (const resource of all) await repo.createResource(resource);
}
