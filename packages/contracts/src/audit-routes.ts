/** Addresses of the record of accesses; part of the one table in `routes.ts`. */
import { z } from 'zod';
import {
  auditExportQuerySchema,
  auditQuerySchema,
  auditReviewRequestSchema,
  auditReviewsResponseSchema,
  auditSearchResponseSchema,
  auditStatusResponseSchema,
  openedQuerySchema,
  openedResponseSchema,
} from './audit.ts';
import { auditReportRoutes } from './audit-report-routes.ts';
import { boardDateSchema, clinicIdSchema } from './ids.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});
const inClinic = z.strictObject({ clinic: clinicIdSchema });
const record = '/api/v1/clinics/{clinic}/audit';
const readProblems = [
  'store_unavailable',
  'archive_unavailable',
  'audit_span_too_long',
  'audit_not_sealed',
  'step_up_required',
] as const;

export const auditRoutes = {
  getAuditSearch: {
    method: 'get',
    path: record,
    summary: 'Entries of the record by time, person, patient and kind.',
    description:
      'Sealed entries in the order of their sealing. Patients are opaque keys. Reading the record is itself recorded.',
    tag: 'audit',
    access: 'audit.read',
    isUserAction: true,
    params: inClinic,
    query: auditQuerySchema,
    responses: { 200: json('What was found.', auditSearchResponseSchema) },
    problems: readProblems,
  },
  getOwnAudit: {
    method: 'get',
    path: `${record}/own`,
    summary: 'What the record holds about one’s own acts.',
    tag: 'audit',
    access: 'audit.own',
    isUserAction: true,
    params: inClinic,
    query: auditQuerySchema.omit({ actor: true }),
    responses: { 200: json('What was found.', auditSearchResponseSchema) },
    problems: readProblems,
  },
  getOpenedBy: {
    method: 'get',
    path: `${record}/patients/{patient}`,
    summary: 'Who opened this patient’s record.',
    description: 'One row for each person, way and day, for up to a year. Reading it is itself recorded.',
    tag: 'audit',
    access: 'audit.read',
    isUserAction: true,
    params: inClinic.extend({ patient: z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/) }),
    query: openedQuerySchema,
    responses: { 200: json('Who, how and when.', openedResponseSchema) },
    problems: ['store_unavailable', 'audit_span_too_long', 'step_up_required'],
  },
  getAuditExport: {
    method: 'get',
    path: `${record}/export`,
    summary: 'Take entries of the record away, with what proves them.',
    description:
      'The tar file of `bundle` is checked with `node packages/audit-verifier/src/main.ts FOLDER --export --key KEY`. Exporting is itself recorded.',
    tag: 'audit',
    access: 'audit.export',
    isUserAction: true,
    params: inClinic,
    query: auditExportQuerySchema,
    responses: {
      200: {
        description: 'The entries.',
        content: {
          'application/x-tar': z.string(),
          'application/x-ndjson': z.string(),
          'text/csv': z.string(),
          'application/fhir+json': z.looseObject({ resourceType: z.literal('Bundle') }),
        },
      },
    },
    problems: [...readProblems, 'audit_too_many_rows'],
  },
  getAuditReviews: {
    method: 'get',
    path: `${record}/reviews`,
    summary: 'The weekly reviews of the record: done, due and overdue.',
    tag: 'audit',
    access: 'audit.summary',
    isUserAction: false,
    params: inClinic,
    responses: { 200: json('Newest first.', auditReviewsResponseSchema) },
    problems: ['store_unavailable'],
  },
  postAuditReview: {
    method: 'post',
    path: `${record}/reviews/{week}`,
    summary: 'Say that you have reviewed a week of the record.',
    description: 'Your attestation becomes an entry of the record. A week is attested once.',
    tag: 'audit',
    access: 'audit.read',
    isUserAction: true,
    params: inClinic.extend({ week: boardDateSchema }),
    request: { ...json('What came of it.', auditReviewRequestSchema), maxBytes: 16_384 },
    responses: { 204: { description: 'Attested.', content: {} } },
    problems: ['store_unavailable', 'step_up_required', 'audit_review_not_open'],
  },
  getAuditStatus: {
    method: 'get',
    path: '/api/v1/audit/status',
    summary: 'Whether the record is sealed and whole, log by log.',
    description: 'Numbers and the public keys that verify the checkpoints; nothing of what the record says.',
    tag: 'audit',
    access: 'audit.status',
    isUserAction: false,
    responses: { 200: json('The state of each log.', auditStatusResponseSchema) },
    problems: ['store_unavailable', 'archive_unavailable', 'keys_unavailable'],
  },
  ...auditReportRoutes,
} as const satisfies Record<string, Route>;
