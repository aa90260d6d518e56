/**
 * The REST side of the server, one method a route. Methods answer the body; they throw `ApiError` for a
 * problem document and `NetworkError` when no usable answer came.
 */
import type {
  BoardKey,
  CommandEnvelope,
  CommandOutcome,
  clinicsResponseSchema,
  DayReport,
  developmentUsersSchema,
  historyResponseSchema,
  importResponseSchema,
  metricsSummarySchema,
  Printable,
  PrintMark,
  presenceRequestSchema,
  readyResponseSchema,
  reportFormats,
  sessionResponseSchema,
  snapshotResponseSchema,
  syncJobResponseSchema,
  visitHistoryResponseSchema,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import { systemClock } from '../clock.ts';
import { type SessionEnds, sessionEndsOf } from '../offline/session-ends.ts';
import { NetworkError } from './api-error.ts';
import { type ApiClientOptions, ApiTransport, json } from './api-transport.ts';

export type { ApiClientOptions } from './api-transport.ts';

export type Session = z.infer<typeof sessionResponseSchema>;
export type BoardSnapshotBody = z.infer<typeof snapshotResponseSchema>;
export type PresenceReport = z.input<typeof presenceRequestSchema>;

export class ApiClient {
  readonly transport: ApiTransport;

  /** Whose session it is, as far as this client was told. */
  #userId: string | null = null;
  #ends: SessionEnds | null = null;

  constructor(options: ApiClientOptions) {
    this.transport = new ApiTransport(options);
    this.transport.renewCsrf = () => this.#renewCsrf();
  }

  /** Who is signed in; from then on changes carry this session's CSRF token. */
  async session(): Promise<Session> {
    return this.heard(await this.#get<Session>('/api/v1/session'));
  }

  clinics(): Promise<z.infer<typeof clinicsResponseSchema>> {
    return this.#get('/api/v1/clinics');
  }

  developmentUsers(): Promise<z.infer<typeof developmentUsersSchema>> {
    return this.#get('/api/v1/dev-users');
  }

  async developmentLogin(who: { userId: string; station?: string | null }): Promise<Session> {
    return this.heard(await this.#post<Session>('/api/v1/dev-login', who));
  }

  /** When the session ends as far as this client was told, by the device's clock; null before it was told. */
  get ends(): SessionEnds | null {
    return this.#ends;
  }

  /** Notes what changes must carry under this session, and when it ends. */
  heard(session: Session): Session {
    this.transport.csrf = session.csrf ?? null;
    const former = this.#userId === session.user.id ? this.#ends : null;
    this.#ends = sessionEndsOf(session, systemClock.wallMs(), former);
    this.#userId = session.user.id;
    return session;
  }

  /**
   * Asks for the session again after its token was refused, as when another tab signed in anew. What one person did is
   * never sent as another: then it stays refused.
   */
  async #renewCsrf(): Promise<boolean> {
    const session = await this.#get<Session>('/api/v1/session');
    if (this.#userId !== null && session.user.id !== this.#userId) return false;
    this.heard(session);
    return session.csrf !== null;
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
    return this.transport.send({
      method: 'POST',
      path,
      body: schedule.text,
      type: 'text/tab-separated-values',
    });
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

  dayReport(key: BoardKey): Promise<DayReport> {
    return this.#get(`${boardPath(key)}/report`);
  }

  /** Where the report of a day can be fetched as a file. */
  reportAddress(key: BoardKey, format: (typeof reportFormats)[number]): string {
    return `${boardPath(key)}/report?format=${format}`;
  }

  /** Puts it on record that a page is printed; the answer stands on every sheet. */
  print(key: BoardKey, what: Printable): Promise<PrintMark> {
    return this.#post(`${boardPath(key)}/print`, { what });
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
    return this.transport.send({ method: 'POST', path, ...json(report), keepalive: report.leave === true });
  }

  streamUrl(key: BoardKey, query: Record<string, string>): string {
    return `${this.transport.baseUrl}${boardPath(key)}/stream?${new URLSearchParams(query)}`;
  }

  #get<T>(path: string): Promise<T> {
    return this.transport.get(path);
  }

  #post<T>(path: string, body: unknown): Promise<T> {
    return this.transport.post(path, body);
  }
}

export const boardPath = ({ clinic, date }: BoardKey): string =>
  `/api/v1/boards/${encodeURIComponent(clinic)}/${encodeURIComponent(date)}`;

const outcomeNames = new Set(['applied', 'duplicate', 'conflict', 'rejected', 'hold']);
function isOutcomes(value: unknown): value is CommandOutcome[] {
  return Array.isArray(value) && value.every((it) => outcomeNames.has(it?.outcome) && Number.isInteger(it.n));
}
