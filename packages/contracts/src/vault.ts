/** What the vault keeps outside Redis: the local key file. */
import { z } from 'zod';

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
