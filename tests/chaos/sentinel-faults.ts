/** The two ways in which a clinic loses its primary, each timed, and its return as a replica of the promoted one. */
import type { SystemStateResponse } from '@workflow-bolt/contracts';
import { awaitUntil, type ReplicatedNode, type SentinelSet } from '@workflow-bolt/testkit';
import type { BoardTruth } from './board-truth.ts';
import type { ChaosClinic } from './chaos-clinic.ts';

export const sentinelFaults = ['kill', 'partition'] as const;
export type SentinelFault = (typeof sentinelFaults)[number];

/**
 * From the fault, ms: a server says that the store is away; Sentinel promoted; all servers know the promoted one, and
 * that it has no copy; a step was acknowledged once the old one was back; all screens live.
 */
export type FailoverTimes = Record<'noticed' | 'promoted' | 'readOnly' | 'accepted' | 'live', number>;
export type Failed = { times: FailoverTimes; promoted: ReplicatedNode; oldLog: BoardTruth };

/** A busy machine may take long; how long is printed, not judged. */
const patienceMs = 60_000;

/**
 * Breaks the primary under load; once a replica is promoted the old one returns as its replica. Resolves when a step has
 * been acknowledged and every screen is live.
 */
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
  const noticing = untilNoticed(clinic, wallAt).then(since);
  noticing.catch(() => {});
  const promoted = await set.untilPromoted(old, patienceMs);
  const promotedMs = since();
  await untilReadOnly(clinic);
  const [noticed, readOnly] = [await noticing, since()];
  const fromLine = clinic.history.lines.length;
  const oldLog = await returnAsReplica(clinic, old, promoted, heal);
  await untilAcknowledged(clinic, fromLine);
  const accepted = since();
  await awaitUntil('all screens live', () => clinic.observers.every((one) => one.isLive()), patienceMs);
  return { times: { noticed, promoted: promotedMs, readOnly, accepted, live: since() }, promoted, oldLog };
}

/** Resolves when somebody was told `applied`, counted from this line of the history on. */
export function untilAcknowledged(clinic: ChaosClinic, fromLine: number): Promise<true> {
  const { lines } = clinic.history;
  const isAcknowledged = () => lines.slice(fromLine).some(({ type }) => type === 'ok');
  return awaitUntil('a step is acknowledged', isAcknowledged, patienceMs);
}

async function kill(old: ReplicatedNode): Promise<() => Promise<void>> {
  await old.server.kill9();
  return () => old.server.start();
}

function partition(set: SentinelSet, old: ReplicatedNode): () => Promise<void> {
  const heal = set.partition(old);
  return async () => heal();
}

async function stateOf(baseUrl: string): Promise<SystemStateResponse> {
  const answer = await fetch(`${baseUrl}/api/v1/system-state`, { signal: AbortSignal.timeout(5_000) });
  return (await answer.json()) as SystemStateResponse;
}

/** Some server says that the system is down, or has said so since the fault. */
function untilNoticed(clinic: ChaosClinic, wallAt: number): Promise<true> {
  return awaitUntil(
    'a server notices',
    async () => {
      const states = await Promise.all(clinic.system.servers.map(({ baseUrl }) => stateOf(baseUrl)));
      return states.some(({ state, since }) => state === 'down' || since >= wallAt);
    },
    patienceMs,
  );
}

/** Every server has found the promoted one and says that it takes nothing while it is alone. */
export function untilReadOnly(clinic: ChaosClinic): Promise<true> {
  return awaitUntil(
    'every server says that the system is read-only',
    async () => {
      const states = await Promise.all(clinic.system.servers.map(({ baseUrl }) => stateOf(baseUrl)));
      return states.every(({ state }) => state === 'read-only');
    },
    patienceMs,
  );
}

/** The old primary comes back and follows the promoted one, as Sentinel would order later; what it held till then. */
async function returnAsReplica(
  clinic: ChaosClinic,
  old: ReplicatedNode,
  promoted: ReplicatedNode,
  heal: () => Promise<void>,
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
