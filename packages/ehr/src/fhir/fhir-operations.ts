/** What is asked of a FHIR server, by the names that gates, metrics and traces know. */
export const FHIR_READS = [
  'SearchAppointment',
  'ReadAppointment',
  'SearchEncounter',
  'ReadPatient',
  'SearchPatient',
  'SearchPractitioner',
  'SearchOrganization',
  'SearchLocation',
] as const;

export const FHIR_WRITES = [
  'UpdateAppointment',
  'CreateAppointment',
  'UpdateEncounter',
  'CreateEncounter',
] as const;

export type FhirOperation = (typeof FHIR_READS)[number] | (typeof FHIR_WRITES)[number];

const WRITES: ReadonlySet<string> = new Set(FHIR_WRITES);

/** Whether the operation changes the server. */
export function isFhirWrite(operation: string): boolean {
  return WRITES.has(operation);
}
