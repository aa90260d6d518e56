/**
 * Plays the staff of the demo clinic over the API, as `npm start -- --simulate` does: the same commands that
 * people give, by the roles that may give them, at a chosen speed. A person at the board may interfere at any
 * time; a step that no longer fits is refused by the server and left out here.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Command, Entity, SnapshotResponse, User } from '@workflow-bolt/contracts';
import { type DayOptions, dayTrace, generateDay, type TraceStep } from '@workflow-bolt/testkit/generate';
import { commandOfStep } from './command-of-step.ts';
import { demoClinicId, roomIdOf } from './demo-clinic.ts';

export type PlayOptions = {
  baseUrl: string;
  day: DayOptions;
  /** Minutes of the clinic's day per minute of ours. */
  speed: number;
  users: readonly User[];
  signal: AbortSignal;
  log: (line: string) => void;
};

type Session = { user: User; authorization: string; signedInAt: number };
type Board = { visits: Map<string, string>; entities: Map<string, Entity> };

/** Shorter than a session may be idle: whoever has had nothing to do for that long signs in again. */
const sessionMs = 600_000;

/** Resolves after `ms`, or at once when aborted. */
const sleep = (ms: number, signal: AbortSignal) =>
  setTimeout(Math.max(0, ms), undefined, { signal }).catch(() => undefined);

async function signIn(options: PlayOptions, user: User): Promise<Session> {
  const answer = await fetch(`${options.baseUrl}/api/v1/dev-login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: user.id, station: `demo-${user.role}`.slice(0, 40) }),
    signal: options.signal,
  });
  if (!answer.ok) throw new Error(`the demo user ${user.id} cannot sign in (${answer.status})`);
  const [token = ''] = answer.headers.getSetCookie().map((line) => /=([^;]+)/.exec(line)?.[1] ?? '');
  return { user, authorization: `Bearer ${token}`, signedInAt: performance.now() };
}

const boardUrl = ({ baseUrl, day }: PlayOptions) => `${baseUrl}/api/v1/boards/${demoClinicId}/${day.date}`;

async function readBoard(options: PlayOptions, { authorization }: Session): Promise<Board> {
  const answer = await fetch(boardUrl(options), { headers: { authorization }, signal: options.signal });
  const snapshot = (await answer.json()) as SnapshotResponse;
  const entities = new Map(snapshot.entities.map(({ id, d }) => [id as string, d]));
  const visits = new Map<string, string>();
  for (const d of entities.values()) {
    if (d.type === 'visit' && d.external?.appointmentId) visits.set(d.external.appointmentId, d.id);
  }
  return { visits, entities };
}

async function send(options: PlayOptions, session: Session, command: Command): Promise<string> {
  const answer = await fetch(`${boardUrl(options)}/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: session.authorization },
    // A client of its own for each step: a step that is refused must not hold up the next one.
    body: JSON.stringify({ clientId: `play-${randomUUID()}`, n: 1, command }),
    signal: options.signal,
  });
  if (answer.ok) return 'applied';
  const problem = (await answer.json()) as { code?: string };
  return problem.code ?? String(answer.status);
}

/** A free room of the kind the trace chose, or any free exam room: people may have taken it meanwhile. */
function freeRoom(board: Board, wanted: number | null): string | null {
  const isFree = (d: Entity | undefined) =>
    d?.type === 'room' && d.state === 'available' && d.kind === 'exam';
  const first = wanted === null ? undefined : board.entities.get(`r:${roomIdOf(wanted)}`);
  if (wanted !== null && isFree(first)) return roomIdOf(wanted);
  for (const d of board.entities.values()) if (isFree(d) && d.type === 'room') return d.id;
  return null;
}

function commandOf(step: TraceStep, visitId: string, board: Board): Command | null {
  const named = step.roomId === null ? null : roomIdOf(step.roomId);
  return commandOfStep(step, visitId, step.step === 'room' ? freeRoom(board, step.roomId) : named);
}

type Walkers = { names: Map<string, string>; ids: Map<string, string> };

function walkIn(step: TraceStep, walkers: Walkers): Command {
  const visitId = `w${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  walkers.ids.set(step.visit, visitId);
  return {
    type: 'createVisit',
    visitId,
    kind: 'walk-in',
    fullName: walkers.names.get(step.visit) ?? 'Walk-in patient',
    providerId: step.providerId === null ? null : `ehr-${step.providerId}`,
  };
}

/** Runs the whole day once and resolves at its end or when aborted. */
export async function playStaff(options: PlayOptions): Promise<void> {
  const { signal, users, speed, log } = options;
  const day = generateDay(options.day);
  const steps = dayTrace(day);
  const patients = new Map(day.patients.map((p) => [p.id, `${p.firstName} ${p.lastName}`]));
  const walkers: Walkers = {
    names: new Map(day.walkIns.map((v) => [v.key, patients.get(v.patientId ?? -1) ?? 'Walk-in patient'])),
    ids: new Map(),
  };
  const sessions = new Map<string, Session>();
  for (const user of users)
    if (!sessions.has(user.role)) sessions.set(user.role, await signIn(options, user));
  const sessionOf = async (role: string): Promise<Session | undefined> => {
    const known = sessions.get(role);
    if (!known || performance.now() - known.signedInAt < sessionMs) return known;
    const fresh = await signIn(options, known.user);
    sessions.set(role, fresh);
    return fresh;
  };
  const [anyone] = sessions.values();
  while (anyone && !signal.aborted && (await readBoard(options, anyone)).visits.size === 0)
    await sleep(500, signal);
  const startedAt = performance.now();
  const dayStart = steps[0]?.atMs ?? 0;
  for (const step of steps) {
    await sleep((step.atMs - dayStart) / speed - (performance.now() - startedAt), signal);
    if (signal.aborted) return;
    try {
      const session = await sessionOf(step.role);
      if (!session) continue;
      const board = await readBoard(options, session);
      const visitId = walkers.ids.get(step.visit) ?? board.visits.get(String(step.appointmentId)) ?? '';
      if (visitId === '' && step.step !== 'walk-in' && step.step !== 'room-clean') continue;
      const command = step.step === 'walk-in' ? walkIn(step, walkers) : commandOf(step, visitId, board);
      if (command) log(`${session.user.name}: ${step.step} — ${await send(options, session, command)}`);
    } catch (error) {
      if (!signal.aborted) log(`${step.step}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
