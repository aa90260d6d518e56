import type { AppointmentRecord } from '../world/world.ts';
import type { Call } from './call.ts';

/** Changes an appointment; the list may go on showing it as it was. */
export function store(call: Call, record: AppointmentRecord, change: Partial<AppointmentRecord>): void {
  call.world.change(record, change, call.nowMs);
  lagBehind(call, record.id, { key: record.key, before: record });
}

/** Keeps the list at what was there before a write, for as long as the configuration says. */
export function lagBehind(
  call: Call,
  id: number,
  { key, before }: { key: string; before: AppointmentRecord | null },
): void {
  const { listDelayMs } = call.config.writes;
  if (listDelayMs === 0) return;
  call.world.lag(key, before, { nowMs: call.nowMs, untilMs: call.nowMs + listDelayMs });
  call.effects.push({ kind: 'listed-later', id, ms: listDelayMs });
}
