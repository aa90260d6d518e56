import type { z } from 'zod';
import type { CallClock } from '../call-clock.ts';
import { type CallGuard, passGuard } from '../call-guard.ts';
import { type EhrFailure, type EhrResult, ehrFailed } from '../ehr-failure.ts';
import { exchange } from '../http-exchange.ts';
import { type RetryPolicy, withRetry } from '../retry.ts';
import type { CallGaps } from '../tebra/call-gaps.ts';
import type { FhirAccess } from './fhir-access.ts';
import { type FhirFound, readFhir } from './fhir-answer.ts';
import { type FhirOperation, isFhirWrite } from './fhir-operations.ts';

/** One finished try, for metrics and traces: no id, no criterion, no answer. */
export interface FhirCallRecord {
  readonly operation: FhirOperation;
  readonly attempt: number;
  readonly durationMs: number;
  readonly bytes: number | null;
  readonly failure: EhrFailure | null;
}

export interface FhirCallSettings {
  /** The service's base without a slash at its end. */
  readonly base: string;
  readonly access: FhirAccess;
  readonly guard: CallGuard<FhirOperation>;
  readonly gaps: CallGaps<FhirOperation>;
  readonly retry: RetryPolicy;
  readonly deadlineMs: number;
  readonly answerBytesMax: number;
  readonly clock: CallClock;
  readonly fetch: typeof globalThis.fetch;
  readonly observe: ((record: FhirCallRecord) => void) | undefined;
}

export interface FhirRequest<T> {
  readonly operation: FhirOperation;
  readonly schema: z.ZodType<T>;
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** Behind the base, without a slash at its beginning; or the whole address of a further page. */
  readonly path: string;
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly ifNoneExist?: string;
}

/** Sends one request and answers its decoded resource; never throws. */
export type CallFhir = <T>(request: FhirRequest<T>, signal?: AbortSignal) => Promise<EhrResult<FhirFound<T>>>;

/** Calls with the gate, the breaker, a total deadline and a few retries of what did nothing. */
export function callFhirWith(settings: FhirCallSettings): CallFhir {
  return (request, signal) => {
    const { clock, retry: policy, gaps } = settings;
    const { operation } = request;
    const retrying = { gapMs: gaps.gapMs(operation), policy, clock, signal, isWrite: isFhirWrite(operation) };
    return withRetry((attempt) => observed(settings, { request, attempt, signal }), retrying);
  };
}

interface Try<T> {
  readonly request: FhirRequest<T>;
  readonly attempt: number;
  readonly signal: AbortSignal | undefined;
}

async function observed<T>(settings: FhirCallSettings, call: Try<T>): Promise<EhrResult<FhirFound<T>>> {
  const { operation } = call.request;
  const permit = await passGuard(settings.guard, operation, call.signal);
  if (!permit.ok) return permit;
  const { clock, observe } = settings;
  const startedAt = clock.now();
  const { result, bytes } = await sendWithToken(settings, call);
  const failure = result.ok ? null : result.failure;
  const durationMs = clock.now() - startedAt;
  permit.value.report(failure, durationMs);
  observe?.({ operation, attempt: call.attempt, durationMs, bytes, failure });
  return result;
}

interface Sent<T> {
  readonly result: EhrResult<FhirFound<T>>;
  readonly bytes: number | null;
}

/** A token may be revoked before its time: one refused is replaced once. Refused calls have done nothing. */
async function sendWithToken<T>(settings: FhirCallSettings, call: Try<T>): Promise<Sent<T>> {
  const { access } = settings;
  for (let isSecond = false; ; isSecond = true) {
    const token = await access.header();
    if (!token.ok) return { result: token, bytes: null };
    const sent = await send(settings, call, token.value);
    const isRefused = !sent.result.ok && sent.result.failure.kind === 'auth';
    if (!isRefused || token.value === null) return sent;
    access.forget(token.value);
    if (isSecond || call.signal?.aborted) return sent;
  }
}

async function send<T>(
  settings: FhirCallSettings,
  { request, signal }: Try<T>,
  authorization: string | null,
): Promise<Sent<T>> {
  const { deadlineMs, answerBytesMax, fetch, base } = settings;
  const answer = await exchange({
    method: request.method ?? 'GET',
    url: /^https?:/.test(request.path) ? request.path : `${base}/${request.path}`,
    headers: headersOf(request, authorization),
    body: request.body === undefined ? null : JSON.stringify(request.body),
    ...{ deadlineMs, bytesMax: answerBytesMax, signal, fetch },
  });
  if (!answer.ok) return { result: answer, bytes: null };
  const { byteLength: bytes } = answer.value.body;
  return { result: readFhir(request.operation, answer.value, request.schema), bytes };
}

function headersOf(request: FhirRequest<unknown>, authorization: string | null): Record<string, string> {
  const { body, ifMatch, ifNoneExist } = request;
  return {
    accept: 'application/fhir+json',
    // A write must answer what it has made of the record.
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/fhir+json', prefer: 'return=representation' }),
    ...(authorization === null ? {} : { authorization }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    ...(ifNoneExist === undefined ? {} : { 'if-none-exist': ifNoneExist }),
  };
}

/** Our own mistake, found before anything was sent. */
export function refused(detail: string): { readonly ok: false; readonly failure: EhrFailure } {
  return ehrFailed({ kind: 'our-bug', reason: 'bad-request', detail });
}
