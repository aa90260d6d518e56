/**
 * The numbers of a day counted from its log alone, without the product's rules: times from the events, intervals from
 * the definitions of docs/spec/visit-flow.md, statistics by hand. The product's numbers are held against these.
 */
import type { BoardEvent, LogFrame, Milestone } from '@workflow-bolt/contracts';

type Segment = { providerId: string | null; from: number; to: number | null };
type Passage = {
  times: Partial<Record<Milestone, number>>;
  segments: Segment[];
  isOpenedByEhr: Set<Milestone>;
};
export type Recounted = Passage & {
  id: string;
  startAt: number | null;
  isWalkIn: boolean;
  providerId: string | null;
  status: string;
  leftKind: string | null;
  /** First arrival of the day, over all passages. */
  firstArrivalAt: number | null;
};

const newPassage = (): Passage => ({ times: {}, segments: [], isOpenedByEhr: new Set() });
const commandOf = (eventId: string): string => eventId.slice(0, eventId.lastIndexOf('#'));

/** Frames without those that were taken back, and without the taking back. */
export function standing(frames: readonly LogFrame[]): LogFrame[] {
  const undone = new Set(
    frames.flatMap(({ events }) =>
      events.flatMap((e) => (e.type === 'visit.undone' ? [commandOf(e.undoes)] : [])),
    ),
  );
  return frames.filter(({ command, commandId }) => command !== 'undoLast' && !undone.has(commandId));
}

function endSegment(visit: Recounted, at: number): void {
  const open = visit.segments.at(-1);
  if (open && open.to === null) open.to = at;
}

function take(visit: Recounted, event: BoardEvent, at: number): void {
  switch (event.type) {
    case 'visit.moved': {
      if (event.isReCheckIn) Object.assign(visit, newPassage());
      for (const name of event.clears) delete visit.times[name];
      if (event.sets) visit.times[event.sets] = event.effectiveAt;
      endSegment(visit, event.effectiveAt);
      if (event.to === 'with-doctor') {
        visit.segments.push({ providerId: visit.providerId, from: event.effectiveAt, to: null });
      }
      visit.status = event.to;
      visit.leftKind = event.outcome?.kind ?? null;
      if (event.sets === 'arrivedAt') visit.firstArrivalAt ??= event.effectiveAt;
      return;
    }
    case 'visit.check-in-completed':
      if (event.isCompleted) visit.times.checkInCompletedAt = at;
      else delete visit.times.checkInCompletedAt;
      return;
    case 'visit.provider-changed': {
      const isWithDoctor = visit.segments.at(-1)?.to === null;
      endSegment(visit, at);
      if (isWithDoctor) visit.segments.push({ providerId: event.to, from: at, to: null });
      visit.providerId = event.to;
      return;
    }
    case 'visit.time-corrected': {
      const { was, milestone } = event;
      visit.times[milestone] = event.at;
      for (const segment of visit.segments) {
        if (milestone === 'withDoctorAt' && segment.from === was) segment.from = event.at;
        if (milestone === 'seenAt' && segment.to === was) segment.to = event.at;
      }
      if (milestone === 'arrivedAt' && visit.firstArrivalAt === was) visit.firstArrivalAt = event.at;
      return;
    }
  }
}

export function recountVisits(frames: readonly LogFrame[]): Recounted[] {
  const visits = new Map<string, Recounted>();
  for (const { events, at } of standing(frames)) {
    for (const event of events) {
      if (event.type === 'visit.created') {
        const { id, startAt, kind, providerId, status, milestones } = event.visit;
        const arrivedAt = milestones.arrivedAt ?? null;
        visits.set(id, {
          ...newPassage(),
          times: { ...milestones },
          id,
          startAt,
          isWalkIn: kind === 'walk-in',
          providerId,
          status,
          leftKind: null,
          firstArrivalAt: arrivedAt,
        });
      }
      const visit = 'visitId' in event ? visits.get(event.visitId) : undefined;
      if (visit) take(visit, event, at);
    }
  }
  return [...visits.values()];
}

const between = (from: number | null | undefined, to: number | undefined): number | null =>
  from === null || from === undefined || to === undefined ? null : Math.max(0, to - from);

const providerMs = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { from, to }) => sum + (to === null ? 0 : to - from), 0);

/** A arrived, S scheduled start, C check-in completed, R roomed, Y ready, D with doctor, E seen, X out. */
export const intervals: Record<string, (visit: Recounted) => number | null> = {
  lobbyRaw: ({ times }) => between(times.arrivedAt, times.roomedAt),
  lobbyAdjusted: ({ times, startAt }) =>
    times.arrivedAt === undefined ? null : between(Math.max(times.arrivedAt, startAt ?? 0), times.roomedAt),
  checkIn: ({ times }) => between(times.arrivedAt, times.checkInCompletedAt),
  readyToRoom: ({ times }) => between(times.checkInCompletedAt, times.roomedAt),
  prep: ({ times }) => between(times.roomedAt, times.readyAt),
  inRoomWait: ({ times }) => between(times.readyAt, times.withDoctorAt),
  roomToProvider: ({ times }) => between(times.roomedAt, times.withDoctorAt),
  doorToProvider: ({ times }) => between(times.arrivedAt, times.withDoctorAt),
  pastAppointment: ({ times, startAt }) => between(startAt, times.withDoctorAt),
  wrapUp: ({ times }) => between(times.seenAt, times.completedAt),
  cycle: ({ times }) => between(times.arrivedAt, times.completedAt),
};

/** Minutes with the patient, of all providers or of one; null while it goes on or nobody said when it ended. */
export function providerTime(visit: Recounted, providerId?: string | null): number | null {
  const own = visit.segments.filter((each) => providerId === undefined || each.providerId === providerId);
  const isOver = own.every(({ to }) => to !== null) && visit.times.seenAt !== undefined;
  return own.length > 0 && isOver ? providerMs(own) : null;
}

export type Counted = { count: number; meanMs: number | null; medianMs: number | null; p90Ms: number | null };

export function statisticsOf(values: readonly (number | null)[]): Counted {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  const count = known.length;
  if (count === 0) return { count: 0, meanMs: null, medianMs: null, p90Ms: null };
  const at = (index: number): number => known[index] ?? Number.NaN;
  const middle = count / 2;
  return {
    count,
    meanMs: known.reduce((sum, value) => sum + value, 0) / count,
    medianMs: count % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2,
    // Nearest rank: nine in ten are not above it.
    p90Ms: at(Math.ceil(count * 0.9) - 1),
  };
}

const percent = (part: number, whole: number): number | null => (whole === 0 ? null : (100 * part) / whole);

export type DayCounts = {
  total: number;
  arrived: number;
  leftWithoutBeingSeen: number;
  lwbsPercent: number | null;
  noShowPercent: number | null;
  onTimePercent: number | null;
  byStatus: Record<string, number>;
};

export function countsOf(visits: readonly Recounted[]): DayCounts {
  const came = visits.filter(({ firstArrivalAt }) => firstArrivalAt !== null);
  const lwbs = visits.filter(({ status, leftKind }) => status === 'left' && leftKind === 'lwbs').length;
  const booked = visits.filter(({ isWalkIn }) => !isWalkIn);
  const missed = booked.filter(({ status }) => status === 'no-show').length;
  const bookedCame = booked.filter(
    ({ status, firstArrivalAt }) => status !== 'no-show' && firstArrivalAt !== null,
  );
  const timed = came.filter(({ startAt }) => startAt !== null);
  const onTime = timed.filter(
    ({ startAt, firstArrivalAt }) => (firstArrivalAt ?? 0) <= (startAt ?? 0),
  ).length;
  const byStatus: Record<string, number> = {};
  for (const { status } of visits) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return {
    total: visits.length,
    arrived: came.length,
    leftWithoutBeingSeen: lwbs,
    lwbsPercent: percent(lwbs, came.length),
    noShowPercent: percent(missed, missed + bookedCame.length),
    onTimePercent: percent(onTime, timed.length),
    byStatus,
  };
}

export type StationCount = { steps: number; hasty: number; roomed: number; unticked: number };

/** Steps clicked at each station; those within a minute of the step before; patients roomed without the tick. */
export function clicksByStation(frames: readonly LogFrame[]): Map<string | null, StationCount> {
  const stations = new Map<string | null, StationCount>();
  const lastAt = new Map<string, number>();
  const ticked = new Set<string>();
  const inside = ['appt-prep', 'ready-for-md', 'with-doctor', 'seen-by-md', 'completed'];
  for (const { events, actor } of standing(frames)) {
    for (const event of events) {
      if (event.type === 'visit.check-in-completed') ticked.add(event.visitId);
      if (event.type !== 'visit.moved') continue;
      const station = stations.get(actor.station) ?? { steps: 0, hasty: 0, roomed: 0, unticked: 0 };
      stations.set(actor.station, station);
      station.steps += 1;
      const before = lastAt.get(event.visitId);
      if (before !== undefined && event.effectiveAt - before < 60_000) station.hasty += 1;
      lastAt.set(event.visitId, event.effectiveAt);
      if (event.from !== 'arrived' || !inside.includes(event.to)) continue;
      station.roomed += 1;
      if (!ticked.has(event.visitId)) station.unticked += 1;
    }
  }
  return stations;
}
