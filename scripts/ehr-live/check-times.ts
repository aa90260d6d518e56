/** Checks 1 and 5: in which zone the account writes its times, and whether a change of status dates the row. */
import { calendarDate, calibrate, localDate } from '@workflow-bolt/ehr';
import { type CheckKit, differs, held, unseen, type Verdict } from './check-kit.ts';

/** Both calls are compared for a few appointments: the single one writes true UTC. */
export async function lookAtZone({ account, rows }: CheckKit): Promise<Verdict> {
  const found = await calibrate(account.port, rows);
  switch (found.verdict) {
    case 'aligned':
      return held(
        `list and single call agree in UTC, ${found.samples} compared; modified-since was not looked at`,
      );
    case 'shifted':
      return differs(`the list is ${found.shiftHours} h off: TimeZoneOffsetFromGMT 0 does not mean UTC here`);
    case 'inconsistent':
      return differs('the list and the single call disagree by differing amounts');
    case 'unknown':
      return unseen('no appointment could be compared');
  }
}

/** States that only come about on the day itself. */
const OF_THE_DAY = new Set(['CheckedIn', 'Roomed', 'ReadyToBeSeen', 'Seen', 'CheckedOut']);

/** Whoever was checked in on a day was changed on that day: does the row say so? */
export async function lookAtModified({ rows, zone }: CheckKit): Promise<Verdict> {
  const judged = rows.flatMap(({ status, start, lastModifiedDate }) => {
    const modified = calendarDate(lastModifiedDate);
    if (!OF_THE_DAY.has(status.canonical) || start?.kind !== 'instant' || modified === null) return [];
    return [modified >= localDate(zone, start.at)];
  });
  const stale = judged.filter((isDated) => !isDated).length;
  if (judged.length === 0)
    return unseen('no appointment of these days was checked in: run it during clinic hours');
  if (stale > 0)
    return differs(`${stale} of ${judged.length} checked-in rows were last modified before their day`);
  return held(`all ${judged.length} checked-in rows were modified on their day or later`);
}
