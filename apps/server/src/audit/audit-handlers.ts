/** Reading the record of accesses. Each of these is recorded itself, before its answer leaves. */
import {
  type auditExportQuerySchema,
  type auditQuerySchema,
  auditReviewRequestSchema,
  auditSpanDaysMax,
  type openedQuerySchema,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import { auditLogOf, entriesCsv, exportTar, type FoundEntries, fhirBundle } from '@workflow-bolt/store';
import type { z } from 'zod';
import { agentOf } from '../access/access-denied.ts';
import { type Answer, type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { AuditDesk } from './audit-desk.ts';
import { lookedUp, refuseLongSpans } from './looked-up.ts';
import { getAuditActivity, getAuditPeople, getAuditReport, type ReportParts } from './report-handlers.ts';
import { getIdentityReveals, postIdentityReveal, type RevealParts } from './reveal-handlers.ts';

export type AuditParts = {
  desk: AuditDesk;
  record: (event: SecurityEvent) => Promise<void>;
  now: () => number;
};

/** A year and a day, for "who opened this record". */
const openedDaysMax = 367;
/** Rows of one export: each brings its proof of some twenty hashes. */
const exportRowsMax = 20_000;
const tool = 'workflow-bolt';

type Query = z.output<typeof auditQuerySchema>;
const present = ({ rows, next, size }: FoundEntries): Answer =>
  ok({ rows: rows.map(({ leaf, event }) => ({ leaf, event })), next, size });

export function getAuditSearch({ desk, record }: AuditParts): Handler {
  return async (call) => {
    const query = call.query as Query;
    refuseLongSpans(query, auditSpanDaysMax);
    const found = await (await desk.reader(call.params.clinic ?? '')).search(query);
    const { patient } = query;
    const route = 'GET /api/v1/clinics/{clinic}/audit';
    await record(lookedUp(call, { sub: 'search', route, n: found.rows.length, query, patient }));
    return present(found);
  };
}

/** Nobody learns here of anybody else: the person asked for is always the one who asks. */
export function getOwnAudit({ desk, record }: AuditParts): Handler {
  return async (call) => {
    const query = { ...(call.query as Query), actor: mustPrincipal(call).uid };
    refuseLongSpans(query, auditSpanDaysMax);
    const found = await (await desk.reader(call.params.clinic ?? '')).search(query);
    const route = 'GET /api/v1/clinics/{clinic}/audit/own';
    await record(lookedUp(call, { sub: 'search', route, n: found.rows.length, query }));
    return present(found);
  };
}

export function getOpenedBy({ desk, record }: AuditParts): Handler {
  return async (call) => {
    const { clinic = '', patient = '' } = call.params;
    const query = call.query as z.output<typeof openedQuerySchema>;
    refuseLongSpans(query, openedDaysMax);
    const [rows, sealedThrough] = await Promise.all([
      desk.index(clinic).openedBy(patient, query.from, query.to),
      desk.sealedThrough(clinic),
    ]);
    const route = 'GET /api/v1/clinics/{clinic}/audit/patients/{patient}';
    await record(lookedUp(call, { sub: 'read', route, n: rows.length, query, patient }));
    return ok({ patient, rows, sealedThrough });
  };
}

type Format = z.output<typeof auditExportQuerySchema>['format'];

export function getAuditExport({ desk, record, now }: AuditParts): Handler {
  return async (call) => {
    const { format, ...query } = call.query as z.output<typeof auditExportQuerySchema>;
    refuseLongSpans(query, auditSpanDaysMax);
    const reader = await desk.reader(call.params.clinic ?? '');
    const { rows, next, size } = await reader.search({ ...query, limit: exportRowsMax });
    if (next !== null) throw new ProblemError('audit_too_many_rows', { rowsMax: exportRowsMax });
    if (size === 0) throw new ProblemError('audit_not_sealed');
    const encode: Record<Format, () => Promise<[string, Buffer]> | [string, Buffer]> = {
      bundle: async () => [
        'application/x-tar',
        Buffer.from(await exportTar(reader, rows, { query, tool, at: now() })),
      ],
      ndjson: () => [
        'application/x-ndjson',
        Buffer.concat(rows.flatMap(({ bytes }) => [bytes, Buffer.from('\n')])),
      ],
      csv: () => ['text/csv', Buffer.from(entriesCsv(rows))],
      fhir: () => ['application/fhir+json', Buffer.from(JSON.stringify(fhirBundle(rows, now())))],
    };
    const [type, bytes] = await encode[format]();
    const route = 'GET /api/v1/clinics/{clinic}/audit/export';
    const { patient } = query;
    await record(lookedUp(call, { sub: 'export', route, n: rows.length, query, patient }));
    const name = { bundle: 'audit.tar', ndjson: 'audit.ndjson', csv: 'audit.csv', fhir: 'audit.fhir.json' }[
      format
    ];
    return { status: 200, bytes, type, headers: { 'Content-Disposition': `attachment; filename="${name}"` } };
  };
}

export function getAuditStatus({ desk }: AuditParts): Handler {
  return async () => ok({ logs: await desk.status() });
}

export function getAuditReviews({ desk }: AuditParts): Handler {
  return async (call) => ok({ reviews: await desk.reviews.list(auditLogOf(call.params.clinic ?? '')) });
}

/** The attestation is on the record before it counts. */
export function postAuditReview({ desk, record, now }: AuditParts): Handler {
  return async (call) => {
    const { clinic = '', week = '' } = call.params;
    const { outcome } = parseInput(auditReviewRequestSchema, call.body, 'body');
    const open = (await desk.reviews.list(auditLogOf(clinic))).find((review) => review.week === week);
    if (!open || open.reviewedAt !== null) throw new ProblemError('audit_review_not_open');
    const agent = agentOf(mustPrincipal(call));
    await record({
      ...{ cid: clinic, type: 'security', sub: 'review', act: 'C', out: 0, agent, pou: 'HCOMPL' },
      ...{ rid: call.requestId, ent: [{ t: 'AuditReview', id: week, fields: [outcome] }] },
    });
    const isFirst = await desk.reviews.attest(auditLogOf(clinic), week, {
      by: agent.uid,
      at: now(),
      outcome,
    });
    if (!isFirst) throw new ProblemError('audit_review_not_open');
    return { status: 204 };
  };
}

/** The handlers of all routes of the record. */
export function auditHandlers(parts: ReportParts & RevealParts) {
  return {
    getAuditReport: getAuditReport(parts),
    getAuditActivity: getAuditActivity(parts),
    getAuditPeople: getAuditPeople(parts),
    postIdentityReveal: postIdentityReveal(parts),
    getIdentityReveals: getIdentityReveals(parts),
    getAuditSearch: getAuditSearch(parts),
    getOwnAudit: getOwnAudit(parts),
    getOpenedBy: getOpenedBy(parts),
    getAuditExport: getAuditExport(parts),
    getAuditReviews: getAuditReviews(parts),
    postAuditReview: postAuditReview(parts),
    getAuditStatus: getAuditStatus(parts),
  };
}
