import type { OpenGlass, Principal, PrincipalKind, Role, User } from '@workflow-bolt/contracts';
import type { Session } from '../session/session.ts';

type Known = { user: User } & Partial<Pick<Session, 'id' | 'roles' | 'aal' | 'stepUps' | 'scopes'>>;
/** What is known of a person beyond the session. */
export type Emergency = { openGlass: readonly OpenGlass[]; listedIn: readonly string[] };

const nothing: Emergency = { openGlass: [], listedIn: [] };

/** The one who asks, as `authorize` wants it. Roles are those of this moment, as the session service read them. */
export function principalOf(session: Known, emergency: Emergency = nothing): Principal {
  const { user, id, aal = '2', stepUps = {}, scopes = null } = session;
  const roles = session.roles ?? [user.role];
  return {
    uid: user.id,
    ...(id === undefined ? {} : { sid: id.slice(0, 16) }),
    kind: kindOf(roles),
    roles,
    clinics: user.clinics,
    aal,
    stepUps,
    onBehalfOf: null,
    scopes,
    ...emergency,
  };
}

const programs: readonly Role[] = ['service', 'agent', 'display', 'system'];

function kindOf(roles: readonly Role[]): PrincipalKind {
  const [role] = roles.filter((each) => programs.includes(each));
  return (role as PrincipalKind | undefined) ?? 'human';
}
