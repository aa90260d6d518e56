import type { Visit, VisitFlow } from '@workflow-bolt/contracts';

export type Segment = { from: number; to: number | null };

/** A passage that has not begun; the assigned provider stays. */
export function emptyFlow(providerId: string | null, statusSince: number): VisitFlow {
  return {
    status: 'scheduled',
    statusSince,
    milestones: {},
    skipped: [],
    estimated: [],
    corrected: [],
    roomId: null,
    providerId,
    roomStays: [],
    providerSegments: [],
    waitSegments: [],
    steppedOut: null,
    outcome: null,
    lateMin: null,
  };
}

/** The flow fields of a visit, as archived by a re-check-in. */
export function flowOf(visit: Visit): VisitFlow {
  return {
    status: visit.status,
    statusSince: visit.statusSince,
    milestones: visit.milestones,
    skipped: visit.skipped,
    estimated: visit.estimated,
    corrected: visit.corrected,
    roomId: visit.roomId,
    providerId: visit.providerId,
    roomStays: visit.roomStays,
    providerSegments: visit.providerSegments,
    waitSegments: visit.waitSegments,
    steppedOut: visit.steppedOut,
    outcome: visit.outcome,
    lateMin: visit.lateMin,
  };
}

/** The latest instant a visit knows of; nothing new may be recorded before it (V31). Epoch ms, 0 when none. */
export function lastInstantOf(flow: VisitFlow): number {
  const times: number[] = Object.values(flow.milestones);
  for (const segment of [...flow.roomStays, ...flow.providerSegments, ...flow.waitSegments]) {
    times.push(segment.to ?? segment.from);
  }
  return Math.max(0, ...times);
}

/** When something that happens now happens for this visit: a clock set back never reorders a passage. */
export function effectiveNow(flow: VisitFlow, now: number): number {
  return Math.max(now, lastInstantOf(flow));
}

/** Ends the open segment, if any; never before it began. */
export function closeSegment<S extends Segment>(segments: readonly S[], at: number): S[] {
  return segments.map((each) => (each.to === null ? { ...each, to: Math.max(each.from, at) } : each));
}
