/** Addresses of the keys; part of the table in `routes.ts`. */
import type { z } from 'zod';
import { keyRotationRequestSchema, keyRotationResponseSchema, keysResponseSchema } from './keys-in-use.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});

export const keyRoutes = {
  getKeys: {
    method: 'get',
    path: '/api/v1/keys',
    summary: 'Which keys are in use, and how much still stands under former ones.',
    description: 'Ids and counts. While a key is being rotated the count of the former one falls to 0.',
    tag: 'operations',
    access: 'keys.read',
    isUserAction: false,
    responses: { 200: json('Top keys, and the keys of each clinic and month.', keysResponseSchema) },
    problems: ['keys_unavailable'],
  },
  postKeyRotation: {
    method: 'post',
    path: '/api/v1/keys/rotation',
    summary: 'Make a new key; what stands under the former one is sealed anew.',
    description:
      'Answers when the new key is in use. The sweep behind it goes on by itself, may be interrupted anywhere, and is completed by any worker; `GET /api/v1/keys` shows how far it is. A new session seal counts from the next start of each process, and ends every session then. Top keys of a key service are renewed there (`record_state`).',
    tag: 'operations',
    access: 'keys.rotate',
    isUserAction: true,
    request: { ...json('Which key.', keyRotationRequestSchema), maxBytes: 4_096 },
    responses: { 200: json('The id of the new key.', keyRotationResponseSchema) },
    problems: ['step_up_required', 'record_not_found', 'record_state', 'keys_unavailable'],
  },
} as const satisfies Record<string, Route>;
