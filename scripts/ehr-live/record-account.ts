/** What is asked of an account for a recording: one answer of each kind, and the odd ones. */
import { describeFailure, type EhrFailure, type EhrPort, type EhrResult } from '@workflow-bolt/ehr';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Single records that are read: enough to see what varies. */
const SINGLES = 5;

export interface RecordingQuestion {
  readonly practiceName: string | null;
  /** Epoch ms. */
  readonly now: number;
}

/** Reads the account once through; answers why it could not, or null. Stops at refused credentials. */
export async function recordAccount(port: EhrPort, question: RecordingQuestion): Promise<string | null> {
  const proven = await port.checkCredentials();
  if (!proven.ok) return describeFailure(proven.failure);
  const practices = await port.practices();
  if (!practices.ok) return describeFailure(practices.failure);
  const practiceName = question.practiceName ?? practices.value[0]?.name;
  if (!practiceName) return 'The account has no practice, or name one with --practice.';
  const { now } = question;
  const week = await port.schedule({
    practiceName,
    window: { startAt: now - 3 * DAY_MS, endAt: now + 4 * DAY_MS },
  });
  if (!week.ok) return describeFailure(week.failure);
  const rows = week.value.rows;
  for (const { appointmentId } of rows.slice(0, SINGLES)) await port.appointment(appointmentId);
  const patients = new Set(rows.flatMap(({ patientId }) => (patientId === null ? [] : [patientId])));
  for (const id of [...patients].slice(0, SINGLES)) await port.patient(id);
  const others = [
    () => port.providers({}),
    () => port.serviceLocations({ practiceName }),
    () => port.throttles(),
    // An hour that lies far back is an empty answer, and a name that nobody has is another.
    () =>
      port.schedule({
        practiceName,
        window: { startAt: now - 900 * DAY_MS, endAt: now - 900 * DAY_MS + HOUR_MS },
      }),
    () => port.patients({ practiceName, lastName: 'Zzyzx-Nobody' }),
    () => port.appointment('1'),
    () => port.patient('1'),
  ];
  const failures: EhrFailure[] = [];
  for (const ask of others) {
    const result: EhrResult<unknown> = await ask();
    if (!result.ok) failures.push(result.failure);
    if (!result.ok && result.failure.kind === 'auth' && result.failure.reason !== 'permission-missing')
      return describeFailure(result.failure);
  }
  return failures.length === others.length ? 'Nothing but the week could be read.' : null;
}
