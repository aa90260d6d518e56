/** The report of a day: its numbers, and each visit by its id. No name, no date of birth, no reason. */
import { z } from 'zod';
import { visitStatuses } from './entities.ts';
import { boardDateSchema, clinicIdSchema, instantSchema } from './ids.ts';
import { dayMetricsSchema } from './metrics-summary.ts';

export const reportFormats = ['json', 'text', 'csv'] as const;

const time = z.string().nullable();
export const reportRowSchema = z
  .strictObject({
    visit: z.string(),
    kind: z.enum(['booked', 'walk-in']),
    status: z.enum(visitStatuses),
    provider: z.string().nullable(),
    type: z.string().nullable(),
    /** Wall-clock times of the clinic, `HH:MM`; null where nothing is known. */
    booked: time,
    arrived: time,
    roomed: time,
    withDoctor: time,
    seen: time,
    ended: time,
    lobbyMin: z.int().nullable(),
    totalMin: z.int().nullable(),
  })
  .meta({ id: 'ReportRow' });
export type ReportRow = z.infer<typeof reportRowSchema>;

export const dayReportSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    clinicName: z.string(),
    date: boardDateSchema,
    state: z.enum(['open', 'closing', 'closed']),
    at: instantSchema,
    numbers: dayMetricsSchema,
    visits: z.array(reportRowSchema),
  })
  .meta({ id: 'DayReport' });
export type DayReport = z.infer<typeof dayReportSchema>;
