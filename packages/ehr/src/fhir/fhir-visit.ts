import type { EhrStatus } from '../appointment-status.ts';
import { type EhrResult, ehrFailed, ehrOk } from '../ehr-failure.ts';
import type { FhirFound } from './fhir-answer.ts';
import type { FhirTools } from './fhir-practice.ts';
import {
  appointmentSchema,
  encounterSchema,
  type FhirAppointment,
  type FhirEncounter,
  type ReferredId,
} from './fhir-resources.ts';
import { searchAll, searchByIds } from './fhir-search.ts';
import { fhirStatus, leadingEncounter } from './fhir-status-words.ts';

/** An appointment, the Encounter that tells how far it is, and what both say together. */
export interface FhirVisit {
  readonly appointment: FhirFound<FhirAppointment>;
  readonly encounter: FhirEncounter | null;
  readonly status: EhrStatus;
  /** Opaque; changes when either is changed. Null when the server numbers no versions. */
  readonly version: string | null;
}

export function visitOf(
  appointment: FhirFound<FhirAppointment>,
  encounters: readonly FhirEncounter[],
): FhirVisit {
  const encounter = leadingEncounter(encounters);
  const versions = [appointment.resource.meta?.versionId, ...(encounter ? [encounter.meta?.versionId] : [])];
  const version = versions.every((one) => one !== undefined) ? versions.join('|') : null;
  return { appointment, encounter, status: fhirStatus(appointment.resource, encounter), version };
}

/** Reads an appointment and its Encounters; null when the server has none under that id. */
export async function readVisit(
  tools: FhirTools,
  id: string,
  signal?: AbortSignal,
): Promise<EhrResult<FhirVisit | null>> {
  const read = {
    operation: 'ReadAppointment',
    schema: appointmentSchema,
    path: `Appointment/${id}`,
  } as const;
  const found = await tools.call(read, signal);
  if (!found.ok) {
    const { failure } = found;
    return failure.kind === 'business-error' && failure.reason === 'not-found' ? ehrOk(null) : found;
  }
  // Somebody else's record under the id we asked for must never reach a chart.
  if (found.value.resource.id !== id)
    return ehrFailed({ kind: 'malformed', reason: 'unexpected-shape', detail: 'Appointment id' });
  const encounters = await searchAll(
    tools,
    {
      operation: 'SearchEncounter',
      type: 'Encounter',
      schema: encounterSchema,
      criteria: [['appointment', `Appointment/${id}`]],
    },
    signal,
  );
  return encounters.ok ? ehrOk(visitOf(found.value, encounters.value)) : encounters;
}

/** The Encounters of many appointments, by the appointment's id. */
export async function encountersOf(
  tools: FhirTools & { readonly referred: ReferredId },
  appointmentIds: readonly string[],
  signal?: AbortSignal,
): Promise<EhrResult<ReadonlyMap<string, FhirEncounter[]>>> {
  const found = await searchByIds(
    tools,
    {
      operation: 'SearchEncounter',
      type: 'Encounter',
      schema: encounterSchema,
      criteria: [],
      by: 'appointment',
      ids: appointmentIds.map((id) => `Appointment/${id}`),
    },
    signal,
  );
  if (!found.ok) return found;
  const byAppointment = new Map<string, FhirEncounter[]>();
  for (const encounter of found.value) {
    for (const { reference } of encounter.appointment ?? []) {
      const id = tools.referred(reference, 'Appointment');
      if (id !== null) byAppointment.set(id, [...(byAppointment.get(id) ?? []), encounter]);
    }
  }
  return ehrOk(byAppointment);
}
