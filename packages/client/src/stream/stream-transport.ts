/**
 * One HTTP response as a sequence of calls. `EventSource` is not used: it never comes back from an answer
 * other than 200, and can neither be watched for silence nor aborted and resumed at will.
 */

export interface StreamSink {
  /** 200 with the right content type. */
  headers(): void;
  bytes(chunk: Uint8Array): void;
  ended(): void;
  failed(why: 'network' | 'not-a-stream'): void;
  refused(answer: { status: number; retryAfterMs: number }): void;
}

/** Opens a response; the answer aborts it, after which the sink hears nothing more. */
export type StreamTransport = (url: string, sink: StreamSink) => () => void;

/** A `Retry-After` beyond this is not believed. */
const retryAfterMaxMs = 300_000;

export function fetchTransport(fetchFn: typeof fetch): StreamTransport {
  return (url, sink) => {
    const aborter = new AbortController();
    readResponse(fetchFn, { url, signal: aborter.signal }, sink).catch(() => {
      if (!aborter.signal.aborted) sink.failed('network');
    });
    return () => aborter.abort();
  };
}

async function readResponse(
  fetchFn: typeof fetch,
  { url, signal }: { url: string; signal: AbortSignal },
  sink: StreamSink,
): Promise<void> {
  const response = await fetchFn(url, {
    signal,
    headers: { accept: 'text/event-stream' },
    cache: 'no-store',
    credentials: 'same-origin',
  });
  if (signal.aborted) return;
  const refusal = refusalOf(response);
  if (refusal !== null || response.body === null) await response.body?.cancel().catch(() => {});
  if (refusal === 'not-a-stream' || response.body === null) return sink.failed('not-a-stream');
  if (refusal !== null) return sink.refused(refusal);
  sink.headers();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (signal.aborted) return;
    if (done) return sink.ended();
    sink.bytes(value);
  }
}

/** A captive portal answers 200 with HTML: that is a network failure, not data. */
function refusalOf(response: Response): 'not-a-stream' | { status: number; retryAfterMs: number } | null {
  if (response.status !== 200)
    return response.ok || response.redirected
      ? 'not-a-stream'
      : { status: response.status, retryAfterMs: retryAfterMs(response.headers.get('retry-after')) };
  const type = response.headers.get('content-type') ?? '';
  return /^text\/event-stream\s*(;|$)/i.test(type) ? null : 'not-a-stream';
}

/** Seconds only; an HTTP date would need the workstation's clock, which is not to be trusted. */
export function retryAfterMs(header: string | null): number {
  if (header === null || !/^\d{1,6}$/.test(header.trim())) return 0;
  return Math.min(retryAfterMaxMs, Number(header) * 1_000);
}
