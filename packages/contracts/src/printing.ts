/** Paper leaves the building: what is printed is on record first, and says by whom and when. */
import { z } from 'zod';
import { instantSchema } from './ids.ts';

/** What a page can put on paper. */
export const printables = ['board', 'report', 'differences'] as const;
export type Printable = (typeof printables)[number];

export const printRequestSchema = z.strictObject({ what: z.enum(printables) }).meta({ id: 'PrintRequest' });
/** What stands on every sheet. */
export const printMarkSchema = z
  .strictObject({
    printedBy: z.string(),
    at: instantSchema,
    /** Patients whom the reader sees there. */
    patients: z.int().min(0),
    /** The request in the record. */
    reference: z.string(),
  })
  .meta({ id: 'PrintMark' });
export type PrintMark = z.infer<typeof printMarkSchema>;
