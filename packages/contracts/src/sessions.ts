/** Devices, API tokens, the lock screen and the workstations it works on. */
import { z } from 'zod';
import { routeActions } from './actions.ts';
import { clinicIdSchema, instantSchema, stationIdSchema, textLine, userIdSchema } from './ids.ts';

/** Not a secret: it finds a record that only its token opens. */
export const recordIdSchema = z.string().regex(/^[A-Za-z0-9_-]{24}$/, { error: 'an id of 24 characters' });

export const listedSessionSchema = z
  .strictObject({
    id: recordIdSchema,
    isThisOne: z.boolean(),
    state: z.enum(['active', 'parked']),
    station: stationIdSchema.nullable(),
    workstation: z.string().nullable(),
    /** Kind of browser and system. */
    device: z.string(),
    aal: z.enum(['1', '2', '2-resumed']),
    amr: z.array(z.string()),
    createdAt: instantSchema,
    lastActiveAt: instantSchema,
    expiresAt: instantSchema,
    isDevelopment: z.boolean(),
  })
  .meta({ id: 'ListedSession' });
export const sessionsResponseSchema = z
  .strictObject({ sessions: z.array(listedSessionSchema) })
  .meta({ id: 'Sessions' });

/** Longer than that, and a token outlives the memory of why it was made. */
export const apiTokenDaysMax = 90;

export const apiTokenSchema = z
  .strictObject({
    id: recordIdSchema,
    name: z.string(),
    scopes: z.array(z.enum(routeActions)),
    createdAt: instantSchema,
    expiresAt: instantSchema,
  })
  .meta({ id: 'ApiToken' });
export const apiTokensResponseSchema = z
  .strictObject({ tokens: z.array(apiTokenSchema) })
  .meta({ id: 'ApiTokens' });
/** A token may do what it names, as far as its owner may at that moment; never sign in, manage sessions or administer. */
export const createApiTokenRequestSchema = z
  .strictObject({
    name: textLine(80),
    scopes: z.array(z.enum(routeActions)).min(1).max(routeActions.length),
    days: z.int().min(1).max(apiTokenDaysMax),
  })
  .meta({ id: 'CreateApiTokenRequest' });
export const newApiTokenResponseSchema = z
  .strictObject({ token: apiTokenSchema, secret: z.string().meta({ description: 'Shown this once.' }) })
  .meta({ id: 'NewApiToken' });

export const pinLengthMin = 6;
export const pinLengthMax = 12;
export const pinSchema = z
  .string()
  .regex(/^\d{6,12}$/, { error: '6 to 12 digits' })
  .meta({ id: 'Pin' });
export const choosePinRequestSchema = z.strictObject({ pin: pinSchema }).meta({ id: 'ChoosePinRequest' });

export const workstationIdSchema = z.string().regex(/^[A-Za-z0-9_-]{22}$/, { error: 'a workstation id' });
/** A point on P-256 in the raw form that WebCrypto exports: 65 bytes, base64url. */
const publicKeySchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{87}$/, { error: 'a raw P-256 public key, base64url' });
/** ECDSA over SHA-256 in the form that WebCrypto gives: 64 bytes, base64url. */
const signatureSchema = z.string().regex(/^[A-Za-z0-9_-]{86}$/, { error: 'a P-256 signature, base64url' });
const challengeSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const workstationSchema = z
  .strictObject({
    id: workstationIdSchema,
    clinic: clinicIdSchema,
    name: textLine(60),
    enrolledBy: userIdSchema,
    enrolledAt: instantSchema,
  })
  .meta({ id: 'Workstation' });
export const workstationsResponseSchema = z
  .strictObject({ workstations: z.array(workstationSchema) })
  .meta({ id: 'Workstations' });
export const enrolWorkstationRequestSchema = z
  .strictObject({ name: textLine(60), publicKey: publicKeySchema })
  .meta({ id: 'EnrolWorkstationRequest' });
export const challengeResponseSchema = z
  .strictObject({ challenge: challengeSchema, workstation: workstationIdSchema, expiresAt: instantSchema })
  .meta({ id: 'WorkstationChallenge' });

/**
 * What a workstation signs: `bolt-ws-v1|<purpose>|<workstation>|<challenge>|<user or nothing>`, as UTF-8. A signature for
 * one purpose or person is none for another.
 */
export const workstationPurposes = ['lock', 'list', 'unlock'] as const;
export type WorkstationPurpose = (typeof workstationPurposes)[number];
export const workstationMessage = (
  purpose: WorkstationPurpose,
  { workstation, challenge, userId = '' }: { workstation: string; challenge: string; userId?: string },
): string => `bolt-ws-v1|${purpose}|${workstation}|${challenge}|${userId}`;

const proof = { challenge: challengeSchema, signature: signatureSchema };
export const workstationProofSchema = z.strictObject(proof).meta({ id: 'WorkstationProof' });
/** Without a proof the session ends: only a workstation that is enrolled can keep it for later. */
export const lockRequestSchema = z
  .strictObject({ proof: workstationProofSchema.nullable() })
  .meta({ id: 'LockRequest' });
export const lockResponseSchema = z
  .strictObject({ isParked: z.boolean(), until: instantSchema.nullable() })
  .meta({ id: 'LockResponse' });
export const parkedResponseSchema = z
  .strictObject({
    workstation: workstationSchema,
    people: z.array(z.strictObject({ userId: userIdSchema, name: z.string(), until: instantSchema })),
  })
  .meta({ id: 'ParkedSessions' });
export const unlockRequestSchema = z
  .strictObject({ ...proof, userId: userIdSchema, pin: pinSchema })
  .meta({ id: 'UnlockRequest' });
