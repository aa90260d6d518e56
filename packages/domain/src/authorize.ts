import { type Principal, type Role, routeActions, type StepUpPurpose } from '@workflow-bolt/contracts';
import {
  type Action,
  actionMatrix,
  type Condition,
  type Grant,
  separatedRoles,
} from './permission-matrix.ts';

/**
 * What is acted on. `clinic` is null for what belongs to no clinic, or while it is not known; `ownerUid` is whose it is.
 * Without an `ownerUid` the object is not known yet: whoever finds it asks again with it.
 */
export type Resource = { clinic: string | null; ownerUid?: string | null };

export const denyReasons = [
  'DENY_UNKNOWN_ACTION',
  'DENY_ROLE',
  'DENY_SEPARATION',
  'DENY_SCOPE',
  'DENY_FACTOR',
  'DENY_TOKEN',
  'DENY_ON_BEHALF',
  'DENY_NOT_LISTED',
  'DENY_NOT_OWN',
  'DENY_OWN',
  'DENY_PROOF',
] as const;
export type DenyReason = (typeof denyReasons)[number];

export type Denial = {
  allowed: false;
  code: 'permission_denied' | 'step_up_required';
  why: DenyReason;
  /** For the person: who may, where they may, or what to prove. Never anything about the resource. */
  details: { required?: readonly Role[]; clinics?: readonly string[]; purpose?: StepUpPurpose };
};
/** `role` is the one by which it is allowed: it goes into the record and onto the log of the board. */
export type Verdict = { allowed: true; role: Role } | Denial;

/** How long a factor shown again counts (ms). */
export const proofMs = 300_000;

type Asked = { principal: Principal; action: Action; resource: Resource; now: number };

/** The roles of an action, in the order of its row; none for a word that is no action. */
export function rolesOfAction(action: string): readonly Role[] {
  return Object.hasOwn(actionMatrix, action)
    ? (Object.keys(actionMatrix[action as Action].who) as Role[])
    : [];
}

/** True for somebody who is two things that nobody may be at once: such a person may do nothing at all. */
export function hasSeparatedRoles(roles: readonly Role[]): boolean {
  return separatedRoles.some(([a, b]) => roles.includes(a) && roles.includes(b));
}

/**
 * May this principal do this to that? The one place where it is decided: for requests, streams, jobs and commands.
 *
 * Denied is whatever the matrix does not say. Several roles add up, except those that exclude one another. A program
 * may do what both it and the one it acts for may. `now` is epoch ms, for how fresh a proof is.
 */
export function authorize(principal: Principal, action: Action, resource: Resource, now: number): Verdict {
  const asked = { principal, action, resource, now };
  if (!Object.hasOwn(actionMatrix, action)) return deny('DENY_UNKNOWN_ACTION');
  if (hasSeparatedRoles(principal.roles)) return deny('DENY_SEPARATION');
  return outside(asked) ?? byRole(asked);
}

/** What no role makes up for. */
function outside({ principal, action, resource, now }: Asked): Denial | null {
  const { scope } = actionMatrix[action];
  if (rolesOf(principal, action).length === 0) return deny('DENY_ROLE', { required: rolesOfAction(action) });
  if (principal.aal === '1' && action !== 'self') return deny('DENY_FACTOR');
  if (principal.scopes !== null && !isInScope(principal.scopes, action)) return deny('DENY_TOKEN');
  const isElsewhere = resource.clinic !== null && !principal.clinics.includes(resource.clinic);
  if (scope === 'clinic' && isElsewhere) return deny('DENY_SCOPE', { clinics: principal.clinics });
  return behalf(principal, action, resource, now);
}

/**
 * What concerns only oneself names no action: the route table says which of it a token may do. `command` stands for
 * every command that the roles allow.
 */
function isInScope(scopes: readonly string[], action: Action): boolean {
  const isCommand = !(routeActions as readonly string[]).includes(action);
  return action === 'self' || scopes.includes(action) || (isCommand && scopes.includes('command'));
}

/** An agent without somebody behind it may do nothing. */
function behalf(principal: Principal, action: Action, resource: Resource, now: number): Denial | null {
  const { kind, onBehalfOf } = principal;
  if (onBehalfOf === null) return kind === 'agent' ? deny('DENY_ON_BEHALF') : null;
  return authorize(onBehalfOf, action, resource, now).allowed ? null : deny('DENY_ON_BEHALF');
}

function rolesOf(principal: Principal, action: Action): Role[] {
  return principal.roles.filter((role) => Object.hasOwn(actionMatrix[action].who, role));
}

/** The first role whose conditions all hold; otherwise why the nearest one did not. */
function byRole(asked: Asked): Verdict {
  const { principal, action } = asked;
  let nearest: Denial | null = null;
  for (const role of rolesOf(principal, action)) {
    const denial = unmet(asked, actionMatrix[action].who[role] ?? []);
    if (!denial) return { allowed: true, role };
    if (nearest?.why !== 'DENY_PROOF') nearest = denial;
  }
  return nearest ?? deny('DENY_ROLE', { required: rolesOfAction(action) });
}

const conditions: Record<Condition, (asked: Asked) => Denial | null> = {
  own: ({ principal, resource: { ownerUid } }) =>
    ownerUid === undefined || ownerUid === principal.uid ? null : deny('DENY_NOT_OWN'),
  others: ({ principal, resource }) => (resource.ownerUid === principal.uid ? deny('DENY_OWN') : null),
  listed: ({ principal, resource }) =>
    resource.clinic !== null && principal.listedIn.includes(resource.clinic) ? null : deny('DENY_NOT_LISTED'),
  proof: ({ principal, action, now }) => {
    const { purpose } = actionMatrix[action];
    const provenAt = purpose && principal.stepUps[purpose];
    if (provenAt !== undefined && now - provenAt < proofMs) return null;
    return { ...deny('DENY_PROOF', purpose ? { purpose } : {}), code: 'step_up_required' };
  },
};

/** A missing proof is said last: nobody is asked to prove themselves for what is refused anyway. */
const order: readonly Condition[] = ['listed', 'own', 'others', 'proof'];

function unmet(asked: Asked, grant: Grant): Denial | null {
  for (const condition of order) {
    const denial = grant.includes(condition) ? conditions[condition](asked) : null;
    if (denial) return denial;
  }
  return null;
}

/** This software itself, at work in these clinics: for jobs and rules, which act for nobody. */
export function systemPrincipal(uid: string, clinics: readonly string[]): Principal {
  return {
    ...{ uid, kind: 'system', roles: ['system'], clinics, aal: '2', stepUps: {} },
    ...{ onBehalfOf: null, scopes: null, openGlass: [], listedIn: [] },
  };
}

function deny(why: DenyReason, details: Denial['details'] = {}): Denial {
  return { allowed: false, code: 'permission_denied', why, details };
}
