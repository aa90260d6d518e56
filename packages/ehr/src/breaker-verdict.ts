import type { EhrFailure } from './ehr-failure.ts';

/**
 * What a finished call says of the EHR's health. `ok`: it answered, be the answer a refusal. `failed`: it did not
 * answer as a service does. `credentials`: it refuses the account, and asking again may lock it. `ignored`: the call
 * says nothing of it.
 *
 * The verdict is for the breaker only. Whether a write may have been applied is in the failure (`writes`), which no
 * verdict changes: an unknown outcome stays unknown.
 */
export type BreakerVerdict = 'ok' | 'failed' | 'credentials' | 'ignored';

/** The verdict on a call; `failure` null for a good answer. */
export function breakerVerdict(failure: EhrFailure | null): BreakerVerdict {
  if (failure === null) return 'ok';
  switch (failure.kind) {
    case 'transport':
    case 'service-down':
    case 'fault-internal':
    case 'fault-unrecognised':
      return 'failed';
    case 'malformed':
      return malformedVerdict(failure.reason);
    case 'business-error':
      return 'ok';
    case 'auth':
      return authVerdict(failure.reason);
    // Too soon, given up by us, never sent, or our own mistake: the service is as well as it was.
    case 'throttled':
    case 'cancelled':
    case 'not-sent':
    case 'our-bug':
      return 'ignored';
  }
}

type Of<Kind extends EhrFailure['kind'], Key extends string> =
  Extract<EhrFailure, { kind: Kind }> extends {
    readonly [K in Key]: infer Value;
  }
    ? Value
    : never;

/** A cut or garbled answer is the service's; a record with strange bytes comes back every time and must stop nobody else. */
function malformedVerdict(reason: Of<'malformed', 'reason'>): BreakerVerdict {
  switch (reason) {
    case 'truncated':
    case 'not-well-formed':
      return 'failed';
    case 'illegal-character':
    case 'encoding':
    case 'too-large':
    case 'too-deep':
    case 'too-many-elements':
    case 'unexpected-shape':
      return 'ignored';
  }
}

/** A missing permission stops one operation, a wrong password all of them. */
function authVerdict(reason: Of<'auth', 'reason'>): BreakerVerdict {
  switch (reason) {
    case 'bad-credentials':
    case 'bad-customer-key':
    case 'credentials-refused':
      return 'credentials';
    case 'permission-missing':
    case 'practice-not-authorised':
      return 'ignored';
  }
}
