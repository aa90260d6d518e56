import type { RouteAction } from './actions.ts';
import type { Role } from './actor.ts';
import type { BoardDate, ClinicId, Instant, VisitId } from './ids.ts';
import type { StepUpPurpose } from './routes.ts';

export const principalKinds = ['human', 'service', 'agent', 'display', 'system'] as const;
export type PrincipalKind = (typeof principalKinds)[number];

/** An emergency access that is open now: one visit, until then. */
export type OpenGlass = {
  id: string;
  clinic: ClinicId;
  date: BoardDate;
  visitId: VisitId;
  expiresAt: Instant;
};

/**
 * Who asks, as the server knows it at this request. Built from the session, the account and the open emergency
 * accesses; nothing of it is ever read from a request body.
 */
export type Principal = {
  uid: string;
  /** First 16 characters of the session's hash, for the record; absent for this software itself. */
  sid?: string;
  kind: PrincipalKind;
  roles: readonly Role[];
  clinics: readonly ClinicId[];
  /** `1` has shown one factor where two are demanded: it may only finish enrolling. */
  aal: '1' | '2' | '2-resumed';
  /** When each purpose was last proved again, in epoch ms. */
  stepUps: Readonly<Partial<Record<StepUpPurpose, Instant>>>;
  /** The named person or job that a program acts for; it can then do what both may. */
  onBehalfOf: Principal | null;
  /** What a token is limited to; null without such a limit. */
  scopes: readonly (RouteAction | string)[] | null;
  openGlass: readonly OpenGlass[];
  /** On a list of people who may break the glass, by clinic. */
  listedIn: readonly ClinicId[];
};
