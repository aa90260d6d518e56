import type { ApiTransport } from '@workflow-bolt/client';
import { ApiError, NetworkError } from '@workflow-bolt/client';
import {
  type ProcessesResponse,
  processesResponseSchema,
  type SystemState,
  type SystemStateResponse,
  systemStateResponseSchema,
} from '@workflow-bolt/contracts';
import { BoltCommand, type Outcome } from '../bolt-command.ts';
import { type CliFailure, failureOf } from '../cli-failure.ts';
import { type ApiAddress, connectApi } from '../connect-api.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { renderStatus } from '../render-status.ts';

const exitOf: Readonly<Record<SystemState, ExitCode>> = {
  live: exitCodes.ok,
  degraded: exitCodes.degraded,
  'read-only': exitCodes.bad,
  down: exitCodes.bad,
};

type Listed = { processes: ProcessesResponse | null; failure: CliFailure | null };

export class Status extends BoltCommand {
  static override summary = 'How the system stands: live, degraded, read-only or down, and why.';
  static override description =
    'The same state and words that every screen shows. With a token of an administrator also every process with its load and lag. Ends with 0 live, 8 degraded, 1 read-only or down, 3 nobody answers, 4 the token is refused, 2 wrong flags.';
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status --json'];

  protected async work(address: ApiAddress): Promise<Outcome> {
    const api = connectApi(address);
    const status = await readState(api);
    const { processes, failure } = address.tokenFile === null ? none : await listProcesses(api, address);
    const isDenied = failure?.exit === exitCodes.denied;
    const warnings = failure && !isDenied ? [{ code: failure.code, message: failure.message }] : [];
    return {
      ...{ schema: 'bolt.status/1', data: { ...status, processes: processes?.processes ?? null } },
      ...{ text: renderStatus(status, processes), warnings, failure: isDenied ? failure : null },
      exit: isDenied ? exitCodes.denied : exitOf[status.state],
    };
  }
}

const none: Listed = { processes: null, failure: null };

/** Throws NetworkError when whoever answers is not a server of this product. */
async function readState(api: ApiTransport): Promise<SystemStateResponse> {
  const parsed = systemStateResponseSchema.safeParse(await api.get('/api/v1/system-state'));
  if (!parsed.success) throw new NetworkError('something else answers');
  return parsed.data;
}

/** The state is known whether or not this may be: what fails here is told beside it. */
async function listProcesses(api: ApiTransport, { apiUrl }: ApiAddress): Promise<Listed> {
  try {
    return { processes: processesResponseSchema.parse(await api.get('/api/v1/processes')), failure: null };
  } catch (error) {
    if (error instanceof ApiError || error instanceof NetworkError)
      return { processes: null, failure: failureOf(error, apiUrl) };
    throw error;
  }
}
