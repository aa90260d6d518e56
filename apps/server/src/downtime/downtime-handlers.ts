/** What a clinic has while the system is away: half of the key of its browsers, and the word that a roster was opened. */
import {
  type ClinicSettings,
  type RosterOpening,
  rosterName,
  rosterOpeningSchema,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import { agentOf } from '../access/access-denied.ts';
import { type Call, type Handler, mustPrincipal, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { RedisSessionService } from '../session/session-service.ts';

export type DowntimeParts = {
  clinics: readonly ClinicSettings[];
  /** Keeps an event before the answer leaves; throws when it cannot be kept. */
  record: (event: SecurityEvent) => Promise<void>;
  sessions: Pick<RedisSessionService, 'offlineShare'>;
};

function openedEvent(call: Call, clinic: string, { date, madeAt, why }: RosterOpening): SecurityEvent {
  return {
    ...{ cid: clinic, type: 'admin', sub: 'backup', act: 'R', out: 0, why },
    agent: agentOf(mustPrincipal(call)),
    pou: why === 'downtime' ? 'ETREAT' : 'HOPERAT',
    ent: [{ t: 'DowntimeRoster', id: rosterName({ clinic, date, at: madeAt }) }],
    rid: call.requestId,
  };
}

function mustClinic(clinics: readonly ClinicSettings[], call: Call): ClinicSettings {
  const clinic = clinics.find(({ id }) => id === call.params.clinic);
  if (!clinic) throw new ProblemError('board_not_found');
  return clinic;
}

const shareEvent = (call: Call, clinic: string): SecurityEvent => ({
  ...{ cid: clinic, type: 'security', sub: 'key', act: 'R', out: 0 },
  agent: agentOf(mustPrincipal(call)),
  ...{ pou: 'TREAT', ent: [{ t: 'Key', id: 'offline-share' }], rid: call.requestId },
});

/** Half of a key is given out on the record, or not at all. */
function getOfflineShare({ clinics, record, sessions }: DowntimeParts): Handler {
  return async (call) => {
    const { id, offlineBoard } = mustClinic(clinics, call);
    if (offlineBoard === undefined) return ok({ share: null });
    await record(shareEvent(call, id));
    return ok({ share: sessions.offlineShare(mustSession(call), id) });
  };
}

function postRosterOpening({ clinics, record }: DowntimeParts): Handler {
  return async (call) => {
    const clinic = mustClinic(clinics, call);
    const opening = parseInput(rosterOpeningSchema, call.body, 'body');
    await record(openedEvent(call, clinic.id, opening));
    return ok(opening);
  };
}

/** The handlers of the downtime, by their routes. */
export const downtimeHandlers = (parts: DowntimeParts) => ({
  getOfflineShare: getOfflineShare(parts),
  postRosterOpening: postRosterOpening(parts),
});
