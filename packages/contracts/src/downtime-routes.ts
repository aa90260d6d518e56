/** Addresses of what a clinic has while the system is away; part of the table in `routes.ts`. */
import { z } from 'zod';
import { rosterOpeningSchema } from './downtime.ts';
import { clinicIdSchema } from './ids.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});
const inClinic = z.strictObject({ clinic: clinicIdSchema });

export const downtimeRoutes = {
  postRosterOpening: {
    method: 'post',
    path: '/api/v1/clinics/{clinic}/roster-openings',
    summary: 'Put on the record that a downtime roster was opened, in a drill or in a downtime.',
    description:
      '`bolt downtime open` sends it when it is given a token and the server is there; what it noted while it was not can be sent later.',
    tag: 'access',
    access: 'downtime.note',
    isUserAction: true,
    params: inClinic,
    request: { ...json('Which roster, when, and what for.', rosterOpeningSchema), maxBytes: 16_384 },
    responses: { 200: json('As it stands on the record.', rosterOpeningSchema) },
    problems: ['board_not_found', 'store_unavailable'],
  },
} as const satisfies Record<string, Route>;
