import type { z } from 'zod';
import { type EhrResult, ehrFailed, ehrOk, type FailureFacts, type MalformedReason } from '../ehr-failure.ts';
import type { HttpAnswer } from '../http-exchange.ts';
import { outcomeSchema } from './fhir-resources.ts';

/** A resource as it came, and the tag of its version for a conditional update. */
export interface FhirFound<T> {
  readonly resource: T;
  /** Null when the server told neither an ETag nor a version: then it must not be written. */
  readonly etag: string | null;
}

/** Issue codes of R4; whatever else a server writes may hold anything and is not repeated. */
const ISSUE_CODES = new Set(
  `invalid structure required value invariant security login unknown expired forbidden suppressed processing
  not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly business-rule
  conflict transient lock-error no-store exception timeout incomplete throttled informational`.split(/\s+/),
);

/** Judges an answer and decodes its resource with the schema. Never throws. */
export function readFhir<T>(
  operation: string,
  answer: HttpAnswer,
  schema: z.ZodType<T>,
): EhrResult<FhirFound<T>> {
  const { status } = answer;
  if (status >= 300 && status < 400)
    return ehrFailed({ kind: 'service-down', reason: 'redirect', httpStatus: status });
  const body = readJson(answer);
  const issue = body.ok ? issueOf(body.value) : null;
  if (status >= 400) return ehrFailed(refusal(operation, answer, { issue, isJson: body.ok }));
  if (!body.ok) return body;
  if (issue) return ehrFailed(refusalInside(operation, answer, issue));
  const decoded = schema.safeParse(body.value);
  if (!decoded.success)
    return ehrFailed({ ...malformed('unexpected-shape'), detail: placeOf(decoded.error) });
  return ehrOk({ resource: decoded.data, etag: answer.etag ?? tagOf(decoded.data) });
}

function tagOf(resource: unknown): string | null {
  const version = (resource as { meta?: { versionId?: string } }).meta?.versionId;
  return version === undefined ? null : `W/"${version}"`;
}

const malformed = (reason: MalformedReason) => ({ kind: 'malformed', reason, detail: null }) as const;

/** The members' names on the way to what is wrong: a schema's own words, never a value. */
function placeOf({ issues }: z.ZodError): string {
  const path = issues[0]?.path.filter((step) => typeof step === 'string') ?? [];
  return path.join('.').slice(0, 60) || 'resourceType';
}

function readJson({ status, body, contentType }: HttpAnswer): EhrResult<unknown> {
  const down = (reason: 'empty' | 'html') => ehrFailed({ kind: 'service-down', reason, httpStatus: status });
  if (body.byteLength === 0) return down('empty');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return ehrFailed(malformed('encoding'));
  }
  if (/^\s*</.test(text) || /^text\/html\b/i.test(contentType)) return down('html');
  try {
    return ehrOk(JSON.parse(text));
  } catch {
    return ehrFailed(malformed(isCut(text) ? 'truncated' : 'not-well-formed'));
  }
}

/** A body that is JSON as far as it goes: one that begins as an object and does not end as one. */
function isCut(text: string): boolean {
  return text.trimStart().startsWith('{') && !text.trimEnd().endsWith('}');
}

/** The first grave issue of an OperationOutcome, by its code; null when the body is none or holds no error. */
function issueOf(body: unknown): string | null {
  const outcome = outcomeSchema.safeParse(body);
  if (!outcome.success) return null;
  const grave = outcome.data.issue.find(({ severity }) => severity === 'error' || severity === 'fatal');
  return grave ? (ISSUE_CODES.has(grave.code) ? grave.code : 'unknown') : null;
}

interface Said {
  readonly issue: string | null;
  readonly isJson: boolean;
}

function refusal(operation: string, answer: HttpAnswer, said: Said): FailureFacts {
  const { status } = answer;
  const { issue } = said;
  if (status === 429 || issue === 'throttled')
    return { kind: 'throttled', endpoint: operation, intervalMs: answer.retryAfterMs };
  if (status === 401) return { kind: 'auth', reason: 'bad-credentials', permissions: [] };
  if (status === 403) return { kind: 'auth', reason: 'permission-missing', permissions: [] };
  if (status === 409 || status === 412) return business('conflict', issue);
  if (status === 501) return ourBug();
  if (status >= 500) return serverFailure(status, said);
  return clientFailure(status, said);
}

function serverFailure(status: number, { issue, isJson }: Said): FailureFacts {
  if (issue !== null) return { kind: 'fault-internal', faultCode: issue, httpStatus: status };
  return { kind: 'service-down', reason: isJson ? 'http-status' : 'html', httpStatus: status };
}

/** Not found is a statement about a record only when the server speaks FHIR: any web server answers 404. */
function clientFailure(status: number, { issue }: Said): FailureFacts {
  const isFhir = issue !== null;
  if (status === 404 || status === 410) {
    return isFhir
      ? business('not-found', issue)
      : { kind: 'service-down', reason: 'http-status', httpStatus: status };
  }
  if (status === 408 || status === 425)
    return { kind: 'service-down', reason: 'http-status', httpStatus: status };
  return status === 422 ? business('other', issue) : ourBug();
}

/** An error inside an answer that was called a success. */
function refusalInside(operation: string, answer: HttpAnswer, issue: string): FailureFacts {
  if (issue === 'throttled')
    return { kind: 'throttled', endpoint: operation, intervalMs: answer.retryAfterMs };
  if (issue === 'not-found' || issue === 'deleted') return business('not-found', issue);
  if (issue === 'login' || issue === 'expired')
    return { kind: 'auth', reason: 'bad-credentials', permissions: [] };
  if (issue === 'conflict') return business('conflict', issue);
  return { kind: 'fault-internal', faultCode: issue, httpStatus: answer.status };
}

const ourBug = (): FailureFacts => ({ kind: 'our-bug', reason: 'bad-request', detail: null });

function business(reason: 'not-found' | 'conflict' | 'other', issue: string | null): FailureFacts {
  return { kind: 'business-error', reason, wording: issue ?? '…' };
}
