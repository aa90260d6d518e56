/**
 * Plays the generated day of the demo clinic at the times at which things would happen, and a quarter of an hour in
 * which the staff use the lab and the infusion suite too, so that something stands in every column.
 */
import type { Command, Visit, VisitStatus } from '@workflow-bolt/contracts';
import { type DayOptions, dayTrace, generateDay, type TraceStep } from '@workflow-bolt/testkit';
import { commandOfStep } from '../demo/command-of-step.ts';
import { roomIdOf } from '../demo/demo-clinic.ts';
import { give, readBoard, type Stage } from './clinic-stage.ts';

/** The command of a step on this visit; null for what nobody does on a card. */
function commandOf(step: TraceStep, visitId: string): Command | null {
  if (visitId === '' && step.step !== 'room-clean') return null;
  return commandOfStep(step, visitId, step.roomId === null ? null : roomIdOf(step.roomId));
}

async function visitsByAppointment(stage: Stage): Promise<Map<string, string>> {
  const { entities } = await readBoard(stage);
  return new Map(
    entities.flatMap(({ d }): [string, string][] =>
      d.type === 'visit' && d.external?.appointmentId ? [[d.external.appointmentId, d.id]] : [],
    ),
  );
}

type Played = { atMs: number; role: TraceStep['role']; command: Command };

/** The generated day as commands; a step without a card is left out. */
async function commandsOf(stage: Stage, day: DayOptions): Promise<Played[]> {
  const visitIds = await visitsByAppointment(stage);
  const generated = generateDay(day);
  const patients = new Map(generated.patients.map((each) => [each.id, `${each.firstName} ${each.lastName}`]));
  const walkIns = new Map(generated.walkIns.map(({ key }, i) => [key, `w-${i + 1}`]));
  return dayTrace(generated).flatMap((step): Played[] => {
    const { atMs, role } = step;
    const visitId = walkIns.get(step.visit) ?? visitIds.get(String(step.appointmentId)) ?? '';
    if (step.step !== 'walk-in') {
      const command = commandOf(step, visitId);
      return command ? [{ atMs, role, command }] : [];
    }
    const fullName = patients.get(step.patientId ?? 0) ?? 'Walk-in patient';
    const providerId = step.providerId === null ? null : `ehr-${step.providerId}`;
    return [{ atMs, role, command: { type: 'createVisit', visitId, kind: 'walk-in', fullName, providerId } }];
  });
}

async function visitsIn(stage: Stage, status: VisitStatus): Promise<Visit[]> {
  const { entities } = await readBoard(stage);
  const visits = entities.flatMap(({ d }) => (d.type === 'visit' && d.status === status ? [d] : []));
  return visits.sort((a, b) => a.statusSince - b.statusSince);
}

const minute = 60_000;
const assistant = 'medical-assistant';

/** One patient goes on to another room and the next one takes the exam room, cleaned in between. */
async function makeRoom(stage: Stage, visit: Visit | undefined, to: string, startMs: number): Promise<void> {
  const [next] = await visitsIn(stage, 'arrived');
  if (!visit?.roomId || !next) return;
  const { id: visitId, roomId } = visit;
  const steps: Command[] = [
    { type: 'assignRoom', visitId, roomId: to },
    { type: 'markRoomClean', roomId },
    { type: 'moveVisit', visitId: next.id, to: 'appt-prep', roomId },
  ];
  for (const [i, command] of steps.entries()) {
    stage.clock.ms = startMs + i * minute;
    await give(stage, assistant, command);
  }
}

async function useAllRooms(stage: Stage, startMs: number): Promise<void> {
  const { entities } = await readBoard(stage);
  const roomOf = (kind: string) =>
    entities.flatMap(({ d }) => (d.type === 'room' && d.kind === kind ? [d.id] : []))[0] ?? '';
  await makeRoom(stage, (await visitsIn(stage, 'seen-by-md'))[0], roomOf('lab'), startMs);
  const [first] = await visitsIn(stage, 'with-doctor');
  stage.clock.ms = startMs + 4 * minute;
  if (first) await give(stage, 'provider', { type: 'moveVisit', visitId: first.id, to: 'seen-by-md' });
  const [prepared] = await visitsIn(stage, 'appt-prep');
  await makeRoom(
    stage,
    (await visitsIn(stage, 'seen-by-md')).at(-1),
    roomOf('procedure'),
    startMs + 6 * minute,
  );
  stage.clock.ms = startMs + 9 * minute;
  if (prepared) await give(stage, assistant, { type: 'moveVisit', visitId: prepared.id, to: 'ready-for-md' });
}

/** How long before the pictures the generated day gives way to the staff of `useAllRooms`. */
const ownMinutes = 14;

/** Plays the day up to the moment of the pictures (epoch ms). */
export async function playUntil(stage: Stage, day: DayOptions, untilMs: number): Promise<void> {
  const played = await commandsOf(stage, day);
  const ownMs = untilMs - ownMinutes * minute;
  const isDesk = ({ role, command }: Played) =>
    role === 'front-desk' && !(command.type === 'moveVisit' && command.to === 'completed');
  const steps = played.filter((each) => each.atMs <= ownMs || (each.atMs <= untilMs && isDesk(each)));
  for (const { atMs, role, command } of steps.filter((each) => each.atMs <= ownMs)) {
    stage.clock.ms = atMs;
    await give(stage, role, command);
  }
  await useAllRooms(stage, ownMs + minute);
  for (const { atMs, role, command } of steps.filter((each) => each.atMs > ownMs)) {
    stage.clock.ms = atMs;
    await give(stage, role, command);
  }
  stage.clock.ms = untilMs;
}
