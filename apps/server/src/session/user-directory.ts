import type { Role, User } from '@workflow-bolt/contracts';

/** A person as a request sees them now: with the roles and clinics of this moment. */
export type DirectoryUser = {
  user: User;
  roles: readonly Role[];
  /** After a reset nothing is exported before this moment, epoch ms. */
  exportAllowedAt?: number | null;
};

/** Where a session's person comes from. */
export interface UserDirectory {
  /** Null when there is no such person, or no longer: their sessions and tokens then count for nothing. */
  find(uid: string): Promise<DirectoryUser | null>;
}

/** The demo users of the development login. */
export function developmentDirectory(users: readonly User[] | null): UserDirectory {
  const known = new Map(users?.map((user) => [user.id, user]));
  return {
    find: async (uid) => {
      const user = known.get(uid);
      return user ? { user, roles: [user.role] } : null;
    },
  };
}
