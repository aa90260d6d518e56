/** Puts passkeys and identity providers together, for `server.ts`. */
import type { IdentityProvider, ServerConfig } from '@workflow-bolt/contracts';
import { IdentityStore, OneUseStore, PasskeyStore, type RedisPort } from '@workflow-bolt/store';
import type { SignInParts } from '../accounts/complete-sign-in.ts';
import { getSignInMethods } from '../accounts/sign-in-methods.ts';
import type { Handlers } from '../http/handler.ts';
import {
  getPasskeys,
  postPasskey,
  postPasskeyOptions,
  postPasskeyRemove,
  postPasskeyStepUp,
  postPasskeyStepUpOptions,
} from '../passkeys/passkey-account-handlers.ts';
import { PasskeyCeremonies } from '../passkeys/passkey-ceremonies.ts';
import {
  postEnrolPasskey,
  postEnrolPasskeyOptions,
  postPasskeySignIn,
  postPasskeySignInOptions,
} from '../passkeys/passkey-sign-in-handlers.ts';
import { relyingPartyOf } from '../passkeys/relying-party.ts';
import {
  getIdentities,
  type OidcParts,
  postIdentityDeparture,
  postIdentityRemove,
  postIdentityReturn,
  postOidcDeparture,
  postOidcReturn,
} from './oidc-handlers.ts';
import { OidcJourneys } from './oidc-journeys.ts';

export type ProofsAssembly = {
  port: RedisPort;
  config: Pick<ServerConfig, 'mode' | 'publicOrigin'>;
  accounts: SignInParts;
  providers: readonly IdentityProvider[];
};

/** Both need a public origin: a passkey is bound to it, and a provider sends the browser back to it. */
export function openProofs({ port, config, accounts, providers }: ProofsAssembly): OidcParts {
  const { now, sealer } = accounts;
  const passkeys = new PasskeyStore(port, sealer);
  const once = new OneUseStore(port);
  const party = relyingPartyOf(config.publicOrigin);
  const isLoopbackAllowed = config.mode === 'development';
  const origin = config.publicOrigin === null ? null : new URL(config.publicOrigin).origin;
  return {
    ...accounts,
    passkeys,
    ceremonies: party && new PasskeyCeremonies({ party, passkeys, challenges: once, now }),
    identities: new IdentityStore(port, sealer),
    journeys:
      origin === null || providers.length === 0
        ? null
        : new OidcJourneys({ providers, journeys: once, origin, isLoopbackAllowed, now }),
  };
}

/** Which code answers which route of `passkeyRoutes` and `federationRoutes`. */
export function proofHandlers(parts: OidcParts, developmentUsers: readonly unknown[] | null) {
  return {
    postPasskeySignInOptions: postPasskeySignInOptions(parts),
    postPasskeySignIn: postPasskeySignIn(parts),
    postEnrolPasskeyOptions: postEnrolPasskeyOptions(parts),
    postEnrolPasskey: postEnrolPasskey(parts),
    getPasskeys: getPasskeys(parts),
    postPasskeyOptions: postPasskeyOptions(parts),
    postPasskey: postPasskey(parts),
    postPasskeyRemove: postPasskeyRemove(parts),
    postPasskeyStepUpOptions: postPasskeyStepUpOptions(parts),
    postPasskeyStepUp: postPasskeyStepUp(parts),
    getSignInMethods: getSignInMethods({ ...parts, developmentUsers }),
    postOidcDeparture: postOidcDeparture(parts),
    postOidcReturn: postOidcReturn(parts),
    getIdentities: getIdentities(parts),
    postIdentityDeparture: postIdentityDeparture(parts),
    postIdentityReturn: postIdentityReturn(parts),
    postIdentityRemove: postIdentityRemove(parts),
  } satisfies Partial<Handlers>;
}
