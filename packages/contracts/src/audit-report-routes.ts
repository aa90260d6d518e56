/** Addresses of the reports on the record, of revealed identities and of printing; part of the one table in `routes.ts`. */
import { z } from 'zod';
import {
  auditActivityResponseSchema,
  auditPeopleResponseSchema,
  auditReportNames,
  auditReportQuerySchema,
  auditReportResponseSchema,
  auditSpanQuerySchema,
  revealRegisterResponseSchema,
  revealRequestSchema,
  revealResponseSchema,
} from './audit-reports.ts';
import { boardDateSchema, clinicIdSchema } from './ids.ts';
import { printMarkSchema, printRequestSchema } from './printing.ts';
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
  'audit_too_many_rows',
  'step_up_required',
] as const;

export const auditReportRoutes = {
  getAuditReport: {
    method: 'get',
    path: `${record}/reports/{report}`,
    summary: 'A report on the record, in the order of any of its data.',
    description:
      'At most 31 days and 5,000 entries. People’s accounts and sign-ins are those of the clinic’s own people, of people of no clinic, and of names that nobody has. Reading it is itself recorded.',
    tag: 'audit',
    access: 'audit.read',
    isUserAction: true,
    params: inClinic.extend({ report: z.enum(auditReportNames) }),
    query: auditReportQuerySchema,
    responses: { 200: json('Entries in the order that was asked for.', auditReportResponseSchema) },
    problems: readProblems,
  },
  getAuditActivity: {
    method: 'get',
    path: `${record}/activity`,
    summary: 'What each account did in a stretch of time.',
    description: 'One row for each account, for up to 31 days. Reading it is itself recorded.',
    tag: 'audit',
    access: 'audit.read',
    isUserAction: true,
    params: inClinic,
    query: auditSpanQuerySchema,
    responses: { 200: json('Counts for each account.', auditActivityResponseSchema) },
    problems: readProblems,
  },
  getAuditPeople: {
    method: 'get',
    path: `${record}/people`,
    summary: 'Accounts of the clinic as the record needs them: names, roles, last sign-in, dormancy.',
    description: 'Reading it is itself recorded.',
    tag: 'audit',
    access: 'audit.read',
    isUserAction: true,
    params: inClinic,
    responses: { 200: json('By name.', auditPeopleResponseSchema) },
    problems: readProblems,
  },
  postIdentityReveal: {
    method: 'post',
    path: `${record}/reveals`,
    summary: 'Learn who patients are whom the record names by opaque keys.',
    description:
      'With a fresh proof and a reason; name and date of birth of at most ten patients. It is on record, marked high, before the answer, and on a register that managers read.',
    tag: 'audit',
    access: 'audit.reveal',
    isUserAction: true,
    params: inClinic,
    request: { ...json('Whom, and why.', revealRequestSchema), maxBytes: 16_384 },
    responses: { 200: json('Who they are, as far as kept boards say.', revealResponseSchema) },
    problems: ['store_unavailable', 'archive_unavailable', 'keys_unavailable', 'step_up_required'],
  },
  getIdentityReveals: {
    method: 'get',
    path: `${record}/reveals`,
    summary: 'Who had identities revealed, when and why.',
    description: 'Newest first. What was typed is shown to managers only. Reading it is itself recorded.',
    tag: 'audit',
    access: 'audit.summary',
    isUserAction: true,
    params: inClinic,
    responses: { 200: json('The register.', revealRegisterResponseSchema) },
    problems: ['store_unavailable', 'keys_unavailable'],
  },
  postPrint: {
    method: 'post',
    path: '/api/v1/boards/{clinic}/{date}/print',
    summary: 'Say that a page is going to be printed.',
    description:
      'On record before the answer; a page prints only with it, and with what it says on every sheet.',
    tag: 'board',
    access: 'print',
    isUserAction: true,
    params: z.strictObject({ clinic: clinicIdSchema, date: boardDateSchema }),
    request: { ...json('Which page.', printRequestSchema), maxBytes: 16_384 },
    responses: { 200: json('What stands on every sheet.', printMarkSchema) },
    problems: ['board_not_found', 'store_unavailable'],
  },
} as const satisfies Record<string, Route>;
