import type { ServerResponse } from 'node:http';
import { Fault, type Problem, type ProblemCode, problems } from '@workflow-bolt/contracts';
import { apiHeaders } from './security-headers.ts';

/** Thrown by a handler to answer with this problem. `details` become members of the document. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly details: Record<string, unknown>;
  constructor(code: ProblemCode, details: Record<string, unknown> = {}, cause?: unknown) {
    super(problems[code].title, { cause });
    this.name = 'ProblemError';
    this.code = code;
    this.details = details;
  }
}

/** Seconds a client should wait before it tries again, where that makes sense. */
const retryAfterSec: Partial<Record<ProblemCode, number>> = {
  too_many_requests: 1,
  sign_in_busy: 3,
  store_unavailable: 1,
  outcome_unknown: 1,
  deadline_exceeded: 1,
  draining: 1,
  overloaded: 2,
  upgrade_required: 30,
  ehr_unavailable: 30,
};
/** For every other 503: nobody is told to come back without being told when. */
const retryAfterUsualSec = 1;

/** How long `hold` asks a client to wait, in milliseconds; jittered by the client. */
export const retryAfterMs = (code: ProblemCode): number => (retryAfterSec[code] ?? 1) * 1_000;

/** The problem document (RFC 9457) of a code. Details may not redefine its fixed members. */
export function problemDocument(
  code: ProblemCode,
  requestId: string,
  details: Record<string, unknown> = {},
): Problem {
  const row = problems[code];
  return {
    ...details,
    type: `/docs#problem-${code}`,
    title: row.title,
    status: row.status,
    code,
    requestId,
  };
}

/**
 * Answers with a problem document, unless the answer has begun; then only the connection can say so. `ends` false leaves
 * the answer open when all of it is written: its reader has it, and the connection stays.
 */
export function sendProblem(res: ServerResponse, problem: Problem, { ends = true } = {}): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const body = Buffer.from(JSON.stringify(problem));
  res.statusCode = problem.status;
  for (const [name, value] of apiHeaders) res.setHeader(name, value);
  res.setHeader('X-Request-Id', problem.requestId);
  res.setHeader('Content-Type', 'application/problem+json');
  res.setHeader('Content-Length', body.length);
  const usual = problem.status === 503 ? retryAfterUsualSec : undefined;
  const wait =
    typeof problem.retryAfterSec === 'number'
      ? problem.retryAfterSec
      : (retryAfterSec[problem.code] ?? usual);
  if (wait !== undefined) res.setHeader('Retry-After', wait);
  if (ends) res.end(body);
  else res.write(body);
}

/** What to answer for anything thrown: problems and faults by their code, everything else as `internal`. */
export function codeOfError(error: unknown): { code: ProblemCode; details: Record<string, unknown> } {
  if (error instanceof ProblemError) return { code: error.code, details: error.details };
  if (error instanceof Fault) return { code: error.code, details: {} };
  return { code: 'internal', details: {} };
}
