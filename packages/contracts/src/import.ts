/** The schedule import: what a file may hold (docs/spec/import.md). The text form has the same columns. */
import { z } from 'zod';

/** Rows of one import; a busy clinic has some hundred a day. */
export const importRowsMax = 20_000;

/** Bad lines that an answer lists; the rest are counted. */
export const importErrorsMax = 1_000;

const cell = z.union([z.string().max(2_000), z.number()]).transform(String);
const optionalCell = cell.nullish();

/** One patient of the predecessor's export. Fields beyond these are ignored: its exports carry many. */
export const importRowSchema = z
  .looseObject({
    id: cell,
    name: z.string().max(400),
    dob: optionalCell.meta({ description: 'YYYY-MM-DD or MM/DD/YYYY; empty when unknown.' }),
    appointmentTime: cell.meta({
      description: 'An instant (ISO 8601 with offset), a local date and time, or a local time of the day.',
    }),
    provider: optionalCell,
    status: z.string().max(80),
    durationMin: z.union([z.string(), z.number()]).nullish(),
    type: optionalCell,
    appointmentType: optionalCell,
    chiefComplaint: optionalCell,
    phone: optionalCell,
  })
  .meta({ id: 'ImportRow' });
export type ImportRow = z.infer<typeof importRowSchema>;

/** A list of rows, or an object with the list under `patients`. Each row is checked by itself, by number. */
export const importRequestSchema = z
  .union([
    z.array(importRowSchema).max(importRowsMax),
    z.looseObject({ patients: z.array(importRowSchema).max(importRowsMax) }),
  ])
  .meta({ id: 'ImportRequest' });
