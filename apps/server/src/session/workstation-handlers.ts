/** Enrolment of workstations by a manager who stands in front of them. */
import { enrolWorkstationRequestSchema } from '@workflow-bolt/contracts';
import { challengeMs, type WorkstationRecord } from '@workflow-bolt/store';
import { type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { agentOfSession, type RecordEvent, sessionEvent } from './session-audit.ts';
import { workstationCookieHeader } from './session-cookie.ts';
import type { RedisSessionService } from './session-service.ts';
import { namedWorkstation, type ProofParts } from './workstation-proof.ts';

export type WorkstationParts = ProofParts & {
  sessions: RedisSessionService;
  record: RecordEvent;
  now: () => number;
};

export const presentWorkstation = ({ id, clinic, name, enrolledBy, enrolledAt }: WorkstationRecord) => ({
  ...{ id, clinic, name, enrolledBy, enrolledAt },
});

export function getWorkstations({ workstations }: WorkstationParts): Handler {
  return async (call) => {
    const known = await workstations.list(call.params.clinic ?? '');
    return ok({ workstations: known.map(presentWorkstation) });
  };
}

export function postWorkstation(parts: WorkstationParts): Handler {
  return async (call) => {
    const { name, publicKey } = parseInput(enrolWorkstationRequestSchema, call.body, 'body');
    const clinic = call.params.clinic ?? '';
    const enrolledBy = mustSession(call).user.id;
    const made = await parts.workstations.enrol({
      ...{ clinic, name, publicKey, enrolledBy, enrolledAt: parts.now() },
    });
    await parts.record(workstationEvent(call, { act: 'C', clinic, id: made.id }));
    const cookie = workstationCookieHeader(call.req, parts.cookies, made.id);
    return { status: 200, json: presentWorkstation(made), cookies: [cookie] };
  };
}

/** Whatever waits there ends with it. */
export function postWorkstationRemove(parts: WorkstationParts): Handler {
  return async (call) => {
    const { clinic = '', workstationId = '' } = call.params;
    const parked = await parts.workstations.remove(clinic, workstationId);
    if (!parked) throw new ProblemError('workstation_not_found');
    for (const [uid, sessionId] of parked) await parts.sessions.revoke(uid, sessionId);
    await parts.record(workstationEvent(call, { act: 'D', clinic, id: workstationId }));
    return { status: 204 };
  };
}

export function postWorkstationChallenge(parts: WorkstationParts): Handler {
  return async (call) => {
    const known = await namedWorkstation(parts, call.req);
    if (!known) throw new ProblemError('workstation_not_found');
    const challenge = await parts.workstations.challenge(known.id);
    return ok({ challenge, workstation: known.id, expiresAt: parts.now() + challengeMs });
  };
}

const workstationEvent = (call: Call, { act, clinic, id }: { act: 'C' | 'D'; clinic: string; id: string }) =>
  sessionEvent(call, agentOfSession(mustSession(call)), {
    ...{ sub: 'enrol', act, out: 0, cid: clinic, ent: [{ t: 'Workstation', id }] },
  });
