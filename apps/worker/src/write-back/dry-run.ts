/** What a write would find, without writing: one read and the same comparison. */
import type { WriteResult, WriteWork } from '@workflow-bolt/domain';
import type { EhrReadPort } from '@workflow-bolt/ehr';

export type DryResult = { kind: 'would' } | { kind: 'would-conflict' } | WriteResult;

/** Reads the appointment of a work and says what writing it would come to. Never throws, never writes. */
export async function dryRun(ehr: EhrReadPort, work: WriteWork, signal?: AbortSignal): Promise<DryResult> {
  if (work.kind === 'create') return { kind: 'would' };
  const read = await ehr.appointment(work.appointmentId, signal);
  if (!read.ok) return { kind: 'not-applied', isSent: false };
  if (!read.value || read.value.isDeleted)
    return { kind: 'refused', reason: read.value ? 'deleted' : 'not-found' };
  const theirs = read.value.status.canonical;
  if (theirs === work.desired) return { kind: 'already-so', status: theirs, version: null };
  if (theirs === 'Unrecognised') return { kind: 'refused', reason: 'status-unrecognised' };
  const isAgreed = theirs === work.lastAgreed?.status;
  return { kind: isAgreed || work.mayReplace.includes(theirs) ? 'would' : 'would-conflict' };
}
