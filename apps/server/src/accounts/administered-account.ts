/** Which accounts a manager or an admin sees, and which of them may be changed: never one's own, never above one's level. */
import type { Account } from '@workflow-bolt/contracts';
import { administrationProblem, type Standing } from '@workflow-bolt/domain';
import { type Call, mustSession } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { AccountParts } from './account-parts.ts';

type Parts = Pick<AccountParts, 'accounts'>;

export const administratorOf = (call: Call) => {
  const { user, roles } = mustSession(call);
  return { uid: user.id, roles, clinics: user.clinics };
};

/** The account of the address, if it is one of those that may be seen. Throws `account_not_found` for all others. */
export async function mustSee(parts: Parts, call: Call): Promise<Account> {
  const account = await parts.accounts.find(call.params.uid ?? '');
  if (!account || !isVisible(call, account)) throw new ProblemError('account_not_found');
  return account;
}

/** As `mustSee`, and it may be changed. Throws `administration_refused`. */
export async function mustAdminister(parts: Parts, call: Call): Promise<Account> {
  const account = await mustSee(parts, call);
  assertMay(call, account);
  return account;
}

export function isVisible(call: Call, { clinics }: Account): boolean {
  const administrator = administratorOf(call);
  return (
    administrator.roles.includes('admin') || clinics.some((clinic) => administrator.clinics.includes(clinic))
  );
}

export function assertMay(call: Call, standing: Standing): void {
  const rule = administrationProblem(administratorOf(call), standing);
  if (rule !== null) throw new ProblemError('administration_refused', { rule });
}
