import type { ScheduleSyncJob } from '@workflow-bolt/contracts';

/** Where background work is handed over. */
export interface JobQueue {
  /** Hands over a synchronisation and returns the job's id. Throws Fault `store_unavailable`. */
  addScheduleSync(job: ScheduleSyncJob): Promise<string>;
  close(): Promise<void>;
}
