/** Who may hold which roles together, and who may change whose account. Pure; used by the API and the admin pages. */
import type { Account, AccountKind, Role } from '@workflow-bolt/contracts';
import { separatedRoles } from './permission-matrix.ts';

const programs: readonly Role[] = ['service', 'agent', 'display'];

export type RolesProblem = { rule: 'separated' | 'kind' | 'twice'; roles: Role[] };

/** Why an account of this kind cannot hold these roles together; null when it can. */
export function rolesProblem(kind: AccountKind, roles: readonly Role[]): RolesProblem | null {
  if (new Set(roles).size !== roles.length) return { rule: 'twice', roles: [...roles] };
  const wrongKind = roles.filter(
    (role) => role === 'system' || programs.includes(role) === (kind === 'human'),
  );
  if (wrongKind.length > 0) return { rule: 'kind', roles: wrongKind };
  const pair = separatedRoles.find(([a, b]) => roles.includes(a) && roles.includes(b));
  return pair ? { rule: 'separated', roles: [...pair] } : null;
}

/** Rank in administration: who grants a role must stand at least as high. Auditors are appointed by admins only. */
const levels: Record<Role, number> = {
  viewer: 1,
  display: 1,
  'front-desk': 2,
  'medical-assistant': 2,
  nurse: 2,
  provider: 2,
  billing: 2,
  agent: 2,
  service: 2,
  manager: 3,
  auditor: 4,
  admin: 4,
  system: 5,
};
export const levelOf = (roles: readonly Role[]): number => Math.max(0, ...roles.map((role) => levels[role]));

export type Administrator = { uid: string; roles: readonly Role[]; clinics: readonly string[] };
/** What an account is, or is to become. */
export type Standing = { uid: string | null; roles: readonly Role[]; clinics: readonly string[] };
export type AdministrationProblem =
  | 'not_an_administrator'
  | 'own_account'
  | 'level_too_high'
  | 'other_clinic';

/**
 * Why this person may not change an account from, or to, this standing; null when he may. An admin administers every
 * clinic; a manager only accounts whose clinics are all his own. Nobody administers himself.
 */
export function administrationProblem(
  administrator: Administrator,
  standing: Standing,
): AdministrationProblem | null {
  const isAdmin = administrator.roles.includes('admin');
  if (!isAdmin && !administrator.roles.includes('manager')) return 'not_an_administrator';
  if (standing.uid === administrator.uid) return 'own_account';
  if (levelOf(standing.roles) > levelOf(administrator.roles)) return 'level_too_high';
  const isOwn = standing.clinics.every((clinic) => administrator.clinics.includes(clinic));
  return isAdmin || (isOwn && standing.clinics.length > 0) ? null : 'other_clinic';
}

/** Only an account in use signs in, and only its sessions count. */
export const isInUse = (account: Pick<Account, 'state'> | null): account is Account =>
  account?.state === 'active';
