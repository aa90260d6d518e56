/** When the circuit breaker opens, and how it tries again. Times in ms. */
export type BreakerSettings = {
  /** The window: so many outcomes at most, none older than `windowMs`. */
  countMax: number;
  windowMs: number;
  /** Nothing is judged by fewer calls. */
  callsMin: number;
  /** Opens at this share of failed calls, in percent. Above 100: never. */
  failPct: number;
  /** Opens at this share of calls that took `slowMs`, in percent. Above 100: never. */
  slowPct: number;
  slowMs: number;
  /** Permits of a half-open breaker; so many successes in a row close it. */
  probes: number;
  /** The first pause; each further one without recovery is twice as long, up to `openMsMax`. */
  openMs: number;
  openMsMax: number;
  /** A pause is drawn from ± this share of it, so that breakers of several accounts do not march in step. */
  jitterPct: number;
  /** The pause after refused credentials: repeating them soon may lock the account. */
  credentialsMs: number;
  credentialsMsMax: number;
};

/**
 * A clinic's worker calls about once a second when it works, and every half minute when idle: 20 outcomes are what
 * one pull yields, and ten minutes of idling. Half of them failing is no accident. The vendor's slow answers take
 * 20 s; when four of five are that slow, asking more makes it worse.
 */
export const breakerSettings: BreakerSettings = {
  ...{ countMax: 20, windowMs: 600_000, callsMin: 5, failPct: 50 },
  ...{ slowPct: 80, slowMs: 20_000, probes: 2 },
  ...{ openMs: 10_000, openMsMax: 120_000, jitterPct: 20 },
  ...{ credentialsMs: 120_000, credentialsMsMax: 1_800_000 },
};

/** In the order in which `end_turn` takes them. */
export function settingsList(settings: BreakerSettings): string[] {
  const { countMax, windowMs, callsMin, failPct, slowPct, slowMs, probes } = settings;
  const { openMs, openMsMax, jitterPct, credentialsMs, credentialsMsMax } = settings;
  const open = [openMs, openMsMax, jitterPct, credentialsMs, credentialsMsMax];
  return [countMax, windowMs, callsMin, failPct, slowPct, slowMs, probes, ...open].map(String);
}
