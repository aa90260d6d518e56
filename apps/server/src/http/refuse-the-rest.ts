import { randomUUID } from 'node:crypto';
import { routeIds, routeOf } from '@workflow-bolt/contracts';
import type { Express, NextFunction, Request, Response } from 'express';
import { expressPath } from './handler.ts';
import { problemDocument, sendProblem } from './problem-answer.ts';

/** Known addresses with another method say which they take; unknown ones say so; what breaks before a route, too. */
export function refuseTheRest(app: Express): void {
  const methods = Map.groupBy(routeIds, (id) => expressPath(routeOf(id)));
  for (const [path, ids] of methods) {
    const allowed = ids.map((id) => routeOf(id).method.toUpperCase()).join(', ');
    app.all(path, (_req, res) => {
      res.setHeader('Allow', allowed);
      sendProblem(res, problemDocument('method_not_allowed', randomUUID(), { allowed }));
    });
  }
  app.use((_req, res) => sendProblem(res, problemDocument('route_not_found', randomUUID())));
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    // Express itself refuses addresses that cannot be decoded; anything else here is ours.
    const status = (error as { status?: unknown } | null)?.status;
    const code = status === 404 ? 'route_not_found' : status === 400 ? 'invalid_request' : 'internal';
    sendProblem(res, problemDocument(code, randomUUID()));
  });
}
