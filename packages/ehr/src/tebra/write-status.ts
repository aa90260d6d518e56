import type { CallClock } from '../call-clock.ts';
import { type EhrFailure, type EhrResult, ehrFailed } from '../ehr-failure.ts';
import type {
  ConflictReason,
  StatusPreview,
  StatusWrite,
  StatusWriteOutcome,
  WriteRefusal,
} from '../ehr-write-port.ts';
import { refusedBy, slept } from '../write-verdicts.ts';
import { changedMembers, fullCopy, isPatients, versionOf } from './appointment-copy.ts';
import { decodeAppointment } from './decode-appointment.ts';
import { presentChild } from './element-reading.ts';
import { type CallTebra, type FoundAppointment, readAppointment } from './tebra-reads.ts';
import type { XmlElement } from './xml-tree.ts';

/** A read sooner than this after a write may still show what was there before; the second wait is for the rest. */
export const SETTLE_MS: readonly number[] = [750, 2_000];

export interface WriteTools {
  readonly call: CallTebra;
  readonly clock: CallClock;
}

/**
 * Writes one status: read, compare, full copy, echo check, read again. The service has no version check, so
 * somebody who writes between our read and our write is overwritten unseen; one who writes after ours is seen.
 */
export async function writeStatus(
  tools: WriteTools,
  write: StatusWrite,
  signal?: AbortSignal,
): Promise<StatusWriteOutcome> {
  const looked = await lookAt(tools, write, signal);
  if (looked.kind !== 'free') return looked;
  const { base } = looked;
  const values = () => ({ Appointment: fullCopy(base.element, write.desired) });
  const sent = await tools.call('UpdateAppointment', values, signal);
  if (!sent.ok && sent.failure.writes === 'not-applied') return unsent(sent.failure, base, 'not-sent');
  return readBack(tools, { write, base, sent }, signal);
}

/** What `writeStatus` would come to, by its own rules. */
export async function previewStatus(
  tools: WriteTools,
  write: StatusWrite,
  signal?: AbortSignal,
): Promise<StatusPreview> {
  const looked = await lookAt(tools, write, signal);
  return looked.kind === 'free' ? { kind: 'would' } : looked;
}

type Free = { readonly kind: 'free'; readonly base: FoundAppointment };

/** Reads and compares: the appointment that may be written, or why it may not. */
async function lookAt(
  tools: WriteTools,
  write: StatusWrite,
  signal?: AbortSignal,
): Promise<Free | StatusWriteOutcome> {
  const read = await readAppointment(tools.call, write.appointmentId, signal);
  if (!read.ok) return unsent(read.failure, null, 'not-read');
  const base = read.value;
  if (!base) return refusal('not-found', null);
  return verdictOnBase(base, write) ?? { kind: 'free', base };
}

/** Everything that a look at the appointment alone decides; null when the write may be sent. */
function verdictOnBase(base: FoundAppointment, write: StatusWrite): StatusWriteOutcome | null {
  const { detail, element } = base;
  const reason = refusalReason(base, write);
  if (reason) return refusal(reason, base);
  const version = versionOf(element);
  if (detail.status.canonical === write.desired) {
    return { kind: 'already-so', status: detail.status, version };
  }
  const isAllowed = write.mayReplace?.includes(detail.status.canonical) ?? false;
  if (detail.status.canonical !== write.lastAgreed?.status && !isAllowed) {
    return conflict('status-changed', base, { write, isSent: false });
  }
  const isTouched = write.onlyUntouched && (version === null || version !== write.lastAgreed?.version);
  return isTouched ? conflict('touched', base, { write, isSent: false }) : null;
}

function refusalReason({ detail, element }: FoundAppointment, write: StatusWrite): WriteRefusal | null {
  if (detail.isDeleted) return 'deleted';
  if (detail.isGroup || detail.groupPatients.length > 0) return 'group';
  if (!isPatients(element, write.patientId)) return 'other-patient';
  if (detail.isRecurring && write.occurrenceId === null) return 'series';
  if (detail.occurrenceId !== write.occurrenceId) return 'other-occurrence';
  return detail.status.canonical === 'Unrecognised' ? 'status-unrecognised' : null;
}

interface Sent {
  readonly write: StatusWrite;
  readonly base: FoundAppointment;
  readonly sent: EhrResult<XmlElement>;
}

/** What the EHR holds now is the only proof; the answer to the write merely says how long to wait for it. */
async function readBack(tools: WriteTools, made: Sent, signal?: AbortSignal): Promise<StatusWriteOutcome> {
  const { base, sent } = made;
  const waits = echoesOldState(made) ? SETTLE_MS.slice(0, 1) : SETTLE_MS;
  for (const waitMs of waits) {
    const isAwake = await slept(tools.clock, waitMs, signal);
    const read = isAwake ? await readAppointment(tools.call, made.write.appointmentId, signal) : cancelled();
    if (!read.ok) return { kind: 'unknown', failure: sent.ok ? read.failure : sent.failure };
    if (!read.value) return refusal('not-found', base);
    const settled = verdictOnResult(made, read.value);
    if (settled) return settled;
  }
  const reason = sent.ok ? 'accepted-not-applied' : 'lost';
  return { kind: 'not-applied', reason, theirs: base.detail.status, failure: sent.ok ? null : sent.failure };
}

/** Null while the EHR shows what it showed before. */
function verdictOnResult({ write, base, sent }: Sent, after: FoundAppointment): StatusWriteOutcome | null {
  const { status, isDeleted } = after.detail;
  if (isDeleted) return refusal('deleted', after);
  if (status.canonical === write.desired) {
    const members = changedMembers(base.element, after.element);
    if (members.length > 0) return conflict('members-changed', after, { write, isSent: true, members });
    return { kind: 'written', isAnswerLost: !sent.ok, status, version: versionOf(after.element) };
  }
  if (status.canonical === base.detail.status.canonical) return null;
  return conflict('status-changed', after, { write, isSent: true });
}

/** An answer that itself shows the old state will not come true by waiting. */
function echoesOldState({ base, sent }: Sent): boolean {
  const echo = sent.ok ? presentChild(sent.value, 'Appointment') : null;
  const shown = echo && decodeAppointment(echo);
  return shown?.status.canonical === base.detail.status.canonical;
}

function cancelled(): EhrResult<never> {
  return ehrFailed({ kind: 'cancelled' });
}

function refusal(reason: WriteRefusal, at: FoundAppointment | null): StatusWriteOutcome {
  return { kind: 'refused', reason, theirs: at?.detail.status ?? null, failure: null };
}

/** A call that did nothing: for good when a person must act, else for now. */
function unsent(
  failure: EhrFailure,
  base: FoundAppointment | null,
  reason: 'not-read' | 'not-sent',
): StatusWriteOutcome {
  const theirs = base?.detail.status ?? null;
  const refused = refusedBy(failure);
  return refused
    ? { kind: 'refused', reason: refused, theirs, failure }
    : { kind: 'not-applied', reason, theirs, failure };
}

interface ConflictFacts {
  readonly write: StatusWrite;
  readonly isSent: boolean;
  readonly members?: readonly string[];
}

function conflict(reason: ConflictReason, at: FoundAppointment, facts: ConflictFacts): StatusWriteOutcome {
  const { write, isSent, members = [] } = facts;
  return {
    kind: 'conflict',
    reason,
    theirs: at.detail.status,
    ours: write.desired,
    lastAgreed: write.lastAgreed,
    version: versionOf(at.element),
    isSent,
    members,
  };
}
