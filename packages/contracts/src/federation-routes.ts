/** Addresses of identity providers, and of what the sign-in page may offer; part of the one table in `routes.ts`. */
import type { z } from 'zod';
import { signInResponseSchema } from './accounts.ts';
import {
  departureRequestSchema,
  departureSchema,
  linkedIdentitiesSchema,
  returnSchema,
  signInMethodsResponseSchema,
  unlinkRequestSchema,
} from './federation.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});
const done: RouteBody = { description: 'Done; the session has a new token.', content: {} };
const maxBytes = 16_384;

export const federationRoutes = {
  getSignInMethods: {
    method: 'get',
    path: '/api/v1/sign-in/methods',
    summary: 'The ways to sign in that this server offers.',
    tag: 'accounts',
    access: 'public',
    isUserAction: false,
    responses: { 200: json('What a sign-in page may show.', signInMethodsResponseSchema) },
    problems: ['store_unavailable'],
  },
  postOidcDeparture: {
    method: 'post',
    path: '/api/v1/sign-in/oidc/departure',
    summary: 'Leave for an identity provider.',
    description:
      'Sets a cookie that holds only a reference; state, nonce and the PKCE verifier stay with the server, for ten minutes.',
    tag: 'accounts',
    access: 'public',
    isUserAction: false,
    request: { ...json('Which provider.', departureRequestSchema), maxBytes },
    responses: { 200: json('Where to send the browser.', departureSchema) },
    problems: ['identity_provider_unavailable', 'store_unavailable', 'too_many_requests'],
  },
  postOidcReturn: {
    method: 'post',
    path: '/api/v1/sign-in/oidc/return',
    summary: 'Come back from an identity provider.',
    description:
      'Good once, for the browser that left. Without evidence of a second factor at the provider, ours is asked for.',
    tag: 'accounts',
    access: 'public',
    isUserAction: false,
    request: { ...json('The query that the provider sent the browser back with.', returnSchema), maxBytes },
    responses: { 200: json('Signed in, or the next step.', signInResponseSchema) },
    problems: [
      'identity_refused',
      'identity_unknown',
      'identity_provider_unavailable',
      'sign_in_failed',
      'store_unavailable',
      'keys_unavailable',
    ],
  },
  getIdentities: {
    method: 'get',
    path: '/api/v1/account/identities',
    summary: "One's own linked identities, and the providers there are.",
    tag: 'accounts',
    access: 'self',
    isUserAction: false,
    responses: { 200: json('The links.', linkedIdentitiesSchema) },
    problems: ['store_unavailable', 'keys_unavailable'],
  },
  postIdentityDeparture: {
    method: 'post',
    path: '/api/v1/account/identities/departure',
    summary: 'Leave for an identity provider to link an identity there.',
    tag: 'accounts',
    access: 'self',
    isUserAction: true,
    stepUp: 'factor-change',
    request: { ...json('Which provider.', departureRequestSchema), maxBytes },
    responses: { 200: json('Where to send the browser.', departureSchema) },
    problems: ['account_not_found', 'identity_provider_unavailable', 'step_up_required', 'store_unavailable'],
  },
  postIdentityReturn: {
    method: 'post',
    path: '/api/v1/account/identities/return',
    summary: 'Link the identity that the browser came back with.',
    tag: 'accounts',
    access: 'self',
    isUserAction: true,
    request: { ...json('The query that the provider sent the browser back with.', returnSchema), maxBytes },
    responses: { 204: done },
    problems: [
      'account_not_found',
      'identity_refused',
      'identity_taken',
      'identity_provider_unavailable',
      'store_unavailable',
    ],
  },
  postIdentityRemove: {
    method: 'post',
    path: '/api/v1/account/identities/remove',
    summary: 'Unlink an identity.',
    tag: 'accounts',
    access: 'self',
    isUserAction: true,
    stepUp: 'factor-change',
    request: { ...json('Which.', unlinkRequestSchema), maxBytes },
    responses: { 204: done },
    problems: ['identity_unknown', 'step_up_required', 'store_unavailable'],
  },
} as const satisfies Record<string, Route>;
