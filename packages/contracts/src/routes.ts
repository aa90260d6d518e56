/**
 * Every address of the API, once: the server mounts exactly these (and refuses to start when a row has no handler
 * or a handler no row), the OpenAPI document and the tables of the documentation are generated from them.
 */
import { z } from 'zod';
import { accessReviewRoutes } from './access-reviews.ts';
import { accessRoutes } from './access-routes.ts';
import { accountRoutes } from './account-routes.ts';
import type { RouteAction } from './actions.ts';
import { auditRoutes } from './audit-routes.ts';
import { clinicsResponseSchema, developmentUsersSchema } from './config.ts';
import { viewSchema } from './cursor.ts';
import { dayReportSchema, reportFormats } from './day-report.ts';
import { downtimeRoutes } from './downtime-routes.ts';
import { driftRoutes } from './drift-routes.ts';
import { ehrLinkRoutes } from './ehr-link-routes.ts';
import { federationRoutes } from './federation-routes.ts';
import { boardDateSchema, clinicIdSchema, instantSchema, visitIdSchema } from './ids.ts';
import { importRequestSchema } from './import.ts';
import { keyRoutes } from './key-routes.ts';
import { metricsSummarySchema } from './metrics-summary.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { patientSearchRoutes } from './patient-search-routes.ts';
import type { ProblemCode } from './problems.ts';
import { queueRoutes } from './queue-routes.ts';
import {
  commandsRequestSchema,
  commandsResponseSchema,
  developmentLoginRequestSchema,
  historyResponseSchema,
  importResponseSchema,
  presenceRequestSchema,
  readyResponseSchema,
  sessionResponseSchema,
  snapshotResponseSchema,
  syncJobResponseSchema,
  visitHistoryResponseSchema,
} from './rest.ts';
import { retentionRoutes } from './retention-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import type { StepUpPurpose } from './step-up.ts';
import { systemStateRoutes } from './system-state-routes.ts';
import { writeBackRoutes } from './write-back-routes.ts';

/** `public`: no session. `session`: any session of a person. Otherwise the action that the matrix in `domain` decides on. */
export type RouteAccess = 'public' | 'session' | RouteAction;

export { type StepUpPurpose, stepUpPurposes } from './step-up.ts';

export type RouteBody = { description: string; content: Readonly<Record<string, z.ZodType>> };
export type Route = {
  method: 'get' | 'post';
  /** With `{name}` for parameters. */
  path: string;
  summary: string;
  description?: string;
  tag: 'board' | 'schedule' | 'session' | 'operations' | 'documents' | 'access' | 'accounts' | 'audit';
  access: RouteAccess;
  /**
   * True for requests that only a person's own act sends: they extend the idle time of the session (I9). Streams, polls,
   * heartbeats and whatever a page asks by itself are checked like any other request, and extend nothing.
   */
  isUserAction: boolean;
  /** The purpose for which the person must have proved again, within the last minutes, who they are. */
  stepUp?: StepUpPurpose;
  /** Whether an API token may call this route though it names no action (`access: 'session'`). */
  isForTokens?: true;
  params?: z.ZodObject;
  query?: z.ZodObject;
  request?: RouteBody & { maxBytes: number };
  /** Success answers by status. */
  responses: Readonly<Record<number, RouteBody>>;
  /** Problems particular to the route; those of its access and body are added by `problemsOf`. */
  problems: readonly ProblemCode[];
};

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});
const textual = (description: string, type: string): RouteBody => ({
  description,
  content: { [type]: z.string() },
});

export const bodyLimits = { commands: 1_048_576, import: 10_485_760, small: 16_384 } as const;
export const jsonDepthMax = 20;

const board = z.strictObject({ clinic: clinicIdSchema, date: boardDateSchema });
const onBoard = '/api/v1/boards/{clinic}/{date}';
const readProblems = [
  'board_not_found',
  'board_purged',
  'archive_unavailable',
  'archive_broken',
  'store_unavailable',
] as const;

export const streamQuerySchema = z.object({
  cursor: z.string().max(200).optional().meta({
    description:
      'Where to go on; the header Last-Event-ID wins over it. Anything unreadable gets a snapshot.',
  }),
  view: viewSchema.default('staff').meta({
    description:
      '`staff` or `wall`. What a role may not see is left out; a client that comes back may send what it got.',
  }),
  tab: z.string().max(64).optional().meta({ description: 'Id of the reading tab, for presence.' }),
  vis: z.enum(['visible', 'hidden']).default('visible').meta({
    description: 'A hidden screen gets changes coalesced, up to a second late.',
  }),
  mode: z.enum(['stream', 'poll']).default('stream').meta({
    description:
      'poll: answer once with what happened since the cursor, after at most 25 s (for buffering proxies).',
  }),
});

export const routes = {
  postCommands: {
    method: 'post',
    path: `${onBoard}/commands`,
    summary: 'Carry out one command, or up to 50 in order.',
    description:
      'One command: 200 when applied or a duplicate of an applied one; otherwise the problem of its refusal. A batch: always 200 with one outcome per command, in order; it stops at the first `hold`. Sending the same (clientId, n) again never has a second effect.',
    tag: 'board',
    access: 'command',
    isUserAction: true,
    params: board,
    request: { ...json('One command or a batch.', commandsRequestSchema), maxBytes: bodyLimits.commands },
    responses: { 200: json('What became of each command.', commandsResponseSchema) },
    problems: [
      ...readProblems,
      'visit_not_found',
      'version_conflict',
      'idempotency_mismatch',
      'sequence_gap',
      'outcome_expired',
      'already_exists',
      'move_not_allowed',
      'not_todays_board',
      'board_closed',
      'board_archived',
      'day_closing',
      'day_not_closing',
      'visits_open',
      'reopen_too_late',
      'reason_required',
      'provider_required',
      'room_required',
      'room_not_found',
      'room_occupied',
      'room_not_ready',
      'room_reserved',
      'room_not_in_that_state',
      'visit_not_in_office',
      'visit_closed',
      'undo_nothing',
      'undo_superseded',
      'undo_too_late',
      'time_in_future',
      'time_out_of_order',
      'milestone_not_set',
      'grace_not_passed',
      'confirm_departure',
      'unknown_provider',
      'unknown_visit_type',
      'already_stepped_out',
      'not_stepped_out',
      'no_conflict',
      'nothing_to_change',
      'outcome_unknown',
      'deadline_exceeded',
      'upgrade_required',
    ],
  },
  getBoard: {
    method: 'get',
    path: onBoard,
    summary: 'The whole board and the cursor to go on from.',
    tag: 'board',
    access: 'read',
    isUserAction: false,
    params: board,
    responses: { 200: json('The board as this process holds it.', snapshotResponseSchema) },
    problems: readProblems,
  },
  getStream: {
    method: 'get',
    path: `${onBoard}/stream`,
    summary: 'Every change of the board as it happens (server-sent events).',
    description: 'The frames are described in the AsyncAPI document.',
    tag: 'board',
    access: 'stream',
    isUserAction: false,
    params: board,
    query: streamQuerySchema,
    responses: { 200: textual('Frames of the board stream, version 1.', 'text/event-stream') },
    problems: [...readProblems, 'overloaded', 'draining', 'not_acceptable'],
  },
  getHistory: {
    method: 'get',
    path: `${onBoard}/history`,
    summary: 'The board as it was at a moment of the day.',
    tag: 'board',
    access: 'history',
    isUserAction: false,
    params: board,
    query: z.strictObject({
      at: z.coerce.number().pipe(instantSchema).meta({ description: 'The moment, in epoch milliseconds.' }),
    }),
    responses: { 200: json('The board at that moment.', historyResponseSchema) },
    problems: [...readProblems, 'history_trimmed'],
  },
  getVisitHistory: {
    method: 'get',
    path: `${onBoard}/visits/{visitId}/history`,
    summary: 'Everything that happened to one visit: who, when, what.',
    tag: 'board',
    access: 'visit-history',
    isUserAction: false,
    params: board.extend({ visitId: visitIdSchema }),
    responses: { 200: json('Its entries, oldest first.', visitHistoryResponseSchema) },
    problems: [...readProblems, 'visit_not_found', 'history_trimmed'],
  },
  getMetricsSummary: {
    method: 'get',
    path: `${onBoard}/metrics-summary`,
    summary: 'Waits and counts of the day: running and finished, medians and 90th percentiles.',
    tag: 'board',
    access: 'metrics',
    isUserAction: false,
    params: board,
    responses: { 200: json('The numbers at this moment.', metricsSummarySchema) },
    problems: readProblems,
  },
  getDayReport: {
    method: 'get',
    path: `${onBoard}/report`,
    summary: 'The report of the day: for a file, a spreadsheet or paper.',
    description:
      'Visits by their ids, without names. `format=csv` guards cells against spreadsheet formulas.',
    tag: 'board',
    access: 'history',
    isUserAction: true,
    params: board,
    query: z.strictObject({
      format: z.enum(reportFormats).optional().meta({
        description: 'As what file it is taken away; without it, it is read on the screen as JSON.',
      }),
    }),
    responses: {
      200: {
        description: 'The report.',
        content: { 'application/json': dayReportSchema, 'text/csv': z.string(), 'text/plain': z.string() },
      },
    },
    problems: readProblems,
  },
  postImport: {
    method: 'post',
    path: `${onBoard}/import`,
    summary: 'Take over a schedule: tab-separated text or JSON.',
    description:
      'All or nothing: with one bad line nothing is imported, and `errors` names every bad line. Importing again updates and never duplicates. See docs/spec/import.md.',
    tag: 'schedule',
    access: 'import',
    isUserAction: true,
    params: board,
    request: {
      description: 'The schedule.',
      content: { 'application/json': importRequestSchema, 'text/tab-separated-values': z.string() },
      maxBytes: bodyLimits.import,
    },
    responses: { 200: json('What was imported.', importResponseSchema) },
    problems: [...readProblems, 'import_invalid', 'board_closed', 'day_closing', 'outcome_unknown'],
  },
  postSync: {
    method: 'post',
    path: `${onBoard}/sync`,
    summary: 'Read this day from the EHR now.',
    description: 'Answers at once with the job; its progress is the `sync` entity on the stream.',
    tag: 'schedule',
    access: 'sync',
    isUserAction: true,
    params: board,
    responses: { 202: json('The job that reads the day.', syncJobResponseSchema) },
    problems: readProblems,
  },
  postPresence: {
    method: 'post',
    path: `${onBoard}/presence`,
    summary: 'Say that a screen is here, what it has applied and what it edits.',
    tag: 'board',
    access: 'presence',
    isUserAction: false,
    params: board,
    request: { ...json('The screen.', presenceRequestSchema), maxBytes: bodyLimits.small },
    responses: { 204: { description: 'Noted.', content: {} } },
    problems: ['store_unavailable'],
  },
  getSession: {
    method: 'get',
    path: '/api/v1/session',
    summary: 'Who is signed in, and the clinics of that person.',
    tag: 'session',
    access: 'session',
    isUserAction: false,
    isForTokens: true,
    responses: { 200: json('The session.', sessionResponseSchema) },
    problems: [],
  },
  getClinics: {
    method: 'get',
    path: '/api/v1/clinics',
    summary: 'The clinics of the signed-in person, with their present local day.',
    tag: 'session',
    access: 'session',
    isUserAction: false,
    isForTokens: true,
    responses: { 200: json('The clinics.', clinicsResponseSchema) },
    problems: [],
  },
  getDevUsers: {
    method: 'get',
    path: '/api/v1/dev-users',
    summary: 'The demo users that the development login offers.',
    tag: 'session',
    access: 'public',
    isUserAction: false,
    responses: {
      200: json('The users.', developmentUsersSchema),
    },
    problems: [],
  },
  postDevLogin: {
    method: 'post',
    path: '/api/v1/dev-login',
    summary: 'Sign in as a demo user. Does not exist in production.',
    description: 'Sets the session cookie. Scripts may send its value as `Authorization: Bearer`.',
    tag: 'session',
    access: 'public',
    isUserAction: false,
    request: {
      ...json('The user and the station.', developmentLoginRequestSchema),
      maxBytes: bodyLimits.small,
    },
    responses: { 200: json('The new session.', sessionResponseSchema) },
    problems: ['permission_denied', 'store_unavailable'],
  },
  postLogout: {
    method: 'post',
    path: '/api/v1/logout',
    summary: 'End the session.',
    tag: 'session',
    access: 'session',
    isUserAction: true,
    responses: { 204: { description: 'The session has ended.', content: {} } },
    problems: ['store_unavailable'],
  },
  getHealth: {
    method: 'get',
    path: '/healthz',
    summary: 'The process runs.',
    tag: 'operations',
    access: 'public',
    isUserAction: false,
    responses: {
      200: json('It does.', z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' })),
    },
    problems: [],
  },
  getReady: {
    method: 'get',
    path: '/readyz',
    summary: 'Whether to send work here, with the state of every dependency.',
    tag: 'operations',
    access: 'public',
    isUserAction: false,
    responses: {
      200: json('Ready, perhaps without the EHR.', readyResponseSchema),
      503: json('Not ready.', readyResponseSchema),
    },
    problems: [],
  },
  getMetrics: {
    method: 'get',
    path: '/metrics',
    summary: 'Counters of this process for Prometheus.',
    tag: 'operations',
    access: 'public',
    isUserAction: false,
    responses: { 200: textual('Prometheus text format.', 'text/plain') },
    problems: [],
  },
  getOpenApi: {
    method: 'get',
    path: '/openapi.json',
    summary: 'This description as OpenAPI 3.1.',
    tag: 'documents',
    access: 'public',
    isUserAction: false,
    responses: { 200: json('The document.', z.looseObject({ openapi: z.string() })) },
    problems: [],
  },
  getAsyncApi: {
    method: 'get',
    path: '/asyncapi.json',
    summary: 'The board stream and the job queues as AsyncAPI 3.',
    tag: 'documents',
    access: 'public',
    isUserAction: false,
    responses: { 200: json('The document.', z.looseObject({ asyncapi: z.string() })) },
    problems: [],
  },
  getDocs: {
    method: 'get',
    path: '/docs',
    summary: 'The API as a readable page.',
    tag: 'documents',
    access: 'public',
    isUserAction: false,
    responses: { 200: textual('A page.', 'text/html') },
    problems: [],
  },
  ...accountRoutes,
  ...accessReviewRoutes,
  ...auditRoutes,
  ...accessRoutes,
  ...sessionRoutes,
  ...ehrLinkRoutes,
  ...downtimeRoutes,
  ...driftRoutes,
  ...writeBackRoutes,
  ...queueRoutes,
  ...systemStateRoutes,
  ...patientSearchRoutes,
  ...retentionRoutes,
  ...keyRoutes,
  ...passkeyRoutes,
  ...federationRoutes,
} as const satisfies Record<string, Route>;

export type RouteId = keyof typeof routes;
export const routeIds = Object.keys(routes) as RouteId[];

/** A row under its general type; the literal types of the table are for the few callers that need one schema. */
export const routeOf = (id: RouteId): Route => routes[id];

/** All problem codes a route can answer with: its own, and those that follow from its access and body. */
export function problemsOf(route: Route): ProblemCode[] {
  const codes = new Set<ProblemCode>(route.problems);
  codes.add('internal');
  if (route.params || route.query || route.request) codes.add('invalid_request').add('unsupported_version');
  if (route.access !== 'public') codes.add('not_authenticated').add('ambiguous_credentials');
  if (route.access !== 'public' || route.method === 'post') codes.add('cross_site_request');
  if (route.access !== 'public' && route.method === 'post') codes.add('csrf_token_invalid');
  if (route.access !== 'public') codes.add('store_unavailable');
  if (route.stepUp) codes.add('step_up_required');
  if (route.access !== 'public' && route.access !== 'session') codes.add('permission_denied');
  if (route.method === 'post') codes.add('draining');
  if (route.request) {
    codes.add('malformed_json').add('json_too_deep').add('body_too_large').add('unsupported_media_type');
  }
  return [...codes];
}
