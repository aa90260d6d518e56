/** The quarterly review of access: every account with what it may do, and what a reviewer should look at first. */
import type { Account, Factors, Role } from '@workflow-bolt/contracts';
import { separatedRoles } from '@workflow-bolt/domain';

export type ReviewedAccount = {
  account: Account;
  factors: Factors;
  /** Epoch ms; null when the account never signed in. */
  lastSignInAt: number | null;
  apiTokens: number;
};
export type AccessRow = ReviewedAccount & { remarks: readonly string[] };

/** Without a sign-in for so long an account is probably somebody who left. */
const dormantDaysMax = 90;
const dayMs = 86_400_000;

/** Every account that can still do anything, those with remarks first. `now` is epoch ms. */
export function accessReview(accounts: readonly ReviewedAccount[], now: number): AccessRow[] {
  return accounts
    .filter(({ account, apiTokens }) => account.state === 'active' || apiTokens > 0)
    .map((each) => ({ ...each, remarks: remarksOn(each, now) }))
    .sort((a, b) => b.remarks.length - a.remarks.length || (a.account.name < b.account.name ? -1 : 1));
}

function remarksOn({ account, factors, lastSignInAt, apiTokens }: ReviewedAccount, now: number): string[] {
  const remarks: string[] = [];
  const { kind, roles, state, owner, createdAt } = account;
  if (state !== 'active') remarks.push('deactivated, and still has tokens');
  if (kind === 'service' && owner === null) remarks.push('a service that nobody answers for');
  if (kind === 'human') remarks.push(...humanRemarks(factors, lastSignInAt ?? createdAt, now));
  remarks.push(...roleConflicts(roles));
  if (apiTokens > 0 && kind === 'human') remarks.push(`${apiTokens} tokens for scripts`);
  return remarks;
}

function humanRemarks(factors: Factors, lastSeenAt: number, now: number): string[] {
  const hasSecond = factors.totp !== null || factors.passkeys > 0;
  const days = Math.floor((now - lastSeenAt) / dayMs);
  return [
    ...(hasSecond ? [] : ['no second factor']),
    ...(days > dormantDaysMax ? [`no sign-in for ${days} days`] : []),
  ];
}

/** Roles that must not be held together: who runs the system must not judge it, nor see patients. */
export function roleConflicts(roles: readonly Role[]): string[] {
  return separatedRoles
    .filter(([a, b]) => roles.includes(a) && roles.includes(b))
    .map(([a, b]) => `holds ${a} and ${b} together`);
}
