/** What the workers' beats tell of the parts that only workers see. */
import type { Beat, DependencyState } from '@workflow-bolt/contracts';
import { isBeating, sealLateMs } from '@workflow-bolt/store';
import { partOf } from './ask-store.ts';
import { ehrParts, knownAccounts } from './known-ehr.ts';

/** A schedule that was asked for and is not even begun after two minutes. */
export const jobLateMs = 120_000;

const newest = (times: readonly (number | null | undefined)[]): number | null =>
  times.reduce<number | null>((last, at) => (at != null && at > (last ?? 0) ? at : last), null);

function workerPart(workers: readonly Beat[], all: readonly Beat[]): DependencyState {
  const lastGoodAt = newest(all.filter(({ role }) => role === 'worker').map(({ at }) => at));
  return workers.length > 0
    ? partOf('worker', 'up', { lastGoodAt })
    : partOf('worker', 'away', { lastGoodAt, detail: 'no worker has been heard of' });
}

function jobsPart(workers: readonly Beat[]): DependencyState {
  const oldest = newest(workers.map(({ lag }) => lag?.jobsMs));
  if (workers.every(({ lag }) => lag?.jobsMs === undefined)) return partOf('jobs', 'unknown');
  const lastGoodAt = newest(workers.map(({ at }) => at));
  return (oldest ?? 0) > jobLateMs
    ? partOf('jobs', 'late', { detail: `the oldest waits for ${Math.round((oldest ?? 0) / 1_000)} s` })
    : partOf('jobs', 'up', { lastGoodAt });
}

/** Failed since it last succeeded, or late; who has not tried yet knows nothing. */
function recordPart(workers: readonly Beat[], now: number): DependencyState {
  const told = workers.flatMap(({ record }) => record ?? []);
  const lastGoodAt = newest(told.map((record) => record.lastGoodAt));
  // Each worker seals the logs that the others do not hold: one that succeeds says nothing of one that fails.
  const isFailing = told.some((record) => (record.lastFailedAt ?? 0) > (record.lastGoodAt ?? 0));
  if (lastGoodAt === null && !isFailing) return partOf('record', 'unknown');
  if (isFailing) return partOf('record', 'away', { lastGoodAt, detail: 'not sealed' });
  return now - (lastGoodAt ?? 0) > sealLateMs
    ? partOf('record', 'late', { lastGoodAt })
    : partOf('record', 'up', { lastGoodAt });
}

/** Only where a worker has one to ask. Each asks for the logs that it seals: one that is served says nothing of another. */
function witnessParts(workers: readonly Beat[]): DependencyState[] {
  const told = workers.flatMap(({ record }) => record?.witness ?? []);
  if (told.length === 0) return [];
  const lastGoodAt = newest(told.map((witness) => witness.lastGoodAt));
  if (told.some(({ isLate }) => isLate)) return [partOf('witness', 'late', { lastGoodAt })];
  return [partOf('witness', lastGoodAt === null ? 'unknown' : 'up', { lastGoodAt })];
}

/** Rosters are made every quarter of an hour: five minutes of grace. */
export const rosterLateMs = 1_200_000;

/** Every worker reads the same notes: whoever knows the newest of them knows best. */
function rosterPart(workers: readonly Beat[], now: number): DependencyState {
  const told = workers.flatMap(({ roster }) => roster ?? []);
  const lastGoodAt = newest(told.map((roster) => roster.lastGoodAt));
  const lastFailedAt = newest(told.map((roster) => roster.lastFailedAt));
  if (lastFailedAt !== null && lastFailedAt > (lastGoodAt ?? 0))
    return partOf('roster', 'away', { lastGoodAt, detail: 'not written' });
  if (lastGoodAt === null) return partOf('roster', 'unknown');
  return now - lastGoodAt > rosterLateMs
    ? partOf('roster', 'late', { lastGoodAt })
    : partOf('roster', 'up', { lastGoodAt });
}

/** What this installation has: nobody misses what no clinic asked for. */
export type Expected = { hasEhr: boolean; hasRoster: boolean };

/** The parts that workers tell of; those of the EHR and of rosters only where a clinic has them. */
export function toldByWorkers(
  beats: readonly Beat[],
  now: number,
  { hasEhr, hasRoster }: Expected,
): DependencyState[] {
  const workers = beats.filter((beat) => beat.role === 'worker' && isBeating(beat, now));
  return [
    workerPart(workers, beats),
    jobsPart(workers),
    recordPart(workers, now),
    ...witnessParts(workers),
    ...(hasRoster ? [rosterPart(workers, now)] : []),
    ...(hasEhr ? ehrParts(knownAccounts(beats, now)) : []),
  ];
}
