import type { Command } from '@workflow-bolt/contracts';
import type { EhrPatient, EhrPort } from '@workflow-bolt/ehr';
import { type BoardPort, readJobBoard } from './board-port.ts';
import { missingDetails } from './schedule-commands.ts';

export type DetailsDependencies = {
  board: BoardPort;
  ehr: Pick<EhrPort, 'patient'>;
  now: () => number;
  /** Records already read by this process, by patient id; bounded by its owner. */
  cache: Map<string, EhrPatient | null>;
  signal?: AbortSignal;
};

export type DetailsResult = { read: number; left: number; stoppedBy: string | null };

/** Progress is told every so many records: often enough to see it move, rare enough not to fill the log. */
const reportEvery = 20;

function detailsCommand(visitId: string, patient: EhrPatient | null): Command {
  const phone = patient?.mobilePhone ?? patient?.homePhone ?? null;
  return {
    type: 'applyPersonDetails',
    visitId,
    dob: patient?.dateOfBirth ?? null,
    phone: phone?.trim().slice(0, 40) || null,
    alert: patient?.alertMessage?.slice(0, 500) ?? null,
  };
}

async function tellProgress({ board, now }: DetailsDependencies, left: number): Promise<void> {
  const { sync, visits } = await readJobBoard(board);
  if (!sync || sync.phase === 'listing') return;
  const total = visits.filter((v) => v.external?.system === 'tebra').length;
  const isDone = left === 0;
  const { type: _, ...present } = sync;
  await board.submit([
    {
      type: 'reportSync',
      sync: {
        ...present,
        phase: isDone ? 'done' : 'details',
        finishedAt: isDone ? now() : null,
        detailsDone: total - left,
        detailsTotal: total,
      },
    },
  ]);
}

/**
 * Reads the record of every patient whose card still lacks one, those in the building first. Stops at the
 * first failure that the adapter's retries could not mend; what is left is taken up by the next pull.
 */
export async function readPersonDetails(deps: DetailsDependencies): Promise<DetailsResult> {
  const { board, ehr, cache, signal } = deps;
  const contents = await readJobBoard(board);
  if (!contents.day) return { read: 0, left: 0, stoppedBy: null };
  const missing = missingDetails({ ...contents, day: contents.day });
  let read = 0;
  for (const { visitId, patientId } of missing) {
    if (signal?.aborted) return { read, left: missing.length - read, stoppedBy: 'cancelled' };
    if (!cache.has(patientId)) {
      const found = await ehr.patient(patientId, signal);
      if (!found.ok) return { read, left: missing.length - read, stoppedBy: found.failure.kind };
      cache.set(patientId, found.value);
    }
    await board.submit([detailsCommand(visitId, cache.get(patientId) ?? null)]);
    read += 1;
    if (read % reportEvery === 0) await tellProgress(deps, missing.length - read);
  }
  if (missing.length > 0) await tellProgress(deps, 0);
  return { read, left: 0, stoppedBy: null };
}
