import type { ClinicSettings } from '@workflow-bolt/contracts';

/** What applies to one session, in ms. */
export type SessionLimits = { idleMs: number; absoluteMs: number };

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** NIST 800-63B-4, assurance level 3: 15 minutes without activity (and 12 hours in all, `BOLT_SESSION_HOURS`). */
const standardIdleMs = 15 * minuteMs;

/** The strictest limits among a person's clinics: who works in two of them is held to the stricter one everywhere. */
export function limitsFor(clinics: readonly ClinicSettings[], absoluteMs: number): SessionLimits {
  const standard = { idleMs: standardIdleMs, absoluteMs };
  const all = clinics.length > 0 ? clinics.map((clinic) => limitsOf(clinic, standard)) : [standard];
  return {
    idleMs: Math.min(...all.map((each) => each.idleMs)),
    absoluteMs: Math.min(...all.map((each) => each.absoluteMs)),
  };
}

function limitsOf({ sessions }: ClinicSettings, standard: SessionLimits): SessionLimits {
  if (!sessions) return standard;
  const { idleMinutes, absoluteHours } = sessions;
  return {
    idleMs: idleMinutes * minuteMs,
    absoluteMs: absoluteHours === null ? standard.absoluteMs : absoluteHours * hourMs,
  };
}
