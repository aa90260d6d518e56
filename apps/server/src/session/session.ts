/**
 * What a request is known to come from, and everything that may be done to a session. Handlers get a `Session`; only
 * this folder knows tokens, cookies and the records in Redis.
 *
 * ```
 *            open                       park (lock screen)
 *   (none) --------> active ---------------------------------> parked
 *                    |  ^  \   unlock: PIN + workstation key    /
 *                    |  |   `----------------------------------'   4 h, five wrong PINs, absolute end -> gone
 *     rotate, stepUp |  |
 *                    `--'   idle end, absolute end, revoke, revokeAll, a rotated token used again -> gone
 * ```
 */
import type { IncomingMessage } from 'node:http';
import type { Role, StepUpPurpose, User } from '@workflow-bolt/contracts';

/** How sure we are who it is: one factor, two, or a two-factor session taken up again with a PIN on its workstation. */
export type AssuranceLevel = '1' | '2' | '2-resumed';

export type Session = {
  /** Stays the same when the token is rotated. Not a secret: it may be logged, compared and shown to its owner. */
  id: string;
  /** With the roles and clinics of this moment, not those of the sign-in. `role` is the first of `roles`. */
  user: User;
  roles: readonly Role[];
  station: string | null;
  /** The enrolled workstation it was opened on. */
  workstation: string | null;
  /** Absolute end, epoch ms. */
  expiresAt: number;
  /** When it ends unless the person does something before, epoch ms; never after `expiresAt`. */
  idleEndsAt: number;
  aal: AssuranceLevel;
  /** How the person proved it, such as `pwd`, `otp`, `hwk`, `pin`, `development`. */
  amr: readonly string[];
  /** When the person last proved with full credentials who they are, epoch ms. */
  authAt: number;
  /** The newest fresh proof for any purpose, epoch ms; null without one. */
  stepUpAt: number | null;
  /** When each purpose was last proved, epoch ms. */
  stepUps: Readonly<Partial<Record<StepUpPurpose, number>>>;
  /** Opened by the development login: nobody was asked for anything. Never valid in production. */
  isDevelopment: boolean;
  /** What an API token is limited to; null for a person's session, which only the permissions limit. */
  scopes: readonly string[] | null;
};

export type OpenSession = {
  uid: string;
  aal: AssuranceLevel;
  amr: readonly string[];
  station: string | null;
  isDevelopment?: boolean;
  /** A wall display has nobody in front of it: it has no idle end, only the absolute one. */
  isUnattended?: boolean;
};

/** A session, and the `Set-Cookie` line that hands its token to the browser: the only place where it is known. */
export type OpenedSession = { session: Session; token: string; cookie: string };

/** A row of the device list. */
export type ListedSession = {
  id: string;
  station: string | null;
  workstation: string | null;
  state: 'active' | 'parked';
  aal: AssuranceLevel;
  amr: readonly string[];
  createdAt: number;
  lastActiveAt: number;
  expiresAt: number;
  /** Which browser and from where, coarsely. */
  device: string;
  isDevelopment: boolean;
};

/** One session (`id`), or every session of a person (`id` null). */
export type Revocation = { uid: string; id: string | null };

export type RotationReason = 'step-up' | 'role-change' | 'unlock' | 'factor-change' | 'hourly';

/** Every method throws Fault `store_unavailable` while Redis is away: nobody is let in on a memory of yesterday. */
export interface SessionService {
  /** Opens a session after a completed sign-in. The oldest session beyond the person's limit ends. */
  open(req: IncomingMessage, request: OpenSession): Promise<OpenedSession>;
  /** The session of a request. Throws `not_authenticated` or `ambiguous_credentials`. Extends nothing. */
  authenticate(req: IncomingMessage): Promise<Session>;
  /** A new token for the same session; the old one is good for ten more seconds. */
  rotate(req: IncomingMessage, session: Session, why: RotationReason): Promise<OpenedSession>;
  /** Notes a fresh proof for one purpose, and rotates. `amr` names the methods that were used for it. */
  stepUp(
    req: IncomingMessage,
    session: Session,
    proof: { purpose: StepUpPurpose; amr: readonly string[] },
  ): Promise<OpenedSession>;
  /** Ends one session of a person; false when that person has no such session. */
  revoke(uid: string, id: string): Promise<boolean>;
  /** Ends every session of a person, but for `exceptId`. */
  revokeAll(uid: string, exceptId?: string): Promise<void>;
  list(uid: string): Promise<ListedSession[]>;
  /** Called in every process soon after a session has ended on purpose, here or elsewhere. */
  onRevoked(listener: (revocation: Revocation) => void): () => void;
  /** `Set-Cookie` that removes the session's cookie from the browser. */
  clearingCookie(req: IncomingMessage): string;
  /** What a page must send as `X-Bolt-CSRF` with every change it makes under this session. */
  csrfToken(session: Session): string;
}
