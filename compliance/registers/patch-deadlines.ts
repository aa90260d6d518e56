/** How long an advisory against a dependency may stay open: 15 days when critical, 30 when high, 90 otherwise. */
import { z } from 'zod';

export const advisorySchema = z.strictObject({
  id: z.string().min(3).max(60),
  package: z.string().min(1).max(200),
  severity: z.enum(['critical', 'high', 'moderate', 'low']),
  publishedOn: z.iso.date(),
  /** Versions that are not affected, as the advisory says; null while there are none. */
  fixedIn: z.string().nullable(),
});
export const advisoriesSchema = z.strictObject({
  checkedOn: z.iso.date(),
  advisories: z.array(advisorySchema),
});
export type Advisories = z.infer<typeof advisoriesSchema>;

const daysMax = { critical: 15, high: 30, moderate: 90, low: 90 } as const;
/** A list older than this says nothing about today. */
const listDaysMax = 15;
const dayMs = 86_400_000;
const daysSince = (day: string, now: number): number => Math.floor((now - Date.parse(day)) / dayMs);

/** Advisories that are open for too long at `now` (epoch ms), and a list that is itself too old. */
export function overduePatches({ checkedOn, advisories }: Advisories, now: number): string[] {
  const stale = daysSince(checkedOn, now) > listDaysMax ? [`the list of advisories is of ${checkedOn}`] : [];
  const late = advisories.filter(
    ({ severity, publishedOn }) => daysSince(publishedOn, now) > daysMax[severity],
  );
  return [
    ...stale,
    ...late.map(
      ({ id, package: name, severity, publishedOn, fixedIn }) =>
        `${id} against ${name} (${severity}) is open since ${publishedOn}${fixedIn === null ? ', without a fix' : `, fixed in ${fixedIn}`}`,
    ),
  ];
}
