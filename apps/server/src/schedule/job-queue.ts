import type { ReconcileJob, ScheduleSyncJob } from '@workflow-bolt/contracts';

/** Where background work is handed over. */
export interface JobQueue {
  /** Hands over a synchronisation and returns the job's id. Throws Fault `store_unavailable`. */
  addScheduleSync(job: ScheduleSyncJob): Promise<string>;
  /** Hands over a comparison with the EHR and returns the job's id. Throws Fault `store_unavailable`. */
  addReconcile(job: ReconcileJob): Promise<string>;
  close(): Promise<void>;
}
