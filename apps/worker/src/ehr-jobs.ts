/** What the jobs do that ask the EHR: read a schedule, read patients' details, compare a day. */
import type {
  BoardKey,
  ClinicSettings,
  PersonDetailsJob,
  ReconcileJob,
  ScheduleSyncJob,
} from '@workflow-bolt/contracts';
import { localDate } from '@workflow-bolt/domain';
import type { EhrPatient, EhrProvider } from '@workflow-bolt/ehr';
import { type BoardRegistry, type DriftStore, type RedisPort, visitsBeingMade } from '@workflow-bolt/store';
import type { Logger } from 'pino';
import type { EhrConnection } from './ehr-link/ehr-connection.ts';
import { HostBoard } from './host-board.ts';
import { readPersonDetails } from './read-person-details.ts';
import { type ReconcileResult, reconcileDay } from './reconcile/reconcile-day.ts';
import { syncSchedule } from './sync-schedule.ts';

/** Patients kept in memory: several days of a large clinic. The oldest go first. */
const patientsMax = 5_000;
const dayMs = 86_400_000;

/** Somebody waits for these; timers do not. */
const isWaitedFor = (trigger: ScheduleSyncJob['trigger']): boolean => trigger === 'manual';

export type EhrJobsParts = {
  clinics: readonly ClinicSettings[];
  registry: BoardRegistry;
  port: RedisPort;
  ehr: EhrConnection;
  drift: DriftStore;
  log: Logger;
  /** Asks for the details that a schedule left out. */
  requestDetails: (board: BoardKey) => Promise<unknown>;
};

export class EhrJobs {
  readonly #parts: EhrJobsParts;
  readonly #patients = new Map<string, EhrPatient | null>();
  #providers: { at: number; list: readonly EhrProvider[] } | null = null;

  constructor(parts: EhrJobsParts) {
    this.#parts = parts;
  }

  /** Reads the schedule of a day onto its board. Throws Fault. */
  async syncSchedule(job: ScheduleSyncJob, jobId: string, signal: AbortSignal): Promise<unknown> {
    const settings = this.#settingsOf(job.clinic);
    if (!settings) return { skipped: 'unknown clinic' };
    const date = job.date ?? localDate(settings.zone, this.#parts.registry.now());
    const board = new HostBoard(this.#parts.registry, { clinic: job.clinic, date }, settings.ehr?.system);
    const providers = () => this.#providerList(signal);
    const ehr = isWaitedFor(job.trigger) ? this.#parts.ehr.interactive : this.#parts.ehr.background;
    const beingMade = () => visitsBeingMade(this.#parts.port, { clinic: job.clinic, date });
    const deps = {
      board,
      ehr,
      settings,
      now: () => this.#parts.registry.now(),
      providers,
      beingMade,
      signal,
    };
    // The EHR's own words stand sealed on the board; the log and the queue get the code only.
    const { message: _words, ...result } = {
      message: '',
      ...(await syncSchedule(deps, { jobId, trigger: job.trigger })),
    };
    this.#parts.log.info({ jobId, ...result }, 'schedule read');
    if (result.ok && result.detailsMissing > 0)
      await this.#parts.requestDetails({ clinic: job.clinic, date });
    return result;
  }

  /** Compares a day with the EHR; null for a clinic that this worker does not know. Throws Fault. */
  async reconcileDay(
    { clinic, date, trigger, requestedBy }: ReconcileJob,
    jobId: string,
    signal: AbortSignal,
  ): Promise<ReconcileResult | null> {
    const settings = this.#settingsOf(clinic);
    if (!settings) return null;
    const now = () => this.#parts.registry.now();
    const key = { clinic, date: date ?? localDate(settings.zone, now()) };
    if (settings.ehr === null) {
      await this.#parts.drift.saveFailure(key, { at: now(), code: 'no-ehr-link' });
      return { ok: false, code: 'no-ehr-link' };
    }
    const board = new HostBoard(this.#parts.registry, key, settings.ehr.system);
    const ehr = trigger === 'manual' ? this.#parts.ehr.interactive : this.#parts.ehr.background;
    const beingMade = () => visitsBeingMade(this.#parts.port, key);
    const parts = { board, ehr, settings, reports: this.#parts.drift, beingMade, now, signal };
    const result = await reconcileDay(parts, { jobId, trigger, requestedBy });
    this.#parts.log.info({ jobId, ...result }, 'day compared');
    return result;
  }

  /** Reads what is missing of a board's patients. Throws Fault. */
  async readDetails(job: PersonDetailsJob, signal: AbortSignal): Promise<unknown> {
    const board = new HostBoard(this.#parts.registry, job, this.#settingsOf(job.clinic)?.ehr?.system);
    this.#forgetOldest();
    const result = await readPersonDetails({
      board,
      ehr: this.#parts.ehr.background,
      now: () => this.#parts.registry.now(),
      cache: this.#patients,
      signal,
    });
    this.#parts.log.info({ ...result }, 'details read');
    return result;
  }

  #settingsOf(clinic: string): ClinicSettings | undefined {
    return this.#parts.clinics.find((c) => c.id === clinic);
  }

  /** The account's providers, read once a day; the last known list serves while the EHR is away. */
  async #providerList(signal: AbortSignal): Promise<readonly EhrProvider[]> {
    const known = this.#providers;
    if (known && Date.now() - known.at < dayMs) return known.list;
    const read = await this.#parts.ehr.background.providers({}, signal);
    if (!read.ok) return known?.list ?? [];
    this.#providers = { at: Date.now(), list: read.value };
    return read.value;
  }

  #forgetOldest(): void {
    for (const id of this.#patients.keys()) {
      if (this.#patients.size <= patientsMax) return;
      this.#patients.delete(id);
    }
  }
}
