import type { Agreed, WriteResult, WriteWork } from '@workflow-bolt/domain';
import {
  type AgreedState,
  type AppointmentCreation,
  CANONICAL_STATUSES,
  type CanonicalStatus,
  type CreateOutcome,
  type EhrWritePort,
  isWritableStatus,
  type StatusWriteOutcome,
} from '@workflow-bolt/ehr';

/** What the EHR must be told about a visit besides its status. */
export interface WriteSubject {
  readonly patientId: string;
  readonly occurrenceId: string | null;
  /** What a new appointment is made of; null when too little is known to create one. */
  readonly creation: Omit<AppointmentCreation, 'status' | 'patientId' | 'triedAgoMs'> | null;
  /** Ms since a creation whose outcome is unknown; null when there was none. */
  readonly triedAgoMs: number | null;
}

/** Does one work of a visit through the EHR port, and says what became of it in the policy's words. Never throws. */
export async function performWork(
  ehr: EhrWritePort,
  work: WriteWork,
  subject: WriteSubject,
  signal?: AbortSignal,
): Promise<WriteResult> {
  const { patientId, occurrenceId, creation, triedAgoMs } = subject;
  const status = work.kind === 'create' ? work.status : work.desired;
  if (!isWritableStatus(status)) return { kind: 'refused', reason: 'status-unrecognised' };
  if (work.kind === 'create') {
    if (!creation) return { kind: 'refused', reason: 'incomplete' };
    return createResult(await ehr.create({ ...creation, patientId, status, triedAgoMs }, signal));
  }
  const write = { ...statusWriteOf(work), desired: status, occurrenceId, patientId };
  return statusResult(await ehr.writeStatus(write, signal));
}

export type PreviewResult = { kind: 'would' } | { kind: 'would-conflict' } | WriteResult;

/**
 * What doing a work would come to, by the rules of doing it; nothing is sent. A creation would be sent once its subject is
 * known. Never throws.
 */
export async function previewWork(
  ehr: Pick<EhrWritePort, 'previewStatus'>,
  work: WriteWork,
  { patientId, occurrenceId, creation }: WriteSubject,
  signal?: AbortSignal,
): Promise<PreviewResult> {
  const status = work.kind === 'create' ? work.status : work.desired;
  if (!isWritableStatus(status)) return { kind: 'refused', reason: 'status-unrecognised' };
  if (work.kind === 'create') return creation ? { kind: 'would' } : { kind: 'refused', reason: 'incomplete' };
  const write = { ...statusWriteOf(work), desired: status, occurrenceId, patientId };
  const outcome = await ehr.previewStatus(write, signal);
  if (outcome.kind === 'would') return outcome;
  return outcome.kind === 'conflict' ? { kind: 'would-conflict' } : statusResult(outcome);
}

function statusWriteOf(work: Extract<WriteWork, { kind: 'status' }>) {
  const { appointmentId, onlyUntouched } = work;
  const mayReplace = work.mayReplace.map(canonical);
  const lastAgreed = work.lastAgreed && agreedState(work.lastAgreed);
  return { appointmentId, lastAgreed, mayReplace, onlyUntouched };
}

function canonical(status: Agreed['status']): CanonicalStatus {
  return CANONICAL_STATUSES.find((known) => known === status) ?? 'Unrecognised';
}

function agreedState({ status, version }: Agreed): AgreedState {
  return { status: canonical(status), version };
}

function statusResult(outcome: StatusWriteOutcome): WriteResult {
  switch (outcome.kind) {
    case 'written':
    case 'already-so':
      return { kind: outcome.kind, status: outcome.status.canonical, version: outcome.version };
    case 'conflict': {
      const theirs = { status: outcome.theirs.canonical, version: outcome.version };
      return { kind: 'conflict', reason: outcome.reason, theirs, members: outcome.members };
    }
    case 'not-applied':
      return { kind: 'not-applied', isSent: isSent(outcome.reason) };
    case 'unknown':
      return { kind: 'unknown' };
    case 'refused':
      return { kind: 'refused', reason: outcome.reason };
  }
}

/** What never left, or was refused at the door, is no try. */
function isSent(reason: Extract<StatusWriteOutcome, { kind: 'not-applied' }>['reason']): boolean {
  return reason === 'lost' || reason === 'accepted-not-applied';
}

function createResult(outcome: CreateOutcome): WriteResult {
  switch (outcome.kind) {
    case 'written': {
      const { appointmentId, status, version } = outcome;
      return { kind: 'written', appointmentId, status: status.canonical, version };
    }
    case 'already-so':
      // The list tells no version; the next write reads one.
      return {
        kind: 'already-so',
        appointmentId: outcome.appointmentId,
        status: outcome.status.canonical,
        version: null,
      };
    case 'conflict': {
      const { appointmentIds, members, theirs: read } = outcome;
      const [appointmentId, ...others] = appointmentIds;
      const theirs = read && { status: read.status.canonical, version: read.version };
      if (others.length > 0) return { kind: 'conflict', reason: 'several-appointments', theirs, members };
      const made = appointmentId === undefined ? {} : { appointmentId };
      return { kind: 'conflict', reason: 'members-changed', theirs, members, ...made };
    }
    case 'not-applied':
      return { kind: 'not-applied', isSent: false };
    case 'unknown':
      // Waiting for the list is no try: nothing was sent this time.
      return outcome.isSent ? { kind: 'unknown' } : { kind: 'not-applied', isSent: false };
    case 'refused':
      return { kind: 'refused', reason: outcome.reason };
  }
}
