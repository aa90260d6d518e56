import type { StepUpPurpose } from '@workflow-bolt/contracts';

/** A token that has been replaced, and when. */
export type FormerToken = readonly [hash: string, replacedAt: number];

/**
 * What Redis holds of a session. No role, no name: what a person may do is asked anew for each request, so nobody who can
 * write to Redis can promote a session, and a change of role needs no search for sessions.
 */
export type SessionRecord = {
  uid: string;
  /** The person's epoch and everybody's at its opening; a session of an earlier one has ended. */
  epoch: number;
  globalEpoch: number;
  state: 'active' | 'parked';
  /** SHA-256 of the token; empty while parked, when none is good. */
  token: string;
  former: readonly FormerToken[];
  aal: '1' | '2' | '2-resumed';
  amr: readonly string[];
  station: string | null;
  workstation: string | null;
  authAt: number;
  stepUps: Readonly<Partial<Record<StepUpPurpose, number>>>;
  createdAt: number;
  rotatedAt: number;
  /** A mark of what the person was allowed when the token was made, which says nothing; absent in older records. */
  access?: string;
  /** The last thing the person did. */
  lastAt: number;
  /** How long the person may do nothing; 0 for a display, which has nobody in front of it. */
  idleMs: number;
  /** Absolute end. */
  endsAt: number;
  parkedAt: number | null;
  /** Kind of browser and system, without versions. */
  device: string;
  /** Network it was opened from, coarsely. */
  network: string;
  isDevelopment: boolean;
};

/** How long a replaced token still works, for requests that were on their way. */
export const rotationGraceMs = 10_000;
/** How long a locked session waits for its person. */
export const parkedMs = 4 * 3_600_000;
/** Replaced tokens that are remembered, to recognise one that comes back: more than a session of 12 hours makes. */
export const formerMax = 48;

/** When the session ends if nothing happens, epoch ms. */
export function endOf(record: SessionRecord): number {
  if (record.parkedAt !== null) return Math.min(record.endsAt, record.parkedAt + parkedMs);
  return record.idleMs === 0 ? record.endsAt : Math.min(record.endsAt, record.lastAt + record.idleMs);
}

/** Where a token stands: the present one, one just replaced, one replaced long ago (theft), or none of them. */
export function standingOf(
  record: SessionRecord,
  hash: string,
  now: number,
): 'present' | 'grace' | 'reused' | 'unknown' {
  if (record.token === hash) return 'present';
  const former = record.former.find(([each]) => each === hash);
  if (!former) return 'unknown';
  return now - former[1] <= rotationGraceMs ? 'grace' : 'reused';
}

/** The record with another token; the present one becomes a former one. */
export function withToken(record: SessionRecord, token: string, now: number): SessionRecord {
  const replaced: FormerToken[] = record.token === '' ? [] : [[record.token, now]];
  return {
    ...record,
    token,
    rotatedAt: now,
    former: [...replaced, ...record.former].slice(0, formerMax),
  };
}
