/** The lock screen of a shared workstation: park, list, and take up again with a PIN. See docs/spec/sessions.md. */
import {
  type AuditAgent,
  choosePinRequestSchema,
  lockRequestSchema,
  type SecurityEvent,
  unlockRequestSchema,
  workstationProofSchema,
} from '@workflow-bolt/contracts';
import { isSimplePin } from '@workflow-bolt/domain';
import {
  endOf,
  type PinStore,
  pinFailuresMax,
  pinFailuresPerDayMax,
  type SessionStore,
  type StoredSession,
  type WorkstationRecord,
} from '@workflow-bolt/store';
import type { PasswordHasher } from '../accounts/password-hasher.ts';
import { intendedChange } from '../audit/intended-change.ts';
import { type Answer, type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { forgetSite } from './clear-site-data.ts';
import type { OpenedSession } from './session.ts';
import { agentOfSession, sessionEvent } from './session-audit.ts';
import { presentSession, type SessionParts } from './session-handlers.ts';
import { presentWorkstation, type WorkstationParts } from './workstation-handlers.ts';
import { mustProve } from './workstation-proof.ts';

export type LockParts = WorkstationParts &
  SessionParts & {
    store: SessionStore;
    pins: PinStore;
    hasher: Pick<PasswordHasher, 'hash' | 'verify'>;
  };

export function postPin({ pins, hasher, record }: LockParts): Handler {
  return async (call) => {
    const { pin } = parseInput(choosePinRequestSchema, call.body, 'body');
    if (isSimplePin(pin)) throw new ProblemError('pin_too_simple');
    const session = mustSession(call);
    const verifier = await hasher.hash(pin);
    const ent = [{ t: 'Account', id: session.user.id, fields: ['pin'] }];
    const event = sessionEvent(call, agentOfSession(session), {
      sub: 'mfa',
      act: 'U',
      out: 0,
      why: 'pin',
      ent,
    });
    await intendedChange(record, event, { work: () => pins.set(session.user.id, verifier) });
    return { status: 204 };
  };
}

/** Parks the session where it can be parked, and ends it everywhere else: a locked screen never leaves it usable. */
export function postLock(parts: LockParts): Handler {
  return async (call): Promise<Answer> => {
    const { proof } = parseInput(lockRequestSchema, call.body, 'body');
    const session = mustSession(call);
    const workstation = proof && (await mustProve(parts, call.req, { ...proof, purpose: 'lock' }));
    const event = lockEvent(agentOfSession(session), call);
    const parked = await intendedChange(parts.record, event, {
      work: async () => {
        const waiting = workstation && (await park(parts, call, workstation));
        if (!waiting) await parts.sessions.revoke(session.user.id, session.id);
        return waiting;
      },
      done: (waiting) => ({ why: waiting ? 'parked' : 'ended' }),
    });
    const cookies = [parts.sessions.clearingCookie(call.req)];
    return {
      status: 200,
      headers: forgetSite(call.req, parts.cookies),
      json: { isParked: parked !== null, until: parked && endOf(parked.record) },
      cookies,
    };
  };
}

const lockEvent = (agent: AuditAgent, call: Call): SecurityEvent =>
  sessionEvent(call, agent, { sub: 'lock', act: 'E', out: 0, why: 'lock' });

/** Only a session of two factors that began on this very workstation waits here. Throws `pin_required`. */
async function park(parts: LockParts, call: Call, { id }: WorkstationRecord): Promise<StoredSession | null> {
  const session = mustSession(call);
  if (session.workstation !== id || session.aal === '1') return null;
  if (!(await parts.pins.has(session.user.id))) throw new ProblemError('pin_required');
  const parked = await parts.store.park(parts.sessions.storedOf(session));
  if (!parked) return null;
  await parts.workstations.park(id, session.user.id, session.id);
  parts.sessions.announce({ uid: session.user.id, id: session.id });
  return parked;
}

export function postWorkstationParked(parts: LockParts): Handler {
  return async (call) => {
    const proof = parseInput(workstationProofSchema, call.body, 'body');
    const workstation = await mustProve(parts, call.req, { ...proof, purpose: 'list' });
    const waiting = await parts.workstations.parked(workstation.id);
    const people = [];
    for (const uid of waiting.keys()) {
      const stored = await parkedSession(parts, workstation, uid);
      const name = stored && (await parts.sessions.nameOf(stored));
      if (stored && name !== null) people.push({ userId: uid, name, until: endOf(stored.record) });
    }
    return ok({ workstation: presentWorkstation(workstation), people });
  };
}

export function postUnlock(parts: LockParts): Handler {
  return async (call): Promise<Answer> => {
    const { userId, pin, ...proof } = parseInput(unlockRequestSchema, call.body, 'body');
    const workstation = await mustProve(parts, call.req, { ...proof, purpose: 'unlock', userId });
    const stored = await parkedSession(parts, workstation, userId);
    if (!(await isRightPin(parts, { workstation, stored, userId, pin }))) {
      const event = unlockEvent(call, workstation, { uid: userId, kind: 'human', role: null });
      await parts.record({ ...event, out: 4, why: 'unlock_failed' });
      throw new ProblemError('unlock_failed');
    }
    if (!stored) throw new ProblemError('unlock_failed');
    const { session, cookie } = await intendedChange(
      parts.record,
      unlockEvent(call, workstation, agentOfParked(stored)),
      {
        work: () => takeUp(parts, call, { stored, workstation }),
        done: (opened) => unlockEvent(call, workstation, agentOfSession(opened.session)),
      },
    );
    return { status: 200, json: presentSession(parts, session), cookies: [cookie] };
  };
}

async function takeUp(
  parts: LockParts,
  call: Call,
  { stored, workstation }: { stored: StoredSession; workstation: WorkstationRecord },
): Promise<OpenedSession> {
  const taken = await parts.store.unpark(stored);
  if (!taken) throw new ProblemError('unlock_failed');
  await parts.workstations.unpark(workstation.id, stored.record.uid);
  await parts.sessions.endShown(call.req);
  return parts.sessions.handOut(call.req, taken.session, taken.token);
}

type Attempt = { workstation: WorkstationRecord; stored: StoredSession | null; userId: string; pin: string };

/** Counts first, looks then. The last wrong one that is allowed ends the parked session. */
async function isRightPin(parts: LockParts, attempt: Attempt): Promise<boolean> {
  const { workstation, stored, userId, pin } = attempt;
  const { isAllowed, here, day } = await parts.pins.spend(userId, workstation.id);
  // Whether nobody waits here or the PIN is wrong looks and costs the same.
  const verifier = isAllowed && stored ? await parts.pins.verifierOf(userId) : null;
  const isRight = await parts.hasher.verify(verifier, pin, 'known');
  if (isRight) await parts.pins.refund(userId, workstation.id);
  else if (!isAllowed || here >= pinFailuresMax || day >= pinFailuresPerDayMax) await end(parts, attempt);
  return isRight;
}

async function end(parts: LockParts, { workstation, stored, userId }: Attempt): Promise<void> {
  await parts.workstations.unpark(workstation.id, userId);
  if (stored) await parts.sessions.revoke(userId, stored.id);
}

/** The living session of a person that was parked at this workstation. */
async function parkedSession(
  { workstations, store }: LockParts,
  { id }: WorkstationRecord,
  userId: string,
): Promise<StoredSession | null> {
  const sessionId = (await workstations.parked(id)).get(userId);
  const stored = sessionId === undefined ? null : await store.findById(sessionId);
  const isHere = stored?.record.state === 'parked' && stored.record.workstation === id;
  return stored && isHere && stored.record.uid === userId ? stored : null;
}

/** Whose session waits, with the proof it had when it was locked; what it is worth afterwards is in the second entry. */
const agentOfParked = ({ id, record }: StoredSession): AuditAgent => ({
  ...{ uid: record.uid, kind: 'human', role: null, sid: id.slice(0, 16), aal: record.aal },
  amr: record.amr.slice(0, 8),
});

const unlockEvent = (call: Call, { id, clinic }: WorkstationRecord, agent: AuditAgent): SecurityEvent => ({
  ...sessionEvent(call, { ...agent, ws: id }, { sub: 'switch', act: 'E', out: 0, why: 'unlock' }),
  cid: clinic,
});
