/** Addresses of what a clinic has while the system is away; part of the table in `routes.ts`. */
import { z } from 'zod';
import { rosterOpeningSchema } from './downtime.ts';
import { clinicIdSchema } from './ids.ts';
import { offlineShareResponseSchema } from './offline-board.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});
const inClinic = z.strictObject({ clinic: clinicIdSchema });

export const downtimeRoutes = {
  getOfflineShare: {
    method: 'get',
    path: '/api/v1/clinics/{clinic}/offline-share',
    summary: 'The server’s half of the key under which this session’s browser keeps the last known board.',
    description:
      'Null where the clinic has not decided to keep boards on its devices. Another session gets another half, and never this one again once this has ended. It is on the record who asked.',
    tag: 'access',
    access: 'offline-board',
    isUserAction: false,
    params: inClinic,
    responses: { 200: json('Half of a key, or null.', offlineShareResponseSchema) },
    problems: ['board_not_found', 'store_unavailable'],
  },
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
