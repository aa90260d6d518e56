/** Addresses of the link to the EHR; part of the table in `routes.ts`. */
import { z } from 'zod';
import { breakerSchema, ehrAccountSchema, ehrLinkSchema, forceBreakerSchema } from './ehr-link.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});

export const ehrLinkRoutes = {
  getEhrLink: {
    method: 'get',
    path: '/api/v1/ehr-link',
    summary: 'The circuit breakers of the link to the EHR, and when they turned.',
    tag: 'operations',
    access: 'config.read',
    isUserAction: false,
    responses: { 200: json('Each account with its breakers, newest change first.', ehrLinkSchema) },
    problems: ['store_unavailable'],
  },
  postEhrBreaker: {
    method: 'post',
    path: '/api/v1/ehr-link/{account}/breaker',
    summary: 'Hold a circuit breaker open or closed, or give it back to itself.',
    description:
      '`open` stops every call of the lane at once, in every process; `close` lets all through whatever happens; `reset` is automatic again, with nothing counted.',
    tag: 'operations',
    access: 'config.write',
    isUserAction: true,
    params: z.strictObject({ account: ehrAccountSchema }),
    request: { ...json('What to do, and why.', forceBreakerSchema), maxBytes: 4_096 },
    responses: { 200: json('The breaker as it is now.', breakerSchema) },
    problems: ['record_not_found', 'step_up_required', 'store_unavailable'],
  },
} as const satisfies Record<string, Route>;
