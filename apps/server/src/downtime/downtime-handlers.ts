/** What a clinic did with its downtime rosters, told once the system is back. */
import {
  type ClinicSettings,
  type RosterOpening,
  rosterName,
  rosterOpeningSchema,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import { agentOf } from '../access/access-denied.ts';
import { type Call, type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';

export type DowntimeParts = {
  clinics: readonly ClinicSettings[];
  /** Keeps an event before the answer leaves; throws when it cannot be kept. */
  record: (event: SecurityEvent) => Promise<void>;
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

function postRosterOpening({ clinics, record }: DowntimeParts): Handler {
  return async (call) => {
    const clinic = clinics.find(({ id }) => id === call.params.clinic);
    if (!clinic) throw new ProblemError('board_not_found');
    const opening = parseInput(rosterOpeningSchema, call.body, 'body');
    await record(openedEvent(call, clinic.id, opening));
    return ok(opening);
  };
}

/** The handlers of the downtime, by their routes. */
export const downtimeHandlers = (parts: DowntimeParts) => ({ postRosterOpening: postRosterOpening(parts) });
