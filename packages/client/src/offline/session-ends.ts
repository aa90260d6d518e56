/** When a session ends, by the device's own clock, for where no server can be asked. */
import type { Instant } from '@workflow-bolt/contracts';

/** Epoch ms of this device. `until`: unless the person does something before; `idleMs`: how long that gives them. */
export type SessionEnds = { until: number; expiresAt: number; idleMs: number };

type Told = { now: Instant; idleEndsAt: Instant; expiresAt: Instant };

/**
 * What the server said at `wallMs`, in the device's time. An answer late in an idle time shows only what is left of it:
 * `former`, of the same person's session, may have shown more.
 */
export function sessionEndsOf(told: Told, wallMs: number, former: SessionEnds | null = null): SessionEnds {
  const ahead = wallMs - told.now;
  return {
    until: Math.min(told.idleEndsAt, told.expiresAt) + ahead,
    expiresAt: told.expiresAt + ahead,
    idleMs: Math.max(told.idleEndsAt - told.now, former?.idleMs ?? 0),
  };
}

/** The person did something: the idle time begins anew, never past the end of the session. What has ended stays ended. */
export function goneOn<T extends SessionEnds>(ends: T, wallMs: number): T {
  if (!(wallMs < ends.until)) return ends;
  const until = Math.min(wallMs + ends.idleMs, ends.expiresAt);
  return { ...ends, until: Math.max(until, ends.until) };
}
