import type { Principal, User } from '@workflow-bolt/contracts';
import express, { type Express } from 'express';
import type { BoardSight } from './access/board-sight.ts';
import type { BoardAccess } from './boards/board-access.ts';
import { getStream } from './boards/get-stream.ts';
import { postCommands } from './boards/post-commands.ts';
import { postPresence } from './boards/post-presence.ts';
import type { PresenceFeed } from './boards/presence-feed.ts';
import type { ReadAuditor } from './boards/read-audit.ts';
import { getBoard, getHistory, getMetricsSummary, getVisitHistory } from './boards/read-board.ts';
import { getAsyncApi, getDocs, getOpenApi } from './documents/document-handlers.ts';
import { serveWeb } from './documents/static-web.ts';
import type { Handlers } from './http/handler.ts';
import type { Log } from './http/log.ts';
import { mountRoutes } from './http/mount-routes.ts';
import { refuseTheRest } from './http/refuse-the-rest.ts';
import type { DependencyHealth } from './operations/dependency-health.ts';
import { getHealth, getMetrics, getReady } from './operations/operation-handlers.ts';
import type { ServerMetrics } from './operations/server-metrics.ts';
import type { JobQueue } from './schedule/job-queue.ts';
import { postImport } from './schedule/post-import.ts';
import { postSync } from './schedule/post-sync.ts';
import type { Session } from './session/session.ts';
import type { CookiePolicy } from './session/session-cookie.ts';
import {
  getClinics,
  getDevUsers,
  getSession,
  postContinue,
  postDevLogin,
  postLogout,
} from './session/session-handlers.ts';
import type { RedisSessionService } from './session/session-service.ts';
import type { StreamHub } from './stream/stream-hub.ts';

export type AppParts = {
  boards: BoardAccess;
  sight: BoardSight;
  principalOf: (session: Session) => Principal;
  hub: StreamHub;
  audit: ReadAuditor;
  presence: PresenceFeed;
  sessions: RedisSessionService;
  cookies: CookiePolicy;
  queue: JobQueue;
  health: DependencyHealth;
  metrics: ServerMetrics;
  log: Log;
  developmentUsers: readonly User[] | null;
  publicOrigin: string | null;
  webRoot: string;
  isDraining: () => boolean;
};

/** Which code answers which route. A row that is missing here does not compile, and would not start. */
function handlersOf(parts: AppParts): Handlers {
  const { boards, hub, audit, health, log } = parts;
  const reading = { boards, audit, sight: parts.sight, degraded: () => health.degraded };
  return {
    postCommands: postCommands(boards),
    getBoard: getBoard(reading),
    getStream: getStream({ boards, audit, hub, sight: parts.sight }),
    getHistory: getHistory(reading),
    getVisitHistory: getVisitHistory(reading),
    getMetricsSummary: getMetricsSummary(reading),
    postImport: postImport(boards, log),
    postSync: postSync(boards, parts.queue),
    postPresence: postPresence(boards, hub, parts.presence),
    getSession: getSession(parts),
    postContinue: postContinue(parts),
    getClinics: getClinics(parts),
    getDevUsers: getDevUsers(parts),
    postDevLogin: postDevLogin(parts),
    postLogout: postLogout(parts),
    getHealth,
    getReady: getReady(health, parts.isDraining),
    getMetrics: getMetrics(parts.metrics),
    getOpenApi,
    getAsyncApi,
    getDocs,
  };
}

/** The Express application: the routes of the contract, then the web app, then a problem for everything else. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  mountRoutes(app, handlersOf(parts), {
    principalOf: parts.principalOf,
    sessions: parts.sessions,
    log: parts.log,
    publicOrigin: parts.publicOrigin,
    isDraining: parts.isDraining,
    onDone: (route, status, ms) => parts.metrics.requestDone(route, status, ms),
  });
  serveWeb(app, parts.webRoot);
  refuseTheRest(app);
  return app;
}
