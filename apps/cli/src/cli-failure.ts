import { ApiError, NetworkError } from '@workflow-bolt/client';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Why a command could not do its work: what failed, and what to type or look at next. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly code: string;
  readonly exit: ExitCode;
  readonly hint: string | null;

  constructor(code: string, exit: ExitCode, message: string, hint: string | null = null, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.exit = exit;
    this.hint = hint;
  }
}

const deniedHint =
  'Give a token of an account that may do this: --token-file, a file that only you can read.';

/** The system's own code at the end of a chain of causes, such as ECONNREFUSED. */
function systemCode(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return code;
    if (at.name === 'TimeoutError') return 'TIMEOUT';
  }
  return null;
}

/** What any error means to whoever runs the command; `apiUrl` is where it was sent. */
export function failureOf(error: unknown, apiUrl: string): CliFailure {
  if (error instanceof CliFailure) return error;
  if (error instanceof ApiError) {
    const isDenied = error.status === 401 || error.status === 403;
    const exit = isDenied ? exitCodes.denied : exitCodes.bad;
    return new CliFailure(error.code, exit, error.message, isDenied ? deniedHint : null, error);
  }
  if (error instanceof NetworkError) {
    const why = systemCode(error);
    const message = `No workflow-bolt server answers at ${apiUrl}${why ? ` (${why})` : ''}.`;
    const hint = 'Check the address: --api-url or BOLT_API_URL.';
    return new CliFailure('unreachable', exitCodes.unreachable, message, hint, error);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CliFailure('bug', exitCodes.bug, `bolt failed: ${message}`, null, error);
}
