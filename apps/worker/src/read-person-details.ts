import type { Command } from '@workflow-bolt/contracts';
import type { EhrPatient, EhrPort } from '@workflow-bolt/ehr';
import { type BoardPort, readJobBoard } from './board-port.ts';
import { blockOrNull, missingDetails, textOrNull } from './schedule-commands.ts';
import { isOfEhr } from './visit-identity.ts';

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

/**
 * Calls under way at once. The limits allow two a second and an answer takes about a second, sometimes several:
 * one call after another would take twice to four times as long as the limits demand.
 */
const inFlightMax = 8;

function detailsCommand(visitId: string, patient: EhrPatient | null): Command {
  const phone = patient?.mobilePhone ?? patient?.homePhone ?? null;
  return {
    type: 'applyPersonDetails',
    visitId,
    dob: patient?.dateOfBirth ?? null,
    phone: textOrNull(phone, 40),
    alert: blockOrNull(patient?.alertMessage ?? null, 500),
  };
}

async function tellProgress({ board, now }: DetailsDependencies, left: number): Promise<void> {
  const { sync, visits } = await readJobBoard(board);
  if (!sync || sync.phase === 'listing') return;
  const total = visits.filter((v) => isOfEhr(v)).length;
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

type Missing = { visitId: string; patientId: string };

/**
 * Reads the record of every patient whose card still lacks one, those in the building first. Stops at the
 * first failure that the adapter's retries could not mend; what is left is taken up by the next pull.
 */
export async function readPersonDetails(deps: DetailsDependencies): Promise<DetailsResult> {
  const contents = await readJobBoard(deps.board);
  if (!contents.day) return { read: 0, left: 0, stoppedBy: null };
  return new DetailsReading(deps, missingDetails({ ...contents, day: contents.day })).run();
}

/** One run over the missing records: calls overlap, commands go to the board one after another. */
class DetailsReading {
  readonly #deps: DetailsDependencies;
  readonly #missing: readonly Missing[];
  readonly #asked = new Map<string, Promise<EhrPatient | null | undefined>>();
  #next = 0;
  #read = 0;
  #stoppedBy: string | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: DetailsDependencies, missing: readonly Missing[]) {
    this.#deps = deps;
    this.#missing = missing;
  }

  async run(): Promise<DetailsResult> {
    const lanes = Array.from({ length: inFlightMax }, () => this.#lane());
    const ended = await Promise.allSettled(lanes);
    const broken = ended.find((lane) => lane.status === 'rejected');
    if (broken) throw broken.reason;
    const left = this.#missing.length - this.#read;
    if (this.#missing.length > 0 && left === 0) await tellProgress(this.#deps, 0);
    return { read: this.#read, left, stoppedBy: left === 0 ? null : this.#stoppedBy };
  }

  async #lane(): Promise<void> {
    for (let item = this.#take(); item; item = this.#take()) {
      const patient = await this.#patientOf(item.patientId);
      if (patient === undefined) return;
      await this.#write(item.visitId, patient);
    }
  }

  #take(): Missing | undefined {
    if (this.#deps.signal?.aborted) this.#stoppedBy ??= 'cancelled';
    return this.#stoppedBy === null ? this.#missing[this.#next++] : undefined;
  }

  /** The record, null when the EHR has none, undefined when it cannot be had now. One call for each patient. */
  #patientOf(patientId: string): Promise<EhrPatient | null | undefined> {
    const known = this.#asked.get(patientId);
    if (known) return known;
    const asked = this.#ask(patientId);
    this.#asked.set(patientId, asked);
    return asked;
  }

  async #ask(patientId: string): Promise<EhrPatient | null | undefined> {
    const { cache, ehr, signal } = this.#deps;
    const cached = cache.get(patientId);
    if (cached !== undefined) return cached;
    const found = await ehr.patient(patientId, signal);
    if (!found.ok) {
      this.#stoppedBy ??= found.failure.kind;
      return undefined;
    }
    cache.set(patientId, found.value);
    return found.value;
  }

  /** After the writes before it: a job counts its commands, and the board takes them in that order. */
  #write(visitId: string, patient: EhrPatient | null): Promise<void> {
    this.#writing = this.#writing.then(() => this.#apply(visitId, patient));
    // The lane that waits for it hears of a failure; so do all later writes, and the run ends.
    this.#writing.catch(() => {
      this.#stoppedBy ??= 'store_unavailable';
    });
    return this.#writing;
  }

  async #apply(visitId: string, patient: EhrPatient | null): Promise<void> {
    await this.#deps.board.submit([detailsCommand(visitId, patient)]);
    this.#read += 1;
    const left = this.#missing.length - this.#read;
    if (this.#read % reportEvery === 0 && left > 0) await tellProgress(this.#deps, left);
  }
}
