import type { WeakException } from './weak-cryptography.ts';

const jitter = 'Spreads retries in time; nobody gains by guessing it.';
const drill = 'Chooses which byte of a scratch copy the monthly drill flips.';
const chain =
  'The position hash of the board log, which Redis computes (its Lua has only SHA-1): it finds forks after a failover among honest servers. Tampering is found by the audit tree, which is SHA-256.';

const totp =
  'Time-based codes are HMAC-SHA-1 in RFC 6238, and the authenticators people have know nothing else; HMAC does not rest on collisions.';

const keyFile =
  'An encrypted PKCS #8 file, as OpenSSL writes it (PBES2 with AES-256-CBC): it is opened offline, by its owner, and answers nobody who tries padding.';

const pkcs8 =
  'An encrypted PKCS#8 file (PBES2, RFC 8018) as OpenSSL writes and reads it knows no authenticated cipher. A changed file gives a key that opens nothing; what that key opens is AES-GCM.';

/** Each with the reason why it is harmless there. */
export const weakExceptions: readonly WeakException[] = [
  { file: 'apps/server/src/stream/stream-hub.ts', rule: 'predictable randomness', why: jitter },
  { file: 'apps/worker/src/audit/audit-keeper.ts', rule: 'predictable randomness', why: drill },
  { file: 'apps/worker/src/ehr-link/health-probe.ts', rule: 'predictable randomness', why: jitter },
  { file: 'packages/client/src/board-client.ts', rule: 'predictable randomness', why: jitter },
  { file: 'packages/ehr/src/call-clock.ts', rule: 'predictable randomness', why: jitter },
  { file: 'packages/store/src/job-connection.ts', rule: 'predictable randomness', why: jitter },
  { file: 'packages/store/src/redis-options.ts', rule: 'predictable randomness', why: jitter },
  { file: 'apps/cli/src/downtime/offline-key.ts', rule: 'broken cipher', why: keyFile },
  { file: 'apps/cli/src/downtime/offline-key.ts', rule: 'broken cipher', why: pkcs8 },
  { file: 'apps/server/src/accounts/totp.ts', rule: 'broken digest', why: totp },
  { file: 'packages/store/src/board-log.ts', rule: 'broken digest', why: chain },
  { file: 'packages/store/functions/includes/first_chain.lua', rule: 'broken digest', why: chain },
  { file: 'packages/store/functions/includes/next_chain.lua', rule: 'broken digest', why: chain },
];
