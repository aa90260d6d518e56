import type { sessionRoutes } from '@workflow-bolt/contracts';
import { postCspReport } from '../http/csp-reports.ts';
import type { Handler } from '../http/handler.ts';
import type { Log } from '../http/log.ts';
import { type ApiTokenParts, getApiTokens, postApiToken, postApiTokenRevoke } from './api-token-handlers.ts';
import {
  type DeviceParts,
  getSessions,
  postSessionRevoke,
  postSessionsRevokeOthers,
} from './device-handlers.ts';
import { type LockParts, postLock, postPin, postUnlock, postWorkstationParked } from './lock-handlers.ts';
import { postContinue } from './session-handlers.ts';
import {
  getWorkstations,
  postWorkstation,
  postWorkstationChallenge,
  postWorkstationRemove,
} from './workstation-handlers.ts';

export type SessionRouteParts = LockParts & DeviceParts & ApiTokenParts & { log: Log };

/** Devices, API tokens, lock screen and workstations. */
export function sessionHandlers(parts: SessionRouteParts): Record<keyof typeof sessionRoutes, Handler> {
  return {
    postContinue: postContinue(parts),
    postLock: postLock(parts),
    postPin: postPin(parts),
    getSessions: getSessions(parts),
    postSessionRevoke: postSessionRevoke(parts),
    postSessionsRevokeOthers: postSessionsRevokeOthers(parts),
    getApiTokens: getApiTokens(parts),
    postApiToken: postApiToken(parts),
    postApiTokenRevoke: postApiTokenRevoke(parts),
    getWorkstations: getWorkstations(parts),
    postWorkstation: postWorkstation(parts),
    postWorkstationRemove: postWorkstationRemove(parts),
    postWorkstationChallenge: postWorkstationChallenge(parts),
    postWorkstationParked: postWorkstationParked(parts),
    postUnlock: postUnlock(parts),
    postCspReport: postCspReport(parts.log),
  };
}
