/**
 * Every way a call to the EHR can fail, as one closed union.
 *
 * A failure is a value, never an exception, and it never carries a credential, a patient's data or the
 * vendor's own free text: what it holds is safe to log, count and show. The caller decides by `kind` and by
 * two answers that are always given:
 *
 * - `reads`:  `retry` soon with back-off · `wait` for the interval and then retry · `stop`, a person must act.
 * - `writes`: `not-applied`, the EHR refused before doing anything · `unknown`, read before sending again.
 */

/** What a failed read should do next, and whether a write may have happened all the same. */
interface Advice {
  /** True when the same read may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  readonly reads: 'retry' | 'wait' | 'stop';
  readonly writes: 'not-applied' | 'unknown';
}

export type TransportReason = 'timeout' | 'refused' | 'reset' | 'dns' | 'tls' | 'protocol' | 'other';
export type ServiceDownReason =
  | 'html'
  | 'empty'
  | 'doctype'
  | 'not-xml'
  | 'not-soap'
  | 'redirect'
  | 'http-status';
export type MalformedReason =
  | 'truncated'
  | 'illegal-character'
  | 'not-well-formed'
  | 'encoding'
  | 'too-large'
  | 'too-deep'
  | 'too-many-elements'
  | 'unexpected-shape';
export type OurBugReason = 'bad-request' | 'contract-filter' | 'deserialization' | 'null-reference';
export type AuthReason =
  | 'bad-credentials'
  | 'bad-customer-key'
  | 'permission-missing'
  | 'practice-not-authorised'
  /** Refused without saying which of key, user and password is wrong. */
  | 'credentials-refused';

/** The facts of a failure, before the advice that follows from its kind. */
export type FailureFacts =
  /** Never left this process: the caller gave up, the rate gate could not grant a turn, or the circuit breaker is open. */
  | { readonly kind: 'not-sent'; readonly reason: 'cancelled' | 'gate' | 'breaker' }
  /** Sent, and the caller gave up before the answer was read. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'transport'; readonly reason: TransportReason; readonly code: string | null }
  | { readonly kind: 'service-down'; readonly reason: ServiceDownReason; readonly httpStatus: number }
  | { readonly kind: 'fault-internal'; readonly faultCode: string; readonly httpStatus: number }
  /** A SOAP fault outside the documented ones: nobody knows whether a retry helps, so none is made. */
  | { readonly kind: 'fault-unrecognised'; readonly faultCode: string; readonly httpStatus: number }
  | { readonly kind: 'our-bug'; readonly reason: OurBugReason; readonly detail: string | null }
  /** `intervalMs` is the vendor's window, null when the answer did not tell it. */
  | { readonly kind: 'throttled'; readonly endpoint: string | null; readonly intervalMs: number | null }
  | { readonly kind: 'auth'; readonly reason: AuthReason; readonly permissions: readonly string[] }
  /**
   * `wording` is the vendor's message with every word outside a fixed vocabulary blanked. `conflict`: the record is
   * not any more what the write was made from, and the EHR did nothing.
   */
  | {
      readonly kind: 'business-error';
      readonly reason: 'not-found' | 'conflict' | 'other';
      readonly wording: string;
    }
  | { readonly kind: 'malformed'; readonly reason: MalformedReason; readonly detail: string | null };

export type EhrFailure = FailureFacts & Advice;
export type EhrFailureKind = FailureFacts['kind'];

/** The answer of every port method. */
export type EhrResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: EhrFailure };

const stop = { retryable: false, reads: 'stop' } as const;
const retry = { retryable: true, reads: 'retry' } as const;

function adviceFor(facts: FailureFacts): Advice {
  switch (facts.kind) {
    case 'not-sent':
      if (facts.reason === 'breaker') return { retryable: true, reads: 'wait', writes: 'not-applied' };
      return { ...(facts.reason === 'gate' ? retry : stop), writes: 'not-applied' };
    case 'cancelled':
      return { ...stop, writes: 'unknown' };
    case 'transport':
    case 'service-down':
    case 'fault-internal':
      return { ...retry, writes: 'unknown' };
    case 'fault-unrecognised':
      return { ...stop, writes: 'unknown' };
    case 'throttled':
      return { retryable: true, reads: 'wait', writes: 'not-applied' };
    case 'malformed':
      // A cut answer may be whole next time; bad bytes in a record come back every time.
      return { ...(facts.reason === 'truncated' ? retry : stop), writes: 'unknown' };
    case 'our-bug':
    case 'auth':
    case 'business-error':
      return { ...stop, writes: 'not-applied' };
  }
}

/** Completes the facts of a failure with the advice that follows from them. */
export function ehrFailure(facts: FailureFacts): EhrFailure {
  return { ...facts, ...adviceFor(facts) };
}

/** A successful result. */
export function ehrOk<T>(value: T): EhrResult<T> {
  return { ok: true, value };
}

/** A failed result made from the facts alone. */
export function ehrFailed(facts: FailureFacts): { readonly ok: false; readonly failure: EhrFailure } {
  return { ok: false, failure: ehrFailure(facts) };
}

/** One sentence about a failure for logs and operators: no credential, no patient data, no vendor text. */
export function describeFailure(failure: EhrFailure): string {
  switch (failure.kind) {
    case 'not-sent':
      return `The call was not sent (${failure.reason}).`;
    case 'cancelled':
      return 'The caller gave up before the EHR answered.';
    case 'transport':
      return `The EHR could not be reached (${failure.reason}${failure.code ? `, ${failure.code}` : ''}).`;
    case 'service-down':
      return `The EHR is not serving its API (${failure.reason}, HTTP ${failure.httpStatus}).`;
    case 'fault-internal':
    case 'fault-unrecognised':
      return `The EHR answered with a fault (${failure.faultCode}, HTTP ${failure.httpStatus}).`;
    case 'our-bug':
      return `The EHR could not understand our request (${failure.reason}).`;
    case 'throttled':
      return `The EHR limits ${failure.endpoint ?? 'this call'} to one per ${failure.intervalMs ?? '?'} ms.`;
    case 'auth':
      return `The EHR refused the account (${[failure.reason, ...failure.permissions].join(', ')}).`;
    case 'business-error':
      return `The EHR refused the request: ${failure.wording}`;
    case 'malformed':
      return `The EHR's answer cannot be trusted (${failure.reason}).`;
  }
}
