import type { User } from '@workflow-bolt/contracts';
import express, { type Express } from 'express';
import type { Access } from './access/access.ts';
import {
  getBreakGlassRegister,
  getOwnBreakGlass,
  postBreakGlass,
  postBreakGlassEnd,
  postBreakGlassPerson,
  postBreakGlassReview,
} from './access/break-glass-handlers.ts';
import { getDisplays, postDisplay, postDisplayHere, postDisplayRemove } from './access/display-handlers.ts';
import { accountHandlers } from './accounts/account-handlers.ts';
import type { SignInParts } from './accounts/complete-sign-in.ts';
import type { AuditDesk } from './audit/audit-desk.ts';
import { auditHandlers } from './audit/audit-handlers.ts';
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
import type { OidcParts } from './oidc/oidc-handlers.ts';
import { proofHandlers } from './oidc/open-proofs.ts';
import type { DependencyHealth } from './operations/dependency-health.ts';
import { getHealth, getMetrics, getReady } from './operations/operation-handlers.ts';
import type { ServerMetrics } from './operations/server-metrics.ts';
import type { JobQueue } from './schedule/job-queue.ts';
import { postImport } from './schedule/post-import.ts';
import { postSync } from './schedule/post-sync.ts';
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
  access: Access;
  accounts: SignInParts;
  proofs: OidcParts;
  hub: StreamHub;
  audit: ReadAuditor;
  auditDesk: AuditDesk;
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
  const { sight, principals, displays, record } = parts.access;
  const now = () => parts.sessions.now();
  const emergency = { ...parts.access.emergencies, boards, record, now };
  const screens = { displays, cookies: parts.cookies, record, now };
  const reading = { boards, audit, sight, degraded: () => health.degraded };
  return {
    postCommands: postCommands({ boards, sight, now }),
    getBoard: getBoard(reading),
    getStream: getStream({ ...reading, hub, principals, now }),
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
    postBreakGlass: postBreakGlass(emergency),
    getOwnBreakGlass: getOwnBreakGlass(emergency),
    postBreakGlassEnd: postBreakGlassEnd(emergency),
    getBreakGlassRegister: getBreakGlassRegister(emergency),
    postBreakGlassReview: postBreakGlassReview(emergency),
    postBreakGlassPerson: postBreakGlassPerson(emergency),
    getDisplays: getDisplays(screens),
    postDisplay: postDisplay(screens),
    postDisplayRemove: postDisplayRemove(screens),
    postDisplayHere: postDisplayHere(screens),
    ...auditHandlers({ desk: parts.auditDesk, record, now }),
    ...accountHandlers(parts.accounts),
    ...proofHandlers(parts.proofs, parts.developmentUsers),
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
    access: parts.access,
    cookies: parts.cookies,
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
