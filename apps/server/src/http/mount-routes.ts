import { randomUUID } from 'node:crypto';
import { type Route, type RouteId, routeIds, routeOf } from '@workflow-bolt/contracts';
import { rolesOfAction } from '@workflow-bolt/domain';
import type { CommitGuard } from '@workflow-bolt/store';
import type { Express, Request, Response } from 'express';
import type { Access } from '../access/access.ts';
import { AccessDenied, denialEvent } from '../access/access-denied.ts';
import { type AdmissionParts, admit, bodyReader, type Incoming } from './admit.ts';
import { answerCookies } from './answer-cookies.ts';
import { type Answer, type Call, expressPath, type Handler, type Handlers } from './handler.ts';
import { type IdentityParts, identify, recall } from './identify.ts';
import type { Log } from './log.ts';
import { codeOfError, problemDocument, sendProblem } from './problem-answer.ts';
import { apiHeaderList } from './security-headers.ts';

export type RouteSurroundings = IdentityParts &
  AdmissionParts & {
    access: Pick<Access, 'principals' | 'displays' | 'record'>;
    log: Log;
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

type Mounted = { id: RouteId; route: Route; handler: Handler; requestIdOf: (req: Request) => string };

async function serve(
  mounted: Mounted,
  around: RouteSurroundings,
  req: Request,
  res: Response,
): Promise<void> {
  const startedAt = performance.now();
  const requestId = mounted.requestIdOf(req);
  const incoming = { req, res, requestId, body: bodyReader(mounted.route, req) };
  try {
    const answer =
      (guardedRoutes.has(mounted.id) && (await answerGuarded(mounted, around, incoming))) ||
      (await answerAsked(mounted, around, incoming));
    if (answer) send(mounted.route, { res, requestId }, answer);
  } catch (error) {
    fail({ mounted, around, requestId, req, res }, await recorded(error, { mounted, around, requestId }));
  } finally {
    around.onDone(mounted.id, res.statusCode, performance.now() - startedAt);
  }
}

/** Redis is asked for the session first, and then whatever the route does. */
async function answerAsked(mounted: Mounted, around: RouteSurroundings, incoming: Incoming): Promise<Answer> {
  const { route } = mounted;
  return mounted.handler(await admit(route, around, incoming, () => identify(route, around, incoming.req)));
}

/**
 * Routes whose every effect is a commit. With a session that this process remembers, the commit itself proves that the
 * session still stands, in the same step in which it becomes true: one round trip instead of two.
 */
const guardedRoutes: ReadonlySet<RouteId> = new Set<RouteId>(['postCommands']);

/** Null unless a commit spent the guard: nothing has been done then and nothing is said, and Redis must be asked. */
async function answerGuarded(
  mounted: Mounted,
  around: RouteSurroundings,
  incoming: Incoming,
): Promise<Answer> {
  let guard: CommitGuard | null = null;
  try {
    const session = await recall(mounted.route, around, incoming.req);
    if (!session) return null;
    const call = await admit(mounted.route, around, incoming, async () => session);
    guard = around.sessions.guardOf(session);
    const answer = await mounted.handler({ ...call, guard });
    return guard.isSpent ? answer : null;
  } catch (error) {
    if (guard?.isSpent) throw error;
    return null;
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
  for (const cookie of answerCookies(res.getHeader('Set-Cookie'), answer.cookies ?? []))
    headers.push('Set-Cookie', cookie);
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
  const isWhole = req.complete;
  sendProblem(res, problem, { ends: isWhole });
  if (!isWhole) discardRest(req, res);
  const isBug = code === 'internal' && error instanceof Error;
  around.log.write(problem.status >= 500 ? 'error' : 'debug', 'request.failed', {
    requestId,
    route: mounted.id,
    status: problem.status,
    code,
    ...(isBug ? { errorName: error.name, stack: stackOf(error) } : {}),
  });
}

/** How long the rest of a refused body may arrive. */
const discardMs = 2_000;

/**
 * Throws away what still arrives of a refused body. Only then does the answer end: a connection that is closed while its
 * sender writes is reset, and the sender never gets to read why.
 */
function discardRest(req: Request, res: Response): void {
  const cut = setTimeout(() => req.destroy(), discardMs);
  const done = (): void => {
    clearTimeout(cut);
    res.end();
  };
  req.once('end', done).once('close', done);
  req.resume();
}

/** Where it broke, without the message, which may quote what a person typed. */
const stackOf = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 12)
    .join('\n');
