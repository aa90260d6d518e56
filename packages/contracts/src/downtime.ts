/**
 * The downtime roster: what a clinic needs on paper while the system is away. Workers seal it for a key whose private
 * half only the clinic has; whoever holds that key opens it without Redis, server or network.
 *
 * On disk it is a JSON Web Encryption in compact form (RFC 7516; ECDH-ES over X25519 as RFC 8037 has it, AES-256-GCM),
 * so that any program that speaks JOSE opens it, when even `bolt` is not at hand.
 */
import { z } from 'zod';
import { boardDateSchema, calendarDateSchema, clinicIdSchema, instantSchema, zoneSchema } from './ids.ts';

/** Key agreement and cipher: nothing else is written, and nothing else is opened. */
export const rosterAlgorithms = { alg: 'ECDH-ES', enc: 'A256GCM' } as const;
export const rosterType = 'bolt-roster+jwe';

/** The public half of the clinic's offline key: the 32 bytes of an X25519 key, base64url (`x` of its JWK). */
export const offlineKeySchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, { error: 'the publicKey that `bolt downtime keygen` prints' });

export const clinicDowntimeSchema = z
  .strictObject({
    publicKey: offlineKeySchema,
    /** The newest so many are kept. */
    keepCount: z.int().min(1).max(96).default(8),
    /** None is kept longer; the newest stays while no newer one can be made. */
    keepHours: z.int().min(1).max(24).default(24),
  })
  .meta({ id: 'ClinicDowntime' });
export type ClinicDowntime = z.infer<typeof clinicDowntimeSchema>;

/** In clear in front of the sealed part, and bound to it: whose roster it is, how old, and which key opens it. */
export const rosterHeaderSchema = z.looseObject({
  alg: z.literal(rosterAlgorithms.alg),
  enc: z.literal(rosterAlgorithms.enc),
  typ: z.literal(rosterType),
  /** Thumbprint of the public key (RFC 7638). */
  kid: z.string().max(64),
  clinic: clinicIdSchema,
  date: boardDateSchema,
  /** When it was made, epoch ms. */
  at: instantSchema,
});
export type RosterHeader = z.infer<typeof rosterHeaderSchema>;

/** One patient who is here or still expected: enough to call, find and identify them, and no more. */
export const rosterRowSchema = z.strictObject({
  /** Booked start; null for a walk-in. */
  startAt: instantSchema.nullable(),
  /** Initials where the visit is private: paper lies open. */
  name: z.string().max(160),
  /** Null when unknown, or where the visit is private. */
  dob: calendarDateSchema.nullable(),
  provider: z.string().max(80).nullable(),
  room: z.string().max(40).nullable(),
  /** In the words of the board. */
  state: z.string().max(40),
  arrivedAt: instantSchema.nullable(),
  /** Since when the patient waits for the provider: arrival or booked start, the later; null when nobody waits. */
  waitingSince: instantSchema.nullable(),
  /** `Walk-in`, or the type of the visit where it is known. */
  kind: z.string().max(60),
});
export type RosterRow = z.infer<typeof rosterRowSchema>;

export const rosterSchema = z
  .strictObject({
    v: z.literal(1),
    clinic: clinicIdSchema,
    clinicName: z.string().max(120),
    date: boardDateSchema,
    zone: zoneSchema,
    /** When it was made, and the position of the board it shows. */
    at: instantSchema,
    seq: z.int().min(0),
    /** In the order of the schedule: who is here and who is expected. */
    rows: z.array(rosterRowSchema).max(5_000),
    /** Visits of the day that are over, so that the paper can be counted against the board. */
    over: z.int().min(0),
  })
  .meta({ id: 'Roster' });
export type Roster = z.infer<typeof rosterSchema>;

/** `20261123T140500Z`. */
const stampOf = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace(/\.\d{3}/, '')
    .replaceAll(/[-:]/g, '');

/** Where a roster lies in the store: names of one clinic stand in the order in which they were made. */
export const rosterName = ({ clinic, date, at }: Pick<RosterHeader, 'clinic' | 'date' | 'at'>): string =>
  `${clinic}/${stampOf(at)}-of-${date}.roster.jwe`;

const nameShape = /^([a-z0-9-]+)\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-of-\d{4}-\d\d-\d\d\.roster\.jwe$/;

/** The clinic and the second of a roster by its name; null for what is no roster. */
export function rosterOfName(name: string): { clinic: string; at: number } | null {
  const [, clinic, year, month, day, hour, minute, second] = nameShape.exec(name) ?? [];
  if (clinic === undefined) return null;
  return { clinic, at: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) };
}

/** Clocks differ by less: a roster that says it was made later than that from now is not one to go by, ms. */
export const rosterAheadMs = 300_000;

export const rosterReasons = ['drill', 'downtime'] as const;

/** That a roster was opened, told once the system is back: which one, when, and what for. No patient, no name. */
export const rosterOpeningSchema = z
  .strictObject({
    date: boardDateSchema,
    /** When the roster was made, and when it was opened. */
    madeAt: instantSchema,
    openedAt: instantSchema,
    why: z.enum(rosterReasons),
    kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  })
  .meta({ id: 'RosterOpening' });
export type RosterOpening = z.infer<typeof rosterOpeningSchema>;
