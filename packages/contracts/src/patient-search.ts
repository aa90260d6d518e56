/**
 * Finding a patient again. By name, on a few days that somebody looks through; or on all days that are kept, by what
 * identifies one person: a number, a telephone, or last name and date of birth together. Asked in a body, never in an
 * address: addresses are logged on the way.
 */
import { z } from 'zod';
import { personSchema, visitStatusSchema } from './entities.ts';
import { boardDateSchema, calendarDateSchema, instantSchema, textLine, visitIdSchema } from './ids.ts';

/** Rows of an answer; whoever sees more than these has not found anybody yet. */
export const searchRowsMax = 20;
/** Days that may be looked through by name at once: the week before and the week after. */
export const searchDaysMax = 15;
/** Letters or digits that a name on its own must have. */
export const searchLettersMin = 3;

/** What identifies a patient, and can be searched by. */
export const patientIdentifiers = ['name', 'dob', 'phone', 'record'] as const;
export type PatientIdentifier = (typeof patientIdentifiers)[number];

const named = textLine(80);

const searchedDays = z
  .strictObject({
    in: z.literal('days'),
    from: boardDateSchema.meta({ description: 'First day.' }),
    to: boardDateSchema.meta({ description: `Last day; at most ${searchDaysMax} days in all.` }),
    name: named.meta({
      description: `The beginning of each word, in any order; at least ${searchLettersMin} letters or digits.`,
    }),
  })
  .meta({ id: 'SearchOnDays' });

const searchedAll = z
  .strictObject({
    in: z.literal('all'),
    name: named
      .optional()
      .meta({ description: 'The last name, whole; with a date of birth, or to confirm.' }),
    dob: calendarDateSchema.optional().meta({ description: 'With a last name, or to confirm.' }),
    phone: textLine(40).optional().meta({ description: 'The whole number, written as people write it.' }),
    record: textLine(64).optional().meta({ description: "The patient's number in the EHR." }),
  })
  .meta({ id: 'SearchOnAllDays' });

export const patientSearchRequestSchema = z
  .discriminatedUnion('in', [searchedDays, searchedAll])
  .meta({ id: 'PatientSearchRequest' });
export type PatientSearchRequest = z.infer<typeof patientSearchRequestSchema>;

/** One visit of somebody who was found, as the board of that day shows it to the reader. */
export const foundVisitSchema = z
  .strictObject({
    date: boardDateSchema,
    visitId: visitIdSchema,
    fullName: personSchema.shape.fullName,
    dob: personSchema.shape.dob,
    ageBand: personSchema.shape.ageBand,
    status: visitStatusSchema,
    startAt: instantSchema.nullable(),
  })
  .meta({ id: 'FoundVisit' });
export type FoundVisit = z.infer<typeof foundVisitSchema>;

export const patientSearchResponseSchema = z
  .strictObject({
    rows: z.array(foundVisitSchema).max(searchRowsMax).meta({ description: 'Newest day first.' }),
    /** True when there were more, or more days than are looked into at once, or a day that could not be read now. */
    isCut: z.boolean(),
  })
  .meta({ id: 'PatientSearch' });
export type PatientSearchResponse = z.infer<typeof patientSearchResponseSchema>;
