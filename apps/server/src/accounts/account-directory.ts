import { isInUse } from '@workflow-bolt/domain';
import type { AccountStore } from '@workflow-bolt/store';
import type { UserDirectory } from '../session/user-directory.ts';

/** Accounts as sessions see them: with the roles and clinics of this moment, and nobody who was deactivated. */
export function accountDirectory(accounts: Pick<AccountStore, 'find'>): UserDirectory {
  return {
    find: async (uid) => {
      const account = await accounts.find(uid);
      const [role] = account?.roles ?? [];
      if (!isInUse(account) || role === undefined) return null;
      const { name, clinics, roles, exportAllowedAt } = account;
      return { user: { id: uid, name, role, clinics }, roles, exportAllowedAt };
    },
  };
}
