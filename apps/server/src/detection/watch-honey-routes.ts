import { isHoneyRoute } from '@workflow-bolt/domain';
import type { NextFunction, Request, Response } from 'express';
import type { RedisSessionService } from '../session/session-service.ts';
import type { Detection } from './detection.ts';

/** Notices who tries addresses that nothing leads to; they are answered like any other that does not exist. */
export function watchHoneyRoutes(
  detection: Detection,
  sessions: Pick<RedisSessionService, 'authenticate'>,
): (req: Request, res: Response, next: NextFunction) => void {
  return (req, _res, next) => {
    if (!isHoneyRoute(req.path)) return next();
    sessions
      .authenticate(req)
      .catch(() => null)
      .then((session) => detection.noticeRoute(req, session))
      .then(() => next(), next);
  };
}
