/** After a stretch of load and faults, everyone at rest: does everything agree? Throws with every disagreement. */
import { awaitUntil, canonicalJson, type HistoryLine, operationsOf } from '@workflow-bolt/testkit';
import type { BoardTruth, Visitor } from './board-truth.ts';
import type { ChaosClinic } from './chaos-clinic.ts';
import { checkAnswers, checkRealTime } from './check-answers.ts';
import { checkRooms, overfullRooms, type RoomsAt } from './check-rooms.ts';

export type Stretch = {
  /** Rooms when it began. */
  rooms: RoomsAt;
  /** Log position when it began. */
  fromSeq: number;
  /** Lines of the history when it began. */
  fromLine: number;
};

/** I2: entities in Redis = fold of the log; position = end of the log. */
export async function checkStore(truth: BoardTruth): Promise<string[]> {
  const [meta, stored, length] = [await truth.meta(), await truth.stored(), await truth.logLength()];
  const problems = [...truth.problems];
  const last = truth.entries.at(-1);
  if (meta.seq !== truth.seq || meta.chain !== last?.chain)
    problems.push(`meta stands at ${meta.seq}, the log at ${truth.seq}`);
  if (length !== truth.seq) problems.push(`the log has ${length} entries and stands at ${truth.seq}`);
  for (const [id, { v, d }] of truth.state.entries()) {
    const found = stored.get(id) ?? '';
    const bar = found.indexOf('|');
    const isSame =
      found.slice(0, bar) === String(v) &&
      canonicalJson(JSON.parse(found.slice(bar + 1) || '{}')) === canonicalJson(d);
    if (!isSame) problems.push(`${id} in Redis is not the fold of the log`);
  }
  if (stored.size !== truth.state.size)
    problems.push(`Redis holds ${stored.size} entities, the fold ${truth.state.size}`);
  return problems;
}

/** I2: waits until Redis and both servers agree with the log at one moment; a synchronisation may still write. */
export async function untilAgreed(clinic: ChaosClinic, log: BoardTruth, visitor?: Visitor): Promise<void> {
  await awaitUntil(
    'Redis and the servers agree with the log',
    async () => {
      await log.catchUp(visitor);
      mustAgree('at one moment', [...(await checkStore(log)), ...(await checkServers(clinic, log))]);
      return true;
    },
    8_000,
  );
}

/** I2: both servers tell the same board as the log. */
export async function checkServers(clinic: ChaosClinic, truth: BoardTruth): Promise<string[]> {
  const problems: string[] = [];
  for (const index of clinic.system.servers.keys()) {
    const { seq, hash } = await clinic.snapshotOf(index);
    if (seq !== truth.seq || hash !== truth.hashAt('staff-manager', seq))
      problems.push(`server ${index + 1} tells another board at ${seq} than the log at ${truth.seq}`);
  }
  return problems;
}

/** No appointment of the EHR is missing or there twice. */
export function checkSchedule(clinic: ChaosClinic, truth: BoardTruth): string[] {
  const booked = clinic.system.simulator.world.all().filter(({ type }) => type === 'P');
  const visits = [...truth.state.entries()].flatMap(([, { d }]) =>
    d.type === 'visit' && d.external ? [d.external.appointmentId] : [],
  );
  return booked.flatMap(({ id }) => {
    const count = visits.filter((found) => found === String(id)).length;
    return count === 1 ? [] : [`appointment ${id} is on the board ${count} times`];
  });
}

/** Where the next stretch begins. */
export function stretchFrom(clinic: ChaosClinic, truth: BoardTruth, rooms: RoomsAt): Stretch {
  return { rooms, fromSeq: truth.seq, fromLine: clinic.history.lines.length };
}

/** I1, I4, I5 over what was asked since the stretch began. */
export function checkRecords(
  clinic: ChaosClinic,
  truth: BoardTruth,
  { rooms, fromSeq, fromLine }: Stretch,
): string[] {
  const lines: readonly HistoryLine[] = clinic.history.lines.slice(fromLine);
  const entries = truth.entries.slice(fromSeq);
  return [
    ...clinic.workstations.flatMap(({ client }) => client.problems),
    ...clinic.replay.problems,
    ...checkAnswers(truth, clinic.history.lines, clinic.isOurs),
    ...checkRealTime(operationsOf(clinic.history.lines), truth),
    ...overfullRooms(entries),
    ...checkRooms(rooms, entries, lines).problems,
  ];
}

/** Throws with the first twenty. */
export function mustAgree(what: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new Error(`${what}: ${problems.length} problems\n  ${problems.slice(0, 20).join('\n  ')}`);
}
