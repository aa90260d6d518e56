/** Signing in at a provider of identities (OpenID Connect). */
import { z } from 'zod';
import { instantSchema, textLine } from './ids.ts';

/** From leaving for the provider to coming back. */
export const federationLifeMs = 600_000;

const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/, {
  error: 'use 1 to 20 lower-case letters, digits and inner hyphens',
});
export const identityProviderIdSchema = slug.meta({ id: 'IdentityProviderId' });

export const identityProviderKinds = ['auth0', 'google', 'entra', 'other'] as const;

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Plain HTTP only to this machine itself, where nobody listens in between. */
function isUsableIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username } = new URL(text);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
  return isSafe && search === '' && hash === '' && username === '';
}

/** With one of these tenants every Microsoft customer would be let in, and the issuer could not be compared. */
const sharedTenants = /^https:\/\/login\.microsoftonline\.com\/(?:common|organizations|consumers)\//;

export const identityProviderSchema = z
  .strictObject({
    id: identityProviderIdSchema,
    kind: z.enum(identityProviderKinds),
    /** On the button: "Continue with …". */
    label: textLine(40),
    issuer: z
      .string()
      .max(300)
      .refine(isUsableIssuer, { error: 'an https address without query' })
      .refine((text) => !sharedTenants.test(text), { error: 'name your own tenant, not a shared one' }),
    clientId: z.string().min(1).max(300),
    /** Null for a public client, which PKCE alone protects. */
    clientSecret: z.string().min(1).max(1_000).nullable().default(null),
    /** The one algorithm that an ID token of this provider may be signed with; never a shared secret, never none. */
    idTokenAlg: z.enum(['RS256', 'PS256', 'ES256', 'EdDSA']).default('RS256'),
    /** `amr` or `acr` values that prove a second factor at the provider; none: the second factor is ours. */
    mfaEvidence: z.array(z.string().min(1).max(200)).max(10).optional(),
    /** Refuse an authentication at the provider that is older, in seconds; null: do not ask. */
    maxAgeSec: z.int().min(0).max(86_400).nullable().default(null),
  })
  .meta({ id: 'IdentityProvider' });
export type IdentityProvider = z.infer<typeof identityProviderSchema>;

/** The file that `BOLT_OIDC_FILE` names. */
export const identityProvidersFileSchema = z
  .strictObject({ providers: z.array(identityProviderSchema).max(8) })
  .refine(({ providers }) => new Set(providers.map(({ id }) => id)).size === providers.length, {
    error: 'two providers have one id',
  });

export const identityProviderChoiceSchema = z
  .strictObject({ id: identityProviderIdSchema, label: z.string() })
  .meta({ id: 'IdentityProviderChoice' });

export const departureSchema = z
  .strictObject({ location: z.url() })
  .meta({ id: 'Departure', description: 'Where the browser goes to sign in.' });

/** The query with which the provider sent the browser back, unread. */
export const returnSchema = z.strictObject({ query: z.string().min(1).max(4_096) }).meta({ id: 'Return' });

export const linkedIdentitySchema = z
  .strictObject({
    /** Opaque; names the pair of issuer and subject. */
    id: z.string(),
    provider: z.string(),
    linkedAt: instantSchema,
  })
  .meta({ id: 'LinkedIdentity' });
export const linkedIdentitiesSchema = z
  .strictObject({
    identities: z.array(linkedIdentitySchema),
    providers: z.array(identityProviderChoiceSchema),
  })
  .meta({ id: 'LinkedIdentities' });
export const departureRequestSchema = z
  .strictObject({ provider: identityProviderIdSchema })
  .meta({ id: 'DepartureRequest' });
export const unlinkRequestSchema = z
  .strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{43}$/) })
  .meta({ id: 'UnlinkRequest' });

/** What the sign-in page may offer. */
export const signInMethodsResponseSchema = z
  .strictObject({
    passkeys: z.boolean(),
    providers: z.array(identityProviderChoiceSchema),
    /** Demo users can be chosen without a password; never in production. */
    developmentLogin: z.boolean(),
    /** Nobody has an account yet: the code that the server printed at its start makes the first one. */
    needsFirstAccount: z.boolean(),
  })
  .meta({ id: 'SignInMethods' });
export type SignInMethodsOffered = z.infer<typeof signInMethodsResponseSchema>;
