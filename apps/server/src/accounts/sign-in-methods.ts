import type { SignInMethodsOffered } from '@workflow-bolt/contracts';
import type { AccountStore } from '@workflow-bolt/store';
import { type Handler, ok } from '../http/handler.ts';
import type { OidcJourneys } from '../oidc/oidc-journeys.ts';
import type { PasskeyCeremonies } from '../passkeys/passkey-ceremonies.ts';

export type OfferParts = {
  accounts: Pick<AccountStore, 'count'>;
  ceremonies: PasskeyCeremonies | null;
  journeys: OidcJourneys | null;
  /** Null where the development login cannot be. */
  developmentUsers: readonly unknown[] | null;
};

/** What the sign-in page may offer; says nothing about any account but whether there is one. */
export function getSignInMethods(parts: OfferParts): Handler {
  let hasAccounts = false;
  return async () => {
    // Accounts are never deleted: once there is one, nobody needs to be asked again.
    hasAccounts ||= (await parts.accounts.count()) > 0;
    const offered: SignInMethodsOffered = {
      passkeys: parts.ceremonies !== null,
      providers: parts.journeys?.choices ?? [],
      developmentLogin: parts.developmentUsers !== null,
      needsFirstAccount: !hasAccounts,
    };
    return ok(offered);
  };
}
