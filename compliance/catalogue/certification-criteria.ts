/** 45 CFR 170.315(d)(1)–(13), the privacy and security criteria, as a public list of tests. Nothing here was submitted. */
import type { Control } from './control.ts';

type Row = Omit<Control, 'kind' | 'citation'> & { number: number };

const rows: readonly Row[] = [
  {
    id: 'ONC-d-1',
    number: 1,
    title: 'Authentication, access control, authorisation',
    does: 'A unique account is verified, and what it may do follows from its roles; a refusal is answered and recorded.',
    implementation: ['packages/domain/src/authorize.ts', 'apps/server/src/http/mount-routes.ts'],
  },
  {
    id: 'ONC-d-2',
    number: 2,
    title: 'Auditable events and tamper-resistance',
    does: 'The record is on from the first start and no option turns it off; a change, deletion or reordering is found by the verifier, a second version by a witness elsewhere.',
    implementation: [
      'packages/store/src/audit/audit-sealer.ts',
      'packages/audit-verifier/src/run-verifier.ts',
      'packages/audit-verifier/src/witness/witness.ts',
    ],
  },
  {
    id: 'ONC-d-3',
    number: 3,
    title: 'Audit reports',
    does: 'The record is searched and exported by period, person, patient, kind and result, by people with a fresh proof.',
    implementation: ['packages/store/src/audit/audit-reader.ts', 'apps/server/src/audit/audit-handlers.ts'],
  },
  {
    id: 'ONC-d-4',
    number: 4,
    title: 'Amendments',
    does: 'The EHR keeps the record of reference and its amendments. On the board a correction is appended with its author and reason, and the former value stays in the log.',
    implementation: ['packages/domain/src/correct-time.ts', 'packages/domain/src/undo-last.ts'],
  },
  {
    id: 'ONC-d-5',
    number: 5,
    title: 'Automatic access time-out',
    does: 'Without a user action a session ends after its idle time; going on needs authentication, over the API as well.',
    implementation: [
      'apps/server/src/session/session-service.ts',
      'packages/store/src/sessions/session-record.ts',
    ],
    alsoTags: ['I9'],
  },
  {
    id: 'ONC-d-6',
    number: 6,
    title: 'Emergency access',
    does: 'A set of people named before gets access with a reason; anybody else is refused.',
    implementation: ['apps/server/src/access/break-glass-handlers.ts'],
  },
  {
    id: 'ONC-d-7',
    number: 7,
    title: 'End-user device encryption',
    does: 'After sign-out nothing about patients stays in the browser. While somebody works, the last known board is on the device only where the clinic has decided so in writing, encrypted under a key of which the device holds half.',
    implementation: [
      'packages/client/src/board-client.ts',
      'packages/client/src/offline/offline-vault.ts',
      'packages/client/src/offline/offline-keeper.ts',
      'apps/server/src/session/session-handlers.ts',
      'apps/server/src/downtime/downtime-handlers.ts',
    ],
  },
  {
    id: 'ONC-d-8',
    number: 8,
    title: 'Integrity',
    does: 'Exports carry a manifest of SHA-256 digests; one flipped byte is refused by whoever checks them.',
    implementation: [
      'packages/store/src/audit/export-bundle.ts',
      'packages/audit-verifier/src/run-verifier.ts',
    ],
  },
  {
    id: 'ONC-d-9',
    number: 9,
    title: 'Trusted connection',
    does: 'Connections outwards verify certificates; browsers are held to HTTPS.',
    implementation: ['apps/server/src/http/security-headers.ts', 'packages/store/src/redis-target.ts'],
    manual: [
      { id: 'tls-probe', what: 'A probe of the public address found TLS 1.2 or newer only.', maxAgeDays: 92 },
    ],
  },
  {
    id: 'ONC-d-10',
    number: 10,
    title: 'Auditing actions on health information',
    does: 'Creation, reading, change, search and export of a patient’s data each leave an entry.',
    implementation: ['packages/store/functions/commit.lua', 'packages/store/src/audit-trail.ts'],
    alsoTags: ['I5'],
  },
  {
    id: 'ONC-d-11',
    number: 11,
    title: 'Accounting of disclosures',
    does: 'Nothing about patients is written to anybody outside, and no file that leaves names one. Each export of the record is an entry with date, person, rows and question, before it leaves.',
    implementation: ['apps/server/src/audit/audit-handlers.ts'],
  },
  {
    id: 'ONC-d-12',
    number: 12,
    title: 'Encrypted authentication credentials',
    does: 'Passwords are stored as Argon2id inside AES-256-GCM, authenticator seeds inside AES-256-GCM, tokens as SHA-256.',
    implementation: [
      'packages/store/src/accounts/credential-store.ts',
      'apps/server/src/accounts/password-hasher.ts',
      'packages/store/src/vault/seal-secret.ts',
    ],
  },
  {
    id: 'ONC-d-13',
    number: 13,
    title: 'Multi-factor authentication',
    does: 'Passkeys (WebAuthn) and time-based codes (RFC 6238); the policy describes when each is asked for.',
    implementation: [
      'apps/server/src/accounts/totp.ts',
      'apps/server/src/passkeys/passkey-ceremonies.ts',
      'apps/server/src/accounts/complete-sign-in.ts',
    ],
    documents: ['docs/security/authentication-and-session-policy.md'],
  },
];

export const certificationCriteria: readonly Control[] = rows.map(({ number, ...row }) => ({
  ...row,
  citation: `45 CFR 170.315(d)(${number})`,
  kind: 'criterion',
}));
