import { type EhrFailure, type EhrResult, ehrFailed } from '../ehr-failure.ts';
import type {
  ConflictReason,
  StatusPreview,
  StatusWrite,
  StatusWriteOutcome,
  WriteRefusal,
} from '../ehr-write-port.ts';
import { refusedBy, slept } from '../write-verdicts.ts';
import { patientsOf } from './decode-fhir.ts';
import type { FhirFound } from './fhir-answer.ts';
import { changedAppointment, changedEncounter, differingMembers, newEncounter } from './fhir-changes.ts';
import { isFhirId } from './fhir-questions.ts';
import type { ReadingTools } from './fhir-reads.ts';
import {
  appointmentSchema,
  encounterSchema,
  type FhirAppointment,
  type FhirEncounter,
} from './fhir-resources.ts';
import { FHIR_WORDS, type FhirWords } from './fhir-status-words.ts';
import { type FhirVisit, readVisit } from './fhir-visit.ts';

/** A server answers what it holds; one behind a replica may take this long. */
const SETTLE_MS: readonly number[] = [0, 750, 2_000];

/**
 * Writes one state: read, compare, send what was read with the state replaced and the version it was read at, read
 * again. Whoever writes between our read and our write makes the server refuse ours.
 */
export async function writeFhirStatus(
  tools: ReadingTools,
  write: StatusWrite,
  signal?: AbortSignal,
): Promise<StatusWriteOutcome> {
  const looked = await lookAt(tools, write, signal);
  if (looked.kind !== 'free') return looked;
  const { base } = looked;
  const sent = await sendChanges(tools, looked, signal);
  if (sent.steps === 0 && sent.failure?.writes === 'not-applied') {
    return isConflict(sent.failure)
      ? refusedAsStale(tools, { base, write }, signal)
      : unsent(sent.failure, base, 'not-sent');
  }
  return readBack(tools, { base, write, ...sent }, signal);
}

/** What `writeFhirStatus` would come to, by its own rules. */
export async function previewFhirStatus(
  tools: ReadingTools,
  write: StatusWrite,
  signal?: AbortSignal,
): Promise<StatusPreview> {
  const looked = await lookAt(tools, write, signal);
  return looked.kind === 'free' ? { kind: 'would' } : looked;
}

type Free = { readonly kind: 'free'; readonly base: FhirVisit; readonly words: FhirWords };

/** Reads and compares: the visit that may be written, or why it may not. */
async function lookAt(
  tools: ReadingTools,
  write: StatusWrite,
  signal?: AbortSignal,
): Promise<Free | StatusWriteOutcome> {
  const words = FHIR_WORDS[write.desired];
  if (!words) return refusal('no-word', null);
  if (!isFhirId(write.appointmentId)) return refusal('not-found', null);
  const read = await readVisit(tools, write.appointmentId, signal);
  if (!read.ok) return unsent(read.failure, null, 'not-read');
  const base = read.value;
  if (!base) return refusal('not-found', null);
  return verdictOnBase(tools, base, write) ?? { kind: 'free', base, words };
}

function verdictOnBase(tools: ReadingTools, base: FhirVisit, write: StatusWrite): StatusWriteOutcome | null {
  const reason = refusalReason(tools, base, write);
  if (reason) return refusal(reason, base);
  const { status, version } = base;
  if (status.canonical === write.desired) return { kind: 'already-so', status, version };
  const isAllowed = write.mayReplace?.includes(status.canonical) ?? false;
  if (status.canonical !== write.lastAgreed?.status && !isAllowed)
    return conflict('status-changed', base, { write });
  const isTouched = write.onlyUntouched && version !== write.lastAgreed?.version;
  return isTouched ? conflict('touched', base, { write }) : null;
}

function refusalReason({ referred }: ReadingTools, base: FhirVisit, write: StatusWrite): WriteRefusal | null {
  const { resource, etag } = base.appointment;
  if (resource.status === 'entered-in-error') return 'deleted';
  const patients = patientsOf(resource, referred);
  if (patients.length > 1) return 'group';
  if (patients[0]?.id !== write.patientId) return 'other-patient';
  if (write.occurrenceId !== null) return 'other-occurrence';
  if (base.status.canonical === 'Unrecognised') return 'status-unrecognised';
  // Without versions nothing would stop us from writing over somebody.
  return etag === null || base.version === null ? 'incomplete' : null;
}

interface SentChanges {
  /** Changes that reached the server. */
  readonly steps: number;
  /** Why the last one did not. */
  readonly failure: EhrFailure | null;
  /** The version that the server gave the last one; null when none was answered. */
  readonly madeVersion: string | null;
}

/** The Encounter first, because it leads: should the second change fail, the state is told all the same. */
async function sendChanges(
  tools: ReadingTools,
  change: { base: FhirVisit; words: FhirWords },
  signal?: AbortSignal,
): Promise<SentChanges> {
  let steps = 0;
  let madeVersion: string | null = null;
  for (const step of [encounterStep(tools, change, signal), appointmentStep(tools, change, signal)]) {
    const sent = step && (await step());
    if (sent && !sent.ok) return { steps, failure: sent.failure, madeVersion: null };
    if (!sent) continue;
    steps += 1;
    madeVersion = sent.value.resource.meta?.versionId ?? null;
  }
  return { steps, failure: null, madeVersion };
}

type Step = (() => Promise<EhrResult<FhirFound<FhirAppointment | FhirEncounter>>>) | null;
type Change = { readonly base: FhirVisit; readonly words: FhirWords };

function encounterStep({ call }: ReadingTools, { base, words }: Change, signal?: AbortSignal): Step {
  const { encounter } = base;
  const appointment = base.appointment.resource;
  const schema = encounterSchema;
  if (!encounter) {
    if (!words.isCreated) return null;
    const body = newEncounter(appointment, words);
    const ifNoneExist = `appointment=Appointment/${appointment.id}`;
    const method = 'POST';
    return () =>
      call({ operation: 'CreateEncounter', schema, method, path: 'Encounter', body, ifNoneExist }, signal);
  }
  const isLeft =
    encounter.status === words.encounter || (encounter.status === 'cancelled' && !words.isCreated);
  if (isLeft) return null;
  const body = changedEncounter(encounter, words);
  const ifMatch = `W/"${encounter.meta?.versionId}"`;
  const path = `Encounter/${encounter.id}`;
  return () => call({ operation: 'UpdateEncounter', schema, method: 'PUT', path, body, ifMatch }, signal);
}

function appointmentStep({ call }: ReadingTools, { base, words }: Change, signal?: AbortSignal): Step {
  const { resource, etag } = base.appointment;
  const body = changedAppointment(resource, words);
  const isSame = body.status === resource.status && words.participant === null;
  if (isSame || etag === null) return null;
  const request = { operation: 'UpdateAppointment', schema: appointmentSchema, method: 'PUT' } as const;
  return () => call({ ...request, path: `Appointment/${resource.id}`, body, ifMatch: etag }, signal);
}

function isConflict(failure: EhrFailure): boolean {
  return failure.kind === 'business-error' && failure.reason === 'conflict';
}

interface Made {
  readonly base: FhirVisit;
  readonly write: StatusWrite;
}

/** The server did nothing because the record has changed: what it holds now decides. */
async function refusedAsStale(
  tools: ReadingTools,
  { base, write }: Made,
  signal?: AbortSignal,
): Promise<StatusWriteOutcome> {
  const read = await readVisit(tools, write.appointmentId, signal);
  if (!read.ok)
    return { kind: 'not-applied', reason: 'changed-meanwhile', theirs: null, failure: read.failure };
  if (!read.value) return refusal('not-found', base);
  const { status, version } = read.value;
  if (status.canonical === write.desired) return { kind: 'already-so', status, version };
  if (status.canonical !== base.status.canonical) return conflict('status-changed', read.value, { write });
  if (write.onlyUntouched) return conflict('touched', read.value, { write });
  return { kind: 'not-applied', reason: 'changed-meanwhile', theirs: status, failure: null };
}

/** What the server holds now is the only proof. */
async function readBack(
  tools: ReadingTools,
  made: Made & SentChanges,
  signal?: AbortSignal,
): Promise<StatusWriteOutcome> {
  const { base, write, failure } = made;
  for (const waitMs of SETTLE_MS) {
    const isAwake = waitMs === 0 ? !signal?.aborted : await slept(tools.clock, waitMs, signal);
    const read = isAwake
      ? await readVisit(tools, write.appointmentId, signal)
      : ehrFailed({ kind: 'cancelled' });
    if (!read.ok) return { kind: 'unknown', failure: failure ?? read.failure };
    if (!read.value) return refusal('not-found', base);
    const settled = verdictOnResult(made, read.value);
    if (settled) return settled;
  }
  const reason = failure ? 'lost' : 'accepted-not-applied';
  return { kind: 'not-applied', reason, theirs: base.status, failure };
}

/** Null while the server shows what it showed before. */
function verdictOnResult(
  { base, write, failure, madeVersion }: Made & SentChanges,
  after: FhirVisit,
): StatusWriteOutcome | null {
  const { status, version } = after;
  const { resource } = after.appointment;
  if (resource.status === 'entered-in-error') return refusal('deleted', after);
  if (status.canonical === write.desired) {
    const isMoved = resource.meta?.versionId !== madeVersion;
    const members = differingMembers(base.appointment.resource, resource, isMoved);
    if (members.length > 0) return conflict('members-changed', after, { write, isSent: true, members });
    return { kind: 'written', isAnswerLost: failure !== null, status, version };
  }
  if (status.canonical === base.status.canonical) return null;
  return conflict('status-changed', after, { write, isSent: true });
}

function refusal(reason: WriteRefusal, at: FhirVisit | null): StatusWriteOutcome {
  return { kind: 'refused', reason, theirs: at?.status ?? null, failure: null };
}

function unsent(
  failure: EhrFailure,
  base: FhirVisit | null,
  reason: 'not-read' | 'not-sent',
): StatusWriteOutcome {
  const theirs = base?.status ?? null;
  const refused = refusedBy(failure);
  return refused
    ? { kind: 'refused', reason: refused, theirs, failure }
    : { kind: 'not-applied', reason, theirs, failure };
}

interface ConflictFacts {
  readonly write: StatusWrite;
  readonly isSent?: boolean;
  readonly members?: readonly string[];
}

function conflict(reason: ConflictReason, at: FhirVisit, facts: ConflictFacts): StatusWriteOutcome {
  const { write, isSent = false, members = [] } = facts;
  const { desired: ours, lastAgreed } = write;
  return {
    kind: 'conflict',
    reason,
    theirs: at.status,
    ours,
    lastAgreed,
    version: at.version,
    isSent,
    members,
  };
}
