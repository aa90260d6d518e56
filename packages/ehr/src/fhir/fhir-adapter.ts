import { type CallClock, systemClock } from '../call-clock.ts';
import { type CallGuard, gateGuard } from '../call-guard.ts';
import type { EhrPort } from '../ehr-port.ts';
import { ANSWER_BYTES_MAX, CALL_DEADLINE_MS } from '../http-exchange.ts';
import { createRateGate, type Gate } from '../rate-gate.ts';
import { READ_RETRY, type RetryPolicy } from '../retry.ts';
import { assertSafeEndpoint } from '../safe-endpoint.ts';
import type { CallGaps } from '../tebra/call-gaps.ts';
import { clientAccess, type FhirClient, openAccess } from './fhir-access.ts';
import { callFhirWith, type FhirCallRecord, type FhirCallSettings } from './fhir-call.ts';
import { createFhirAppointment } from './fhir-create.ts';
import { createFhirGaps } from './fhir-gaps.ts';
import type { FhirOperation } from './fhir-operations.ts';
import { practiceFinder } from './fhir-practice.ts';
import { fhirReads } from './fhir-reads.ts';
import { referencesOf } from './fhir-resources.ts';
import { previewFhirStatus, writeFhirStatus } from './fhir-write-status.ts';

export interface FhirOptions {
  /** The service's base, such as `https://ehr.example.org/fhir/R4`. */
  readonly base: string;
  /** Null for a server that wants no token: one on this machine. */
  readonly client: FhirClient | null;
  /** Tokens travel with every call: plain HTTP is refused but for this machine, unless allowed here. */
  readonly allowPlainHttp?: boolean;
  readonly gaps?: CallGaps<FhirOperation>;
  /** A gate without a breaker; `guard` takes its place. */
  readonly gate?: Gate<FhirOperation>;
  readonly guard?: CallGuard<FhirOperation>;
  readonly retry?: RetryPolicy;
  readonly deadlineMs?: number;
  readonly answerBytesMax?: number;
  readonly clock?: CallClock;
  readonly fetch?: typeof globalThis.fetch;
  readonly observe?: (record: FhirCallRecord) => void;
}

/**
 * A FHIR R4 server behind the EHR port. Every call passes the gate, a total deadline and strict decoding. Throws
 * TypeError at once for an address that must not carry a token; afterwards nothing throws.
 */
export function createFhirAdapter(options: FhirOptions): EhrPort {
  const base = new URL(options.base).href.replace(/\/+$/, '');
  const isPlainAllowed = options.allowPlainHttp ?? false;
  assertSafeEndpoint(base, isPlainAllowed);
  if (options.client) assertSafeEndpoint(options.client.tokenUrl, isPlainAllowed);
  const settings = withDefaults(options, base);
  const call = callFhirWith(settings);
  const lookup = { call, base, clock: settings.clock };
  const tools = { ...lookup, findPractice: practiceFinder(lookup), referred: referencesOf(base) };
  return {
    ...fhirReads(tools),
    writeStatus: (write, signal) => writeFhirStatus(tools, write, signal),
    previewStatus: (write, signal) => previewFhirStatus(tools, write, signal),
    create: (creation, signal) => createFhirAppointment(tools, creation, signal),
  };
}

function withDefaults(options: FhirOptions, base: string): FhirCallSettings {
  const clock = options.clock ?? systemClock;
  const gaps = options.gaps ?? createFhirGaps();
  // Looked up at the call, so that instrumentation installed later still sees it.
  const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  return {
    base,
    access: options.client ? clientAccess({ client: options.client, clock, fetch }) : openAccess,
    gaps,
    clock,
    guard:
      options.guard ?? gateGuard(options.gate ?? createRateGate({ gapMs: gaps.gapMs, clock }), gaps.gapMs),
    retry: options.retry ?? READ_RETRY,
    deadlineMs: options.deadlineMs ?? CALL_DEADLINE_MS,
    answerBytesMax: options.answerBytesMax ?? ANSWER_BYTES_MAX,
    fetch,
    observe: options.observe,
  };
}
