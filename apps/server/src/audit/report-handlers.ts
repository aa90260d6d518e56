/** Reports on the record. Each is recorded itself, before its answer leaves. */
import {
  type Account,
  type AuditPerson,
  type AuditReportName,
  type AuditReportQuery,
  type AuditReportRow,
  auditReportRowsMax,
  auditSpanDaysMax,
  auditSpanQuerySchema,
} from '@workflow-bolt/contracts';
import type { AccountStore } from '@workflow-bolt/store';
import { type Handler, ok } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { AuditParts } from './audit-handlers.ts';
import {
  ActivityCount,
  auditReports,
  type BelongsHere,
  isOfClinic,
  type LogName,
  sortedRows,
} from './audit-report.ts';
import { isDormant, lastSignIns } from './last-sign-ins.ts';
import { lookedUp, refuseLongSpans } from './looked-up.ts';

export type ReportParts = AuditParts & { accounts: Pick<AccountStore, 'list'> };

const route = (end: string): string => `GET /api/v1/clinics/{clinic}/audit/${end}`;

/** People of the clinic, and of no clinic, who run all of them. */
const isOfHere = ({ clinics }: Account, clinic: string): boolean =>
  clinics.length === 0 || clinics.includes(clinic);

function belongsTo(clinic: string, accounts: readonly Account[]): BelongsHere {
  const known = new Map(accounts.map((account) => [account.uid, isOfHere(account, clinic)]));
  return (uid) => known.get(uid) ?? null;
}

export function getAuditReport(parts: ReportParts): Handler {
  return async (call) => {
    const query = call.query as AuditReportQuery;
    const { clinic = '', report } = call.params as { clinic?: string; report: AuditReportName };
    refuseLongSpans(query, auditSpanDaysMax);
    const rows = await chosenRows(parts, { clinic, report, query });
    const { patient } = query;
    const seen = { sub: 'search', route: route('reports/{report}'), n: rows.length, patient } as const;
    await parts.record(lookedUp(call, { ...seen, query: { report, ...query } }));
    return ok({ report, rows: sortedRows(rows, query) });
  };
}

type Choosing = { clinic: string; report: AuditReportName; query: AuditReportQuery };

/** Throws `audit_too_many_rows`: a report that was cut would say what is not so. */
async function chosenRows({ desk, accounts }: ReportParts, { clinic, report, query }: Choosing) {
  const { logs, has } = auditReports[report];
  const { from, to, actor, patient } = query;
  const belongsHere = logs.includes('installation') ? belongsTo(clinic, await accounts.list()) : () => true;
  const rows: AuditReportRow[] = [];
  for (const log of logs) {
    const reader = await desk.reader(log === 'clinic' ? clinic : null);
    for await (const { leaf, event } of reader.matching({ from, to, actor, patient }, await reader.size())) {
      if (!has(event) || !isReadable(log, () => isOfClinic(event, belongsHere))) continue;
      if (rows.length === auditReportRowsMax)
        throw new ProblemError('audit_too_many_rows', { rowsMax: auditReportRowsMax });
      rows.push({ log, leaf, event });
    }
  }
  return rows;
}

const isReadable = (log: LogName, isOfHere: () => boolean): boolean => log === 'clinic' || isOfHere();

export function getAuditActivity({ desk, record }: ReportParts): Handler {
  return async (call) => {
    const query = auditSpanQuerySchema.parse(call.query);
    refuseLongSpans(query, auditSpanDaysMax);
    const reader = await desk.reader(call.params.clinic ?? '');
    const count = new ActivityCount();
    for await (const { event } of reader.matching(query, await reader.size())) count.add(event);
    const { rows } = count;
    await record(lookedUp(call, { sub: 'search', route: route('activity'), n: rows.length, query }));
    return ok({ rows });
  };
}

export function getAuditPeople(parts: ReportParts): Handler {
  return async (call) => {
    const { clinic = '' } = call.params;
    const now = parts.now();
    const own = (await parts.accounts.list()).filter((account) => isOfHere(account, clinic));
    const signedInAt = await lastSignIns(parts.desk, now);
    const people = own.map((account) => personOf(account, signedInAt.get(account.uid) ?? null, now));
    await parts.record(
      lookedUp(call, { sub: 'search', route: route('people'), n: people.length, query: {} }),
    );
    return ok({ people: people.sort((a, b) => a.name.localeCompare(b.name)) });
  };
}

function personOf(account: Account, lastSignInAt: number | null, now: number): AuditPerson {
  const { uid, name, roles, state, createdAt } = account;
  return {
    ...{ uid, name, roles: [...roles], state, createdAt, lastSignInAt },
    isDormant: isDormant(account, lastSignInAt, now),
  };
}
