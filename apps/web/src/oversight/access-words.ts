import type { AccessInForceRow, AccessReview, AccessReviewOutcome } from '@workflow-bolt/contracts';
import { day, moment } from '../format/moment.ts';
import { roleLabel } from '../session/role-label.ts';
import { type Names, nameOf } from './alert-words.ts';

type Clinic = { id: string; name: string };

export const accessOutcomeLabel: Record<AccessReviewOutcome, string> = {
  confirmed: 'Confirmed as it was',
  corrected: 'Corrected',
};

function lastUseText({ kind, lastSignInAt }: AccessInForceRow): string {
  if (kind === 'service') return 'a program; it does not sign in';
  return lastSignInAt === null ? 'no sign-in in 90 days' : `last sign-in ${day(lastSignInAt)}`;
}

/** Roles, clinics and last use of one access. */
export function accessDetail(row: AccessInForceRow, clinics: readonly Clinic[]): string {
  const clinicName = (id: string) => clinics.find((clinic) => clinic.id === id)?.name ?? id;
  return [
    row.roles.map((role) => roleLabel[role]).join(', '),
    row.clinics.length === 0 ? 'whole installation' : row.clinics.map(clinicName).join(', '),
    lastUseText(row),
    `changed ${day(row.changedAt)}`,
  ].join(' · ');
}

/** What somebody looked at when they kept it: any change makes it another one. */
export const accessKey = ({ uid, roles, clinics }: AccessInForceRow): string =>
  JSON.stringify([uid, roles.toSorted(), clinics.toSorted()]);

/** One review that is over. */
export function reviewedText({ reviewedBy, reviewedAt, accounts }: AccessReview, names: Names): string {
  const by = reviewedBy === null ? '' : ` by ${nameOf(reviewedBy, names)}`;
  const when = reviewedAt === null ? '' : `${moment(reviewedAt)}`;
  return `${when}${by}${accounts === null ? '' : ` · ${accounts} accounts in force`}`;
}
