/**
 * Rounds in which the owner of the board's slot is killed under load, in a cluster of three primaries with a replica
 * each: WAIT for the replica, `min-replicas-to-write 1`, as under Sentinel. After each round everything that anybody was
 * told is held against the promoted node's log. What the dead node held alone is read from its file by a server that
 * knows nothing of the cluster, before it comes back and forgets it.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { boardKeys } from '@workflow-bolt/store';
import {
  awaitUntil,
  operationsOf,
  type RedisCluster,
  type RedisServer,
  startCluster,
  startRedis,
} from '@workflow-bolt/testkit';
import type { BoardTruth } from './board-truth.ts';
import { ChaosClinic } from './chaos-clinic.ts';
import { openDesks } from './judge-failover.ts';
import { untilAcknowledged, untilReadOnly } from './sentinel-faults.ts';
import { holdsOf, type RoundStage, restAndJudge, type Tail } from './sentinel-rounds.ts';

/** From the kill, ms: a replica owns the slot; every server says that it has no copy; a step was acknowledged; all live. */
type ClusterTimes = Record<'promoted' | 'readOnly' | 'accepted' | 'live', number>;
export type ClusterReport = {
  rounds: (Tail & { times: ClusterTimes })[];
  numAcknowledged: number;
  holds: Map<string, number>;
};
type Stage = RoundStage & { cluster: RedisCluster };

/** A busy machine may take long; how long is printed, not judged. */
const patienceMs = 90_000;

/** Throws when anything that was acknowledged is missing, doubled or shown otherwise. About 10 s a round. */
export async function runClusterRounds(numRounds: number, seed: number): Promise<ClusterReport> {
  const conf = ['min-replicas-to-write 1', 'min-replicas-max-lag 10'];
  await using cluster = await startCluster({ persist: 'aof-always', conf });
  const hosts = cluster.startupNodes.map(({ host, port }) => `${host}:${port}`).join(',');
  const env = { BOLT_COMMIT_REPLICAS: '1' };
  const redisUrl = `redis+cluster://${hosts}`;
  await using clinic = await ChaosClinic.open({ seed, redisUrl, numClients: 3, env });
  const desks = await openDesks(clinic, seed);
  const stage: Stage = { clinic, cluster, desks, lostLogs: [] };
  const rounds: ClusterReport['rounds'] = [];
  await using frozen = new AsyncDisposableStack();
  for (let i = 1; i <= numRounds; i += 1) {
    const round = await runClusterRound(stage, frozen).catch((error: Error) => {
      throw new Error(`round ${i}, seed ${seed}: ${error.message}`, { cause: error });
    });
    rounds.push(round);
  }
  const numAcknowledged = operationsOf(clinic.history.lines).filter(({ isKnown }) => isKnown).length;
  return { rounds, numAcknowledged, holds: holdsOf(clinic) };
}

async function runClusterRound(stage: Stage, frozen: AsyncDisposableStack) {
  const { clinic, cluster, desks } = stage;
  const { meta } = boardKeys(clinic.board);
  clinic.work([40, 120]);
  for (const desk of desks) desk.work();
  await sleep(clinic.rng.int(300, 800));
  const old = await cluster.ownerOf(meta);
  const at = performance.now();
  const since = (): number => Math.round(performance.now() - at);
  await old.kill9();
  const promoted = await cluster.untilMoved(meta, old, patienceMs);
  const promotedMs = since();
  await untilReadOnly(clinic);
  const readOnly = since();
  const oldLog = await logOf(clinic, old, frozen);
  const fromLine = clinic.history.lines.length;
  await old.start();
  await cluster.untilOk(patienceMs);
  await untilAcknowledged(clinic, fromLine);
  const accepted = since();
  await awaitUntil('all screens live', () => clinic.observers.every((one) => one.isLive()), patienceMs);
  const times = { promoted: promotedMs, readOnly, accepted, live: since() };
  return { times, ...(await restAndJudge(stage, promoted.url, oldLog)) };
}

/** What a node that is down holds on its disk. */
async function logOf(
  clinic: ChaosClinic,
  node: RedisServer,
  frozen: AsyncDisposableStack,
): Promise<BoardTruth> {
  const copy = frozen.use(await startRedis({ persist: 'aof-always' }));
  await copy.kill9();
  const [from, to] = [node, copy].map(({ dir }) => join(dir, 'appendonlydir')) as [string, string];
  rmSync(to, { recursive: true });
  cpSync(from, to, { recursive: true });
  await copy.start();
  const log = clinic.truth(copy.socket);
  await log.catchUp();
  return log;
}

/** Prints times (median and worst) and what was held meanwhile. */
export function reportClusterRounds({ rounds, numAcknowledged, holds }: ClusterReport): void {
  const told = (['promoted', 'readOnly', 'accepted', 'live'] as const).map((name) => {
    const sorted = rounds.map(({ times }) => times[name]).sort((a, b) => a - b);
    return `${name} ${sorted[Math.floor(sorted.length / 2)]} (worst ${sorted.at(-1)})`;
  });
  console.log(`owner of the slot killed, ${rounds.length} rounds, ms after the kill: ${told.join(', ')}`);
  const held = [...holds].map(([code, n]) => `${code} ${n}`).join(', ');
  console.log(`${numAcknowledged} commands acknowledged, 0 lost; held meanwhile: ${held}`);
  const [tail, again] = (['tail', 'again'] as const).map((name) =>
    rounds.reduce((sum, r) => sum + r[name], 0),
  );
  console.log(`${tail} entries that only a dead node held, told to nobody; ${again} entered again`);
}
