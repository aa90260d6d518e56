/** Enrolment of workstations by a manager who stands in front of them. */
import { enrolWorkstationRequestSchema } from '@workflow-bolt/contracts';
import { challengeMs, type WorkstationRecord } from '@workflow-bolt/store';
import { intendedChange } from '../audit/intended-change.ts';
import { type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { forgetWorkstation } from './clear-site-data.ts';
import { agentOfSession, type RecordEvent, sessionEvent } from './session-audit.ts';
import { workstationCookieHeader, workstationCookieOf } from './session-cookie.ts';
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
    const made = await intendedChange(parts.record, workstationEvent(call, { act: 'C', clinic, id: 'new' }), {
      work: () =>
        parts.workstations.enrol({ ...{ clinic, name, publicKey, enrolledBy, enrolledAt: parts.now() } }),
      done: ({ id }) => workstationEvent(call, { act: 'C', clinic, id }),
    });
    const cookie = workstationCookieHeader(call.req, parts.cookies, made.id);
    return { status: 200, json: presentWorkstation(made), cookies: [cookie] };
  };
}

/** Whatever waits there ends with it. */
export function postWorkstationRemove(parts: WorkstationParts): Handler {
  return async (call) => {
    const { clinic = '', workstationId = '' } = call.params;
    if ((await parts.workstations.find(workstationId))?.clinic !== clinic)
      throw new ProblemError('workstation_not_found');
    await intendedChange(parts.record, workstationEvent(call, { act: 'D', clinic, id: workstationId }), {
      work: async () => {
        const parked = await parts.workstations.remove(clinic, workstationId);
        if (!parked) throw new ProblemError('workstation_not_found');
        for (const [uid, sessionId] of parked) await parts.sessions.revoke(uid, sessionId);
      },
    });
    if (workstationCookieOf(call.req, parts.cookies) !== workstationId) return { status: 204 };
    const cookies = [workstationCookieHeader(call.req, parts.cookies, '')];
    return { status: 204, headers: forgetWorkstation, cookies };
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
    ...{ sub: 'enrol', act, out: 0, why: 'workstation', cid: clinic, ent: [{ t: 'Workstation', id }] },
  });
