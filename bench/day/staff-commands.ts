/** What staff does on a bench board: as a trace of a whole day, or as independent paths for concurrent senders. */
import type { Command } from '@workflow-bolt/contracts';
import { dayTrace, type TraceStep } from '@workflow-bolt/testkit';
import { commandOfStep } from '../../scripts/demo/command-of-step.ts';
import { type BenchDay, visitIdOf } from './bench-day.ts';
import type { WorkItem } from './recorded-commit.ts';

/** A no-show needs its half hour to pass on the real clock: nobody is one here. */
function moveOf(step: TraceStep, visitId: string): Command | null {
  const roomId = step.roomId === null ? null : `room-${step.roomId}`;
  return step.step === 'no-show' ? null : commandOfStep(step, visitId, roomId);
}

/** Every click of the day in order, with rooms, by the roles that make them. */
export function dayCommands({ day }: BenchDay): WorkItem[] {
  const booked = new Map(day.appointments.map((a) => [a.key, visitIdOf(a)]));
  return dayTrace(day).flatMap((step) => {
    const visitId = booked.get(step.visit) ?? '';
    const command = step.visit !== '' && visitId === '' ? null : moveOf(step, visitId);
    return command ? [{ role: step.role, clientId: `client-${step.role}`, command }] : [];
  });
}

/** One visit from arrival to the end, without a room, so that visits do not depend on one another. */
export function visitPath(visitId: string): Command[] {
  const move = { type: 'moveVisit', visitId } as const;
  return [
    { ...move, to: 'arrived' },
    { ...move, to: 'appt-prep' },
    { ...move, to: 'ready-for-md' },
    { ...move, to: 'with-doctor' },
    { ...move, to: 'seen-by-md' },
    { ...move, to: 'completed' },
  ];
}

export const laneId = (lane: number): string => `lane-${String(lane).padStart(5, '0')}`;

/**
 * Splits the day's visits over `lanes` senders, each with visits and a count of its own: none waits for another.
 * All by a medical assistant, who may order every one of these steps.
 */
export function laneCommands({ day }: BenchDay, lanes: number): WorkItem[] {
  const visits = day.appointments.filter((a) => a.type === 'P' && a.patientId !== null).map(visitIdOf);
  return visits.flatMap((visit, i) =>
    visitPath(visit).map((command) => ({ role: 'medical-assistant', clientId: laneId(i % lanes), command })),
  );
}
