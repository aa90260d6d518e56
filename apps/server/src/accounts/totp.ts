import { Secret, TOTP } from 'otpauth';

/** What every authenticator app understands (RFC 6238): SHA-1, six digits, thirty seconds. */
const parameters = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps that a clock may be wrong, either way. */
const stepsOff = 1;
const seedBytes = 20;
/** Nothing is stripped: a code with a space in it is another text, and would be counted as another try. */
const codeShape = /^\d{6}$/;

const totpOf = (seed: string, label = ''): TOTP =>
  new TOTP({ ...parameters, issuer: 'workflow-bolt', label, secret: Secret.fromBase32(seed) });

/** A new seed of 160 bits, in base32. */
export const newSeed = (): string => new Secret({ size: seedBytes }).base32;

/** For the QR code. */
export const seedUri = (seed: string, login: string): string => totpOf(seed, login).toString();

/** The time step of a code that is right now, give or take one; null for any other text. Says nothing about reuse. */
export function stepOf(seed: string, code: string, now: number): number | null {
  if (!codeShape.test(code)) return null;
  const delta = totpOf(seed).validate({ token: code, timestamp: now, window: stepsOff });
  return delta === null ? null : Math.floor(now / 1_000 / parameters.period) + delta;
}
