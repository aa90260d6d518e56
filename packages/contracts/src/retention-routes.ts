/** Addresses of retention, legal holds and alerts; part of the table in `routes.ts`. */
import { z } from 'zod';
import { alertReviewRequestSchema, alertSchema, alertsQuerySchema, alertsResponseSchema } from './alerts.ts';
import { clinicIdSchema } from './ids.ts';
import {
  freezeLiftRequestSchema,
  holdActRequestSchema,
  legalHoldSchema,
  purgeDecisionRequestSchema,
  purgeRequestSchema,
  retentionResponseSchema,
  spanRequestSchema,
} from './retention.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});
const smallMax = 16_384;
const inClinic = z.strictObject({ clinic: clinicIdSchema });
const onRetention = '/api/v1/clinics/{clinic}/retention';
const uuid = z.uuid();

export const retentionRoutes = {
  getRetention: {
    method: 'get',
    path: onRetention,
    summary: 'What this clinic keeps, how long, what is held, and what was destroyed.',
    tag: 'access',
    access: 'retention.read',
    isUserAction: false,
    params: inClinic,
    responses: { 200: json('The days, holds, requests and certificates.', retentionResponseSchema) },
    problems: ['board_not_found', 'store_unavailable'],
  },
  postHold: {
    method: 'post',
    path: `${onRetention}/holds`,
    summary: 'Ask for a legal hold: nothing of a span of days may be deleted.',
    description: 'In force once a second person has approved it. `reason` is a code or a case number.',
    tag: 'access',
    access: 'hold.manage',
    isUserAction: true,
    params: inClinic,
    request: { ...json('Which days, and why.', spanRequestSchema), maxBytes: smallMax },
    responses: { 200: json('The hold, not yet in force.', legalHoldSchema) },
    problems: ['board_not_found', 'step_up_required', 'store_unavailable'],
  },
  postHoldAct: {
    method: 'post',
    path: `${onRetention}/holds/{holdId}`,
    summary: 'Approve, withdraw or lift a legal hold.',
    description:
      '`approve` and `lift` belong to another person than the one who asked for it. `gone` of an approved hold lists the days that had been deleted before.',
    tag: 'access',
    access: 'hold.manage',
    isUserAction: true,
    params: inClinic.extend({ holdId: uuid }),
    request: { ...json('What to do, and why.', holdActRequestSchema), maxBytes: smallMax },
    responses: { 200: json('The hold as it is now.', legalHoldSchema) },
    problems: [
      'board_not_found',
      'record_not_found',
      'record_state',
      'second_person_required',
      'step_up_required',
      'store_unavailable',
    ],
  },
  postPurgeRequest: {
    method: 'post',
    path: `${onRetention}/purge-requests`,
    summary: 'Ask for days to be deleted before their time.',
    description: 'Not before the least age of their class. Carried out by the next sweep after its approval.',
    tag: 'access',
    access: 'retention.request',
    isUserAction: true,
    params: inClinic,
    request: { ...json('Which days, and why.', spanRequestSchema), maxBytes: smallMax },
    responses: { 200: json('The request, not yet approved.', purgeRequestSchema) },
    problems: ['board_not_found', 'purge_too_early', 'legal_hold', 'step_up_required', 'store_unavailable'],
  },
  postPurgeDecision: {
    method: 'post',
    path: `${onRetention}/purge-requests/{requestId}`,
    summary: 'Approve or refuse an early deletion that somebody else asked for.',
    tag: 'access',
    access: 'retention.approve',
    isUserAction: true,
    params: inClinic.extend({ requestId: uuid }),
    request: { ...json('Yes or no, and why.', purgeDecisionRequestSchema), maxBytes: smallMax },
    responses: { 200: json('The request as it is now.', purgeRequestSchema) },
    problems: [
      'board_not_found',
      'record_not_found',
      'record_state',
      'second_person_required',
      'legal_hold',
      'step_up_required',
      'store_unavailable',
    ],
  },
  postFreezeLift: {
    method: 'post',
    path: '/api/v1/deletion-freeze/lift',
    summary: 'Let data be deleted again, after the record of accesses was in doubt.',
    description:
      'Once every alert that stopped the deleting was reviewed (`record_state` until then, and while no alert says why), and by another person than those who reviewed. `record_not_found` when nothing is stopped.',
    tag: 'access',
    access: 'freeze.lift',
    isUserAction: true,
    request: { ...json('Why: the code or number of the case.', freezeLiftRequestSchema), maxBytes: smallMax },
    responses: { 204: { description: 'The next sweep deletes what is due.', content: {} } },
    problems: ['record_not_found', 'record_state', 'step_up_required', 'store_unavailable'],
  },
  getAlerts: {
    method: 'get',
    path: '/api/v1/alerts',
    summary: 'What was noticed in one’s clinics and in the installation.',
    tag: 'access',
    access: 'alert.read',
    isUserAction: false,
    query: alertsQuerySchema,
    responses: { 200: json('The alerts, newest first.', alertsResponseSchema) },
    problems: ['store_unavailable'],
  },
  postAlertReview: {
    method: 'post',
    path: '/api/v1/alerts/{alertId}/review',
    summary: 'Say what an alert about somebody else turned out to be.',
    description: '`benign` lifts what was blocked because of it.',
    tag: 'access',
    access: 'alert.review',
    isUserAction: true,
    params: z.strictObject({ alertId: alertSchema.shape.id }),
    request: { ...json('What it was.', alertReviewRequestSchema), maxBytes: smallMax },
    responses: { 200: json('The alert with its review.', alertSchema) },
    problems: ['record_not_found', 'already_reviewed', 'store_unavailable'],
  },
} as const satisfies Record<string, Route>;
