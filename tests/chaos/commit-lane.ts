/** Failovers under load with the commit lane, in turns a silent primary and a replica that had missed the tail. */
import { setTimeout as sleep } from 'node:timers/promises';
import { operationsOf, type ReplicatedNode, type SentinelSet, startSentinels } from '@workflow-bolt/testkit';
import { expect } from 'vitest';
import type { BoardTruth } from './board-truth.ts';
import { ChaosClinic } from './chaos-clinic.ts';
import { checkAnswers, checkRealTime, DecisionReplay } from './check-answers.ts';
import { mustAgree, untilAgreed } from './check-day.ts';
import { overfullRooms } from './check-rooms.ts';
import { sharedLength, untilAllShow } from './judge-failover.ts';
import { sentinelUrl } from './sentinel-url.ts';

export type LaneOptions = { seed: number; numRounds: number; commitReplicas: number };

/** Throws when anything that was acknowledged is missing, doubled or shown otherwise. About 6 s a round. */
export async function loseNothing({ seed, numRounds, commitReplicas }: LaneOptions): Promise<void> {
  await using set = await startSentinels({ minReplicasToWrite: 0, seed });
  const env = { BOLT_COMMIT_REPLICAS: String(commitReplicas) };
  await using clinic = await ChaosClinic.open({ seed, redisUrl: sentinelUrl(set), numClients: 4, env });
  const lostLogs: BoardTruth[] = [];
  let numLost = 0;
  for (let round = 1; round <= numRounds; round += 1) {
    const { oldLog, newLog, replay } = await failOver(clinic, set, round % 2 === 0);
    lostLogs.push(oldLog);
    numLost += oldLog.seq - sharedLength(oldLog, newLog);
    mustAgree('the decisions', replay.problems);
    await judgeRound(clinic, newLog, lostLogs).catch((error: Error) => {
      throw new Error(`failover ${round}, seed ${seed}: ${error.message}`, { cause: error });
    });
  }
  const operations = operationsOf(clinic.history.lines);
  const numAcked = operations.filter(({ isKnown }) => isKnown).length;
  console.log(
    `${numAcked} commands acknowledged, 0 lost; ${numLost} entries that nobody was told of were lost`,
  );
  expect(numAcked).toBeGreaterThan(numRounds * 20);
  // Without them the rounds would have shown nothing.
  expect(numLost, 'the old primaries held entries that nobody else had').toBeGreaterThan(0);
}

type Logs = { oldLog: BoardTruth; newLog: BoardTruth; replay: DecisionReplay };

/** One failover under load. Leaves everyone at rest, the set whole, and every screen at the end of the new log. */
async function failOver(clinic: ChaosClinic, set: SentinelSet, isReplicaBehind: boolean): Promise<Logs> {
  const old = await set.primary();
  const [replica] = await set.replicas();
  if (!replica) throw new Error('there is no replica');
  clinic.work();
  await sleep(clinic.rng.int(300, 800));
  const heal = isReplicaBehind ? await cutOffWithReplicaBehind(set, old, replica) : set.partition(old);
  await set.untilPromoted(old);
  heal();
  const oldLog = await endZombie(clinic, old, replica);
  await set.untilInSync();
  await sleep(500);
  await clinic.rest();
  const newLog = clinic.truth(replica.server.url);
  const replay = new DecisionReplay(clinic.board, (commandId) => clinic.sentBy(commandId));
  await newLog.catchUp(replay);
  await untilAllShow(clinic, newLog);
  return { oldLog, newLog, replay };
}

/** How long the old primary believes to be one, reachable by those who were just connecting to it. */
const zombieMs = 200;

/** The old primary becomes the promoted one's replica, as Sentinel would order ten seconds later; what it held till then. */
async function endZombie(
  clinic: ChaosClinic,
  old: ReplicatedNode,
  promoted: ReplicatedNode,
): Promise<BoardTruth> {
  await sleep(zombieMs);
  // Nothing is written between the reading of its log and its end as a primary.
  await old.server.call('CLIENT', 'PAUSE', '5000', 'WRITE');
  const log = clinic.truth(old.server.url);
  await log.catchUp();
  await old.server.call('REPLICAOF', '127.0.0.1', String(promoted.proxy.port));
  await old.server.call('CLIENT', 'UNPAUSE');
  return log;
}

async function cutOffWithReplicaBehind(
  set: SentinelSet,
  old: ReplicatedNode,
  replica: ReplicatedNode,
): Promise<() => void> {
  await replica.server.kill9();
  // Two full waits of the commit lane: everyone's step is written there, and told to nobody.
  await sleep(1_200);
  const heal = set.partition(old);
  await replica.server.start();
  return heal;
}

async function judgeRound(
  clinic: ChaosClinic,
  log: BoardTruth,
  lostLogs: readonly BoardTruth[],
): Promise<void> {
  const { lines } = clinic.history;
  await untilAgreed(clinic, log);
  mustAgree('the failover', [
    ...clinic.workstations.flatMap(({ client }) => client.problems),
    ...checkAnswers(log, lines, clinic.isOurs),
    ...checkRealTime(operationsOf(lines), log),
    ...overfullRooms(log.entries),
    ...clinic.observers.flatMap((screen) => screen.unexplained(() => [log, ...lostLogs])),
  ]);
}
