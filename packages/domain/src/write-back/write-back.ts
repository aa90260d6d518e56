/**
 * Write-back of one visit, as a value: the newest wish, what both sides agreed on last, and what is under way.
 * Intermediate wishes collapse, one write is under way at a time, and what may have been applied is read before
 * anything else is sent (the port does). Nothing here calls, waits or knows a clock.
 */
import { type EhrStatus, ehrStatuses } from '@workflow-bolt/contracts';
import { isBackward, judgeTheirs, replaceable, says, type WriteBackRules } from './write-policy.ts';

export type Agreed = { status: EhrStatus; version: string | null };

export type WriteConflict = {
  reason: 'status-changed' | 'touched' | 'members-changed' | 'several-appointments';
  /** Null when it is not about a status. */
  theirs: Agreed | null;
  ours: EhrStatus;
  lastAgreed: Agreed | null;
  /** Names of the members that somebody else changed. */
  members: readonly string[];
};

export type WriteBack = {
  /** Null until the visit has an appointment: a walk-in is created first. */
  appointmentId: string | null;
  /** The newest wish and the board position it came from; null when there is none. */
  wish: { status: EhrStatus; seq: number } | null;
  agreed: Agreed | null;
  underWay: EhrStatus | null;
  /** Tries since the last success or wish after which something may have been applied. */
  tries: number;
  /** What earlier tries may have written, or may yet write, since it was last known for sure. */
  maybe: readonly EhrStatus[];
  /** True while the EHR's side counts and the board has not followed it yet. */
  isTaken: boolean;
  /** True after a pull that contradicts what was agreed: one call says less than a reading, so one is made. */
  isDoubted: boolean;
  conflict: WriteConflict | null;
  /** Why it was given up, as a code; a new wish tries again. */
  failed: string | null;
};

/** Tries that may have been applied before a person is told; what was never sent does not count. */
export const writeTriesMax = 3;

/** The start: what the last pull said, or nothing for a walk-in. */
export function openWriteBack(appointmentId: string | null, agreed: Agreed | null): WriteBack {
  return {
    appointmentId,
    wish: null,
    agreed,
    underWay: null,
    tries: 0,
    maybe: [],
    isTaken: false,
    isDoubted: false,
    conflict: null,
    failed: null,
  };
}

/** Takes a newer wish and forgets the ones before it; an older one, come late, changes nothing. */
export function wishFor(
  entry: WriteBack,
  wish: { status: EhrStatus; seq: number },
  rules: WriteBackRules,
): WriteBack {
  if (entry.wish && wish.seq <= entry.wish.seq) return entry;
  const next = { ...entry, wish, tries: 0, failed: null };
  if (entry.conflict) return wishDuringConflict(next, entry.conflict, rules);
  return entry.isTaken && entry.agreed ? wishOverTheirs(next, entry.agreed, rules) : next;
}

function wishDuringConflict(next: WriteBack, conflict: WriteConflict, rules: WriteBackRules): WriteBack {
  const { wish } = next;
  if (!wish) return next;
  const isSettled = conflict.theirs !== null && says(conflict.theirs.status, wish.status, rules);
  return isSettled
    ? { ...next, agreed: conflict.theirs, conflict: null }
    : { ...next, conflict: { ...conflict, ours: wish.status } };
}

/** Staff may not have seen yet that the EHR's side counts: their click is judged against it like any other. */
function wishOverTheirs(next: WriteBack, theirs: Agreed, rules: WriteBackRules): WriteBack {
  if (!next.wish) return next;
  const verdict = judgeTheirs(theirs.status, next.wish.status, rules);
  if (verdict === 'take-theirs') return takeTheirs(next, theirs);
  if (verdict === 'nothing' || verdict === 'write') return { ...next, isTaken: false };
  const ours = next.wish.status;
  const conflict: WriteConflict = { reason: 'status-changed', theirs, ours, lastAgreed: theirs, members: [] };
  return { ...next, conflict };
}

/** A visit that was entered in error: what was not sent yet is never sent. */
export function withdraw(entry: WriteBack): WriteBack {
  return { ...entry, wish: null, conflict: null, failed: null };
}

function isFulfilled({ wish, agreed, maybe, isDoubted }: WriteBack, rules: WriteBackRules): boolean {
  return (
    !wish || (agreed !== null && !isDoubted && maybe.length === 0 && says(agreed.status, wish.status, rules))
  );
}

/** One thing to do for a visit, in the words of the EHR port. */
export type WriteWork =
  | { kind: 'create'; status: EhrStatus }
  | {
      kind: 'status';
      appointmentId: string;
      desired: EhrStatus;
      lastAgreed: Agreed | null;
      mayReplace: EhrStatus[];
      onlyUntouched: boolean;
    };

/** What to do next; null when nothing is, something is under way, or a person must act first. */
export function nextWork(entry: WriteBack, rules: WriteBackRules): WriteWork | null {
  const { wish, appointmentId, agreed } = entry;
  if (!wish || entry.underWay || entry.conflict || entry.failed || isFulfilled(entry, rules)) return null;
  if (appointmentId === null) return { kind: 'create', status: wish.status };
  const isStepBack = agreed !== null && isBackward(agreed.status, wish.status, rules);
  const behind = isStepBack ? [] : replaceable(wish.status, ehrStatuses, rules);
  // Our own earlier try is nobody else's word, and it may be what has changed the version.
  const mayReplace = [...new Set([...behind, ...entry.maybe])];
  const onlyUntouched = isStepBack && entry.maybe.length === 0;
  return {
    kind: 'status',
    appointmentId,
    desired: wish.status,
    lastAgreed: agreed,
    mayReplace,
    onlyUntouched,
  };
}

/** Marks the next work as under way; further wishes wait behind it. */
export function begin(entry: WriteBack, rules: WriteBackRules): WriteBack {
  const work = nextWork(entry, rules);
  if (!work) return entry;
  return { ...entry, underWay: work.kind === 'create' ? work.status : work.desired };
}

/** What became of the work, as the port says it. */
export type WriteResult =
  | { kind: 'written' | 'already-so'; appointmentId?: string; status: EhrStatus; version: string | null }
  /** `appointmentId`: one that was made, and read back otherwise than it was sent. */
  | {
      kind: 'conflict';
      reason: WriteConflict['reason'];
      theirs: Agreed | null;
      members: readonly string[];
      appointmentId?: string;
    }
  /** `isSent`: something reached the EHR and was found not to be applied. */
  | { kind: 'not-applied'; isSent: boolean }
  | { kind: 'unknown' }
  | { kind: 'refused'; reason: string };

/** Takes the outcome of what was under way. A wish that came meanwhile is what happens next. */
export function settle(entry: WriteBack, result: WriteResult, rules: WriteBackRules): WriteBack {
  const idle = { ...entry, underWay: null };
  switch (result.kind) {
    case 'written':
    case 'already-so': {
      const { status, version, appointmentId = entry.appointmentId } = result;
      return {
        ...idle,
        appointmentId,
        agreed: { status, version },
        tries: 0,
        maybe: [],
        isDoubted: false,
        failed: null,
      };
    }
    case 'conflict': {
      const { appointmentId = entry.appointmentId } = result;
      return settleConflict({ ...idle, appointmentId, maybe: [], isDoubted: false }, result, rules);
    }
    case 'not-applied':
      return tried(result.isSent ? withMaybe(idle, entry.underWay) : idle, result.isSent, 'not-applied');
    case 'unknown':
      return tried(withMaybe(idle, entry.underWay), true, 'outcome-unknown');
    case 'refused':
      return { ...idle, failed: result.reason };
  }
}

function withMaybe(entry: WriteBack, status: EhrStatus | null): WriteBack {
  return status === null ? entry : { ...entry, maybe: [...new Set([...entry.maybe, status])] };
}

function tried(entry: WriteBack, isSent: boolean, reason: string): WriteBack {
  const tries = entry.tries + (isSent ? 1 : 0);
  return { ...entry, tries, failed: tries >= writeTriesMax ? reason : null };
}

function settleConflict(
  entry: WriteBack,
  { reason, theirs, members }: Extract<WriteResult, { kind: 'conflict' }>,
  rules: WriteBackRules,
): WriteBack {
  const { wish } = entry;
  if (!wish) return { ...entry, agreed: theirs ?? entry.agreed };
  const verdict =
    reason === 'status-changed' && theirs ? judgeTheirs(theirs.status, wish.status, rules) : 'ask';
  // A wish backwards was not judged by its progress but by who touched the appointment: that is for people.
  const isStepBack = entry.agreed !== null && isBackward(entry.agreed.status, wish.status, rules);
  if (verdict === 'leave') return { ...entry, failed: 'status-unrecognised' };
  if (verdict === 'ask' || (isStepBack && verdict !== 'nothing')) {
    const conflict = { reason, theirs, ours: wish.status, lastAgreed: entry.agreed, members };
    return { ...entry, conflict };
  }
  if (verdict === 'write') return tried({ ...entry, agreed: theirs }, true, 'keeps-changing');
  // Theirs counts: the wish is over, and the next pull moves the board.
  return takeTheirs(entry, theirs);
}

function takeTheirs(entry: WriteBack, theirs: Agreed | null): WriteBack {
  const wish = entry.wish && { ...entry.wish, status: theirs?.status ?? entry.wish.status };
  return { ...entry, conflict: null, agreed: theirs, wish, tries: 0, isTaken: true };
}

/**
 * A pull shows what the EHR holds. The list may lag behind a write of ours, so a status that contradicts what was
 * agreed is not believed but looked at, by the port's own reading; and while a write is open only that counts.
 */
export function pulled(entry: WriteBack, theirs: Agreed, rules: WriteBackRules): WriteBack {
  const { wish, agreed } = entry;
  if (entry.underWay !== null || entry.maybe.length > 0 || entry.conflict !== null) return entry;
  const isSame = agreed?.status === theirs.status;
  const version = theirs.version ?? (isSame ? agreed.version : null);
  if (!wish || says(theirs.status, wish.status, rules)) {
    return { ...entry, agreed: { status: theirs.status, version }, isTaken: false, isDoubted: false };
  }
  return isSame ? entry : { ...entry, isDoubted: true };
}

/** A person settles a conflict: the EHR's side, ours over what was shown, or not now. */
export function resolveWrite(entry: WriteBack, choice: 'accept' | 'keep-mine' | 'later'): WriteBack {
  const { conflict, wish } = entry;
  if (!conflict || choice === 'later') return entry;
  const agreed = conflict.theirs ?? entry.agreed;
  if (choice === 'accept' && wish) return takeTheirs(entry, agreed);
  return { ...entry, conflict: null, agreed, tries: 0 };
}

/** A person asks for another try of what was given up. */
export function retryWrite(entry: WriteBack): WriteBack {
  return { ...entry, tries: 0, failed: null };
}

export type SyncState = 'in-sync' | 'waiting' | 'failed' | 'conflict' | 'off';

/** What a card shows; `off` where a clinic does not write back. */
export function syncStateOf(entry: WriteBack, rules: WriteBackRules, isWriting: boolean): SyncState {
  if (entry.conflict) return 'conflict';
  if (!isWriting) return 'off';
  if (entry.failed) return 'failed';
  return entry.underWay || !isFulfilled(entry, rules) ? 'waiting' : 'in-sync';
}
