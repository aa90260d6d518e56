/** The two ways in which a clinic loses its primary, each timed, and its return as a replica of the promoted one. */
import type { SystemStateResponse } from '@workflow-bolt/contracts';
import { awaitUntil, type ReplicatedNode, type SentinelSet } from '@workflow-bolt/testkit';
import type { BoardTruth } from './board-truth.ts';
import type { ChaosClinic } from './chaos-clinic.ts';

export const sentinelFaults = ['kill', 'partition'] as const;
export type SentinelFault = (typeof sentinelFaults)[number];

/** From the fault, ms: a server says that the store is away; Sentinel promoted; a step was acknowledged; all screens live. */
export type FailoverTimes = { noticedMs: number; promotedMs: number; acceptedMs: number; liveMs: number };
export type Failed = { times: FailoverTimes; promoted: ReplicatedNode; heal: () => Promise<void> };

/** A busy machine may take long; how long is printed, not judged. */
const patienceMs = 60_000;

/** Breaks the primary under load and resolves when the promoted one has acknowledged a step and every screen is live. */
export async function failPrimary(
  clinic: ChaosClinic,
  set: SentinelSet,
  fault: SentinelFault,
): Promise<Failed> {
  const old = await set.primary();
  const wallAt = Date.now();
  const at = performance.now();
  const since = (): number => Math.round(performance.now() - at);
  const heal = fault === 'kill' ? await kill(old) : partition(set, old);
  const noticed = untilNoticed(clinic, wallAt).then(since);
  const promoted = await set.untilPromoted(old, patienceMs);
  const promotedMs = since();
  const fromLine = clinic.history.lines.length;
  await awaitUntil(
    'a step is acknowledged',
    () => clinic.history.lines.slice(fromLine).some(({ type }) => type === 'ok'),
    patienceMs,
  );
  const acceptedMs = since();
  await awaitUntil('every screen is live', () => clinic.observers.every((one) => one.isLive()), patienceMs);
  return {
    times: { noticedMs: await noticed, promotedMs, acceptedMs, liveMs: since() },
    ...{ promoted, heal },
  };
}

async function kill(old: ReplicatedNode): Promise<() => Promise<void>> {
  await old.server.kill9();
  return () => old.server.start();
}

function partition(set: SentinelSet, old: ReplicatedNode): () => Promise<void> {
  const heal = set.partition(old);
  return async () => heal();
}

/** Some server says that the system is down, or has said so since the fault. */
function untilNoticed(clinic: ChaosClinic, wallAt: number): Promise<true> {
  return awaitUntil(
    'a server notices',
    async () => {
      for (const { baseUrl } of clinic.system.servers) {
        const answer = await fetch(`${baseUrl}/api/v1/system-state`, { signal: AbortSignal.timeout(5_000) });
        const { state, since } = (await answer.json()) as SystemStateResponse;
        if (state === 'down' || since >= wallAt) return true as const;
      }
      return false;
    },
    patienceMs,
  );
}

/** The old primary comes back and follows the promoted one, as Sentinel would order later; what it held till then. */
export async function returnAsReplica(
  clinic: ChaosClinic,
  old: ReplicatedNode,
  { promoted, heal }: Failed,
): Promise<BoardTruth> {
  await heal();
  // Nothing is written between the reading of its log and its end as a primary.
  await old.server.call('CLIENT', 'PAUSE', '5000', 'WRITE');
  const log = clinic.truth(old.server.url);
  await log.catchUp();
  await old.server.call('REPLICAOF', '127.0.0.1', String(promoted.proxy.port));
  await old.server.call('CLIENT', 'UNPAUSE');
  return log;
}
