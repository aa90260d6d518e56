import { ApiError, NetworkError, readProblem } from './api-error.ts';

export type ApiClientOptions = {
  /** Origin of the API without a trailing slash; empty for the page's own. */
  baseUrl: string;
  fetch?: typeof fetch;
  /** How long one request may take, in ms. */
  timeoutMs?: number;
};

export type Sent = {
  method: 'GET' | 'POST';
  path: string;
  body?: string;
  type?: string;
  keepalive?: boolean;
};

/** Longer than the server's own deadline of a command, so that its answer is heard. */
const defaultTimeoutMs = 15_000;

export const json = (value: unknown) => ({ body: JSON.stringify(value), type: 'application/json' });

/** Sends one request and reads its answer. */
export class ApiTransport {
  readonly baseUrl: string;
  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;
  /** What proves that a change comes from this page: bound to the session, told by the server when it is asked for. */
  csrf: string | null = null;
  /** Learns the token anew; false when there is none for the same person. */
  renewCsrf: () => Promise<boolean> = async () => false;

  constructor({ baseUrl, fetch: fetchFn, timeoutMs }: ApiClientOptions) {
    this.baseUrl = baseUrl.replace(/\/$/, '');
    this.#fetch = fetchFn ?? ((...args) => globalThis.fetch(...args));
    this.#timeoutMs = timeoutMs ?? defaultTimeoutMs;
  }

  get<T>(path: string): Promise<T> {
    return this.send({ method: 'GET', path });
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.send({ method: 'POST', path, ...json(body) });
  }

  /** Throws `ApiError` for a problem document, `NetworkError` when no usable answer came. */
  async send<T>(sent: Sent): Promise<T> {
    try {
      return await this.#sendOnce<T>(sent);
    } catch (error) {
      const isStale = error instanceof ApiError && error.code === 'csrf_token_invalid';
      if (!isStale || !(await this.renewCsrf())) throw error;
      return this.#sendOnce<T>(sent);
    }
  }

  /** What is taken away as a file. Throws as `send` does. */
  async file(path: string): Promise<Blob> {
    const response = await this.#ask({ method: 'GET', path });
    if (!response.ok) throw await readProblem(response);
    return response.blob().catch((cause: unknown) => {
      throw new NetworkError(cause);
    });
  }

  #ask(sent: Sent): Promise<Response> {
    return this.#fetch(this.baseUrl + sent.path, {
      method: sent.method,
      ...(sent.body === undefined ? {} : { body: sent.body }),
      headers: this.#headers(sent),
      credentials: 'same-origin',
      cache: 'no-store',
      keepalive: sent.keepalive ?? false,
      signal: AbortSignal.timeout(this.#timeoutMs),
    }).catch((cause: unknown) => {
      throw new NetworkError(cause);
    });
  }

  async #sendOnce<T>(sent: Sent): Promise<T> {
    const { path } = sent;
    const response = await this.#ask(sent);
    if (!response.ok && !(path === '/readyz' && response.status === 503)) throw await readProblem(response);
    if (response.status === 204) return undefined as T;
    // A captive portal answers 200 with a page.
    return response.json().catch((cause: unknown) => {
      throw new NetworkError(cause);
    }) as Promise<T>;
  }

  #headers({ method, body, type }: Sent): Record<string, string> {
    return {
      ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      ...(method === 'POST' && this.csrf !== null ? { 'x-bolt-csrf': this.csrf } : {}),
    };
  }
}
