/** What was noticed, and what people made of it. */
import { alertReviewRequestSchema, type SecurityEvent } from '@workflow-bolt/contracts';
import type { AlertStore, BlockList } from '@workflow-bolt/store';
import { agentOf, demand } from '../access/access-denied.ts';
import { type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';

export type AlertParts = {
  alerts: AlertStore;
  blocks: BlockList;
  record: (event: SecurityEvent) => Promise<void>;
  /** Epoch ms. */
  now: () => number;
};

/** Those of one's clinics and of the installation; nobody sees the ones about themselves. */
function getAlerts({ alerts, now }: AlertParts): Handler {
  return async (call) => {
    const { uid, clinics } = mustPrincipal(call);
    const { state } = call.query;
    const books = await Promise.all([null, ...clinics].map((clinic) => alerts.list(clinic)));
    const own = books.flat().filter((alert) => alert.uid !== uid);
    const wanted = own.filter(({ review }) => state === 'all' || (review === null) === (state === 'open'));
    return ok({ now: now(), alerts: wanted.sort((a, b) => b.at - a.at) });
  };
}

/** On the record first. What was found benign no longer keeps anybody out. */
function postAlertReview(parts: AlertParts): Handler {
  return async (call) => {
    const { alerts, blocks, record, now } = parts;
    const { clinic, outcome } = parseInput(alertReviewRequestSchema, call.body, 'body');
    const principal = mustPrincipal(call);
    // Before it is looked up: whether there is such an alert elsewhere is not to be known.
    demand(principal, 'alert.review', { clinic }, now());
    const alert = await alerts.get(clinic, call.params.alertId ?? '');
    demand(principal, 'alert.review', { clinic, ownerUid: alert.uid }, now());
    await record({
      ...{ cid: clinic, type: 'admin', sub: 'review', act: 'U', out: 0, why: outcome },
      agent: agentOf(principal),
      ent: [{ t: 'Alert', id: alert.id }],
      rid: call.requestId,
    });
    const review = { by: principal.uid, at: now(), outcome };
    if (!(await alerts.review(clinic, alert.id, review))) throw new ProblemError('already_reviewed');
    if (outcome === 'benign') {
      if (alert.uid !== null) await blocks.lift({ account: alert.uid });
      if (alert.network !== null) await blocks.lift({ network: alert.network });
    }
    await alerts.forgetOld(clinic, now());
    return ok({ ...alert, review });
  };
}

/** The handlers of alerts, by their routes. */
export const alertHandlers = (parts: AlertParts) => ({
  getAlerts: getAlerts(parts),
  postAlertReview: postAlertReview(parts),
});
