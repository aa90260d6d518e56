/** Measures that entities no longer show: they are read from the log. */
import type { EventOf, LogFrame } from '@workflow-bolt/contracts';
import { minutes } from './clinic-time.ts';
import { statusInfo } from './status-info.ts';

export type Turnover = { roomId: string; outAt: number; readyAt: number | null; ms: number | null };

/** From "patient out" to "clean", per room; an undone departure is no turnover. */
export function roomTurnovers(frames: Iterable<LogFrame>): Turnover[] {
  const open = new Map<string, number>();
  const done: Turnover[] = [];
  for (const { at, events } of frames) {
    for (const event of events) {
      if (event.type === 'room.released' && event.needsCleaning) open.set(event.roomId, at);
      if (event.type === 'room.occupied') open.delete(event.roomId);
      const outAt = event.type === 'room.cleaned' ? open.get(event.roomId) : undefined;
      if (event.type !== 'room.cleaned' || outAt === undefined) continue;
      open.delete(event.roomId);
      done.push({ roomId: event.roomId, outAt, readyAt: at, ms: Math.max(0, at - outAt) });
    }
  }
  return [...done, ...[...open].map(([roomId, outAt]) => ({ roomId, outAt, readyAt: null, ms: null }))];
}

/** Two steps of one visit closer than this (ms) were clicked after the fact, not as they happened. */
export const hastyStepMs = minutes(1);
/** Above this share of patients roomed without the check-in tick, a station's waits are not to be trusted. */
export const untickedShareMax = 0.1;

type Hasty = { visitId: string; from: string; to: string; gapMs: number };
export type ClickQuality = {
  station: string | null;
  steps: number;
  hasty: Hasty[];
  roomed: number;
  roomedUnticked: number;
  untickedShare: number | null;
  isPoor: boolean;
};

const commandOf = (eventId: string): string => eventId.slice(0, eventId.lastIndexOf('#'));

function undoneCommands(frames: readonly LogFrame[]): Set<string> {
  const events = frames.flatMap((frame) => frame.events);
  return new Set(events.flatMap((event) => (event.type === 'visit.undone' ? [commandOf(event.undoes)] : [])));
}

type Tally = Omit<ClickQuality, 'untickedShare' | 'isPoor'>;

function tallyOf(tallies: Map<string | null, Tally>, station: string | null): Tally {
  const present = tallies.get(station);
  if (present) return present;
  const fresh: Tally = { station, steps: 0, hasty: [], roomed: 0, roomedUnticked: 0 };
  tallies.set(station, fresh);
  return fresh;
}

const rankOf = (status: keyof typeof statusInfo): number => statusInfo[status].rank ?? -1;

function countStep(
  tally: Tally,
  event: EventOf<'visit.moved'>,
  known: { last?: number; isTicked: boolean },
): void {
  const { visitId, from, to, effectiveAt } = event;
  tally.steps += 1;
  const gapMs = known.last === undefined ? hastyStepMs : effectiveAt - known.last;
  if (gapMs < hastyStepMs) tally.hasty.push({ visitId, from, to, gapMs });
  if (from !== 'arrived' || rankOf(to) < 3) return;
  tally.roomed += 1;
  if (!known.isTicked) tally.roomedUnticked += 1;
}

/** How far each station's clicks can be believed, from what people clicked there and did not take back (V25). */
export function clickQuality(log: Iterable<LogFrame>): ClickQuality[] {
  const frames = [...log];
  const undone = undoneCommands(frames);
  const tallies = new Map<string | null, Tally>();
  const last = new Map<string, number>();
  const ticked = new Set<string>();
  for (const frame of frames) {
    if (undone.has(frame.commandId)) continue;
    for (const event of frame.events) {
      if (event.type === 'visit.check-in-completed') {
        if (event.isCompleted) ticked.add(event.visitId);
        else ticked.delete(event.visitId);
      }
      if (event.type !== 'visit.moved') continue;
      if (event.isReCheckIn) ticked.delete(event.visitId);
      if (frame.source === 'ui') {
        const at = last.get(event.visitId);
        const known = { isTicked: ticked.has(event.visitId), ...(at === undefined ? {} : { last: at }) };
        countStep(tallyOf(tallies, frame.actor.station), event, known);
      }
      last.set(event.visitId, event.effectiveAt);
    }
  }
  return [...tallies.values()].map((tally) => {
    const untickedShare = tally.roomed === 0 ? null : tally.roomedUnticked / tally.roomed;
    return { ...tally, untickedShare, isPoor: (untickedShare ?? 0) > untickedShareMax };
  });
}
