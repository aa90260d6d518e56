/** Puts the parts of accounts together, for `server.ts`. */
import type { ClinicSettings, ServerConfig } from '@workflow-bolt/contracts';
import {
  AccountChanges,
  type ApiTokenStore,
  CredentialStore,
  EnrolmentCodes,
  IdentityStore,
  type KeyProvider,
  KnownDevices,
  openSecret,
  PasskeyStore,
  type PinStore,
  type RedisAccountStore,
  type RedisPort,
  type Sealer,
  type SecurityAudit,
  SignInThrottle,
  SignInTransactions,
  sealSecret,
  type ThrottleLimits,
} from '@workflow-bolt/store';
import type { SessionService } from '../session/session.ts';
import type { CookiePolicy } from '../session/session-cookie.ts';
import type { AccountParts } from './account-parts.ts';
import { announceFirstAccount } from './announce-first-account.ts';
import { clientNetwork } from './client-network.ts';
import type { SignInParts } from './complete-sign-in.ts';
import type { HashEngine } from './hash-engine.ts';
import { PasswordHasher } from './password-hasher.ts';
import { PasswordPolicy } from './password-policy.ts';
import { SignInAudit } from './sign-in-audit.ts';

export type AccountsAssembly = {
  port: RedisPort;
  config: ServerConfig;
  clinics: readonly ClinicSettings[];
  store: RedisAccountStore;
  sessions: SessionService;
  tokens: ApiTokenStore;
  /** PINs of workstations, sealed as the other credentials are. */
  pins: (sealer: Sealer) => PinStore;
  cookies: CookiePolicy;
  audit: Pick<SecurityAudit, 'append'>;
  /** Known once the process has started. */
  keys: () => KeyProvider;
  workstationOf: AccountParts['workstationOf'];
  limits?: ThrottleLimits;
  /** Where password hashes are computed; on the threads of this process without one. */
  hashEngine?: HashEngine;
  now: () => number;
  /** Where the code of the first account is shown; standard error without one. */
  print?: (text: string) => void;
  /** False where the development login lets people in. */
  isFirstAccountAnnounced: boolean;
};

/** Seals under the credentials key of whatever provider the process has by then. */
const sealerOf = (keys: () => KeyProvider): Sealer => ({
  seal: (text, aad) => sealSecret(keys(), 'credentials', text, aad),
  open: (sealed, aad) => openSecret(keys(), 'credentials', sealed, aad),
});

/** Everything about accounts in one process. */
export class Accounts {
  readonly parts: SignInParts;
  readonly #assembly: AccountsAssembly;

  constructor(assembly: AccountsAssembly) {
    this.#assembly = assembly;
    const { port, config, clinics, now } = assembly;
    const sealer = sealerOf(assembly.keys);
    const passkeys = new PasskeyStore(port, sealer);
    const pins = assembly.pins(sealer);
    const networkOf: AccountParts['networkOf'] = (req) => clientNetwork(req, config.trustedProxies);
    this.parts = {
      accounts: assembly.store,
      credentials: new CredentialStore(port, sealer),
      transactions: new SignInTransactions(port),
      codes: new EnrolmentCodes(port, now),
      devices: new KnownDevices(port, now),
      throttle: new SignInThrottle(port, assembly.limits),
      hasher: new PasswordHasher({
        cost: { memoryKib: config.passwordMemoryKib, passes: config.passwordPasses },
        running: config.passwordHashesRunning,
        waiting: config.passwordHashesWaiting,
        ...(assembly.hashEngine ? { engine: assembly.hashEngine } : {}),
      }),
      policy: new PasswordPolicy(clinics.flatMap(({ id, name }) => [id, name])),
      clinics: clinics.map(({ id, name }) => ({ id, name })),
      countPasskeys: (uid) => passkeys.count(uid),
      countUsablePasskeys: async (uid) =>
        (await passkeys.list(uid)).filter(({ suspendedAt }) => suspendedAt === null).length,
      eraseOtherFactors: async (uid) => {
        await passkeys.removeAll(uid);
        await new IdentityStore(port, sealer).unlinkAll(uid);
        await pins.remove(uid);
      },
      signInAudit: new SignInAudit(assembly.audit, ({ req }) => networkOf(req)),
      ...{
        sealer,
        networkOf,
        now,
        sessions: assembly.sessions,
        tokens: assembly.tokens,
        changes: new AccountChanges(port, sealer),
        audit: assembly.audit,
        cookies: assembly.cookies,
      },
      workstationOf: assembly.workstationOf,
    };
  }

  /** Listens for changes, and where nobody has an account yet says how to make the first one. */
  async start(): Promise<void> {
    const { store, config, isFirstAccountAnnounced, print = console.error } = this.#assembly;
    await store.start();
    await this.parts.credentials.prepareDecoy();
    if (isFirstAccountAnnounced)
      await announceFirstAccount(this.parts, { origin: config.publicOrigin, print });
  }

  stop(): void {
    this.parts.hasher.stop();
  }
}
