import type { IncomingMessage } from 'node:http';
import type {
  AccountChanges,
  AccountStore,
  ApiTokenStore,
  CredentialStore,
  EnrolmentCodes,
  KnownDevices,
  Sealer,
  SecurityAudit,
  SignInThrottle,
  SignInTransactions,
} from '@workflow-bolt/store';
import type { SessionService } from '../session/session.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { PasswordPolicy } from './password-policy.ts';

/** What signing in and the administration of accounts are made of. */
export type AccountParts = {
  accounts: AccountStore;
  credentials: CredentialStore;
  transactions: SignInTransactions;
  codes: EnrolmentCodes;
  devices: KnownDevices;
  throttle: SignInThrottle;
  tokens: ApiTokenStore;
  /** Why others changed an account. */
  changes: AccountChanges;
  sessions: SessionService;
  audit: Pick<SecurityAudit, 'append'>;
  sealer: Sealer;
  hasher: PasswordHasher;
  policy: PasswordPolicy;
  /** Passkeys that the account has; a suspended one too: whoever has one is not new, and may not enrol by password. */
  countPasskeys: (uid: string) => Promise<number>;
  /** Passkeys that can open the account. */
  countUsablePasskeys: (uid: string) => Promise<number>;
  /** Removes passkeys, linked identities and the PIN: after a reset nothing old opens the account. */
  eraseOtherFactors: (uid: string) => Promise<void>;
  /** The enrolled workstation that a request's cookie names; null for any other place. It has proved nothing. */
  workstationOf: (req: IncomingMessage) => Promise<string | null>;
  /** The /24 or /64 that a request comes from. */
  networkOf: (req: IncomingMessage) => string;
  /** Every clinic of the installation. */
  clinics: readonly { id: string; name: string }[];
  /** Epoch ms. */
  now: () => number;
};
