/** What the vault keeps outside Redis: the local key file, wrapped keys, and certificates of destruction. */
import { z } from 'zod';
import { clinicIdSchema, instantSchema } from './ids.ts';

/**
 * `phi` wraps the clinics' keys · `credentials` wraps password envelopes, TOTP seeds and tokens · `session-mac`
 * authenticates session records · `audit-sign` signs checkpoints and certificates. Separate keys, separate rights.
 */
export const keyPurposes = ['phi', 'credentials', 'session-mac', 'audit-sign'] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

export const keyStates = ['active', 'decrypt-only', 'disabled'] as const;
export type KeyState = (typeof keyStates)[number];

/** One key of the local key file. */
export const storedKeySchema = z.strictObject({
  purpose: z.enum(keyPurposes),
  kid: z.string().regex(/^[a-z0-9-]{1,40}$/),
  state: z.enum(keyStates),
  createdAt: z.int(),
  /** 32 bytes, or a PKCS #8 private key for `audit-sign`; base64. */
  secret: z.string(),
});
export type StoredKey = z.infer<typeof storedKeySchema>;

/** The local key file; whoever reads it reads everything. */
export const keyFileSchema = z.strictObject({ format: z.literal(1), keys: z.array(storedKeySchema) });
export type KeyFile = z.infer<typeof keyFileSchema>;

/** A month of one clinic, `YYYY-MM`: what is destroyed together. */
export const keyPeriodSchema = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/);
export type KeyPeriod = z.infer<typeof keyPeriodSchema>;
/** A kind of data with its own life (security.md 5.3); `flow` is the board: visits, persons, their log. */
export const dataClasses = ['flow'] as const;
export type DataClass = (typeof dataClasses)[number];

/** A key of one clinic, or its index key, wrapped by the provider's `phi` key. */
export const clinicKeyDocumentSchema = z.strictObject({
  format: z.literal(1),
  kid: z.string().max(40),
  wrapped: z.string(),
  createdAt: instantSchema,
});
export type ClinicKeyDocument = z.infer<typeof clinicKeyDocumentSchema>;

/** The key of one month, sealed by the clinic's key `ck`. Destroying it makes the month unreadable everywhere. */
export const retentionKeyDocumentSchema = z.strictObject({
  format: z.literal(1),
  kid: z.string().max(40),
  ck: z.string().max(40),
  sealed: z.string(),
  createdAt: instantSchema,
});
export type RetentionKeyDocument = z.infer<typeof retentionKeyDocumentSchema>;

/** The keys under which patients of a clinic are found again, sealed by the clinic's key `ck`. */
export const searchKeyDocumentSchema = retentionKeyDocumentSchema;

/** Data keys, one for each record, sealed together by the month's key `rk`. */
export const dataKeyBlockSchema = z.strictObject({
  format: z.literal(1),
  id: z.string().max(20),
  rk: z.string().max(40),
  sealed: z.string(),
});
export type DataKeyBlock = z.infer<typeof dataKeyBlockSchema>;

/** What a sealed block holds: 32 bytes each, base64; null for a key that was destroyed. */
export const dataKeysSchema = z.array(z.string().nullable()).max(64);

/** Says that keys were destroyed, signed by the installation's audit key (Ed25519 over RFC 8785 JSON). */
export const destructionSchema = z.strictObject({
  format: z.literal(1),
  id: z.string().max(60),
  clinic: clinicIdSchema,
  dataClass: z.enum(dataClasses),
  period: keyPeriodSchema,
  /** Ids of the keys that are gone, and a SHA-256 over the wrapped form each of them last had. */
  keys: z.array(z.strictObject({ kid: z.string(), sha256: z.string() })),
  scope: z.enum(['period', 'records']),
  destroyedAt: instantSchema,
  /** Until then a backup of the key store may still hold them. */
  unrecoverableFrom: instantSchema,
  by: z.string().max(80),
  reason: z.string().max(200),
});
export type Destruction = z.infer<typeof destructionSchema>;
export const destructionCertificateSchema = z
  .strictObject({ destruction: destructionSchema, publicKey: z.string(), signature: z.string() })
  .meta({ id: 'DestructionCertificate' });
export type DestructionCertificate = z.infer<typeof destructionCertificateSchema>;
