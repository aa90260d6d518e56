/**
 * The total transition table: every status answers for every other one.
 *
 *   scheduled ⇄ confirmed → arrived → appt-prep ⇄ ready-for-md → with-doctor ⇄ seen-by-md → completed
 *   expected → no-show, cancelled, rescheduled · in office → left, cancelled … · closed → arrived again
 *
 * `who` is who may order the move. `ehr` is what an EHR pull may do with the same cell:
 * `follow` moves by itself, `ask` raises a conflict whose acceptance moves, `reinstate` follows when the
 * present status itself came from the EHR and asks otherwise, `never` leaves the visit as it is.
 * A cell that nobody may order and the EHR never takes is null.
 */
import { type Role, type VisitStatus, visitStatuses } from '@workflow-bolt/contracts';

export type MoveKind =
  | 'confirm'
  | 'unconfirm'
  | 'arrive'
  | 'forward'
  | 'skip'
  | 'rework'
  | 'close'
  | 're-check-in'
  | 'reopen'
  | 'reinstate'
  | 'void';

export type MoveCondition =
  /** Only on the board of the clinic-local present day. */
  | 'today'
  /** A room must be named or held when the clinic asks for one. */
  | 'room'
  | 'provider'
  /** The scheduled start plus the grace period has passed. */
  | 'grace'
  /** A person must say why; a rule or the EHR need not. */
  | 'reason'
  /** Asks whether the patient left, unless `by` and `reason` are given. */
  | 'departure'
  /** The visit type needs no provider (lab, nurse visit). */
  | 'no-provider-type'
  /** The same, but only for the front desk. */
  | 'no-provider-type-for-front-desk';

export type EhrMove = 'follow' | 'ask' | 'reinstate' | 'never';

export type Transition = {
  kind: MoveKind;
  who: readonly Role[];
  conditions: readonly MoveCondition[];
  ehr: EhrMove;
};

const fd: Role = 'front-desk';
const ma: Role = 'medical-assistant';
const pr: Role = 'provider';
const mg: Role = 'manager';
const sy: Role = 'system';

const nu: Role = 'nurse';
const bi: Role = 'billing';

/** A nurse may order whatever a medical assistant may. */
function move(
  kind: MoveKind,
  who: readonly Role[],
  conditions: readonly MoveCondition[] = [],
  ehr: EhrMove = 'never',
): Transition {
  return { kind, who: who.flatMap((role) => (role === ma ? [ma, nu] : role)), conditions, ehr };
}

const none = null;
const voiding = move('void', [mg], ['reason']);
const again = move('re-check-in', [fd, mg], ['today'], 'ask');
const byEhr = (kind: MoveKind, ehr: EhrMove = 'follow') => move(kind, [], [], ehr);

const fromExpected = {
  arrived: move('arrive', [fd, ma, sy], ['today'], 'follow'),
  'appt-prep': byEhr('skip'),
  'ready-for-md': byEhr('skip'),
  'with-doctor': none,
  'seen-by-md': none,
  completed: byEhr('skip'),
  left: none,
  'no-show': move('close', [fd, mg, sy], ['grace'], 'follow'),
  cancelled: move('close', [fd, mg, sy], ['reason'], 'follow'),
  rescheduled: move('close', [fd, mg, sy], ['reason'], 'follow'),
  // A row that is gone from the EHR takes an expected visit with it (note-absence.ts).
  'entered-in-error': move('void', [mg], ['reason'], 'follow'),
};

const askedAway = {
  'no-show': byEhr('close', 'ask'),
  cancelled: byEhr('close', 'ask'),
  rescheduled: byEhr('close', 'ask'),
};

const departed = {
  'no-show': byEhr('close', 'ask'),
  cancelled: move('close', [fd, mg], ['departure'], 'ask'),
  rescheduled: move('close', [fd, mg], ['departure'], 'ask'),
};

const lwbs = move('close', [fd, ma, mg], ['reason']);
const lwot = move('close', [ma, pr, mg], ['reason']);

/** No-show, cancelled, rescheduled: the patient may still come, or the EHR may take it back. */
const fromAbsent = {
  scheduled: byEhr('reinstate', 'reinstate'),
  confirmed: byEhr('reinstate', 'reinstate'),
  arrived: again,
  'appt-prep': byEhr('re-check-in', 'ask'),
  'ready-for-md': byEhr('re-check-in', 'ask'),
  'with-doctor': none,
  'seen-by-md': none,
  completed: byEhr('re-check-in', 'ask'),
  left: none,
  'no-show': none,
  cancelled: none,
  rescheduled: none,
  'entered-in-error': voiding,
};

const nowhere = {
  scheduled: none,
  confirmed: none,
  arrived: none,
  'appt-prep': none,
  'ready-for-md': none,
  'with-doctor': none,
  'seen-by-md': none,
  completed: none,
  left: none,
  'no-show': none,
  cancelled: none,
  rescheduled: none,
  'entered-in-error': none,
};

/** Total: a new status does not compile until it answers for all others (V2). */
export const transitionTable: Record<VisitStatus, Record<VisitStatus, Transition | null>> = {
  scheduled: {
    ...fromExpected,
    scheduled: none,
    confirmed: move('confirm', [fd, sy], [], 'follow'),
  },
  confirmed: {
    ...fromExpected,
    scheduled: move('unconfirm', [fd, sy], [], 'follow'),
    confirmed: none,
  },
  arrived: {
    ...nowhere,
    ...departed,
    'appt-prep': move('forward', [ma, pr], ['room'], 'follow'),
    'ready-for-md': move('skip', [ma, pr], ['room', 'provider'], 'follow'),
    'with-doctor': move('skip', [ma, pr], ['room', 'provider']),
    completed: move('skip', [fd, ma, pr], ['no-provider-type-for-front-desk'], 'follow'),
    left: lwbs,
    'entered-in-error': voiding,
  },
  'appt-prep': {
    ...nowhere,
    ...departed,
    'ready-for-md': move('forward', [ma, pr], ['room', 'provider'], 'follow'),
    'with-doctor': move('skip', [ma, pr], ['room', 'provider']),
    completed: move('skip', [ma, pr], ['no-provider-type'], 'follow'),
    left: lwbs,
    'entered-in-error': voiding,
  },
  'ready-for-md': {
    ...nowhere,
    ...askedAway,
    'appt-prep': move('rework', [ma, pr]),
    'with-doctor': move('forward', [pr, ma], ['room', 'provider']),
    completed: byEhr('skip'),
    left: lwbs,
    'entered-in-error': voiding,
  },
  'with-doctor': {
    ...nowhere,
    ...askedAway,
    'appt-prep': move('rework', [pr, ma]),
    'ready-for-md': move('rework', [pr, ma]),
    'seen-by-md': move('forward', [pr, ma]),
    completed: move('skip', [ma, pr], [], 'follow'),
    left: lwot,
    'entered-in-error': voiding,
  },
  'seen-by-md': {
    ...nowhere,
    ...askedAway,
    'with-doctor': move('rework', [pr, ma], ['provider']),
    completed: move('forward', [fd, ma, bi], [], 'follow'),
    left: lwot,
    'entered-in-error': voiding,
  },
  completed: {
    ...nowhere,
    'seen-by-md': move('reopen', [fd, ma, mg], ['today']),
    'entered-in-error': voiding,
  },
  left: { ...nowhere, arrived: move('re-check-in', [fd, mg], ['today']), 'entered-in-error': voiding },
  'no-show': fromAbsent,
  cancelled: fromAbsent,
  rescheduled: fromAbsent,
  // Only the EHR's own removal is taken back by the EHR; a manager's is undone by a manager.
  'entered-in-error': {
    ...nowhere,
    scheduled: byEhr('reinstate', 'reinstate'),
    confirmed: byEhr('reinstate', 'reinstate'),
  },
};

/** The targets a role may order from a status, in the order of the statuses; all roles when none is given. */
export function targetsOf(from: VisitStatus, role?: Role): VisitStatus[] {
  const row = transitionTable[from];
  return visitStatuses.filter((to) => {
    const who = row[to]?.who ?? [];
    return role === undefined ? who.length > 0 : who.includes(role);
  });
}
