import type { SimulatorConfig } from './config.ts';
import type { Operation } from './operations/call.ts';
import type { Fields } from './soap/strict-read.ts';

/** One login of the account; `missingPermissions` names rights it lacks for good. */
export interface Credentials {
  customerKey: string;
  user: string;
  password: string;
  missingPermissions?: readonly string[];
}

/** The verdict on one call: the SecurityResponse to send, and whether to go on. */
export interface Verdict {
  ok: boolean;
  /** Short word for the journal; never a credential. */
  outcome:
    | 'ok'
    | 'bad-key'
    | 'unknown-user'
    | 'bad-password'
    | 'locked'
    | 'expired'
    | 'no-permission'
    | 'no-practice';
  security: Fields;
}

/**
 * Decides who may do what. A refusal is an HTTP 200 without data: only the SecurityResponse tells it from an empty day.
 * `SecurityResultSuccess` follows `Authorized` here; the vendor's documents contradict each other about it.
 */
export class Authenticator {
  readonly #credentials: readonly Credentials[];
  readonly #customerId: number;
  readonly #wrongInARow = new Map<string, number>();

  constructor(credentials: readonly Credentials[], customerId: number) {
    this.#credentials = credentials;
    this.#customerId = customerId;
  }

  check(header: Fields, operation: Operation, scene: { config: SimulatorConfig; nowMs: number }): Verdict {
    const sameKey = this.#credentials.filter((one) => one.customerKey === header.CustomerKey);
    if (sameKey.length === 0) return refused('bad-key', 'Invalid customer key', { keyValid: false });
    const login = sameKey.find((one) => one.user === header.User);
    if (!login) return refused('unknown-user', 'Unable to find user.');
    const wrong = this.#passwordProblem(login, header, scene);
    if (wrong) return refused(wrong, 'Invalid user name and/or password');
    const missing = missingRights(login, operation, scene);
    return missing ? this.#noPermission(missing, scene.config) : this.#granted(scene.config);
  }

  /** The verdict when a right user asks for a practice that is not theirs. */
  practiceRefused(config: SimulatorConfig): Verdict {
    const security = this.#known(config, false, 'User is not authorized to access this practice');
    return { ok: false, outcome: 'no-practice', security };
  }

  #passwordProblem(
    login: Credentials,
    header: Fields,
    { config, nowMs }: { config: SimulatorConfig; nowMs: number },
  ): 'bad-password' | 'locked' | 'expired' | undefined {
    const { lockOutAfter, expiresAt } = config.auth;
    const wrong = this.#wrongInARow.get(login.user) ?? 0;
    if (lockOutAfter > 0 && wrong >= lockOutAfter) return 'locked';
    if (login.password !== header.Password) {
      this.#wrongInARow.set(login.user, wrong + 1);
      return 'bad-password';
    }
    this.#wrongInARow.delete(login.user);
    return expiresAt !== null && nowMs >= Date.parse(expiresAt) ? 'expired' : undefined;
  }

  #granted(config: SimulatorConfig): Verdict {
    return { ok: true, outcome: 'ok', security: this.#known(config, true, 'Success') };
  }

  #noPermission(missing: string[], config: SimulatorConfig): Verdict {
    const security = {
      ...this.#known(config, false, 'User is not authorized to perform this operation'),
      PermissionsMissing: { Permission: { string: missing } },
    };
    return { ok: false, outcome: 'no-permission', security };
  }

  #known(config: SimulatorConfig, authorized: boolean, result: string): Fields {
    return {
      Authenticated: true,
      Authorized: authorized,
      CustomerId: this.#customerId,
      CustomerKeyValid: true,
      PermissionsMissing: null,
      PracticesAuthorized: { PracticeID: { int: [...config.auth.practicesAuthorized] } },
      SecurityResult: result,
      SecurityResultSuccess: authorized,
    };
  }
}

function missingRights(
  login: Credentials,
  operation: Operation,
  { config, nowMs }: { config: SimulatorConfig; nowMs: number },
): string[] | undefined {
  const { permission } = operation;
  if (permission === null) return undefined;
  const notYet = config.auth.rightsFrom !== null && nowMs < Date.parse(config.auth.rightsFrom);
  const lacking = [...config.auth.missingPermissions, ...(login.missingPermissions ?? [])];
  return notYet || lacking.includes(permission) ? [permission] : undefined;
}

function refused(outcome: Verdict['outcome'], result: string, { keyValid = true } = {}): Verdict {
  const security = {
    Authenticated: false,
    Authorized: false,
    CustomerId: 0,
    CustomerKeyValid: keyValid,
    PermissionsMissing: null,
    PracticesAuthorized: null,
    SecurityResult: result,
    SecurityResultSuccess: false,
  };
  return { ok: false, outcome, security };
}
