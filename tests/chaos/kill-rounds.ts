/** One round: load, a part killed under it, the part back, everyone at rest, everything compared. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitUntil, type Rng } from '@workflow-bolt/testkit';
import type { SystemProcess } from '../system/clinic-system.ts';
import type { BoardTruth } from './board-truth.ts';
import type { ChaosClinic } from './chaos-clinic.ts';
import { checkRecords, checkSchedule, mustAgree, stretchFrom, untilAgreed } from './check-day.ts';
import { roomsOf } from './check-rooms.ts';

export const victims = ['redis', 'server-1', 'server-2', 'worker'] as const;
export type Victim = (typeof victims)[number];
export type RoundResult = {
  victim: Victim;
  /** From the moment the killed part answered again until every screen showed the end of the log, ms. */
  recoveryMs: number;
  numCommands: number;
};

/** All screens live and equal to the log within this of the killed part's first answer. */
export const recoveryMsMax = 2_000;

/** Each part about equally often, Redis most, in random order. */
export function victimsOf(rng: Rng, numRounds: number): Victim[] {
  const pattern: readonly Victim[] = ['redis', 'server-1', 'redis', 'server-2', 'worker'];
  return rng.shuffle(Array.from({ length: numRounds }, (_, i) => pattern[i % pattern.length] ?? 'redis'));
}

/** Kills the part, keeps it down for a while under load, starts it and resolves when it answers. */
async function killAndStart(clinic: ChaosClinic, victim: Victim, downMs: number): Promise<void> {
  const { redis, servers, workers } = clinic.system;
  if (victim === 'redis') {
    await redis?.kill9();
    await sleep(downMs);
    await redis?.start();
    return;
  }
  if (victim === 'worker') {
    const [worker] = workers;
    if (worker) await restart(worker, downMs, () => startsOf(worker, 'worker started'));
    return;
  }
  const server = servers[victim === 'server-1' ? 0 : 1];
  if (server) await restart(server.process, downMs, () => startsOf(server.process, 'server.listening'));
}

async function restart(process: SystemProcess, downMs: number, starts: () => number): Promise<void> {
  const before = starts();
  await process.end('SIGKILL');
  await sleep(downMs);
  process.start();
  await awaitUntil(`${process.name} is back`, () => starts() > before, 20_000);
}

const startsOf = ({ logPath }: SystemProcess, word: string): number =>
  readFileSync(logPath, 'utf8').split(word).length - 1;

/** The EHR changes a little and is asked for, so that a synchronisation runs through the fault. */
async function stirSchedule(clinic: ChaosClinic, rng: Rng): Promise<void> {
  const { simulator } = clinic.system;
  const booked = simulator.world.all().filter(({ type }) => type === 'P');
  const moved = rng.pick(booked);
  const startTime = new Date(moved.startMs + rng.int(-3, 3) * 300_000).toISOString();
  simulator.act({ do: 'move', id: moved.id, startTime });
  await clinic.requestSync();
}

/** Runs one round and throws with everything that disagrees. Leaves the clinic at rest. */
export async function runRound(clinic: ChaosClinic, truth: BoardTruth, victim: Victim): Promise<RoundResult> {
  const { rng } = clinic;
  await truth.catchUp(clinic.replay);
  const stretch = stretchFrom(clinic, truth, roomsOf(truth));
  const { epoch } = await truth.meta();
  clinic.work();
  await stirSchedule(clinic, rng);
  await sleep(rng.int(150, 500));
  await killAndStart(clinic, victim, rng.int(0, 500));
  const answeredAt = performance.now();
  await Promise.all([clinic.rest(), untilEqual(clinic, truth, epoch)]);
  const recoveryMs = Math.round(performance.now() - answeredAt);
  await compare(clinic, truth, epoch, stretch);
  const numCommands = new Set(clinic.history.lines.slice(stretch.fromLine).map(({ opId }) => opId)).size;
  return { victim, recoveryMs, numCommands };
}

/** Every screen is live and shows the end of the log, nobody having anything more to say. */
async function untilEqual(clinic: ChaosClinic, truth: BoardTruth, epoch: string): Promise<void> {
  await awaitUntil(
    'every screen shows the end of the log',
    async () => {
      if (clinic.isWorking) return false;
      await truth.catchUp(clinic.replay);
      return clinic.observers.every((screen) => screen.isAt(truth, epoch));
    },
    recoveryMsMax,
  ).catch((error: Error) => {
    const stands = clinic.observers.map((one) => `${one.name} ${one.phases.at(-1)} #${one.last?.seq}`);
    throw new Error(`${error.message}: the log is at ${truth.seq}; ${stands.join(', ')}`);
  });
}

async function compare(
  clinic: ChaosClinic,
  truth: BoardTruth,
  epoch: string,
  stretch: Parameters<typeof checkRecords>[2],
): Promise<void> {
  await untilAgreed(clinic, truth, clinic.replay);
  const meta = await truth.meta();
  mustAgree('the round', [
    ...(meta.epoch === epoch ? [] : [`the epoch changed from ${epoch} to ${meta.epoch}`]),
    ...checkRecords(clinic, truth, stretch),
    ...clinic.observers.flatMap((screen) => screen.unexplained((seen) => (seen === epoch ? [truth] : []))),
  ]);
}

/** All rounds, then the schedule as a whole. Throws with the round and the seed of the first disagreement. */
export async function runRounds(
  clinic: ChaosClinic,
  numRounds: number,
  seed: number,
): Promise<RoundResult[]> {
  const truth = clinic.truth();
  const results: RoundResult[] = [];
  for (const [i, victim] of victimsOf(clinic.rng, numRounds).entries()) {
    const result = await runRound(clinic, truth, victim).catch((error: Error) => {
      throw new Error(`round ${i + 1} (${victim}), seed ${seed}: ${error.message}`, { cause: error });
    });
    results.push(result);
  }
  await clinic.requestSync();
  await awaitUntil(
    'the schedule is whole',
    async () => {
      await truth.catchUp(clinic.replay);
      mustAgree('the schedule', checkSchedule(clinic, truth));
      return true;
    },
    30_000,
  );
  return results;
}

/** Recovery times by victim, and what the load consisted of. */
export function reportRounds(clinic: ChaosClinic, results: readonly RoundResult[]): void {
  for (const victim of victims) {
    const times = results.filter((one) => one.victim === victim).map(({ recoveryMs }) => recoveryMs);
    console.log(`${victim}: ${times.length} kills, equal after ${times.sort((a, b) => a - b).join(', ')} ms`);
  }
  const { numApplied, numRefused } = clinic.replay;
  const numCommands = results.reduce((sum, one) => sum + one.numCommands, 0);
  const holds = Map.groupBy(
    clinic.workstations.flatMap(({ client }) => [...client.holds]),
    ([code]) => code,
  );
  const held = [...holds].map(([code, all]) => `${code} ${all.reduce((sum, [, n]) => sum + n, 0)}`);
  console.log(
    `${numCommands} commands: ${numApplied} applied, ${numRefused} refused; held: ${held.join(', ')}`,
  );
}
