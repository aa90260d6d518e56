/**
 * Rounds in which the primary is killed or cut off under load, in the set-up for production: one replica, WAIT for it,
 * `min-replicas-to-write 1`. After each round everything that anybody was told is held against the new primary's log.
 *
 * As many copies are waited for as Sentinel may promote. With two replicas and WAIT for one it promoted the one that
 * had not got the last commands, and four that had been acknowledged were gone (seed 15003, round 14).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { operationsOf, type SentinelSet, startSentinels } from '@workflow-bolt/testkit';
import type { BoardTruth } from './board-truth.ts';
import { ChaosClinic } from './chaos-clinic.ts';
import { checkAnswers, checkRealTime, DecisionReplay } from './check-answers.ts';
import { mustAgree, untilAgreed } from './check-day.ts';
import { overfullRooms } from './check-rooms.ts';
import { openDesks, sharedLength, untilAllShow } from './judge-failover.ts';
import type { OutboxDesk } from './outbox-desk.ts';
import { type FailoverTimes, failPrimary, type SentinelFault } from './sentinel-faults.ts';
import { sentinelUrl } from './sentinel-url.ts';

/** `tail`: entries that only the old primary held; `again`: how many of those are in the new log by now. */
export type Tail = { tail: number; again: number };
export type SentinelRound = { fault: SentinelFault; times: FailoverTimes } & Tail;
export type SentinelReport = { rounds: SentinelRound[]; numAcknowledged: number; holds: Map<string, number> };
/** `lostLogs`: of primaries that were lost, as they ended. */
export type RoundStage = { clinic: ChaosClinic; desks: readonly OutboxDesk[]; lostLogs: BoardTruth[] };
type Stage = RoundStage & { set: SentinelSet };

/** How long all screens may take to show the end of the log, everyone at rest. */
const showMs = 60_000;

/** Throws when anything that was acknowledged is missing, doubled or shown otherwise. About 8 s a round. */
export async function runSentinelRounds(
  faults: readonly SentinelFault[],
  seed: number,
): Promise<SentinelReport> {
  // Replicas on a busy machine report late: what fences here is that there is none, not that one is slow.
  const conf = ['min-replicas-max-lag 10'];
  await using set = await startSentinels({ minReplicasToWrite: 1, failoverTimeoutMs: 5_000, conf, seed });
  const env = { BOLT_COMMIT_REPLICAS: '1' };
  await using clinic = await ChaosClinic.open({ seed, redisUrl: sentinelUrl(set), numClients: 3, env });
  const desks = await openDesks(clinic, seed);
  const stage: Stage = { clinic, set, desks, lostLogs: [] };
  const rounds: SentinelRound[] = [];
  for (const [i, fault] of faults.entries()) {
    const round = await runSentinelRound(stage, fault).catch((error: Error) => {
      throw new Error(`round ${i + 1} (${fault}), seed ${seed}: ${error.message}`, { cause: error });
    });
    rounds.push(round);
  }
  const numAcknowledged = operationsOf(clinic.history.lines).filter(({ isKnown }) => isKnown).length;
  return { rounds, numAcknowledged, holds: holdsOf(clinic) };
}

async function runSentinelRound(stage: Stage, fault: SentinelFault): Promise<SentinelRound> {
  const { clinic, set, desks } = stage;
  clinic.work([40, 120]);
  for (const desk of desks) desk.work();
  await sleep(clinic.rng.int(300, 800));
  const failed = await failPrimary(clinic, set, fault);
  await set.untilInSync(showMs);
  await set.untilElectable(showMs);
  const tail = await restAndJudge(stage, failed.promoted.server.url, failed.oldLog);
  return { fault, times: failed.times, ...tail };
}

/** Everyone rests; then all that anybody was told is held against the log of the primary at this address. */
export async function restAndJudge(stage: RoundStage, url: string, oldLog: BoardTruth): Promise<Tail> {
  const { clinic, desks } = stage;
  await Promise.all([clinic.rest(), ...desks.map((desk) => desk.rest())]);
  const newLog = clinic.truth(url);
  const replay = new DecisionReplay(clinic.board, (commandId) => clinic.sentBy(commandId));
  await newLog.catchUp(replay);
  await untilAllShow(clinic, newLog, showMs);
  stage.lostLogs.push(oldLog);
  mustAgree('the decisions', replay.problems);
  await judge(stage, newLog);
  return tailOf(oldLog, newLog);
}

/** I1, I2, I3, I4 over everything since the first round. */
async function judge({ clinic, desks, lostLogs }: RoundStage, log: BoardTruth): Promise<void> {
  const { lines } = clinic.history;
  await untilAgreed(clinic, log);
  mustAgree('the failover', [
    ...clinic.workstations.flatMap(({ client }) => client.problems),
    ...checkAnswers(log, lines, clinic.isOurs),
    ...checkRealTime(operationsOf(lines), log),
    ...overfullRooms(log.entries),
    ...desks.flatMap((desk) => [...unentered(desk, log), ...otherThanConflicts(desk)]),
    ...clinic.observers.flatMap((screen) => screen.unexplained(() => [log, ...lostLogs])),
  ]);
}

/** Others write on the same visits: that a step met theirs is for a person, and it was not acknowledged. */
const otherThanConflicts = ({ attention }: OutboxDesk): string[] =>
  attention.filter((problem) => !problem.endsWith('version_conflict'));

/** Acknowledged to a browser, but not in the log exactly once; others may have written on the same visit since. */
function unentered({ observer, registered }: OutboxDesk, log: BoardTruth): string[] {
  const entered = new Map<string, number>();
  for (const { frame } of log.entries) {
    if (frame.command !== 'createVisit' && frame.command !== 'setNote') continue;
    const events = JSON.stringify(frame.events);
    const visitId = /"(w\d+)"/.exec(events)?.[1] ?? '';
    const note = registered.get(visitId);
    const isOurs = frame.command === 'createVisit' || (note && events.includes(`"${note}"`));
    const step = `${frame.command} ${visitId}`;
    if (isOurs) entered.set(step, (entered.get(step) ?? 0) + 1);
  }
  return [...registered].flatMap(([visitId, note]) => {
    const steps = note === null ? ['createVisit'] : ['createVisit', 'setNote'];
    const wrong = steps.filter((step) => entered.get(`${step} ${visitId}`) !== 1);
    return wrong.map(
      (step) =>
        `${observer.name} ${visitId}: ${step} entered ${entered.get(`${step} ${visitId}`) ?? 0} times`,
    );
  });
}

function tailOf(oldLog: BoardTruth, newLog: BoardTruth): Tail {
  const tail = oldLog.entries.slice(sharedLength(oldLog, newLog));
  const kept = new Set(newLog.entries.map(({ frame }) => frame.commandId));
  return { tail: tail.length, again: tail.filter(({ frame }) => kept.has(frame.commandId)).length };
}

/** How often the workstations were told to keep a step, by code. */
export function holdsOf(clinic: ChaosClinic): Map<string, number> {
  const all = clinic.workstations.flatMap(({ client }) => [...client.holds]);
  const codes = Map.groupBy(all, ([code]) => code);
  return new Map([...codes].map(([code, found]) => [code, found.reduce((sum, [, n]) => sum + n, 0)]));
}

/** Prints times by fault (median and worst) and what was held meanwhile. */
export function reportSentinelRounds({ rounds, numAcknowledged, holds }: SentinelReport): void {
  for (const [fault, all] of Map.groupBy(rounds, (round) => round.fault)) {
    const told = (['noticed', 'promoted', 'readOnly', 'accepted', 'live'] as const).map((name) => {
      const sorted = all.map(({ times }) => times[name]).sort((a, b) => a - b);
      return `${name} ${sorted[Math.floor(sorted.length / 2)]} (worst ${sorted.at(-1)})`;
    });
    console.log(`primary ${fault}, ${all.length} rounds, ms after the fault: ${told.join(', ')}`);
  }
  const [tail, again] = (['tail', 'again'] as const).map((name) =>
    rounds.reduce((sum, r) => sum + r[name], 0),
  );
  const held = [...holds].map(([code, n]) => `${code} ${n}`).join(', ');
  console.log(`${numAcknowledged} commands acknowledged, 0 lost; held meanwhile: ${held}`);
  console.log(`${tail} entries that only an old primary held, told to nobody; ${again} entered again`);
}
