import type { Principal, Route, RouteId } from '@workflow-bolt/contracts';
import type { CommitGuard } from '@workflow-bolt/store';
import type { Request, Response } from 'express';
import type { Session } from '../session/session.ts';

/** One request after everything around it has been checked: parameters, session, permission, body. */
export type Call = {
  req: Request;
  res: Response;
  requestId: string;
  /** Parsed by the route's schemas. */
  params: Record<string, string>;
  query: Record<string, unknown>;
  /** Parsed JSON; raw bytes for other media types; undefined without a body. */
  body: unknown;
  /** Null only on public routes. */
  session: Session | null;
  /** Who asks, with the rights of this moment; null only on public routes. */
  principal: Principal | null;
  /** What every commit of this call must carry: the session was not asked for before. Null where it was. */
  guard: CommitGuard | null;
};

/** What a handler answers; null when it has answered by itself (a stream). */
export type Answer = {
  status: number;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, with its media type. */
  text?: string;
  /** As `text`, encoded already. */
  bytes?: Buffer;
  type?: string;
  headers?: Record<string, string>;
  /** `Set-Cookie` lines. */
  cookies?: readonly string[];
} | null;

export type Handler = (call: Call) => Promise<Answer> | Answer;
export type Handlers = Record<RouteId, Handler>;

export const ok = (json: unknown): Answer => ({ status: 200, json });

/** The session of a call on a route that demands one. Asserts. */
export function mustSession(call: Call): Session {
  if (!call.session) throw new Error('a route without access control asked for a session');
  return call.session;
}

/** Who asks, on a route that demands a session. Asserts. */
export function mustPrincipal(call: Call): Principal {
  if (!call.principal) throw new Error('a route without access control asked who asks');
  return call.principal;
}

/** Express writes `:name` where the route table writes `{name}`. */
export const expressPath = (route: Route): string => route.path.replaceAll(/\{(\w+)\}/g, ':$1');
