/** The review of who may do what in a clinic: what is owed, and the attestation of whoever looked. */
import { hash } from 'node:crypto';
import {
  type AccessInForceRow,
  type Account,
  accessReviewRequestSchema,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import { isInUse } from '@workflow-bolt/domain';
import { type AccessReviews, type AccountStore, auditLogOf } from '@workflow-bolt/store';
import { agentOf } from '../access/access-denied.ts';
import { type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { AuditDesk } from './audit-desk.ts';
import { isDormant, lastSignIns } from './last-sign-ins.ts';
import { lookedUp } from './looked-up.ts';

export type AccessReviewParts = {
  reviews: AccessReviews;
  desk: Pick<AuditDesk, 'reader'>;
  accounts: Pick<AccountStore, 'list'>;
  record: (event: SecurityEvent) => Promise<void>;
  /** Epoch ms. */
  now: () => number;
};

type InForce = { here: Account[]; accounts: number; digest: string };

/** Everybody who can do anything in the clinic, those of the whole installation among them. */
async function inForce({ accounts }: Pick<AccessReviewParts, 'accounts'>, clinic: string): Promise<InForce> {
  const all = (await accounts.list()).filter(isInUse);
  const here = all.filter(({ clinics, roles }) => clinics.includes(clinic) || roles.includes('admin'));
  const lines = here.map(({ uid, kind, roles, clinics }: Account) =>
    JSON.stringify([uid, kind, roles.toSorted(), clinics.toSorted()]),
  );
  const digest = `sha256:${hash('sha256', lines.toSorted().join('\n'), 'hex')}`;
  return { here, accounts: here.length, digest };
}

export function getAccessReviews(parts: AccessReviewParts): Handler {
  return async (call) => {
    const { clinic = '' } = call.params;
    const [reviews, present] = await Promise.all([
      parts.reviews.list(auditLogOf(clinic)),
      inForce(parts, clinic),
    ]);
    const { accounts, digest } = present;
    return ok({ now: parts.now(), reviews, inForce: { accounts, digest } });
  };
}

/** Account by account, of what the digest is made, so that what is attested is what was shown. */
export function getAccessInForce(parts: AccessReviewParts): Handler {
  return async (call) => {
    const { clinic = '' } = call.params;
    const now = parts.now();
    const { here, digest } = await inForce(parts, clinic);
    const signedInAt = await lastSignIns(parts.desk, now);
    const accounts = here
      .map((account) => rowOf(account, signedInAt.get(account.uid) ?? null, now))
      .sort((a, b) => a.name.localeCompare(b.name));
    const route = 'GET /api/v1/clinics/{clinic}/access-reviews/in-force';
    await parts.record(lookedUp(call, { sub: 'search', route, n: accounts.length, query: {} }));
    return ok({ now, digest, accounts });
  };
}

function rowOf(account: Account, lastSignInAt: number | null, now: number): AccessInForceRow {
  const { uid, kind, name, roles, clinics, changedAt } = account;
  const dormant = isDormant(account, lastSignInAt, now);
  return {
    ...{ uid, kind, name, roles: [...roles], clinics: [...clinics], changedAt },
    ...{ lastSignInAt, isDormant: dormant },
  };
}

/** On the record before it counts. What has changed since it was looked at has not been looked at. */
export function postAccessReview(parts: AccessReviewParts): Handler {
  return async (call) => {
    const { clinic = '', number = '' } = call.params;
    const { outcome, digest } = parseInput(accessReviewRequestSchema, call.body, 'body');
    const log = auditLogOf(clinic);
    const review = (await parts.reviews.list(log)).find((each) => each.number === Number(number));
    if (!review || review.reviewedAt !== null) throw new ProblemError('access_review_not_open');
    const present = await inForce(parts, clinic);
    if (present.digest !== digest) throw new ProblemError('access_changed');
    const agent = agentOf(mustPrincipal(call));
    const reviewed = { t: 'AccessReview', id: number, n: present.accounts, fields: [outcome], after: digest };
    await parts.record({
      ...{ cid: clinic, type: 'admin', sub: 'review', act: 'C', out: 0, agent, pou: 'HCOMPL' },
      ...{ rid: call.requestId, ent: [reviewed] },
    });
    const done = { by: agent.uid, at: parts.now(), outcome, accounts: present.accounts };
    if (!(await parts.reviews.attest(log, review.number, done)))
      throw new ProblemError('access_review_not_open');
    return { status: 204 };
  };
}

/** The handlers of the reviews of access, by their routes. */
export const accessReviewHandlers = (parts: AccessReviewParts) => ({
  getAccessReviews: getAccessReviews(parts),
  getAccessInForce: getAccessInForce(parts),
  postAccessReview: postAccessReview(parts),
});
