/** What an API process is made of from outside, and how it says that it does not start. */
import type { ClinicSettings, IdentityProvider, ServerConfig, User } from '@workflow-bolt/contracts';
import type { KeyProvider, RedisClock, ThrottleLimits } from '@workflow-bolt/store';
import type { DestinationStream } from 'pino';
import type { HashEngine } from './accounts/hash-engine.ts';
import type { JobQueue } from './schedule/job-queue.ts';

export type ServerDependencies = {
  config: ServerConfig;
  clinics: readonly ClinicSettings[];
  /** Offered by the development login; null switches it off. Refused in production mode. */
  developmentUsers: readonly User[] | null;
  /** Where log lines go; standard output without one. */
  logTo?: DestinationStream;
  /** Where people may sign in besides here; none without. */
  identityProviders?: readonly IdentityProvider[];
  /** Instead of the queue in Redis. */
  queue?: JobQueue;
  heartbeatMs?: number;
  /** Where the top keys are, instead of what the configuration names. */
  keys?: KeyProvider;
  /** Clock of sessions, epoch ms; the host's without one. */
  sessionClock?: () => number;
  /** Where password hashes are computed; on the threads of this process without one. */
  hashEngine?: HashEngine;
  /** How often somebody may try to sign in, instead of the standard. */
  signInLimits?: ThrottleLimits;
  /** Where the code of the first account is shown; standard error without one. */
  print?: (text: string) => void;
  /** Instead of an estimate of Redis's clock: for replaying a day. */
  clock?: RedisClock;
};

/** Why this process does not start, as a sentence for the person who started it. */
export class ServerRefused extends Error {
  override readonly name = 'ServerRefused';
}
