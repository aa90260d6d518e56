/** Addresses of write-back; part of the table in `routes.ts`. */
import { z } from 'zod';
import { clinicIdSchema } from './ids.ts';
import type { Route, RouteBody } from './routes.ts';
import { postWriteBackSchema, writeBackStateSchema } from './write-back.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});
const params = z.strictObject({ clinic: clinicIdSchema });
const path = '/api/v1/clinics/{clinic}/write-back';

export const writeBackRoutes = {
  getWriteBack: {
    method: 'get',
    path,
    summary: 'Whether steps on the board are written to the EHR, who decided so, and what waits.',
    tag: 'schedule',
    access: 'write-back.read',
    isUserAction: false,
    params,
    responses: { 200: json('Mode, switch and counts.', writeBackStateSchema) },
    problems: ['board_not_found', 'store_unavailable'],
  },
  postWriteBack: {
    method: 'post',
    path,
    summary: 'Switch write-back of a clinic: off, dry-run or on.',
    description:
      'In force before the next write of every worker. It may be tighter than the clinic’s file and never looser: where the file says `off`, `on` changes nothing, and the answer says so.',
    tag: 'schedule',
    access: 'write-back.set',
    isUserAction: true,
    params,
    request: { ...json('The mode, and why.', postWriteBackSchema), maxBytes: 4_096 },
    responses: { 200: json('Mode, switch and counts.', writeBackStateSchema) },
    problems: ['board_not_found', 'step_up_required', 'store_unavailable'],
  },
} as const satisfies Record<string, Route>;
