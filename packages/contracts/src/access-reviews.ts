/** The review of all access in force, owed by a person at least every 92 days (45 CFR 164.308(a)(4), 164.312(d)). */
import { z } from 'zod';
import { accountKindSchema } from './accounts.ts';
import { roleSchema } from './actor.ts';
import { clinicIdSchema, instantSchema } from './ids.ts';
import type { Route } from './routes.ts';

/** How long a review may be put off after the one before it. */
export const accessReviewMs = 92 * 86_400_000;

export const accessReviewOutcomes = ['confirmed', 'corrected'] as const;
export type AccessReviewOutcome = (typeof accessReviewOutcomes)[number];

export const accessReviewSchema = z
  .strictObject({
    /** Counted from 1. */
    number: z.int().min(1),
    /** When the one before it was attested; for the first, when the clinic began. */
    openedAt: instantSchema,
    dueAt: instantSchema,
    reviewedBy: z.string().nullable(),
    reviewedAt: instantSchema.nullable(),
    outcome: z.enum(accessReviewOutcomes).nullable(),
    /** Accounts in force when it was attested. */
    accounts: z.int().min(0).nullable(),
    /** When it was told that nobody had reviewed it in time. */
    escalatedAt: instantSchema.nullable(),
  })
  .meta({ id: 'AccessReview' });
export type AccessReview = z.infer<typeof accessReviewSchema>;

export const accessReviewsResponseSchema = z
  .strictObject({
    now: instantSchema,
    reviews: z.array(accessReviewSchema),
    /** What is to be looked at: a hash over who may do what. An attestation names it, so that nothing slips in between. */
    inForce: z.strictObject({ accounts: z.int().min(0), digest: z.string() }),
  })
  .meta({ id: 'AccessReviews' });

/** One access that is in force, as whoever reviews it must see it. */
export const accessInForceRowSchema = z
  .strictObject({
    uid: z.string(),
    kind: accountKindSchema,
    name: z.string(),
    roles: z.array(roleSchema),
    clinics: z.array(clinicIdSchema),
    /** When roles, clinics, name or state last changed. */
    changedAt: instantSchema,
    /** The newest sealed sign-in of the last 90 days; null also for services, which never sign in. */
    lastSignInAt: instantSchema.nullable(),
    /** A person, and not signed in for 90 days. */
    isDormant: z.boolean(),
  })
  .meta({ id: 'AccessInForceRow' });
export type AccessInForceRow = z.infer<typeof accessInForceRowSchema>;

export const accessInForceResponseSchema = z
  .strictObject({
    now: instantSchema,
    /** Of exactly these accounts: an attestation names it. */
    digest: z.string(),
    accounts: z.array(accessInForceRowSchema),
  })
  .meta({ id: 'AccessInForce' });

export const accessReviewRequestSchema = z
  .strictObject({ outcome: z.enum(accessReviewOutcomes), digest: z.string().max(80) })
  .meta({ id: 'AccessReviewRequest' });

const reviews = '/api/v1/clinics/{clinic}/access-reviews';
const inClinic = z.strictObject({ clinic: clinicIdSchema });

export const accessReviewRoutes = {
  getAccessReviews: {
    method: 'get',
    path: reviews,
    summary: 'The quarterly reviews of who may do what: done, due and overdue.',
    description: 'What is in force, account by account, is listed by `getAccessInForce`.',
    tag: 'accounts',
    access: 'account.read',
    isUserAction: false,
    params: inClinic,
    responses: {
      200: { description: 'Newest first.', content: { 'application/json': accessReviewsResponseSchema } },
    },
    problems: ['store_unavailable'],
  },
  getAccessInForce: {
    method: 'get',
    path: `${reviews}/in-force`,
    summary: 'Everybody who can do anything in this clinic: what a review of access looks at.',
    description:
      'With roles, clinics and last use, by name; those who run the installation are among them. Reading it is itself recorded.',
    tag: 'accounts',
    access: 'account.read',
    isUserAction: true,
    params: inClinic,
    responses: {
      200: { description: 'By name.', content: { 'application/json': accessInForceResponseSchema } },
    },
    problems: ['store_unavailable', 'archive_unavailable'],
  },
  postAccessReview: {
    method: 'post',
    path: `${reviews}/{number}`,
    summary: 'Say that you have looked at every access that is in force in this clinic.',
    description:
      'Your attestation becomes an entry of the record, with a hash over what was in force. The next review is due 92 days later.',
    tag: 'accounts',
    access: 'account.manage',
    isUserAction: true,
    stepUp: 'user-admin',
    params: inClinic.extend({ number: z.string().regex(/^[1-9]\d{0,5}$/) }),
    request: {
      description: 'What came of it.',
      content: { 'application/json': accessReviewRequestSchema },
      maxBytes: 16_384,
    },
    responses: { 204: { description: 'Attested.', content: {} } },
    problems: ['store_unavailable', 'access_review_not_open', 'access_changed'],
  },
} as const satisfies Record<string, Route>;
