import {
  type CommandOf,
  type Milestone,
  milestones,
  type Refusal,
  type Visit,
} from '@workflow-bolt/contracts';
import type { Decision } from './board.ts';
import { minutes } from './clinic-time.ts';
import { effectiveNow, type Segment } from './flow.ts';
import { edgesOf } from './fold-time-correction.ts';
import { accept, findVisit, nothingToChange, refusal, refuse, type Scene } from './scene.ts';
import { isHidden } from './status-info.ts';

/** Beyond this difference (ms) a correction needs a reason. */
export const unexplainedCorrectionMs = minutes(15);

type Bounds = { notBefore: number; notAfter: number };

/** The recorded milestones before and after this one. */
function neighbours(visit: Visit, milestone: Milestone): Bounds {
  const index = milestones.indexOf(milestone);
  const timesOf = (names: readonly Milestone[]) => names.flatMap((name) => visit.milestones[name] ?? []);
  return {
    notBefore: Math.max(0, ...timesOf(milestones.slice(0, index))),
    notAfter: Math.min(Number.MAX_SAFE_INTEGER, ...timesOf(milestones.slice(index + 1))),
  };
}

/** A segment end that moves along may not pass its other end nor the next segment. */
function withinSegments(segments: readonly Segment[], end: 'from' | 'to', was: number): Bounds {
  const index = segments.findIndex((each) => each[end] === was);
  const segment = segments[index];
  if (!segment) return { notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER };
  if (end === 'to') {
    return { notBefore: segment.from, notAfter: segments[index + 1]?.from ?? Number.MAX_SAFE_INTEGER };
  }
  return { notBefore: segments[index - 1]?.to ?? 0, notAfter: segment.to ?? Number.MAX_SAFE_INTEGER };
}

function boundsOf(visit: Visit, milestone: Milestone, was: number): Bounds {
  const edges = edgesOf[milestone] ?? [];
  const all = [
    neighbours(visit, milestone),
    ...edges.map(({ lane, end }) => withinSegments(visit[lane], end, was)),
  ];
  return {
    notBefore: Math.max(...all.map((each) => each.notBefore)),
    notAfter: Math.min(...all.map((each) => each.notAfter)),
  };
}

function badTime(scene: Scene, visit: Visit, command: CommandOf<'correctTime'>, was: number): Refusal | null {
  const { milestone, at, reason } = command;
  const latest = effectiveNow(visit, scene.ctx.now);
  if (at > latest) return refusal('time_in_future', { notAfter: latest });
  const bounds = boundsOf(visit, milestone, was);
  const notAfter = Math.min(latest, bounds.notAfter);
  if (at < bounds.notBefore || at > notAfter) {
    return refusal('time_out_of_order', { notBefore: bounds.notBefore, notAfter });
  }
  return Math.abs(at - was) > unexplainedCorrectionMs && !reason ? refusal('reason_required') : null;
}

/** A forgotten click: the true time, between its neighbours and never in the future (V13). */
export function decideCorrectTime(scene: Scene, command: CommandOf<'correctTime'>): Decision {
  const visit = findVisit(scene.view, command.visitId);
  if (!visit) return refuse('visit_not_found', { visitId: command.visitId });
  if (isHidden(visit.status)) return refuse('visit_closed', { visitStatus: visit.status });
  const { visitId, milestone, at } = command;
  const was = visit.milestones[milestone];
  if (was === undefined) return refuse('milestone_not_set', { milestone });
  if (was === at) return nothingToChange();
  const refused = badTime(scene, visit, command, was);
  if (refused) return { ok: false, refusal: refused };
  return accept([
    { type: 'visit.time-corrected', visitId, milestone, was, at, reason: command.reason ?? null },
  ]);
}
