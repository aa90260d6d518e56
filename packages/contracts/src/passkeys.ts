/** Passkeys (WebAuthn): what the browser's authenticator and the server say to each other. */
import { z } from 'zod';
import { instantSchema, stationIdSchema, textLine } from './ids.ts';
import { stepUpPurposes } from './step-up.ts';

/** An authenticator's answer must come back within this time. */
export const passkeyChallengeLifeMs = 300_000;
/** As many as a person can tell apart; the next one is refused. */
export const passkeysMax = 12;

const base64url = (lengthMax: number) =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .regex(/^[A-Za-z0-9_-]+$/, { error: 'use base64url' });

/** WebAuthn allows 1,023 bytes. */
export const passkeyIdSchema = base64url(1_364).meta({ id: 'PasskeyId' });
const transportSchema = z.string().max(32);
/** Attestation certificates are asked from nobody, yet some authenticators send them. */
const largeMax = 16_000;

const credential = {
  id: passkeyIdSchema,
  rawId: passkeyIdSchema,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).nullish(),
  /** What extensions answered; none is asked for, and nothing of it is used. */
  clientExtensionResults: z.record(z.string().max(64), z.unknown()),
};

/** `navigator.credentials.create()`, as JSON. */
export const passkeyCreatedSchema = z
  .strictObject({
    ...credential,
    response: z.strictObject({
      clientDataJSON: base64url(4_096),
      attestationObject: base64url(largeMax),
      authenticatorData: base64url(largeMax).optional(),
      transports: z.array(transportSchema).max(10).optional(),
      publicKeyAlgorithm: z.int().optional(),
      publicKey: base64url(4_096).optional(),
    }),
  })
  .meta({ id: 'PasskeyCreated' });
export type PasskeyCreated = z.infer<typeof passkeyCreatedSchema>;

/** `navigator.credentials.get()`, as JSON. */
export const passkeyAssertionSchema = z
  .strictObject({
    ...credential,
    response: z.strictObject({
      clientDataJSON: base64url(4_096),
      authenticatorData: base64url(4_096),
      signature: base64url(4_096),
      userHandle: base64url(128).nullish(),
    }),
  })
  .meta({ id: 'PasskeyAssertion' });
export type PasskeyAssertion = z.infer<typeof passkeyAssertionSchema>;

/** Handed to the browser as it is; its form is the standard's (PublicKeyCredential...OptionsJSON). */
export const passkeyOptionsSchema = z.looseObject({ challenge: z.string() }).meta({ id: 'PasskeyOptions' });

export const passkeySchema = z
  .strictObject({
    id: passkeyIdSchema,
    label: textLine(60),
    createdAt: instantSchema,
    lastUsedAt: instantSchema.nullable(),
    /** Kept by its maker on more than one device. */
    isSynced: z.boolean(),
    /** Its counter went backwards, as a copy's would: it opens nothing any more. */
    isSuspended: z.boolean(),
  })
  .meta({ id: 'Passkey' });
export type PasskeyView = z.infer<typeof passkeySchema>;

export const passkeysResponseSchema = z
  .strictObject({ passkeys: z.array(passkeySchema) })
  .meta({ id: 'Passkeys' });
export const passkeyCreationSchema = z
  .strictObject({ options: passkeyOptionsSchema })
  .meta({ id: 'PasskeyCreation' });
export const passkeyRegistrationSchema = z
  .strictObject({ label: textLine(60), response: passkeyCreatedSchema })
  .meta({ id: 'PasskeyRegistration' });

const transactionText = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** Without a transaction: whoever the authenticator knows. With one: the second factor of that sign-in. */
export const passkeySignInStartSchema = z
  .strictObject({ transaction: transactionText.nullable() })
  .meta({ id: 'PasskeySignInStart' });
export const passkeyChallengeSchema = z
  .strictObject({ transaction: transactionText, options: passkeyOptionsSchema })
  .meta({ id: 'PasskeyChallenge' });
export const passkeySignInSchema = z
  .strictObject({
    transaction: transactionText,
    response: passkeyAssertionSchema,
    station: stationIdSchema.nullish(),
  })
  .meta({ id: 'PasskeySignIn' });
export const passkeyEnrolStartSchema = z
  .strictObject({ transaction: transactionText })
  .meta({ id: 'PasskeyEnrolStart' });
export const passkeyEnrolSchema = z
  .strictObject({ transaction: transactionText, label: textLine(60), response: passkeyCreatedSchema })
  .meta({ id: 'PasskeyEnrol' });

export const passkeyStepUpStartSchema = z
  .strictObject({ purpose: z.enum(stepUpPurposes) })
  .meta({ id: 'PasskeyStepUpStart' });
export const passkeyStepUpSchema = z
  .strictObject({ purpose: z.enum(stepUpPurposes), response: passkeyAssertionSchema })
  .meta({ id: 'PasskeyStepUp' });
export const passkeyRemovalSchema = z.strictObject({ id: passkeyIdSchema }).meta({ id: 'PasskeyRemoval' });
