import { scheduleWindow } from './clinic-day.ts';
import { type EhrResult, ehrOk } from './ehr-failure.ts';
import type { EhrPort } from './ehr-port.ts';
import { type NormalisedSchedule, normaliseSchedule } from './normalise-schedule.ts';

export interface ClinicDayQuestion {
  readonly practiceName: string;
  /** IANA zone of the clinic. */
  readonly zone: string;
  /** The clinic's calendar date, YYYY-MM-DD. */
  readonly date: string;
  readonly serviceLocationName?: string;
}

export interface ClinicDaySchedule extends NormalisedSchedule {
  readonly phantomRows: number;
}

/**
 * The appointments of one clinic day: asks for the local day with an hour of margin, then keeps what falls on
 * the date. Throws RangeError for an unknown zone or date.
 */
export async function readClinicDay(
  port: Pick<EhrPort, 'schedule'>,
  { zone, date, ...question }: ClinicDayQuestion,
  signal?: AbortSignal,
): Promise<EhrResult<ClinicDaySchedule>> {
  const listed = await port.schedule({ ...question, window: scheduleWindow(zone, date) }, signal);
  if (!listed.ok) return listed;
  const { rows, phantomRows } = listed.value;
  return ehrOk({ ...normaliseSchedule(rows, zone, date), phantomRows });
}
