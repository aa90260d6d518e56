import { randomUUID } from 'node:crypto';
import {
  type GlassRecord,
  glassListRequestSchema,
  glassMs,
  glassReviewMs,
  glassReviewRequestSchema,
  openGlassRequestSchema,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import type { EmergencyStore, StoredGlass, StoredRegister } from '@workflow-bolt/store';
import { type BoardAccess, boardKeyOf } from '../boards/board-access.ts';
import { type Call, type Handler, mustPrincipal, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { agentOf, demand } from './access-denied.ts';
import type { EmergencyRegister } from './emergency-register.ts';

export type EmergencyParts = {
  boards: BoardAccess;
  emergencies: EmergencyStore;
  register: EmergencyRegister;
  /** Seals and opens what people typed; `aad` names the one place it belongs to. */
  seal: (text: string, aad: string) => Promise<string>;
  unseal: (sealed: string, aad: string) => Promise<string>;
  /** Kept before the answer leaves; throws Fault when it cannot be. */
  record: (event: SecurityEvent) => Promise<void>;
  /** Somebody opened an emergency access: told to whoever watches this installation. */
  onAlert: (fact: { id: string; clinic: string; uid: string }) => void;
  now: () => number;
};

const reasonAad = (id: string): string => `break-glass|${id}|reason`;
const commentAad = (id: string): string => `break-glass|${id}|comment`;

type Recorded = Pick<SecurityEvent, 'act' | 'sub'> &
  Partial<Pick<SecurityEvent, 'pat' | 'pou' | 'sev' | 'why'>> & { id: string };

/** An entry in the clinic's log; emergency accesses are always of purpose BTG. */
function entry(call: Call, clinic: string, { id, ...event }: Recorded): SecurityEvent {
  return {
    ...{ cid: clinic, type: 'security', out: 0, agent: agentOf(mustPrincipal(call)), rid: call.requestId },
    ent: [{ t: 'BreakGlass', id }],
    ...event,
  };
}

/** On the record first: an access that nobody would hear of cannot be had. */
export function postBreakGlass(parts: EmergencyParts): Handler {
  return async (call) => {
    const { reasonCode, reason } = parseInput(openGlassRequestSchema, call.body, 'body');
    const { clinic, date } = boardKeyOf(call);
    const host = await parts.boards.of(call);
    const visitId = call.params.visitId ?? '';
    const visit = host.state.get(`v:${visitId}`)?.d;
    if (visit?.type !== 'visit') throw new ProblemError('visit_not_found');
    const { user } = mustSession(call);
    const [id, openedAt] = [randomUUID(), parts.now()];
    const open = { id, clinic, date, visitId, openedAt, expiresAt: openedAt + glassMs };
    const sealed = await parts.seal(reason, reasonAad(id));
    const pat = [visit.patientKey ?? `visit:${visitId}`];
    await parts.record(
      entry(call, clinic, { id, act: 'E', sub: 'breakglass', sev: 'high', pou: 'BTG', pat, why: reasonCode }),
    );
    const who = { uid: user.id, name: user.name, reasonCode, reason: sealed };
    await parts.emergencies.open({ ...open, ...who, reviewDueAt: openedAt + glassReviewMs });
    parts.onAlert({ id, clinic, uid: user.id });
    await parts.register.refresh(clinic);
    return ok(open);
  };
}

export function getOwnBreakGlass({ register, now }: EmergencyParts): Handler {
  return (call) => {
    const open = register.openOf(mustPrincipal(call).uid);
    return ok({
      now: now(),
      open: open.map(({ id, clinic, date, visitId, openedAt, expiresAt }) => ({
        ...{ id, clinic, date, visitId, openedAt, expiresAt },
      })),
    });
  };
}

/** Somebody else's is not there: that there is one is not theirs to know. */
export function postBreakGlassEnd(parts: EmergencyParts): Handler {
  return async (call) => {
    const { clinic = '', id = '' } = call.params;
    const glass = await parts.emergencies.find(clinic, id);
    if (glass?.uid !== mustPrincipal(call).uid) throw new ProblemError('break_glass_not_found');
    demand(mustPrincipal(call), 'break-glass.end', { clinic, ownerUid: glass.uid }, parts.now());
    await parts.record(entry(call, clinic, { id, act: 'U', sub: 'breakglass', pou: 'BTG', why: 'ended' }));
    if (!(await parts.emergencies.end(clinic, id, parts.now())))
      throw new ProblemError('break_glass_not_found');
    await parts.register.refresh(clinic);
    return { status: 204 };
  };
}

/** What waits longest for a judgement comes first. Who only watches over the record does not read what was typed. */
export function getBreakGlassRegister(parts: EmergencyParts): Handler {
  return async (call) => {
    const { clinic = '' } = call.params;
    const isReviewer = mustPrincipal(call).roles.includes('manager');
    const [stored, listed] = await Promise.all([
      parts.emergencies.register(clinic),
      parts.emergencies.list(clinic),
    ]);
    await parts.record(entry(call, clinic, { id: '*', act: 'R', sub: 'review' }));
    const texts = isReviewer ? parts.unseal : async () => null;
    const records = await Promise.all(
      stored.records.map((glass) => present(glass, stored, { texts, now: parts.now() })),
    );
    return ok({ records: records.sort(byUrgency), listed });
  };
}

type Presenting = { texts: (sealed: string, aad: string) => Promise<string | null>; now: number };

async function present(
  glass: StoredGlass,
  stored: StoredRegister,
  { texts, now }: Presenting,
): Promise<GlassRecord> {
  const review = stored.reviews.get(glass.id);
  return {
    ...glass,
    reason: await texts(glass.reason, reasonAad(glass.id)),
    endedAt: stored.endedAt.get(glass.id) ?? null,
    isOverdue: !review && glass.reviewDueAt <= now,
    review: review
      ? {
          ...review,
          outcome: review.outcome as NonNullable<GlassRecord['review']>['outcome'],
          comment: await texts(review.comment, commentAad(glass.id)),
        }
      : null,
  };
}

function byUrgency(a: GlassRecord, b: GlassRecord): number {
  const isJudged = Number(a.review !== null) - Number(b.review !== null);
  return isJudged !== 0 ? isJudged : a.reviewDueAt - b.reviewDueAt;
}

/** By somebody else than who broke the glass, and once. */
export function postBreakGlassReview(parts: EmergencyParts): Handler {
  return async (call) => {
    const { outcome, comment } = parseInput(glassReviewRequestSchema, call.body, 'body');
    const { clinic = '', id = '' } = call.params;
    const glass = await parts.emergencies.find(clinic, id);
    if (!glass) throw new ProblemError('break_glass_not_found');
    const { uid: by } = mustPrincipal(call);
    demand(mustPrincipal(call), 'break-glass.review', { clinic, ownerUid: glass.uid }, parts.now());
    const sealed = await parts.seal(comment, commentAad(id));
    await parts.record(entry(call, clinic, { id, act: 'U', sub: 'review', why: outcome }));
    const review = { outcome, comment: sealed, by, at: parts.now() };
    if (!(await parts.emergencies.review(clinic, id, review))) throw new ProblemError('already_reviewed');
    return { status: 204 };
  };
}

/** Nobody names themselves. */
export function postBreakGlassPerson(parts: EmergencyParts): Handler {
  return async (call) => {
    const { uid, isListed } = parseInput(glassListRequestSchema, call.body, 'body');
    const { clinic = '' } = call.params;
    demand(mustPrincipal(call), 'break-glass.list', { clinic, ownerUid: uid }, parts.now());
    const why = isListed ? 'break-glass-listed' : 'break-glass-unlisted';
    const event = entry(call, clinic, { id: '*', act: 'U', sub: 'privilege', why });
    await parts.record({ ...event, ent: [{ t: 'Account', id: uid }] });
    await parts.emergencies.setListed(
      clinic,
      { uid, by: mustPrincipal(call).uid, at: parts.now() },
      isListed,
    );
    await parts.register.refresh(clinic);
    return { status: 204 };
  };
}
