/**
 * Accounts: who may sign in. An account's `uid` is never used again; its login name is how a person types it, and can
 * change. Credentials are not part of an account: no message of this file carries a hash, and a secret appears in the
 * one answer that creates it.
 */
import { z } from 'zod';
import { roleSchema } from './actor.ts';
import { clinicIdSchema, instantSchema, stationIdSchema, textLine } from './ids.ts';
import { stepUpPurposeSchema } from './step-up.ts';

/** UUIDv7: sorts by creation, and says nothing about the person. */
export const accountIdSchema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, { error: 'a UUIDv7' })
  .meta({ id: 'AccountId' });

/** `human` signs in. `service` cannot: it holds API tokens only, and a named person answers for it. */
export const accountKinds = ['human', 'service'] as const;
export const accountKindSchema = z.enum(accountKinds).meta({ id: 'AccountKind' });
export type AccountKind = z.infer<typeof accountKindSchema>;

export const accountStates = ['active', 'deactivated'] as const;
export const accountStateSchema = z.enum(accountStates).meta({ id: 'AccountState' });

/** As typed; equality is decided by `canonicalLogin` (NFKC, case folded, no spaces around). */
export const loginNameSchema = textLine(254).meta({ id: 'LoginName' });

const rolesSchema = z.array(roleSchema).min(1).max(8);
const clinicsSchema = z.array(clinicIdSchema).max(200);
const reasonSchema = textLine(300);

export const accountSchema = z
  .strictObject({
    uid: accountIdSchema,
    kind: accountKindSchema,
    /** Null for a service, and for a person whose name was released when the account was deactivated. */
    login: loginNameSchema.nullable(),
    name: textLine(80),
    roles: rolesSchema,
    clinics: clinicsSchema,
    state: accountStateSchema,
    /** Counts changes; a change names the version it was decided on. */
    version: z.int().min(1),
    createdAt: instantSchema,
    changedAt: instantSchema,
    /** Exports are refused until then: a day after every reset. */
    exportAllowedAt: instantSchema.nullable(),
    /** The person who answers for a service. */
    owner: accountIdSchema.nullable(),
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof accountSchema>;

/** What a person can sign in with; never the thing itself. */
export const factorsSchema = z
  .strictObject({
    hasPassword: z.boolean(),
    totp: z.strictObject({ addedAt: instantSchema }).nullable(),
    passkeys: z.int().min(0),
    recoveryCodesLeft: z.int().min(0),
  })
  .meta({ id: 'Factors' });
export type Factors = z.infer<typeof factorsSchema>;

export const ownAccountResponseSchema = z
  .strictObject({ account: accountSchema, factors: factorsSchema })
  .meta({ id: 'OwnAccount' });
export const accountsResponseSchema = z
  .strictObject({
    accounts: z.array(accountSchema),
    /** Where people can be given work: every clinic for an admin, his own for a manager. */
    clinics: z.array(z.strictObject({ id: clinicIdSchema, name: z.string() })),
  })
  .meta({ id: 'Accounts' });

/** What can be done to an account by somebody else. */
export const accountChangeKinds = [
  ...(['created', 'access', 'named', 'deactivated', 'activated', 'invited', 'reset'] as const),
  ...(['token-made', 'token-ended'] as const),
] as const;
export type AccountChangeKind = (typeof accountChangeKinds)[number];
export const accountChangesResponseSchema = z
  .strictObject({
    changes: z.array(
      z.strictObject({
        at: instantSchema,
        /** Who did it; the name is null when there is no such account. */
        by: z.strictObject({ uid: z.string(), name: z.string().nullable() }),
        what: z.enum(accountChangeKinds),
        /** What the account held afterwards. */
        roles: rolesSchema,
        clinics: clinicsSchema,
        reason: reasonSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'AccountChanges' });

/** Shown once, to be handed over in person. */
export const enrolmentSchema = z
  .strictObject({ code: z.string(), expiresAt: instantSchema })
  .meta({ id: 'Enrolment' });
export const accountResponseSchema = z.strictObject({ account: accountSchema }).meta({ id: 'AccountAnswer' });
export const accountEnrolmentResponseSchema = z
  .strictObject({ account: accountSchema, enrolment: enrolmentSchema.nullable() })
  .meta({ id: 'AccountEnrolment' });

export const createAccountRequestSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('human'),
      login: loginNameSchema,
      name: textLine(80),
      roles: rolesSchema,
      clinics: clinicsSchema,
    }),
    z.strictObject({
      kind: z.literal('service'),
      name: textLine(80),
      roles: rolesSchema,
      clinics: clinicsSchema,
    }),
  ])
  .meta({ id: 'CreateAccountRequest' });
export const changeAccessRequestSchema = z
  .strictObject({ version: z.int(), roles: rolesSchema, clinics: clinicsSchema, reason: reasonSchema })
  .meta({ id: 'ChangeAccessRequest' });
export const renameAccountRequestSchema = z
  .strictObject({ version: z.int(), name: textLine(80), login: loginNameSchema.nullable() })
  .meta({ id: 'RenameAccountRequest' });
export const deactivateAccountRequestSchema = z
  .strictObject({ version: z.int(), reason: reasonSchema, releaseLogin: z.boolean().default(false) })
  .meta({ id: 'DeactivateAccountRequest' });
export const activateAccountRequestSchema = z
  .strictObject({ version: z.int(), reason: reasonSchema })
  .meta({ id: 'ActivateAccountRequest' });
/** `number` is what the person reads from their own screen: a reset takes both people. */
export const resetAccountRequestSchema = z
  .strictObject({ number: z.string().regex(/^\d{8}$/), reason: reasonSchema })
  .meta({ id: 'ResetAccountRequest' });

/** Bounds the work of normalising; the rule about length is the password policy's. */
const passwordText = z.string().min(1).max(1_024);
/** A code that the server made: a fixed alphabet, so nothing needs stripping but hyphens. */
const codeText = z.string().min(1).max(64);
const transactionText = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const signInMethods = ['totp', 'passkey', 'recovery-code'] as const;
export type SignInMethod = (typeof signInMethods)[number];

export const passwordSignInRequestSchema = z
  .strictObject({
    login: z.string().min(1).max(254),
    password: passwordText,
    station: stationIdSchema.nullish(),
  })
  .meta({ id: 'PasswordSignInRequest' });
export const totpSignInRequestSchema = z
  .strictObject({ transaction: transactionText, code: codeText })
  .meta({ id: 'TotpSignInRequest' });
export const recoveryCodeSignInRequestSchema = z
  .strictObject({ transaction: transactionText, code: codeText })
  .meta({ id: 'RecoveryCodeSignInRequest' });
export const transactionRequestSchema = z
  .strictObject({ transaction: transactionText })
  .meta({ id: 'TransactionRequest' });
export const signInResponseSchema = z
  .discriminatedUnion('next', [
    /** The session cookie is set. */
    z.strictObject({ next: z.literal('done'), recoveryCodes: z.array(z.string()).optional() }),
    /** One more factor; `next` is the best the account has, `methods` all of them. */
    z.strictObject({
      next: z.enum(['totp', 'passkey']),
      transaction: transactionText,
      methods: z.array(z.enum(signInMethods)),
    }),
    /** The account has no second factor and needs one: only enrolment is open to it. */
    z.strictObject({ next: z.literal('enrol'), transaction: transactionText }),
  ])
  .meta({ id: 'SignInResponse' });
export type SignInResponse = z.infer<typeof signInResponseSchema>;

export const enrolmentLookupRequestSchema = z
  .strictObject({ code: codeText })
  .meta({ id: 'EnrolmentLookup' });
export const enrolmentLookupResponseSchema = z
  .strictObject({
    purpose: z.enum(['bootstrap', 'invitation', 'reset']),
    /** Null for the first account, which is named with its password. */
    account: z.strictObject({ login: z.string().nullable(), name: z.string() }).nullable(),
    expiresAt: instantSchema,
  })
  .meta({ id: 'EnrolmentAnswer' });
/** `login` and `name` only with a bootstrap code. */
export const enrolPasswordRequestSchema = z
  .strictObject({
    code: codeText,
    password: passwordText,
    login: loginNameSchema.optional(),
    name: textLine(80).optional(),
    station: stationIdSchema.nullish(),
  })
  .meta({ id: 'EnrolPasswordRequest' });
/** To be shown as a QR code; it is not active before a code confirmed it. */
export const totpSeedResponseSchema = z
  .strictObject({ transaction: transactionText, secret: z.string(), uri: z.string() })
  .meta({ id: 'TotpSeed' });

export const resetRequestSchema = z
  .strictObject({ login: z.string().min(1).max(254) })
  .meta({ id: 'ResetRequest' });
/** The same form for everybody, whether the account exists or not. */
export const resetRequestResponseSchema = z
  .strictObject({ number: z.string(), expiresAt: instantSchema })
  .meta({ id: 'ResetRequested' });

export const changePasswordRequestSchema = z
  .strictObject({ current: passwordText, next: passwordText })
  .meta({ id: 'ChangePasswordRequest' });
/** Passkeys and linked identities are removed at their own addresses. */
export const removeFactorRequestSchema = z
  .strictObject({ factor: z.enum(['totp', 'recovery-codes']) })
  .meta({ id: 'RemoveFactorRequest' });
export const recoveryCodesResponseSchema = z
  .strictObject({ recoveryCodes: z.array(z.string()) })
  .meta({ id: 'RecoveryCodes' });
/**
 * A fresh proof for one purpose. `development` only for sessions of the development login, who were asked for nothing in
 * the first place.
 */
export const stepUpRequestSchema = z
  .discriminatedUnion('method', [
    z.strictObject({
      purpose: stepUpPurposeSchema,
      method: z.enum(['totp', 'recovery-code']),
      code: codeText,
    }),
    z.strictObject({ purpose: stepUpPurposeSchema, method: z.literal('development') }),
  ])
  .meta({ id: 'StepUpRequest' });
