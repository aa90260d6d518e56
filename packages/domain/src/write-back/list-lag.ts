import type { EhrStatus, Visit } from '@workflow-bolt/contracts';

/** How long the EHR's list may show an appointment as it was before a write (ms); measured up to a minute. */
export const listLagMs = 90_000;

/**
 * True while a row of the schedule that contradicts what write-back has just read from the appointment itself is more
 * likely old than new. The next pull is believed again.
 */
export function isListLagging({ ehrWrite, external }: Visit, status: EhrStatus, now: number): boolean {
  if (!ehrWrite?.turn || !external || external.status === status) return false;
  return ehrWrite.failed === null && now - ehrWrite.at < listLagMs;
}
