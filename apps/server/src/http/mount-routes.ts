import { randomUUID } from 'node:crypto';
import {
  type Principal,
  protocolVersion,
  type Route,
  type RouteId,
  routeIds,
  routeOf,
} from '@workflow-bolt/contracts';
import { rolesOfAction } from '@workflow-bolt/domain';
import type { Express, Request, Response } from 'express';
import type { Access } from '../access/access.ts';
import { AccessDenied, demand, denialEvent } from '../access/access-denied.ts';
import { displaySessionOf } from '../access/display-credential.ts';
import type { Detection } from '../detection/detection.ts';
import type { Session } from '../session/session.ts';
import type { CookiePolicy } from '../session/session-cookie.ts';
import type { RedisSessionService } from '../session/session-service.ts';
import { type Answer, type Call, expressPath, type Handler, type Handlers } from './handler.ts';
import type { Log } from './log.ts';
import { refuseForeignPages } from './own-page.ts';
import { parseInput } from './parse-input.ts';
import { codeOfError, ProblemError, problemDocument, sendProblem } from './problem-answer.ts';
import { mediaTypeOf, parseJson, readBody } from './request-body.ts';
import { apiHeaderList } from './security-headers.ts';

export type RouteSurroundings = {
  access: Pick<Access, 'principals' | 'displays' | 'record'>;
  cookies: CookiePolicy;
  sessions: RedisSessionService;
  detection: Pick<Detection, 'refuseStranger' | 'refuseAccount' | 'noticeToken'>;
  log: Log;
  publicOrigin: string | null;
  isDraining: () => boolean;
  /** Called once per answered request, for the metrics. */
  onDone: (route: RouteId, status: number, ms: number) => void;
};

/** Thrown when the table of routes and the handlers disagree: such a process must not start. */
export class RouteTableError extends Error {
  override readonly name = 'RouteTableError';
}

/** Throws `RouteTableError` unless every route has one handler and every handler a route, at an address of its own. */
export function assertHandlersComplete(handlers: Record<string, Handler>): void {
  const without = routeIds.filter((id) => typeof handlers[id] !== 'function');
  const unknown = Object.keys(handlers).filter((id) => !(routeIds as string[]).includes(id));
  const addresses = routeIds.map((id) => `${routeOf(id).method} ${routeOf(id).path}`);
  const doubled = addresses.filter((address, i) => addresses.indexOf(address) !== i);
  const wrong = [
    ...unruledRoutes(Object.fromEntries(routeIds.map((id) => [id, routeOf(id)]))).map(
      (id) => `route ${id} has no rule that says who may`,
    ),
    ...without.map((id) => `route ${id} has no handler`),
    ...unknown.map((id) => `handler ${id} has no route`),
    ...doubled.map((address) => `two routes at ${address}`),
  ];
  if (wrong.length > 0) throw new RouteTableError(wrong.join('; '));
}

/** Routes that no rule lets anybody use: a new one must say who may before the process starts. */
export function unruledRoutes(rows: Readonly<Record<string, Pick<Route, 'access'>>>): string[] {
  return Object.keys(rows).filter((id) => !rows[id] || !hasRule(rows[id]));
}

/** Public, one's own, or an action that some role may take. */
function hasRule({ access }: Pick<Route, 'access'>): boolean {
  return access === 'public' || access === 'session' || rolesOfAction(access).length > 0;
}

/** Mounts every route of the contract. The order of checks is the same for all: cheap ones first, the body last. */
export function mountRoutes(app: Express, handlers: Handlers, around: RouteSurroundings): void {
  assertHandlersComplete(handlers);
  const requestIdOf = createRequestIds();
  for (const id of routeIds) {
    const route = routeOf(id);
    app[route.method](expressPath(route), (req, res) =>
      serve({ id, route, handler: handlers[id], requestIdOf }, around, req, res),
    );
  }
}

/** `cookie`: the `Set-Cookie` line of a token that was replaced while the request was let in. */
type Admitted = { call: Call; cookie: string | null };

function withCookie(answer: NonNullable<Answer>, cookie: string | null): NonNullable<Answer> {
  // A handler that hands out a cookie itself has replaced the token once more, or ended the session.
  return cookie === null || answer.cookies ? answer : { ...answer, cookies: [cookie] };
}

type Mounted = { id: RouteId; route: Route; handler: Handler; requestIdOf: (req: Request) => string };

async function serve(
  mounted: Mounted,
  around: RouteSurroundings,
  req: Request,
  res: Response,
): Promise<void> {
  const startedAt = performance.now();
  const requestId = mounted.requestIdOf(req);
  try {
    const { call, cookie } = await admit(mounted.route, around, { req, res, requestId });
    const answer = await mounted.handler(call);
    if (answer) send(mounted.route, { res, requestId }, withCookie(answer, cookie));
  } catch (error) {
    fail({ mounted, around, requestId, req, res }, await recorded(error, { mounted, around, requestId }));
  } finally {
    around.onDone(mounted.id, res.statusCode, performance.now() - startedAt);
  }
}

const requestIdShape = /^[A-Za-z0-9_-]{8,64}$/;

/** A proxy's request id when it is harmless, else the next of this application: unique, and cheaper than random. */
function createRequestIds(): (req: Request) => string {
  const prefix = randomUUID().slice(0, 13);
  let count = 0;
  return (req) => {
    const given = req.headers['x-request-id'];
    if (typeof given === 'string' && requestIdShape.test(given)) return given;
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}

async function admit(
  route: Route,
  around: RouteSurroundings,
  { req, res, requestId }: Pick<Call, 'req' | 'res' | 'requestId'>,
): Promise<Admitted> {
  refuseOtherVersions(req);
  if (route.method === 'post' && around.isDraining()) throw new ProblemError('draining');
  const usesCookie = route.access !== 'public' && req.headers.cookie !== undefined;
  refuseForeignPages(route, req, { publicOrigin: around.publicOrigin, usesCookie });
  const session = await identify(route, around, req);
  const params = (route.params ? parseInput(route.params, req.params, 'path') : {}) as Call['params'];
  const principal = session && around.access.principals.of(session);
  if (principal) authorise(route, principal, { clinic: params.clinic ?? null, now: around.sessions.now() });
  if (session) refuseWithoutProof(route, session, around.sessions.now());
  const query = (route.query ? parseInput(route.query, req.query, 'query') : {}) as Call['query'];
  const body = route.request ? await readRequest(route.request, req) : undefined;
  const cookie = session && route.isUserAction ? await around.sessions.noteUserAction(req, session) : null;
  return { call: { req, res, requestId, session, principal, params, query, body }, cookie };
}

function refuseOtherVersions(req: Request): void {
  const spoken = req.headers['x-bolt-protocol'];
  if (spoken !== undefined && spoken !== String(protocolVersion)) {
    throw new ProblemError('unsupported_version', { supported: [protocolVersion] });
  }
}

/** Whom detection keeps out gets no further; what is there to be found is noticed when it is used. */
async function identify(route: Route, around: RouteSurroundings, req: Request): Promise<Session | null> {
  const { detection } = around;
  if (route.access === 'public') {
    if (route.path.startsWith('/api/')) detection.refuseStranger(req);
    return null;
  }
  const session = await authenticate(route, around, req).catch(async (error: unknown) => {
    await detection.noticeToken(req);
    detection.refuseStranger(req);
    throw error;
  });
  if (session) detection.refuseAccount(session.user.id);
  return session;
}

async function authenticate(route: Route, around: RouteSurroundings, req: Request): Promise<Session | null> {
  if (route.access === 'public') return null;
  const { sessions, cookies } = around;
  const { displays } = around.access;
  const screen = await displaySessionOf(req, { displays, cookies, now: () => sessions.now() });
  if (screen) return screen;
  const session = await sessions.authenticate(req);
  if (route.method === 'post') refuseWithoutCsrfToken(sessions, session, req);
  refuseForTokens(route, session);
  return session;
}

/** What names no action is a person's own affair: the table lists the little of it that a token may ask. */
function refuseForTokens({ access, isForTokens }: Route, { scopes }: Session): void {
  if (scopes === null || access !== 'session' || isForTokens) return;
  throw new ProblemError('permission_denied', { detail: 'An API token may not do this.' });
}

/** A browser adds the cookie to whatever is sent; this header only a page that was given it can add. */
function refuseWithoutCsrfToken(sessions: RedisSessionService, session: Session, req: Request): void {
  if (!sessions.isFromBrowser(session)) return;
  const given = req.headers['x-bolt-csrf'];
  if (typeof given !== 'string' || !sessions.isCsrfToken(session, given)) {
    throw new ProblemError('csrf_token_invalid');
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

async function readRequest(request: NonNullable<Route['request']>, req: Request): Promise<unknown> {
  const type = mediaTypeOf(req);
  if (!Object.hasOwn(request.content, type)) {
    throw new ProblemError('unsupported_media_type', { supported: Object.keys(request.content) });
  }
  const body = await readBody(req, request.maxBytes);
  return type === 'application/json' ? parseJson(body) : body;
}

/** Text goes out in one piece with the header block; bytes are for what is kept encoded. */
function bodyOf({ json, text, bytes }: NonNullable<Answer>): string | Buffer | undefined {
  return bytes ?? (json === undefined ? text : JSON.stringify(json));
}

/**
 * One header block and one string body, which node writes in one piece; setting headers one by one costs as much as
 * routing.
 */
function send(
  route: Route,
  { res, requestId }: Pick<Call, 'res' | 'requestId'>,
  answer: NonNullable<Answer>,
): void {
  const headers: string[] = route.tag === 'documents' ? [] : [...apiHeaderList];
  headers.push('X-Request-Id', requestId);
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers.push(name, value);
  for (const cookie of answer.cookies ?? []) headers.push('Set-Cookie', cookie);
  const body = bodyOf(answer);
  if (body !== undefined) {
    headers.push('Content-Type', answer.type ?? 'application/json');
    headers.push('Content-Length', String(Buffer.byteLength(body)));
  }
  res.writeHead(answer.status, headers);
  res.end(body);
}

/** A denial is on the record before it is answered; what cannot be recorded is answered by that. */
async function recorded(
  error: unknown,
  { mounted, around, requestId }: Pick<Failure, 'mounted' | 'around' | 'requestId'>,
): Promise<unknown> {
  if (!(error instanceof AccessDenied)) return error;
  const event = denialEvent(error, { route: mounted.route, requestId });
  return around.access.record(event).then(
    () => error,
    (fault: unknown) => fault,
  );
}

type Failure = {
  mounted: Mounted;
  around: RouteSurroundings;
  requestId: string;
  req: Request;
  res: Response;
};

function fail({ mounted, around, requestId, req, res }: Failure, error: unknown): void {
  // The client hung up while its body was read: nobody is left to answer.
  if (req.destroyed && !req.complete) return;
  const { code, details } = codeOfError(error);
  const problem = problemDocument(code, requestId, details);
  sendProblem(res, problem);
  if (!req.complete) discardRest(req);
  const isBug = code === 'internal' && error instanceof Error;
  around.log.write(problem.status >= 500 ? 'error' : 'debug', 'request.failed', {
    requestId,
    route: mounted.id,
    status: problem.status,
    code,
    ...(isBug ? { errorName: error.name, stack: stackOf(error) } : {}),
  });
}

/** How long the rest of a refused body may arrive; it is thrown away so that the sender gets to read the answer. */
const discardMs = 2_000;

function discardRest(req: Request): void {
  const cut = setTimeout(() => req.destroy(), discardMs);
  req.once('close', () => clearTimeout(cut));
  req.resume();
}

/** Where it broke, without the message, which may quote what a person typed. */
const stackOf = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 12)
    .join('\n');
