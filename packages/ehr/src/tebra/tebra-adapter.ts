import { type CallClock, systemClock } from '../call-clock.ts';
import { type CallGuard, gateGuard, passGuard } from '../call-guard.ts';
import { type EhrFailure, type EhrResult, ehrFailed, ehrOk } from '../ehr-failure.ts';
import type { EhrPort } from '../ehr-port.ts';
import { createRateGate, type Gate } from '../rate-gate.ts';
import { READ_RETRY, type RetryPolicy, withRetry } from '../retry.ts';
import { assertSafeEndpoint } from '../safe-endpoint.ts';
import { type CallGaps, createCallGaps } from './call-gaps.ts';
import { ANSWER_BYTES_MAX, CALL_DEADLINE_MS, httpCall } from './http-call.ts';
import { isWriteOperation, soapAction, type TebraOperation } from './operations.ts';
import { readAnswer } from './soap-answer.ts';
import { RequestRefused, type RequestValues, soapRequest } from './soap-request.ts';
import { type CallTebra, tebraReads } from './tebra-reads.ts';
import { tebraWrites } from './tebra-writes.ts';
import type { XmlElement } from './xml-tree.ts';

export const TEBRA_ENDPOINT = 'https://webservice.kareo.com/services/soap/2.1/KareoServices.svc';

export interface TebraCredentials {
  readonly customerKey: string;
  readonly user: string;
  readonly password: string;
}

/** One finished try, for metrics and traces: no argument, no answer. */
export interface TebraCallRecord {
  readonly operation: TebraOperation;
  readonly attempt: number;
  readonly durationMs: number;
  readonly bytes: number | null;
  readonly failure: EhrFailure | null;
}

export interface TebraOptions {
  readonly endpoint?: string;
  readonly credentials: TebraCredentials;
  /** Credentials travel in the body: plain HTTP is refused but for this machine, unless allowed here. */
  readonly allowPlainHttp?: boolean;
  readonly clientVersion?: string;
  readonly gaps?: CallGaps;
  /** A gate without a breaker; `guard` takes its place. */
  readonly gate?: Gate<TebraOperation>;
  readonly guard?: CallGuard<TebraOperation>;
  readonly retry?: RetryPolicy;
  readonly deadlineMs?: number;
  readonly answerBytesMax?: number;
  readonly clock?: CallClock;
  readonly fetch?: typeof globalThis.fetch;
  readonly observe?: (record: TebraCallRecord) => void;
}

type Settings = Required<Omit<TebraOptions, 'allowPlainHttp' | 'observe' | 'gate'>> &
  Pick<TebraOptions, 'observe'>;

/**
 * The Tebra account behind the EHR port. Every call passes the gate, a total deadline and strict decoding; a
 * read has a few retries, a write only those that the service refused before doing anything. Throws TypeError at once for an endpoint that must not carry credentials; afterwards nothing
 * throws.
 */
export function createTebraAdapter(options: TebraOptions): EhrPort {
  const settings = withDefaults(options);
  assertSafeEndpoint(settings.endpoint, options.allowPlainHttp ?? false);
  const call = callWith(settings);
  return { ...tebraReads(call), ...tebraWrites(call, settings.clock) };
}

function withDefaults(options: TebraOptions): Settings {
  const clock = options.clock ?? systemClock;
  const gaps = options.gaps ?? createCallGaps();
  return {
    endpoint: options.endpoint ?? TEBRA_ENDPOINT,
    credentials: options.credentials,
    clientVersion: options.clientVersion ?? '2.1',
    gaps,
    clock,
    guard:
      options.guard ?? gateGuard(options.gate ?? createRateGate({ gapMs: gaps.gapMs, clock }), gaps.gapMs),
    retry: options.retry ?? READ_RETRY,
    deadlineMs: options.deadlineMs ?? CALL_DEADLINE_MS,
    answerBytesMax: options.answerBytesMax ?? ANSWER_BYTES_MAX,
    // Looked up at the call, so that instrumentation installed later still sees it.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    observe: options.observe,
  };
}

function callWith(settings: Settings): CallTebra {
  return async (operation, values, signal) => {
    const envelope = writeEnvelope(settings, operation, values);
    if (!envelope.ok) return envelope;
    const { clock, retry: policy, gaps } = settings;
    return withRetry(
      (attempt) => observed(settings, { operation, attempt, envelope: envelope.value, signal }),
      {
        gapMs: gaps.gapMs(operation),
        policy,
        clock,
        signal,
        isWrite: isWriteOperation(operation),
      },
    );
  };
}

/** `values` is made late, so that a refusal inside it becomes a failure and not an exception. */
function writeEnvelope(
  { credentials, clientVersion }: Settings,
  operation: TebraOperation,
  values: () => RequestValues,
): EhrResult<string> {
  const account = {
    CustomerKey: credentials.customerKey,
    Password: credentials.password,
    User: credentials.user,
  };
  try {
    const isBare = operation === 'GetCustomerIdFromKey';
    const header = isBare ? account : { RequestHeader: { ClientVersion: clientVersion, ...account } };
    return ehrOk(soapRequest(operation, { ...header, ...values() }));
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return ehrFailed({ kind: 'our-bug', reason: 'bad-request', detail: error.message });
  }
}

interface Try {
  readonly operation: TebraOperation;
  readonly attempt: number;
  readonly envelope: string;
  readonly signal: AbortSignal | undefined;
}

async function observed(settings: Settings, call: Try): Promise<EhrResult<XmlElement>> {
  const permit = await passGuard(settings.guard, call.operation, call.signal);
  if (!permit.ok) return permit;
  const { clock, observe } = settings;
  const startedAt = clock.now();
  const { result, bytes } = await send(settings, call);
  const failure = result.ok ? null : result.failure;
  const durationMs = clock.now() - startedAt;
  permit.value.report(failure, durationMs);
  const { operation, attempt } = call;
  observe?.({ operation, attempt, durationMs, bytes, failure });
  return result;
}

async function send(settings: Settings, { operation, envelope, signal }: Try) {
  const answer = await httpCall({
    url: settings.endpoint,
    soapAction: soapAction(operation),
    body: envelope,
    deadlineMs: settings.deadlineMs,
    bytesMax: settings.answerBytesMax,
    fetch: settings.fetch,
    signal,
  });
  if (!answer.ok) return { result: answer, bytes: null };
  return { result: readAnswer(operation, answer.value), bytes: answer.value.body.byteLength };
}
