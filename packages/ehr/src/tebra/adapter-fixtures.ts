import type { CallClock } from '../call-clock.ts';
import type { EhrPort } from '../ehr-port.ts';
import type { Gate } from '../rate-gate.ts';
import type { TebraOperation } from './operations.ts';
import { createTebraAdapter, type TebraOptions } from './tebra-adapter.ts';

/** Adapters for tests: no waiting, no network, everything that was sent kept. */

export const TEST_CREDENTIALS = {
  customerKey: 'key-4711',
  user: 'board@example.test',
  password: 'p&<"secret',
};

export const openGate: Gate<TebraOperation> = { acquire: async () => {}, defer: () => {} };

/** A clock that only moves when somebody sleeps; every draw is the middle. */
export function steppedClock(random: number = 0.5): CallClock & { readonly slept: number[] } {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    now: () => now,
    random: () => random,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(ms);
      now += ms;
    },
  };
}

export interface CannedAnswer {
  readonly body: string | Uint8Array;
  readonly status?: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SentRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** An adapter that is answered from a list; the last answer repeats. */
export function cannedAdapter(
  answers: readonly (CannedAnswer | Error)[],
  options: Partial<TebraOptions> = {},
): { readonly port: EhrPort; readonly sent: SentRequest[] } {
  const sent: SentRequest[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const next = answers[Math.min(sent.length, answers.length - 1)];
    sent.push({ url: String(input), headers: new Headers(init?.headers), body: String(init?.body) });
    if (!next) throw new Error('No answer was prepared.');
    if (next instanceof Error) throw next;
    return toResponse(next);
  };
  const port = createTebraAdapter({
    credentials: TEST_CREDENTIALS,
    gate: openGate,
    clock: steppedClock(),
    fetch,
    ...options,
  });
  return { port, sent };
}

function toResponse({ body, status = 200, contentType = 'text/xml; charset=utf-8', headers }: CannedAnswer) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return new Response(Uint8Array.from(bytes), {
    status,
    headers: { 'content-type': contentType, ...headers },
  });
}

/** One canned answer without retries. */
export function answeredBy(canned: CannedAnswer | string, options: Partial<TebraOptions> = {}): EhrPort {
  const given = typeof canned === 'string' ? { body: canned } : canned;
  const retry = { attemptsMax: 1, backoffMs: [0], jitterShare: 0, throttleJitterMs: 0, waitMsMax: 0 };
  return cannedAdapter([given], { retry, ...options }).port;
}

/** A question about the schedule that is always allowed. */
export const ANY_DAY = {
  practiceName: 'Fern Street Clinic',
  window: { startAt: Date.UTC(2026, 2, 9, 4), endAt: Date.UTC(2026, 2, 10, 6) },
};
