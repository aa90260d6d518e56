/** Addresses of the comparison with the EHR; part of the table in `routes.ts`. */
import { z } from 'zod';
import { driftResponseSchema, reconcileResponseSchema } from './drift.ts';
import { boardDateSchema, clinicIdSchema } from './ids.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});
const board = z.strictObject({ clinic: clinicIdSchema, date: boardDateSchema });
const onBoard = '/api/v1/boards/{clinic}/{date}';
const problems = [
  'board_not_found',
  'board_purged',
  'archive_unavailable',
  'archive_broken',
  'store_unavailable',
] as const;

export const driftRoutes = {
  postReconcile: {
    method: 'post',
    path: `${onBoard}/reconcile`,
    summary: 'Compare this day with the EHR now.',
    description: 'Answers at once with the job; it changes neither side. The report is read with `getDrift`.',
    tag: 'schedule',
    access: 'drift.run',
    isUserAction: true,
    params: board,
    responses: { 202: json('The job that compares the day.', reconcileResponseSchema) },
    problems,
  },
  getDrift: {
    method: 'get',
    path: `${onBoard}/drift`,
    summary: 'How this day on the board and in the EHR differ: ours, theirs, last agreed, and what to do.',
    description:
      'The last comparison, at most 8 days old. Patients are named as the board names them to the reader.',
    tag: 'schedule',
    access: 'drift.read',
    isUserAction: false,
    params: board,
    responses: { 200: json('The last report, or null.', driftResponseSchema) },
    problems,
  },
} as const satisfies Record<string, Route>;
