import type { Alert, AlertReviewOutcome, DetectionResponse } from '@workflow-bolt/contracts';
import { detectionRules } from '@workflow-bolt/domain';
import { moment } from '../format/moment.ts';

/** Names of accounts by id; who is not in it is shown by the id. */
export type Names = ReadonlyMap<string, string>;

const abouts = new Map(detectionRules.map(({ id, about }) => [id, about]));
/** What was noticed, as a sentence without its full stop. */
export const alertText = ({ rule }: Pick<Alert, 'rule'>): string => abouts.get(rule) ?? rule;

export const severityLabel: Record<Alert['severity'], string> = {
  critical: 'Critical',
  high: 'High',
  notice: 'Notice',
};
export const severityTone = { critical: 'red', high: 'amber', notice: 'plain' } as const;

export const outcomeLabel: Record<AlertReviewOutcome, string> = {
  benign: 'Nothing wrong',
  training: 'Training needed',
  misuse: 'Misuse',
  incident: 'Security incident',
};

const responseText: Record<DetectionResponse, string> = {
  'revoke-session': 'that session was ended',
  'revoke-account': 'every session of the account was ended',
  'block-account': 'the account is kept out for a day',
  'block-network': 'the network address is kept out for a day',
  'freeze-deletions': 'nothing is deleted any more',
};

export const nameOf = (uid: string, names: Names): string => names.get(uid) ?? `account ${uid}`;

/** The account and the network it is about; null where neither is known. */
export function whoText({ uid, network }: Pick<Alert, 'uid' | 'network'>, names: Names): string | null {
  const parts = [
    uid === null ? null : nameOf(uid, names),
    network === null ? null : `from ${network}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' ');
}

/** Everything known of an alert besides its sentence. */
export function alertDetail(alert: Alert, where: string, names: Names): string {
  const { at, count, responses, reviewDueAt, review } = alert;
  const who = whoText(alert, names);
  const settled = review && `Settled by ${nameOf(review.by, names)}, ${moment(review.at)}`;
  return [
    moment(at),
    where,
    ...(who === null ? [] : [who]),
    ...(count > 1 ? [`counted ${count}`] : []),
    ...responses.map((response) => responseText[response]),
    settled ?? `to be looked at by ${moment(reviewDueAt)}`,
    `rule ${alert.rule}`,
  ].join(' · ');
}

const ranks: Record<Alert['severity'], number> = { critical: 0, high: 1, notice: 2 };

/** Open ones first, the gravest of them on top; what is due sooner comes before what is due later. */
export function byUrgency(a: Alert, b: Alert): number {
  const isSettled = Number(a.review !== null) - Number(b.review !== null);
  if (isSettled !== 0) return isSettled;
  if (a.review && b.review) return b.review.at - a.review.at;
  return ranks[a.severity] - ranks[b.severity] || a.reviewDueAt - b.reviewDueAt;
}
