import { type Problem, type ProblemCode, problemSchema, problems } from '@workflow-bolt/contracts';
import { retryAfterMs } from '../stream/stream-transport.ts';

/** The server answered with a problem document. Branch on `code`. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ProblemCode;
  readonly problem: Problem | null;
  readonly retryAfterMs: number;

  constructor(answer: { status: number; code: ProblemCode; problem: Problem | null; retryAfterMs: number }) {
    super(answer.problem?.title ?? problems[answer.code].title);
    this.name = 'ApiError';
    this.status = answer.status;
    this.code = answer.code;
    this.problem = answer.problem;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** No usable answer came: no network, a timeout, or something that is not our server answered. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('The server cannot be reached.', { cause });
    this.name = 'NetworkError';
  }
}

/** Reads the problem document of a refusal. An answer without one came from something in between. */
export async function readProblem(response: Response): Promise<ApiError | NetworkError> {
  const parsed = problemSchema.safeParse(await response.json().catch(() => null));
  const later = retryAfterMs(response.headers.get('retry-after'));
  if (parsed.success)
    return new ApiError({
      status: response.status,
      code: parsed.data.code,
      problem: parsed.data,
      retryAfterMs: later,
    });
  const code = codeOfStatus(response.status);
  if (code === null) return new NetworkError(`status ${response.status} without a problem document`);
  return new ApiError({ status: response.status, code, problem: null, retryAfterMs: later });
}

/** Gateways answer these without knowing our documents. */
function codeOfStatus(status: number): ProblemCode | null {
  if (status === 401) return 'not_authenticated';
  if (status === 413) return 'body_too_large';
  if (status === 429) return 'too_many_requests';
  return null;
}
