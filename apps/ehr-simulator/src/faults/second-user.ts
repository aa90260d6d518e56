import type { JournalEntry } from '../journal.ts';
import type { SimulatorState } from '../state.ts';

/** The login number of whoever sits at the other screen. */
export const SECOND_USER = 12;

/**
 * Somebody at another screen works on the appointment that has just been read, so that whoever read it writes
 * over that work. Who is hit is drawn from the seed.
 */
export function letSecondUserAct(state: SimulatorState, entry: JournalEntry): void {
  const { secondUser } = state.config.writes;
  if (!secondUser || entry.op !== 'GetAppointment' || entry.outcome !== 'ok') return;
  if (!state.rng.chance(secondUser.share)) return;
  const record = state.world.find(Number(entry.criteria.AppointmentId));
  if (!record || record.deleted) return;
  const others = secondUser.statuses.filter((status) => status !== record.status);
  const status = others[state.rng.int(0, Math.max(others.length - 1, 0))] ?? record.status;
  const change = secondUser.changes === 'status' ? { status } : { notes: `${record.notes} +`.slice(-200) };
  state.world.change(record, { ...change, updatedBy: SECOND_USER }, state.clock.now());
  entry.effects.push({ kind: 'second-user', id: record.id, changed: secondUser.changes });
}
