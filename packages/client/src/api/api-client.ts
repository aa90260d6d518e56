/**
 * The REST side of the server, one method a route. Methods answer the body; they throw `ApiError` for a
 * problem document and `NetworkError` when no usable answer came.
 */
import type {
  BoardKey,
  CommandEnvelope,
  CommandOutcome,
  clinicsResponseSchema,
  developmentUsersSchema,
  historyResponseSchema,
  importResponseSchema,
  metricsSummarySchema,
  presenceRequestSchema,
  readyResponseSchema,
  sessionResponseSchema,
  snapshotResponseSchema,
  syncJobResponseSchema,
  visitHistoryResponseSchema,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import { NetworkError, readProblem } from './api-error.ts';

export type Session = z.infer<typeof sessionResponseSchema>;
export type BoardSnapshotBody = z.infer<typeof snapshotResponseSchema>;
export type PresenceReport = z.input<typeof presenceRequestSchema>;

export type ApiClientOptions = {
  /** Origin of the API without a trailing slash; empty for the page's own. */
  baseUrl: string;
  fetch?: typeof fetch;
  /** How long one request may take, in ms. */
  timeoutMs?: number;
};

type Sent = { method: 'GET' | 'POST'; path: string; body?: string; type?: string; keepalive?: boolean };

/** Longer than the server's own deadline of a command, so that its answer is heard. */
const defaultTimeoutMs = 15_000;

export class ApiClient {
  readonly #baseUrl: string;
  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;

  constructor({ baseUrl, fetch: fetchFn, timeoutMs }: ApiClientOptions) {
    this.#baseUrl = baseUrl.replace(/\/$/, '');
    this.#fetch = fetchFn ?? ((...args) => globalThis.fetch(...args));
    this.#timeoutMs = timeoutMs ?? defaultTimeoutMs;
  }

  session(): Promise<Session> {
    return this.#get('/api/v1/session');
  }

  clinics(): Promise<z.infer<typeof clinicsResponseSchema>> {
    return this.#get('/api/v1/clinics');
  }

  developmentUsers(): Promise<z.infer<typeof developmentUsersSchema>> {
    return this.#get('/api/v1/dev-users');
  }

  developmentLogin(who: { userId: string; station?: string | null }): Promise<Session> {
    return this.#post('/api/v1/dev-login', who);
  }

  logout(): Promise<void> {
    return this.#post('/api/v1/logout', {});
  }

  board(key: BoardKey): Promise<BoardSnapshotBody> {
    return this.#get(boardPath(key));
  }

  /** `text` in the predecessor's tab-separated form, or JSON rows. All or nothing. */
  importSchedule(
    key: BoardKey,
    schedule: { text: string } | { rows: unknown[] },
  ): Promise<z.infer<typeof importResponseSchema>> {
    const path = `${boardPath(key)}/import`;
    if ('rows' in schedule) return this.#post(path, schedule.rows);
    return this.#send({ method: 'POST', path, body: schedule.text, type: 'text/tab-separated-values' });
  }

  /** Starts a reading of the EHR; its progress is the board's `sync` entity. */
  syncNow(key: BoardKey): Promise<z.infer<typeof syncJobResponseSchema>> {
    return this.#post(`${boardPath(key)}/sync`, {});
  }

  /** The board as it was at `atMs`. */
  history(key: BoardKey, atMs: number): Promise<z.infer<typeof historyResponseSchema>> {
    return this.#get(`${boardPath(key)}/history?at=${atMs}`);
  }

  visitHistory(key: BoardKey, visitId: string): Promise<z.infer<typeof visitHistoryResponseSchema>> {
    return this.#get(`${boardPath(key)}/visits/${encodeURIComponent(visitId)}/history`);
  }

  metricsSummary(key: BoardKey): Promise<z.infer<typeof metricsSummarySchema>> {
    return this.#get(`${boardPath(key)}/metrics-summary`);
  }

  ready(): Promise<z.infer<typeof readyResponseSchema>> {
    return this.#get('/readyz');
  }

  /** One outcome a command, in order, up to the first `hold`. */
  async commands(key: BoardKey, commands: readonly CommandEnvelope[]): Promise<CommandOutcome[]> {
    const body = await this.#post<{ outcomes?: unknown }>(`${boardPath(key)}/commands`, { commands });
    if (!isOutcomes(body?.outcomes)) throw new NetworkError('the answer holds no outcomes');
    return body.outcomes;
  }

  presence(key: BoardKey, report: PresenceReport): Promise<void> {
    const path = `${boardPath(key)}/presence`;
    return this.#send({ method: 'POST', path, ...json(report), keepalive: report.leave === true });
  }

  streamUrl(key: BoardKey, query: Record<string, string>): string {
    return `${this.#baseUrl}${boardPath(key)}/stream?${new URLSearchParams(query)}`;
  }

  #get<T>(path: string): Promise<T> {
    return this.#send({ method: 'GET', path });
  }

  #post<T>(path: string, body: unknown): Promise<T> {
    return this.#send({ method: 'POST', path, ...json(body) });
  }

  async #send<T>({ method, path, body, type, keepalive }: Sent): Promise<T> {
    const response = await this.#fetch(this.#baseUrl + path, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': type ?? 'application/json' } }),
      credentials: 'same-origin',
      cache: 'no-store',
      keepalive: keepalive ?? false,
      signal: AbortSignal.timeout(this.#timeoutMs),
    }).catch((cause: unknown) => {
      throw new NetworkError(cause);
    });
    if (!response.ok && !(path === '/readyz' && response.status === 503)) throw await readProblem(response);
    if (response.status === 204) return undefined as T;
    // A captive portal answers 200 with a page.
    return response.json().catch((cause: unknown) => {
      throw new NetworkError(cause);
    }) as Promise<T>;
  }
}

export const boardPath = ({ clinic, date }: BoardKey): string =>
  `/api/v1/boards/${encodeURIComponent(clinic)}/${encodeURIComponent(date)}`;

const json = (value: unknown) => ({ body: JSON.stringify(value), type: 'application/json' });

const outcomeNames = new Set(['applied', 'duplicate', 'conflict', 'rejected', 'hold']);
function isOutcomes(value: unknown): value is CommandOutcome[] {
  return Array.isArray(value) && value.every((it) => outcomeNames.has(it?.outcome) && Number.isInteger(it.n));
}
