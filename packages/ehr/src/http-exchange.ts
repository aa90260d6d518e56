import { type EhrResult, ehrFailed, ehrOk, type FailureFacts, type TransportReason } from './ehr-failure.ts';

/** What came back over HTTP, before anybody has looked into it. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Seconds or null, from Retry-After. */
  readonly retryAfterMs: number | null;
  readonly etag?: string | null;
  readonly body: Uint8Array;
}

/** One call: no redirect is followed, the answer is bounded while it is read, and the deadline is total. */
export interface HttpExchange {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** From the first byte sent to the last byte read, so that a slow drip cannot stretch it. */
  readonly deadlineMs: number;
  readonly bytesMax: number;
  readonly signal?: AbortSignal | undefined;
  readonly fetch: typeof globalThis.fetch;
}

/** A full day of 400 rows is 0.6 MB; the vendor's own sample client allows 10 MB. */
export const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
/** The slowest answers seen take about 30 s. */
export const CALL_DEADLINE_MS = 45_000;

class TooLarge extends Error {}

/** Sends the call and reads the whole answer. Never throws, and keeps nothing of an error but its code. */
export async function exchange(call: HttpExchange): Promise<EhrResult<HttpAnswer>> {
  if (call.signal?.aborted) return ehrFailed({ kind: 'not-sent', reason: 'cancelled' });
  const deadline = AbortSignal.timeout(call.deadlineMs);
  const signal = call.signal ? AbortSignal.any([call.signal, deadline]) : deadline;
  try {
    const response = await call.fetch(call.url, requestInit(call, signal));
    return ehrOk({
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
      etag: response.headers.get('etag'),
      body: await boundedBody(response, call.bytesMax),
    });
  } catch (error) {
    if (call.signal?.aborted) return ehrFailed({ kind: 'cancelled' });
    return ehrFailed(deadline.aborted ? timedOut : transportFacts(error));
  }
}

const timedOut: FailureFacts = { kind: 'transport', reason: 'timeout', code: null };

function requestInit({ method, headers, body }: HttpExchange, signal: AbortSignal): RequestInit {
  // Following a redirect would send the credentials to wherever it points.
  const init = { method, headers: { ...headers }, redirect: 'manual', signal } as const;
  return body === null ? init : { ...init, body };
}

async function boundedBody(response: Response, bytesMax: number): Promise<Uint8Array> {
  if (!response.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Counted after decompression; leaving the loop early cancels the stream.
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Seconds only: the date form would need a clock that agrees with the vendor's. */
function retryAfterMs(header: string | null): number | null {
  return header && /^\d{1,5}$/.test(header) ? Number(header) * 1_000 : null;
}

const REASONS: readonly (readonly [RegExp, TransportReason])[] = [
  [/TIMEOUT|ETIMEDOUT/, 'timeout'],
  [/ECONNREFUSED/, 'refused'],
  [/ENOTFOUND|EAI_/, 'dns'],
  [/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_/, 'tls'],
  [/ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_ABORTED/, 'reset'],
  [/^HPE_|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_HTTP_PARSER/, 'protocol'],
];

/** What an error of the platform's client says of the way to the EHR; its text is not kept. */
export function transportFacts(error: unknown): FailureFacts {
  if (error instanceof TooLarge) return { kind: 'malformed', reason: 'too-large', detail: null };
  const code = errorCode(error);
  if (code && /^(Z_|ERR__ERROR_|ERR_PADDING|ERR_BROTLI)/.test(code)) {
    return { kind: 'malformed', reason: code === 'Z_BUF_ERROR' ? 'truncated' : 'encoding', detail: code };
  }
  const reason = REASONS.find(([pattern]) => code && pattern.test(code))?.[1] ?? 'other';
  return { kind: 'transport', reason, code };
}

/** The deepest error code, if it looks like one; messages may quote addresses and are not kept. */
function errorCode(error: unknown): string | null {
  let code: string | null = null;
  for (let depth = 0, next = error; next instanceof Error && depth < 5; depth += 1, next = next.cause) {
    const own = (next as { code?: unknown }).code;
    if (typeof own === 'string' && /^[A-Z][A-Z0-9_]{1,59}$/.test(own)) code = own;
    if (next instanceof AggregateError && next.errors[0] instanceof Error) {
      code = errorCode(next.errors[0]) ?? code;
    }
  }
  return code;
}
