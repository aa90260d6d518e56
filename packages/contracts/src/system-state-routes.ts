/** Addresses that say how the system stands; part of the table in `routes.ts`. */
import type { z } from 'zod';
import type { Route, RouteBody } from './routes.ts';
import { processesResponseSchema, systemStateResponseSchema } from './system-state.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});

export const systemStateRoutes = {
  getSystemState: {
    method: 'get',
    path: '/api/v1/system-state',
    summary: 'How the system stands: live, degraded, read-only or down, and why.',
    description:
      'The same state and the same words that heartbeats, screens and `bolt status` show. Always 200: the answer is about the system, not about the question. It needs no session, for with the store away nobody could be let in.',
    tag: 'operations',
    access: 'public',
    isUserAction: false,
    responses: { 200: json('The state, its reasons and every dependency.', systemStateResponseSchema) },
    problems: [],
  },
  getProcesses: {
    method: 'get',
    path: '/api/v1/processes',
    summary: 'Every server and worker with its version, load and lag.',
    tag: 'operations',
    access: 'config.read',
    isUserAction: false,
    responses: { 200: json('Those that beat, and those that fell silent.', processesResponseSchema) },
    problems: ['store_unavailable'],
  },
} as const satisfies Record<string, Route>;
