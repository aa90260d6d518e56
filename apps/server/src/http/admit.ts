/** What every request goes through before its handler: cheap checks first, the body last. */
import { type Principal, protocolVersion, type Route } from '@workflow-bolt/contracts';
import type { Request } from 'express';
import type { Access } from '../access/access.ts';
import { demand } from '../access/access-denied.ts';
import type { Session } from '../session/session.ts';
import type { RedisSessionService } from '../session/session-service.ts';
import type { Call } from './handler.ts';
import { refuseForeignPages } from './own-page.ts';
import { parseInput } from './parse-input.ts';
import { ProblemError } from './problem-answer.ts';
import { mediaTypeOf, parseJson, readBody } from './request-body.ts';

export type AdmissionParts = {
  access: Pick<Access, 'principals'>;
  sessions: RedisSessionService;
  publicOrigin: string | null;
  isDraining: () => boolean;
};

/** A request as it came; `body` reads it once, however often it is asked for. */
export type Incoming = Pick<Call, 'req' | 'res' | 'requestId'> & { body: () => Promise<unknown> };

export async function admit(
  route: Route,
  around: AdmissionParts,
  { req, res, requestId, body: readBodyOnce }: Incoming,
  find: () => Promise<Session | null>,
): Promise<Call> {
  refuseOtherVersions(req);
  if (route.method === 'post' && around.isDraining()) throw new ProblemError('draining');
  const usesCookie = route.access !== 'public' && req.headers.cookie !== undefined;
  refuseForeignPages(route, req, { publicOrigin: around.publicOrigin, usesCookie });
  const session = await find();
  const params = (route.params ? parseInput(route.params, req.params, 'path') : {}) as Call['params'];
  const principal = session && around.access.principals.of(session);
  if (principal) authorise(route, principal, { clinic: params.clinic ?? null, now: around.sessions.now() });
  if (session) refuseWithoutProof(route, session, around.sessions.now());
  const query = (route.query ? parseInput(route.query, req.query, 'query') : {}) as Call['query'];
  const body = await readBodyOnce();
  const cookie = session && (await around.sessions.noteRequest(req, session, route));
  // On the response at once, not on the answer: who is refused, too, must get the token that replaced theirs.
  if (cookie) res.setHeader('Set-Cookie', cookie);
  return { req, res, requestId, session, principal, params, query, body, guard: null };
}

function refuseOtherVersions(req: Request): void {
  const spoken = req.headers['x-bolt-protocol'];
  if (spoken !== undefined && spoken !== String(protocolVersion)) {
    throw new ProblemError('unsupported_version', { supported: [protocolVersion] });
  }
}

/** How long a fresh proof of identity counts. */
const proofMs = 300_000;

function refuseWithoutProof({ stepUp }: Route, session: Session, now: number): void {
  if (stepUp === undefined) return;
  const provedAt = session.stepUps[stepUp];
  if (provedAt === undefined || now - provedAt >= proofMs) {
    throw new ProblemError('step_up_required', { purpose: stepUp });
  }
}

/** The matrix decides, for the clinic that the address names; what belongs to a person, the handler asks again. */
function authorise(
  { access }: Route,
  principal: Principal,
  at: { clinic: string | null; now: number },
): void {
  if (access === 'public') return;
  if (access === 'session' || access === 'self')
    demand(principal, 'self', { clinic: null, ownerUid: principal.uid }, at.now);
  else demand(principal, access, { clinic: at.clinic }, at.now);
}

/** Reads the body of a request when it is first wanted; routes without one have none. */
export function bodyReader({ request }: Route, req: Request): () => Promise<unknown> {
  let body: Promise<unknown> | null = null;
  return () => {
    body ??= request ? readRequest(request, req) : Promise.resolve(undefined);
    return body;
  };
}

async function readRequest(request: NonNullable<Route['request']>, req: Request): Promise<unknown> {
  const type = mediaTypeOf(req);
  if (!Object.hasOwn(request.content, type)) {
    throw new ProblemError('unsupported_media_type', { supported: Object.keys(request.content) });
  }
  const body = await readBody(req, request.maxBytes);
  return type === 'application/json' ? parseJson(body) : body;
}
