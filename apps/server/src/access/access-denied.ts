import type { Principal, Role, Route, SecurityEvent } from '@workflow-bolt/contracts';
import { type Action, authorize, type Denial, type Resource } from '@workflow-bolt/domain';
import { ProblemError } from '../http/problem-answer.ts';

/** Somebody asked for what is not theirs. Whoever answers the request writes it down first. */
export class AccessDenied extends ProblemError {
  override readonly name = 'AccessDenied';
  readonly denial: Denial;
  readonly action: Action;
  readonly principal: Principal;
  readonly clinic: string | null;

  constructor(denial: Denial, asked: { principal: Principal; action: Action; resource: Resource }) {
    super(denial.code, denial.details);
    this.denial = denial;
    this.action = asked.action;
    this.principal = asked.principal;
    this.clinic = asked.resource.clinic;
  }
}

/** The role by which it is allowed. Throws AccessDenied. `now` is the clock of sessions, epoch ms. */
export function demand(principal: Principal, action: Action, resource: Resource, now: number): Role {
  const verdict = authorize(principal, action, resource, now);
  if (verdict.allowed) return verdict.role;
  throw new AccessDenied(verdict, { principal, action, resource });
}

/** The entry of the record for a denial: in the log of the clinic it was about when it is one of the person's own. */
export function denialEvent(
  { denial, action, principal, clinic }: AccessDenied,
  { route, requestId }: { route: Route; requestId: string },
): SecurityEvent {
  const isOwnClinic = clinic !== null && principal.clinics.includes(clinic);
  return {
    cid: isOwnClinic ? clinic : null,
    type: 'security',
    sub: 'deny',
    act: 'E',
    out: 4,
    why: denial.why,
    agent: agentOf(principal),
    ent: [{ t: 'Action', id: action }, ...(clinic === null ? [] : [{ t: 'Clinic', id: clinic }])],
    rid: requestId,
    route: `${route.method.toUpperCase()} ${route.path}`,
  };
}

/** A principal as the record names it. */
export function agentOf({ uid, sid, kind, roles, aal, onBehalfOf }: Principal): SecurityEvent['agent'] {
  const role = roles.join('+') || null;
  const obo = onBehalfOf ? { obo: onBehalfOf.uid } : {};
  return {
    uid,
    kind: kind === 'system' ? 'service' : kind,
    role,
    aal,
    ...(sid === undefined ? {} : { sid }),
    ...obo,
  };
}
