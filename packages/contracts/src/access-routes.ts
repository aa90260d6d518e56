/** Addresses of emergency access and of wall displays; part of the one table in `routes.ts`. */
import { z } from 'zod';
import {
  glassIdSchema,
  glassListRequestSchema,
  glassRegisterResponseSchema,
  glassReviewRequestSchema,
  glassUseResponseSchema,
  openGlassRequestSchema,
  openGlassSchema,
  ownGlassResponseSchema,
} from './break-glass.ts';
import {
  displayHereResponseSchema,
  displayIdSchema,
  displaysResponseSchema,
  displayTokenRequestSchema,
  enrolDisplayRequestSchema,
  enrolDisplayResponseSchema,
  ownDisplayResponseSchema,
} from './displays.ts';
import { boardDateSchema, clinicIdSchema, visitIdSchema } from './ids.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});
const done: RouteBody = { description: 'Done.', content: {} };
const smallMax = 16_384;

const inClinic = z.strictObject({ clinic: clinicIdSchema });
const glasses = '/api/v1/clinics/{clinic}/break-glass';
const displays = '/api/v1/clinics/{clinic}/displays';
const glass = inClinic.extend({ id: glassIdSchema });

export const accessRoutes = {
  postBreakGlass: {
    method: 'post',
    path: '/api/v1/boards/{clinic}/{date}/visits/{visitId}/break-glass',
    summary: 'See everything about one patient in an emergency, for an hour.',
    description:
      'On the record at once, announced as an alert, and judged by somebody else within 72 hours. Open streams show the patient within seconds. Gives no right to export or to administer.',
    tag: 'access',
    access: 'break-glass.open',
    isUserAction: true,
    params: z.strictObject({ clinic: clinicIdSchema, date: boardDateSchema, visitId: visitIdSchema }),
    request: { ...json('Why.', openGlassRequestSchema), maxBytes: smallMax },
    responses: { 200: json('What is open now, and until when.', openGlassSchema) },
    problems: ['board_not_found', 'visit_not_found', 'step_up_required', 'keys_unavailable'],
  },
  getOwnBreakGlass: {
    method: 'get',
    path: '/api/v1/break-glass',
    summary: 'One’s own emergency accesses that are open now.',
    description: 'A page shows a red banner for as long as this is not empty.',
    tag: 'access',
    access: 'session',
    isUserAction: false,
    responses: { 200: json('What is open.', ownGlassResponseSchema) },
    problems: [],
  },
  postBreakGlassEnd: {
    method: 'post',
    path: `${glasses}/{id}/end`,
    summary: 'End one’s own emergency access before its time.',
    tag: 'access',
    access: 'break-glass.end',
    isUserAction: true,
    params: glass,
    responses: { 204: done },
    problems: ['break_glass_not_found'],
  },
  getBreakGlassRegister: {
    method: 'get',
    path: glasses,
    summary: 'Every emergency access of a clinic, those to be judged first.',
    tag: 'access',
    access: 'break-glass.register',
    isUserAction: true,
    params: inClinic,
    responses: { 200: json('The register.', glassRegisterResponseSchema) },
    problems: ['keys_unavailable'],
  },
  getBreakGlassUse: {
    method: 'get',
    path: `${glasses}/{id}/use`,
    summary: 'What was opened and changed with one emergency access, for whoever judges it.',
    description:
      'From the sealed record: acts of this person on this patient, and on whole boards, while it was open. Reading it is itself recorded.',
    tag: 'access',
    access: 'break-glass.register',
    isUserAction: true,
    params: glass,
    responses: { 200: json('What was done, first to last.', glassUseResponseSchema) },
    problems: ['break_glass_not_found', 'store_unavailable', 'archive_unavailable'],
  },
  postBreakGlassReview: {
    method: 'post',
    path: `${glasses}/{id}/review`,
    summary: 'Judge an emergency access of somebody else, once.',
    tag: 'access',
    access: 'break-glass.review',
    isUserAction: true,
    params: glass,
    request: { ...json('The judgement.', glassReviewRequestSchema), maxBytes: smallMax },
    responses: { 204: done },
    problems: ['break_glass_not_found', 'already_reviewed', 'step_up_required', 'keys_unavailable'],
  },
  postBreakGlassPerson: {
    method: 'post',
    path: `${glasses}/people`,
    summary: 'Name somebody else who may break the glass here, or take the name back.',
    description: 'Providers may by their role; nurses and managers only while they are named.',
    tag: 'access',
    access: 'break-glass.list',
    isUserAction: true,
    params: inClinic,
    request: { ...json('Who, and why.', glassListRequestSchema), maxBytes: smallMax },
    responses: { 204: done },
    problems: ['step_up_required'],
  },
  getDisplays: {
    method: 'get',
    path: displays,
    summary: 'The wall displays of a clinic.',
    tag: 'access',
    access: 'display.read',
    isUserAction: true,
    params: inClinic,
    responses: { 200: json('The displays.', displaysResponseSchema) },
    problems: [],
  },
  postDisplay: {
    method: 'post',
    path: displays,
    summary: 'Enrol a wall display.',
    description: 'The answer holds its token, this once. The screen turns it into a cookie of its own.',
    tag: 'access',
    access: 'display.manage',
    isUserAction: true,
    params: inClinic,
    request: { ...json('What it is called.', enrolDisplayRequestSchema), maxBytes: smallMax },
    responses: { 200: json('The display and its token.', enrolDisplayResponseSchema) },
    problems: ['step_up_required'],
  },
  postDisplayRemove: {
    method: 'post',
    path: `${displays}/{id}/remove`,
    summary: 'Remove a wall display: its token is worth nothing from now on.',
    tag: 'access',
    access: 'display.manage',
    isUserAction: true,
    params: inClinic.extend({ id: displayIdSchema }),
    responses: { 204: done },
    problems: ['display_not_found', 'step_up_required'],
  },
  getDisplayHere: {
    method: 'get',
    path: '/api/v1/display',
    summary: 'Which wall display this browser is, and the day it shows.',
    tag: 'access',
    access: 'display.here',
    isUserAction: false,
    responses: { 200: json('This display.', ownDisplayResponseSchema) },
    problems: ['board_not_found'],
  },
  postDisplayHere: {
    method: 'post',
    path: '/api/v1/display',
    summary: 'Make this browser the wall display of a token.',
    description:
      'Sets the cookie of the device. With it, only the wall view of the clinic’s board can be followed.',
    tag: 'access',
    access: 'public',
    isUserAction: false,
    request: {
      ...json('The token that a manager was shown.', displayTokenRequestSchema),
      maxBytes: smallMax,
    },
    responses: { 200: json('Which display this is.', displayHereResponseSchema) },
    problems: ['not_authenticated', 'store_unavailable'],
  },
} as const satisfies Record<string, Route>;
