/** The address under which a patient is found again; part of the table in `routes.ts`. */
import { z } from 'zod';
import { clinicIdSchema } from './ids.ts';
import { patientSearchRequestSchema, patientSearchResponseSchema, searchRowsMax } from './patient-search.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});

export const patientSearchRoutes = {
  postPatientSearch: {
    method: 'post',
    path: '/api/v1/clinics/{clinic}/patient-search',
    summary: 'Find a patient by name on some days, or by an identifier on all days that are kept.',
    description: `At most ${searchRowsMax} visits, as each day's board shows them to the reader; what a reader does not see cannot be searched by. Each search is on the record before it is answered, without what was typed. See docs/spec/patient-search.md.`,
    tag: 'board',
    access: 'patient.search',
    isUserAction: true,
    params: z.strictObject({ clinic: clinicIdSchema }),
    request: { ...json('What is known of the patient.', patientSearchRequestSchema), maxBytes: 4_096 },
    responses: { 200: json('Visits found.', patientSearchResponseSchema) },
    problems: [
      'search_too_wide',
      'too_many_requests',
      'access_suspended',
      'board_not_found',
      'archive_unavailable',
      'archive_broken',
      'keys_unavailable',
    ],
  },
} as const satisfies Record<string, Route>;
