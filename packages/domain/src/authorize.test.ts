import { type Principal, type Role, roles } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import {
  authorize,
  hasSeparatedRoles,
  proofMs,
  type Resource,
  rolesOfAction,
  systemPrincipal,
} from './authorize.ts';
import { type Action, actionMatrix, type Condition } from './permission-matrix.ts';

const letters: Record<string, Role> = {
  F: 'front-desk',
  M: 'medical-assistant',
  N: 'nurse',
  P: 'provider',
  B: 'billing',
  G: 'manager',
  A: 'admin',
  U: 'auditor',
  V: 'viewer',
  S: 'service',
  T: 'agent',
  D: 'display',
  Y: 'system',
};
const marks: Record<string, Condition> = { '!': 'proof', '=': 'own', '~': 'others', '?': 'listed' };

/**
 * The matrix once more, by hand: who may, each with what else must hold (! shown again, = own, ~ somebody else's,
 * ? named beforehand).
 */
const specified: Record<Action, string> = {
  read: 'FMNPBGVSTY',
  stream: 'FMNPBGVSTD',
  history: 'FMNPBG',
  'visit-history': 'FMNPBG',
  presence: 'FMNPBGV',
  metrics: 'FMNPBGVST',
  print: 'FMNPBG',
  command: 'FMNPBGVY',
  import: 'FGSY',
  sync: 'FMNPGSY',
  'patient.search': 'FMNPBG',
  'patient.search-days': 'FNPBG',
  'write-back.read': 'GA',
  'write-back.set': 'G!A!',
  'drift.read': 'FG',
  'drift.run': 'FGSY',
  'createVisit:booked': 'FY',
  'createVisit:walk-in': 'FMN',
  moveVisit: 'FMNPBGY',
  setCheckInCompleted: 'F',
  undoLast: 'FMNPBG',
  correctTime: 'FMNPG',
  assignRoom: 'MNPG',
  reserveRoom: 'FMNPG',
  cancelReservation: 'FMNPGY',
  setProvider: 'FMNPG',
  setVisitType: 'FMNPG',
  setNote: 'FMNPG',
  setPinned: 'FMNPG',
  setFlags: 'FMNPG',
  stepOut: 'FMNPG',
  stepBack: 'FMNPG',
  updatePerson: 'FMNPG',
  resolveConflict: 'FMNPG',
  retryWrite: 'FMNPG',
  settleWrite: 'Y',
  setWriteBack: 'Y',
  markRoomClean: 'MNPG',
  deferRoomCleaning: 'MNPG',
  setRoomService: 'MNG',
  configureDay: 'GY',
  startDayClose: 'FG',
  closeDay: 'FG',
  reopenDay: 'FG',
  'applyScheduleRow:tebra': 'Y',
  'applyScheduleRow:fhir': 'Y',
  'applyScheduleRow:import': 'FGSY',
  applyPersonDetails: 'Y',
  noteAbsence: 'Y',
  reportSync: 'Y',
  'break-glass.open': 'P!N?!G?!',
  'break-glass.end': 'N=P=G=',
  'break-glass.register': 'GU',
  'break-glass.review': 'G!~',
  'break-glass.list': 'G!~A!~',
  'downtime.note': 'FMNPGAS',
  'offline-board': 'FMNPBG',
  'display.here': 'D',
  'display.read': 'GA',
  'display.manage': 'G!',
  'workstation.manage': 'G',
  self: 'F=M=N=P=B=G=A=U=V=S=T=',
  'account.read': 'GA',
  'account.manage': 'G!~A!~',
  'audit.own': 'F=M=N=P=B=G=U=',
  'audit.summary': 'GU',
  'audit.read': 'U!',
  'audit.export': 'U!',
  'audit.reveal': 'U!',
  'audit.status': 'AU',
  'config.read': 'AU',
  'config.write': 'A!',
  'keys.read': 'AU',
  'keys.rotate': 'A!',
  'jobs.read': 'A!',
  'jobs.retry': 'A!',
  'retention.read': 'GAU',
  'retention.request': 'G!',
  'retention.approve': 'A!~',
  'retention.run': 'SY',
  'hold.manage': 'G!A!',
  'freeze.lift': 'A!~',
  'alert.read': 'GAU',
  'alert.review': 'G~A~',
};

function cells(text: string): Map<Role, Condition[]> {
  const found = new Map<Role, Condition[]>();
  for (const [, letter = '', suffix = ''] of text.matchAll(/([A-Z])([^A-Z]*)/g)) {
    const role = letters[letter];
    if (role)
      found.set(
        role,
        [...suffix].flatMap((mark) => marks[mark] ?? []),
      );
  }
  return found;
}

const now = 1_800_000_000_000;
const here: Resource = { clinic: 'north', ownerUid: 'somebody' };

function principal(role: Role, more: Partial<Principal> = {}): Principal {
  return {
    uid: 'me',
    kind: 'human',
    roles: [role],
    clinics: ['north'],
    aal: '2',
    stepUps: {},
    onBehalfOf: null,
    scopes: null,
    openGlass: [],
    listedIn: [],
    ...more,
  };
}

/** The principal and resource with which a cell's conditions hold. */
function fulfilling(role: Role, action: Action, conditions: readonly Condition[]) {
  const { purpose, scope } = actionMatrix[action];
  const isOwn = conditions.includes('own');
  const resource = { clinic: scope === 'clinic' ? 'north' : null, ownerUid: isOwn ? 'me' : 'somebody' };
  const who = principal(role, {
    stepUps: purpose && conditions.includes('proof') ? { [purpose]: now - 1 } : {},
    listedIn: conditions.includes('listed') ? ['north'] : [],
  });
  return { who, resource };
}

const actions = Object.keys(actionMatrix) as Action[];

describe('[H-01] the matrix is what was decided, cell by cell', () => {
  it.each(actions)('%s', (action) => {
    const wanted = cells(specified[action] ?? '');
    const answers = roles.map((role) => {
      const { who, resource } = fulfilling(role, action, wanted.get(role) ?? []);
      const verdict = authorize(who, action, resource, now);
      return `${role}: ${verdict.allowed ? `as ${verdict.role}` : verdict.why}`;
    });
    expect(answers).toEqual(roles.map((role) => `${role}: ${wanted.has(role) ? `as ${role}` : 'DENY_ROLE'}`));
    expect([...rolesOfAction(action)].sort()).toEqual([...wanted.keys()].sort());
  });

  it('every condition of every cell is needed', () => {
    for (const action of actions) {
      for (const [role, conditions] of cells(specified[action] ?? '')) {
        for (const missing of conditions) {
          const rest = conditions.filter((each) => each !== missing);
          const { who, resource } = fulfilling(role, action, rest);
          const ownerUid = missing === 'others' ? 'me' : missing === 'own' ? 'somebody' : resource.ownerUid;
          const verdict = authorize(who, action, { ...resource, ownerUid }, now);
          const why = {
            proof: 'DENY_PROOF',
            own: 'DENY_NOT_OWN',
            others: 'DENY_OWN',
            listed: 'DENY_NOT_LISTED',
          };
          expect({ action, role, verdict }).toMatchObject({ verdict: { allowed: false, why: why[missing] } });
        }
      }
    }
  });
});

describe('[H-01] [authz] what the matrix does not say is refused', () => {
  const why = (who: Principal, action: Action, resource: Resource = here) => {
    const verdict = authorize(who, action, resource, now);
    return verdict.allowed ? 'allowed' : verdict.why;
  };

  it('[authz] a word that is no action, also one that every object has', () => {
    for (const word of [
      'export-all',
      'toString',
      '__proto__',
      'constructor',
      '',
      'READ',
      'read ',
    ] as unknown as Action[]) {
      expect(why(principal('manager'), word)).toBe('DENY_UNKNOWN_ACTION');
      expect(rolesOfAction(word)).toEqual([]);
    }
  });

  it('[authz] a role that does not exist, and no role at all', () => {
    expect(why(principal('root' as Role), 'read')).toBe('DENY_ROLE');
    expect(why(principal('toString' as Role), 'read')).toBe('DENY_ROLE');
    expect(why(principal('viewer', { roles: [] }), 'read')).toBe('DENY_ROLE');
  });

  it('[authz] another clinic, whatever the role, for every action of a clinic', () => {
    for (const action of actions.filter((each) => actionMatrix[each].scope === 'clinic')) {
      for (const [role, conditions] of cells(specified[action] ?? '')) {
        const { who, resource } = fulfilling(role, action, conditions);
        const elsewhere = { ...who, clinics: ['south'] };
        expect([action, role, why(elsewhere, action, resource)]).toEqual([action, role, 'DENY_SCOPE']);
      }
    }
  });

  it('[authz] roles that nobody may hold together make nobody of their holder', () => {
    expect(why(principal('admin', { roles: ['admin', 'provider'] }), 'read')).toBe('DENY_SEPARATION');
    expect(why(principal('admin', { roles: ['auditor', 'admin'] }), 'audit.status')).toBe('DENY_SEPARATION');
    expect(why(principal('admin', { roles: ['manager', 'auditor'] }), 'self')).toBe('DENY_SEPARATION');
    expect(hasSeparatedRoles(['front-desk', 'billing', 'manager'])).toBe(false);
  });

  it('[authz] an administrator reaches no patient: not one action of a board', () => {
    const board: Action[] = [
      'read',
      'stream',
      'history',
      'visit-history',
      'presence',
      'metrics',
      'command',
      'import',
    ];
    for (const action of board) expect(why(principal('admin'), action)).toBe('DENY_ROLE');
    for (const action of board) expect(why(principal('auditor'), action)).toBe('DENY_ROLE');
  });

  it('[authz] [mfa] one factor opens nothing but enrolment', () => {
    for (const role of roles) {
      for (const action of rolesActions(role).filter((each) => each !== 'self')) {
        expect([role, action, why(principal(role, { aal: '1' }), action)]).toEqual([
          role,
          action,
          'DENY_FACTOR',
        ]);
      }
    }
    expect(why(principal('nurse', { aal: '1' }), 'self', { clinic: null, ownerUid: 'me' })).toBe('allowed');
  });

  it('[authz] a proof for another purpose, an old one and one from the future of another clock', () => {
    const of = (stepUps: Principal['stepUps']) => why(principal('manager', { stepUps }), 'display.manage');
    expect(of({ 'workstation-admin': now - proofMs + 1 })).toBe('allowed');
    expect(of({ 'workstation-admin': now - proofMs })).toBe('DENY_PROOF');
    expect(of({ export: now, 'break-glass': now, 'user-admin': now })).toBe('DENY_PROOF');
  });

  it('[authz] who is refused anyway is not asked to prove themselves first', () => {
    expect(why(principal('front-desk'), 'account.manage')).toBe('DENY_ROLE');
    expect(why(principal('manager'), 'account.manage', { clinic: 'north', ownerUid: 'me' })).toBe('DENY_OWN');
    expect(why(principal('nurse'), 'break-glass.open')).toBe('DENY_NOT_LISTED');
    expect(why(principal('nurse', { listedIn: ['south'] }), 'break-glass.open')).toBe('DENY_NOT_LISTED');
    expect(why(principal('nurse', { listedIn: ['north'] }), 'break-glass.open')).toBe('DENY_PROOF');
  });

  it('[authz] a token does what it is for, within what its owner may', () => {
    const token = (...scopes: string[]) => principal('manager', { scopes });
    expect(why(token('read'), 'read')).toBe('allowed');
    expect(why(token('read'), 'import')).toBe('DENY_TOKEN');
    expect(why(token(), 'read')).toBe('DENY_TOKEN');
    expect(why(token('command'), 'moveVisit')).toBe('allowed');
    expect(why(token('read'), 'moveVisit')).toBe('DENY_TOKEN');
    expect(why(token('keys.rotate'), 'keys.rotate')).toBe('DENY_ROLE');
    expect(why(token('command'), 'import')).toBe('DENY_TOKEN');
  });

  it('[authz] an agent without somebody behind it may do nothing; with somebody, what both may', () => {
    const agent = (onBehalfOf: Principal | null) => principal('agent', { kind: 'agent', onBehalfOf });
    expect(why(agent(null), 'read')).toBe('DENY_ON_BEHALF');
    expect(why(agent(principal('nurse')), 'read')).toBe('allowed');
    expect(why(agent(principal('admin')), 'read')).toBe('DENY_ON_BEHALF');
    expect(why(agent(principal('nurse', { clinics: ['south'] })), 'read')).toBe('DENY_ON_BEHALF');
    expect(why(agent(principal('manager')), 'command')).toBe('DENY_ROLE');
    expect(why(agent(agent(null)), 'read')).toBe('DENY_ON_BEHALF');
  });

  it('[authz] roles add up, and the answer says by which', () => {
    const both = principal('viewer', { roles: ['viewer', 'billing', 'front-desk'] });
    expect(authorize(both, 'import', here, now)).toEqual({ allowed: true, role: 'front-desk' });
    expect(authorize(both, 'read', here, now)).toEqual({ allowed: true, role: 'viewer' });
    expect(why(both, 'assignRoom')).toBe('DENY_ROLE');
  });

  it('tells who may, where, and what to prove; nothing of the resource', () => {
    expect(authorize(principal('viewer'), 'setRoomService', here, now)).toEqual({
      allowed: false,
      code: 'permission_denied',
      why: 'DENY_ROLE',
      details: { required: ['medical-assistant', 'nurse', 'manager'] },
    });
    expect(authorize(principal('viewer'), 'read', { clinic: 'south' }, now)).toMatchObject({
      details: { clinics: ['north'] },
    });
    expect(authorize(principal('manager'), 'display.manage', here, now)).toEqual({
      allowed: false,
      code: 'step_up_required',
      why: 'DENY_PROOF',
      details: { purpose: 'workstation-admin' },
    });
  });

  it('only the system does what jobs do to a board', () => {
    const jobs: Action[] = [
      'applyScheduleRow:tebra',
      'applyScheduleRow:fhir',
      'applyPersonDetails',
      'noteAbsence',
      'reportSync',
    ];
    for (const action of jobs) expect(rolesOfAction(action)).toEqual(['system']);
    const job = systemPrincipal('job', ['north']);
    for (const action of jobs) expect(why(job, action)).toBe('allowed');
    expect(why(job, 'break-glass.open')).toBe('DENY_ROLE');
    expect(why(job, 'assignRoom')).toBe('DENY_ROLE');
    expect(why(job, 'reportSync', { clinic: 'south' })).toBe('DENY_SCOPE');
  });
});

const rolesActions = (role: Role): Action[] => actions.filter((action) => actionMatrix[action].who[role]);
