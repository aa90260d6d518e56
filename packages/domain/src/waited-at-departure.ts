import type { Visit } from '@workflow-bolt/contracts';

/**
 * How long a patient who leaves had been waiting (ms): since becoming ready in a room, else since arrival,
 * and never counting the time before a booked start (adjusted lobby clock). Null when neither is known.
 */
export function waitedMsAtDeparture(visit: Visit, at: number): number | null {
  const { arrivedAt, readyAt, withDoctorAt } = visit.milestones;
  if (withDoctorAt !== undefined) return null;
  if (readyAt !== undefined) return Math.max(0, at - readyAt);
  if (arrivedAt === undefined) return null;
  return Math.max(0, at - Math.max(arrivedAt, visit.startAt ?? arrivedAt));
}
