import type { User } from '@workflow-bolt/contracts';
import type { DriftStore } from '@workflow-bolt/store';
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
import {
  getDisplayHere,
  getDisplays,
  postDisplay,
  postDisplayHere,
  postDisplayRemove,
} from './access/display-handlers.ts';
import { accountHandlers } from './accounts/account-handlers.ts';
import type { SignInParts } from './accounts/complete-sign-in.ts';
import { accessReviewHandlers } from './audit/access-review-handlers.ts';
import type { AuditDesk } from './audit/audit-desk.ts';
import { auditHandlers } from './audit/audit-handlers.ts';
import { getBreakGlassUse } from './audit/glass-use-handler.ts';
import type { BoardAccess } from './boards/board-access.ts';
import { getDayReport } from './boards/get-day-report.ts';
import { getStream } from './boards/get-stream.ts';
import { postCommands } from './boards/post-commands.ts';
import { postPresence } from './boards/post-presence.ts';
import { postPrint } from './boards/post-print.ts';
import type { PresenceFeed } from './boards/presence-feed.ts';
import { getBoard, getHistory, getMetricsSummary, getVisitHistory } from './boards/read-board.ts';
import { alertHandlers } from './detection/alert-handlers.ts';
import type { Detection } from './detection/detection.ts';
import { watchHoneyRoutes } from './detection/watch-honey-routes.ts';
import { getAsyncApi, getDocs, getOpenApi } from './documents/document-handlers.ts';
import { serveWeb } from './documents/static-web.ts';
import { downtimeHandlers } from './downtime/downtime-handlers.ts';
import { ehrLinkHandlers } from './ehr-link/ehr-link-handlers.ts';
import type { Handlers } from './http/handler.ts';
import type { Log } from './http/log.ts';
import { mountRoutes } from './http/mount-routes.ts';
import { refuseTheRest } from './http/refuse-the-rest.ts';
import type { KeyDesk } from './keys/key-desk.ts';
import { keyHandlers } from './keys/key-handlers.ts';
import type { OidcParts } from './oidc/oidc-handlers.ts';
import { proofHandlers } from './oidc/open-proofs.ts';
import type { DependencyHealth } from './operations/dependency-health.ts';
import {
  getHealth,
  getMetrics,
  getProcesses,
  getReady,
  getSystemState,
} from './operations/operation-handlers.ts';
import type { ServerMetrics } from './operations/server-metrics.ts';
import { queueHandlers } from './queues/queue-handlers.ts';
import type { QueueList } from './queues/queue-list.ts';
import { reconcileHandlers } from './reconcile/reconcile-handlers.ts';
import { type RetentionParts, retentionHandlers } from './retention/retention-handlers.ts';
import type { JobQueue } from './schedule/job-queue.ts';
import { postImport } from './schedule/post-import.ts';
import { postSync } from './schedule/post-sync.ts';
import { type PatientSearchParts, patientSearchHandlers } from './search/patient-search-handlers.ts';
import type { Sessions } from './session/open-sessions.ts';
import type { CookiePolicy } from './session/session-cookie.ts';
import { getClinics, getDevUsers, getSession, postDevLogin, postLogout } from './session/session-handlers.ts';
import { sessionHandlers } from './session/session-route-handlers.ts';
import type { RedisSessionService } from './session/session-service.ts';
import type { StreamHub } from './stream/stream-hub.ts';
import { writeBackHandlers } from './write-back/write-back-handlers.ts';

export type AppParts = {
  boards: BoardAccess;
  access: Access;
  accounts: SignInParts;
  proofs: OidcParts;
  hub: StreamHub;
  auditDesk: AuditDesk;
  detection: Detection;
  retention: Omit<RetentionParts, 'alerts'>;
  keys: KeyDesk;
  presence: PresenceFeed;
  sessions: RedisSessionService;
  cookies: CookiePolicy;
  /** What devices, API tokens and the lock screen keep. */
  lock: Pick<Sessions, 'store' | 'tokens' | 'workstations' | 'pins'>;
  queue: JobQueue;
  queues: QueueList;
  drift: DriftStore;
  search: Pick<PatientSearchParts, 'index' | 'limit' | 'port'>;
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
  const { boards, hub, health, log } = parts;
  const { sight, principals, displays, record } = parts.access;
  const now = () => parts.sessions.now();
  const emergency = { ...parts.access.emergencies, boards, record, now };
  const screens = { boards, displays, cookies: parts.cookies, record, now };
  const reading = { boards, sight, degraded: () => health.degraded };
  return {
    postCommands: postCommands({ boards, sight, now }),
    getBoard: getBoard(reading),
    getStream: getStream({ ...reading, hub, principals, now }),
    getHistory: getHistory(reading),
    getVisitHistory: getVisitHistory({ ...reading, detection: parts.detection }),
    getMetricsSummary: getMetricsSummary(reading),
    getDayReport: getDayReport(reading),
    postImport: postImport(boards, log),
    postSync: postSync(boards, parts.queue),
    postPresence: postPresence(boards, hub, parts.presence),
    getSession: getSession(parts),
    getClinics: getClinics(parts),
    getDevUsers: getDevUsers(parts),
    postDevLogin: postDevLogin(parts),
    postLogout: postLogout({ ...parts, record }),
    postBreakGlass: postBreakGlass(emergency),
    getOwnBreakGlass: getOwnBreakGlass(emergency),
    postBreakGlassEnd: postBreakGlassEnd(emergency),
    getBreakGlassRegister: getBreakGlassRegister(emergency),
    getBreakGlassUse: getBreakGlassUse({ ...emergency, desk: parts.auditDesk }),
    postBreakGlassReview: postBreakGlassReview(emergency),
    postBreakGlassPerson: postBreakGlassPerson(emergency),
    getDisplays: getDisplays(screens),
    postDisplay: postDisplay(screens),
    postDisplayRemove: postDisplayRemove(screens),
    getDisplayHere: getDisplayHere(screens),
    postDisplayHere: postDisplayHere(screens),
    ...ehrLinkHandlers({ port: parts.retention.port, record }),
    ...writeBackHandlers({ ...parts.retention, boards, record, now }),
    ...reconcileHandlers({ boards, sight, queue: parts.queue, reports: parts.drift }),
    ...patientSearchHandlers({ ...parts.search, boards, sight, detection: parts.detection, record, now }),
    ...downtimeHandlers({ clinics: parts.retention.clinics, record, sessions: parts.sessions }),
    ...queueHandlers({ queues: parts.queues, record }),
    ...retentionHandlers({ ...parts.retention, alerts: parts.detection.alerts }),
    ...keyHandlers({ desk: parts.keys, record }),
    ...alertHandlers({ alerts: parts.detection.alerts, blocks: parts.detection.blocks, record, now }),
    postPrint: postPrint({ ...reading, now }),
    ...accessReviewHandlers({
      ...{ reviews: parts.auditDesk.accessReviews, desk: parts.auditDesk },
      ...{ accounts: parts.accounts.accounts, record, now },
    }),
    ...auditHandlers({
      ...{ desk: parts.auditDesk, record, now, accounts: parts.accounts.accounts },
      ...{ seal: emergency.seal, unseal: emergency.unseal },
      identities: {
        boards,
        daysOf: (clinic, patient) => parts.auditDesk.index(clinic).daysOf(patient),
        today: (clinic) => boards.presentDate(clinic),
      },
    }),
    ...sessionHandlers({
      ...parts,
      ...{ record, now, store: parts.lock.store, tokens: parts.lock.tokens },
      ...{ workstations: parts.lock.workstations, pins: parts.lock.pins(parts.accounts.sealer) },
      hasher: parts.accounts.hasher,
    }),
    ...accountHandlers(parts.accounts),
    ...proofHandlers(parts.proofs, parts.developmentUsers),
    getHealth,
    getReady: getReady(health, parts.isDraining),
    getSystemState: getSystemState(health),
    getProcesses: getProcesses(health),
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
    detection: parts.detection,
    log: parts.log,
    publicOrigin: parts.publicOrigin,
    isDraining: parts.isDraining,
    onDone: (route, status, ms) => parts.metrics.requestDone(route, status, ms),
  });
  app.use(watchHoneyRoutes(parts.detection, parts.sessions));
  serveWeb(app, parts.webRoot);
  refuseTheRest(app);
  return app;
}
