import { type Role, roles, type VisitStatus, visitStatuses } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { clock, playerIn } from './board-player.ts';
import { decide } from './decide.ts';
import { permissions } from './permissions.ts';
import { transitionTable } from './transition-table.ts';

/** A nurse may order what a medical assistant may. */
const letters: Record<string, readonly Role[]> = {
  F: ['front-desk'],
  M: ['medical-assistant', 'nurse'],
  P: ['provider'],
  B: ['billing'],
  G: ['manager'],
  S: ['system'],
};
/** Who may give no command of this kind at all. */
const onlookers: readonly Role[] = ['admin', 'auditor', 'viewer', 'service', 'agent', 'display'];

/**
 * The table of docs/spec/visit-flow.md once more, written by hand: who may move a visit (whose type needs a
 * provider) from the row's status to each target. What is not listed is impossible for everyone.
 */
const specified: Record<VisitStatus, Partial<Record<VisitStatus, string>>> = {
  scheduled: {
    confirmed: 'FS',
    arrived: 'FMS',
    'no-show': 'FGS',
    cancelled: 'FGS',
    rescheduled: 'FGS',
    'entered-in-error': 'G',
  },
  confirmed: {
    scheduled: 'FS',
    arrived: 'FMS',
    'no-show': 'FGS',
    cancelled: 'FGS',
    rescheduled: 'FGS',
    'entered-in-error': 'G',
  },
  arrived: {
    'appt-prep': 'MP',
    'ready-for-md': 'MP',
    'with-doctor': 'MP',
    completed: 'MP',
    left: 'FMG',
    cancelled: 'FG',
    rescheduled: 'FG',
    'entered-in-error': 'G',
  },
  'appt-prep': {
    'ready-for-md': 'MP',
    'with-doctor': 'MP',
    left: 'FMG',
    cancelled: 'FG',
    rescheduled: 'FG',
    'entered-in-error': 'G',
  },
  'ready-for-md': { 'appt-prep': 'MP', 'with-doctor': 'MP', left: 'FMG', 'entered-in-error': 'G' },
  'with-doctor': {
    'appt-prep': 'MP',
    'ready-for-md': 'MP',
    'seen-by-md': 'MP',
    completed: 'MP',
    left: 'MPG',
    'entered-in-error': 'G',
  },
  'seen-by-md': { 'with-doctor': 'MP', completed: 'FMB', left: 'MPG', 'entered-in-error': 'G' },
  completed: { 'seen-by-md': 'FMG', 'entered-in-error': 'G' },
  left: { arrived: 'FG', 'entered-in-error': 'G' },
  'no-show': { arrived: 'FG', 'entered-in-error': 'G' },
  cancelled: { arrived: 'FG', 'entered-in-error': 'G' },
  rescheduled: { arrived: 'FG', 'entered-in-error': 'G' },
  'entered-in-error': {},
};

/** Moves some roles may make on a visit whose type needs no provider; impossible or narrower otherwise. */
const withoutProvider: typeof specified = {
  ...specified,
  arrived: { ...specified.arrived, completed: 'FMP' },
  'appt-prep': { ...specified['appt-prep'], completed: 'MP' },
};

function expected(table: typeof specified, from: VisitStatus, to: VisitStatus, role: Role): string {
  if (onlookers.includes(role)) return 'permission_denied';
  if (from === to) return 'nothing_to_change';
  const who = [...(table[from][to] ?? '')].flatMap((letter) => letters[letter] ?? []);
  if (who.includes(role)) return 'ok';
  const isConditional = table === specified && from === 'appt-prep' && to === 'completed';
  if (isConditional)
    return ['medical-assistant', 'nurse', 'provider'].includes(role)
      ? 'move_not_allowed'
      : 'permission_denied';
  if (table === specified && from === 'arrived' && to === 'completed' && role === 'front-desk')
    return 'move_not_allowed';
  return who.length > 0 ? 'permission_denied' : 'move_not_allowed';
}

const actor = (role: Role) => ({ id: `u-${role}`, name: role, role, station: null });

function answer(player: ReturnType<typeof playerIn>, to: VisitStatus, role: Role): string {
  const command = { type: 'moveVisit', visitId: 'v1', to, reason: 'asked', by: 'patient' } as const;
  const ctx = {
    board: { clinic: 'test', date: '2026-03-10' },
    actor: actor(role),
    now: player.now,
    source: 'ui' as const,
    commandId: 'test-client:99',
  };
  const decision = decide(player.board, command, ctx);
  return decision.ok ? 'ok' : decision.refusal.code;
}

describe('[V2] every status answers for every other one and every role', () => {
  const tables = [
    ['office', specified],
    ['lab', withoutProvider],
  ] as const;
  for (const [visitTypeId, table] of tables) {
    it.each(visitStatuses)(`from %s (${visitTypeId})`, (from) => {
      const player = playerIn(from, { visitTypeId });
      const answers = visitStatuses.flatMap((to) =>
        roles.map((role) => `${to} by ${role}: ${answer(player, to, role)}`),
      );
      const wanted = visitStatuses.flatMap((to) =>
        roles.map((role) => `${to} by ${role}: ${expected(table, from, to, role)}`),
      );
      expect(answers).toEqual(wanted);
    });
  }

  it('lists in `required` exactly who may', () => {
    const player = playerIn('arrived');
    expect(player.refused('front-desk', { type: 'moveVisit', visitId: 'v1', to: 'appt-prep' })).toEqual({
      code: 'permission_denied',
      details: { required: ['medical-assistant', 'nurse', 'provider'] },
    });
    expect(player.refused('viewer', { type: 'moveVisit', visitId: 'v1', to: 'appt-prep' })).toEqual({
      code: 'permission_denied',
      details: { required: permissions.moveVisit },
    });
  });

  it('lists in `allowed` where else the visit can go', () => {
    expect(
      playerIn('completed').refused('manager', { type: 'moveVisit', visitId: 'v1', to: 'left' }),
    ).toEqual({
      code: 'move_not_allowed',
      details: { visitStatus: 'completed', allowed: ['seen-by-md', 'entered-in-error'] },
    });
  });

  it('never lets the EHR move a patient in the office backwards', () => {
    const order = ['arrived', 'appt-prep', 'ready-for-md', 'with-doctor', 'seen-by-md', 'completed'] as const;
    for (const [index, from] of order.entries()) {
      for (const to of ['scheduled', 'confirmed', ...order.slice(0, index)] as const) {
        expect(`${from} → ${to}: ${transitionTable[from][to]?.ehr ?? 'never'}`).toBe(
          `${from} → ${to}: never`,
        );
      }
    }
  });
});

describe('conditions', () => {
  const move = (to: VisitStatus, more = {}) => ({ type: 'moveVisit', visitId: 'v1', to, ...more }) as const;

  it('[V8] refuses an arrival on another local day, and accepts it on the day itself', () => {
    const player = playerIn('scheduled');
    const refusal = { code: 'not_todays_board', details: { date: '2026-03-10' } };
    expect(player.refused('front-desk', move('arrived'), { now: clock('23:59', '2026-03-09') })).toEqual(
      refusal,
    );
    expect(player.refused('front-desk', move('arrived'), { now: clock('00:00', '2026-03-11') })).toEqual(
      refusal,
    );
    player.must('front-desk', move('arrived'), { now: clock('23:59') });
  });

  it('[V11] refuses a no-show before start and grace have passed', () => {
    const player = playerIn('scheduled');
    expect(player.refused('front-desk', move('no-show'), { at: '09:29' })).toEqual({
      code: 'grace_not_passed',
      details: { notBefore: clock('09:30') },
    });
    player.must('front-desk', move('no-show'), { at: '09:30' });
    expect(player.visit('v1').outcome).toEqual({ kind: 'no-show', by: null, reason: null, waitedMs: null });
  });

  it('[V11] asks a person why, but not a rule', () => {
    const player = playerIn('scheduled');
    expect(player.refused('front-desk', move('cancelled'))).toEqual({ code: 'reason_required' });
    player.must('system', move('cancelled'));
  });

  it('[V11] asks whether a present patient left before it cancels the visit', () => {
    const player = playerIn('arrived');
    const refusal = { code: 'confirm_departure', details: { suggested: 'left' } };
    expect(player.refused('front-desk', move('cancelled', { reason: 'x' }))).toEqual(refusal);
    expect(player.refused('front-desk', move('rescheduled', { by: 'clinic' }))).toEqual(refusal);
    player.must('front-desk', move('cancelled', { by: 'clinic', reason: 'provider ill' }));
    expect(player.visit('v1').outcome).toEqual({
      kind: 'cancelled',
      by: 'clinic',
      reason: 'provider ill',
      waitedMs: null,
    });
  });

  it('requires a provider before ready for MD', () => {
    const player = playerIn('appt-prep', { providerId: null });
    expect(player.refused('medical-assistant', move('ready-for-md'))).toEqual({ code: 'provider_required' });
    expect(player.refused('provider', move('with-doctor'))).toEqual({ code: 'provider_required' });
    player.must('medical-assistant', { type: 'setProvider', visitId: 'v1', providerId: 'dr-b' });
    player.must('medical-assistant', move('ready-for-md'));
  });

  it('answers a move to the present status with nothing to change', () => {
    expect(playerIn('arrived').refused('front-desk', move('arrived'))).toEqual({
      code: 'nothing_to_change',
      details: { alreadyThere: true, visitStatus: 'arrived' },
    });
  });

  it('refuses a visit that is not on the board', () => {
    expect(playerIn('arrived').refused('front-desk', { ...move('left'), visitId: 'nobody' })).toEqual({
      code: 'visit_not_found',
      details: { visitId: 'nobody' },
    });
  });
});
