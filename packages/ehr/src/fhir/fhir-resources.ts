import { z } from 'zod';

/**
 * The resources as far as they are read, strictly: a member of the wrong type refuses the whole answer. Members that are
 * not named here are kept, because an update sends back everything that was read.
 */

const code = z.string().regex(/^[^\s]+(\s[^\s]+)*$/);
const id = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/);
const text = z.string();
const date = z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/);

const meta = z.looseObject({ versionId: text.optional(), lastUpdated: text.optional() });
const reference = z.looseObject({
  reference: text.optional(),
  type: text.optional(),
  display: text.optional(),
});
const coding = z.looseObject({ system: text.optional(), code: text.optional(), display: text.optional() });
const concept = z.looseObject({ coding: z.array(coding).optional(), text: text.optional() });
type Concept = z.infer<typeof concept>;
const identifier = z.looseObject({
  system: text.optional(),
  value: text.optional(),
  type: concept.optional(),
});
const humanName = z.looseObject({
  use: code.optional(),
  text: text.optional(),
  family: text.optional(),
  given: z.array(text).optional(),
  suffix: z.array(text).optional(),
});
const contactPoint = z.looseObject({
  system: code.optional(),
  value: text.optional(),
  use: code.optional(),
});
const address = z.looseObject({ city: text.optional(), state: text.optional(), postalCode: text.optional() });

const participant = z.looseObject({ actor: reference.optional(), status: code });

export const appointmentSchema = z.looseObject({
  resourceType: z.literal('Appointment'),
  id,
  meta: meta.optional(),
  status: code,
  start: text.optional(),
  end: text.optional(),
  minutesDuration: z.int().positive().optional(),
  appointmentType: concept.optional(),
  serviceType: z.array(concept).optional(),
  reasonCode: z.array(concept).optional(),
  description: text.optional(),
  comment: text.optional(),
  created: text.optional(),
  participant: z.array(participant).min(1),
});
export type FhirAppointment = z.infer<typeof appointmentSchema>;

export const encounterSchema = z.looseObject({
  resourceType: z.literal('Encounter'),
  id,
  meta: meta.optional(),
  status: code,
  subject: reference.optional(),
  appointment: z.array(reference).optional(),
});
export type FhirEncounter = z.infer<typeof encounterSchema>;

export const patientSchema = z.looseObject({
  resourceType: z.literal('Patient'),
  id,
  meta: meta.optional(),
  active: z.boolean().optional(),
  identifier: z.array(identifier).optional(),
  name: z.array(humanName).optional(),
  telecom: z.array(contactPoint).optional(),
  gender: code.optional(),
  birthDate: date.optional(),
  generalPractitioner: z.array(reference).optional(),
  managingOrganization: reference.optional(),
});
export type FhirPatient = z.infer<typeof patientSchema>;

export const practitionerSchema = z.looseObject({
  resourceType: z.literal('Practitioner'),
  id,
  active: z.boolean().optional(),
  identifier: z.array(identifier).optional(),
  name: z.array(humanName).optional(),
  qualification: z.array(z.looseObject({ code: concept })).optional(),
});
export type FhirPractitioner = z.infer<typeof practitionerSchema>;

export const organizationSchema = z.looseObject({
  resourceType: z.literal('Organization'),
  id,
  active: z.boolean().optional(),
  name: text.optional(),
  identifier: z.array(identifier).optional(),
  address: z.array(address).optional(),
});
export type FhirOrganization = z.infer<typeof organizationSchema>;

export const locationSchema = z.looseObject({
  resourceType: z.literal('Location'),
  id,
  name: text.optional(),
  type: z.array(concept).optional(),
  address: address.optional(),
  physicalType: concept.optional(),
  managingOrganization: reference.optional(),
});
export type FhirLocation = z.infer<typeof locationSchema>;

const link = z.looseObject({ relation: text, url: text });
/** One page of a search. What a server says about its own answer comes as an entry of mode `outcome`. */
export const bundleSchema = z.looseObject({
  resourceType: z.literal('Bundle'),
  type: z.literal('searchset'),
  link: z.array(link).optional(),
  entry: z
    .array(
      z.looseObject({
        resource: z.looseObject({ resourceType: text }).optional(),
        search: z.looseObject({ mode: code.optional() }).optional(),
      }),
    )
    .optional(),
});

export const outcomeSchema = z.looseObject({
  resourceType: z.literal('OperationOutcome'),
  issue: z.array(z.looseObject({ severity: code, code })).min(1),
});

/** The code of a concept's first coding of that system, else null. */
export function codeOf(given: Concept | undefined, system: string): string | null {
  return given?.coding?.find((one) => one.system === system)?.code ?? null;
}

/** The id behind a reference to a resource of that type on the server itself; null for anything else. */
export type ReferredId = (reference: string | undefined, type: string) => string | null;

/** Reads references of the server with that base: relative ones, and absolute ones that begin with it. */
export function referencesOf(base: string): ReferredId {
  return (reference = '', type) => {
    const path = reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : reference;
    const found = /^([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/.exec(path);
    return found?.[1] === type ? (found[2] ?? null) : null;
  };
}

/** What a concept says to a person. */
export function wordsOf(given: Concept | undefined): string | null {
  return given?.text ?? given?.coding?.find(({ display }) => display !== undefined)?.display ?? null;
}
