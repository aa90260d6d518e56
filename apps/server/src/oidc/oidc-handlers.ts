/** Signing in at an identity provider, and linking one to an account. */
import { departureRequestSchema, returnSchema, unlinkRequestSchema } from '@workflow-bolt/contracts';
import type { IdentityStore } from '@workflow-bolt/store';
import { completeSignIn, type Method } from '../accounts/complete-sign-in.ts';
import { mustOwnAccount } from '../accounts/own-account.ts';
import { accountEntity, agentOf, anonymous } from '../accounts/sign-in-audit.ts';
import { mustTake } from '../accounts/throttle-answer.ts';
import { intendedChange } from '../audit/intended-change.ts';
import { type Answer, type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { PasskeyParts } from '../passkeys/passkey-parts.ts';
import { clearJourneyCookie, journeyCookie, journeyReferenceOf } from './oidc-cookie.ts';
import {
  IdentityRefused,
  type JourneyPurpose,
  type OidcJourneys,
  type ProvenIdentity,
} from './oidc-journeys.ts';

export type OidcParts = PasskeyParts & {
  identities: IdentityStore;
  /** Null where no provider is configured, or no public origin to come back to. */
  journeys: OidcJourneys | null;
};

/** Where to send the browser to sign in. */
export function postOidcDeparture(parts: OidcParts): Handler {
  return async (call) => {
    mustTake(await parts.throttle.takeRequest('start', parts.networkOf(call.req)));
    return leave(parts, call, 'oidc-sign-in', '');
  };
}

/** The browser came back: who the provider says it is, if the identity is linked to an account. */
export function postOidcReturn(parts: OidcParts): Handler {
  return async (call) => {
    const proven = await comeBack(parts, call, 'oidc-sign-in', '');
    const link = await parts.identities.find(proven);
    const account = link && (await parts.accounts.find(link.uid));
    if (!account) {
      await recordRefusal(parts, call, 'identity_unknown');
      throw new ProblemError('identity_unknown');
    }
    const amr: Method[] = proven.hasMfa ? ['fed', 'mfa'] : ['fed'];
    const answer = await completeSignIn(parts)(call, { account, amr, station: null });
    return withoutJourney(parts, call, answer);
  };
}

export function getIdentities(parts: OidcParts): Handler {
  return async (call) => {
    const links = await parts.identities.list(mustSession(call).user.id);
    const identities = links.map(({ id, provider, linkedAt }) => ({ id, provider, linkedAt }));
    return ok({ identities, providers: parts.journeys?.choices ?? [] });
  };
}

/** Where to send the browser to link an identity. */
export function postIdentityDeparture(parts: OidcParts): Handler {
  return async (call) => {
    await mustOwnAccount(parts, mustSession(call));
    return leave(parts, call, 'oidc-link', mustSession(call).id);
  };
}

/** Links the identity that the browser came back with. Only the session that left may. */
export function postIdentityReturn(parts: OidcParts): Handler {
  return async (call) => {
    const session = mustSession(call);
    const { uid } = await mustOwnAccount(parts, mustSession(call));
    const proven = await comeBack(parts, call, 'oidc-link', session.id);
    const { provider } = proven;
    await recordedChange(parts, call, 'C', async () => {
      const outcome = await parts.identities.link(uid, proven, { provider, now: parts.now() });
      if (outcome === 'taken') throw new ProblemError('identity_taken');
    });
    const { cookie } = await parts.sessions.rotate(call.req, session, 'factor-change');
    return withoutJourney(parts, call, { status: 204, cookies: [cookie] });
  };
}

/** The identity opens this account no longer. */
export function postIdentityRemove(parts: OidcParts): Handler {
  return async (call) => {
    const { id } = parseInput(unlinkRequestSchema, call.body, 'body');
    const session = mustSession(call);
    await recordedChange(parts, call, 'D', async () => {
      if (!(await parts.identities.unlink(session.user.id, id))) throw new ProblemError('identity_unknown');
    });
    const { cookie } = await parts.sessions.rotate(call.req, session, 'factor-change');
    return { status: 204, cookies: [cookie] };
  };
}

async function leave(
  parts: OidcParts,
  call: Call,
  purpose: JourneyPurpose,
  binding: string,
): Promise<Answer> {
  const { provider } = parseInput(departureRequestSchema, call.body, 'body');
  const left = await parts.journeys?.begin(purpose, provider, binding);
  if (!left) {
    const errors = [{ path: 'body.provider', message: 'not a provider of this server' }];
    throw new ProblemError('invalid_request', { errors });
  }
  const cookies = [journeyCookie(call.req, parts.cookies, left.reference)];
  return { status: 200, json: { location: left.location }, cookies };
}

async function comeBack(
  parts: OidcParts,
  call: Call,
  purpose: JourneyPurpose,
  binding: string,
): Promise<ProvenIdentity> {
  const { query } = parseInput(returnSchema, call.body, 'body');
  const reference = journeyReferenceOf(call.req, parts.cookies);
  try {
    if (!parts.journeys || reference === null) throw new IdentityRefused('unknown-journey');
    return await parts.journeys.finish(purpose, { reference, query, binding });
  } catch (error) {
    if (!(error instanceof IdentityRefused)) throw error;
    if (error.reason !== 'cancelled') await recordRefusal(parts, call, `identity_${error.reason}`);
    throw new ProblemError('identity_refused', {}, error);
  }
}

const recordRefusal = (parts: OidcParts, call: Call, why: string): Promise<void> =>
  parts.signInAudit.writeRefusal(call, `identity ${parts.networkOf(call.req)}`, {
    ...{ sub: 'login', act: 'E', out: 4, why, agent: anonymous },
  });

const identityEvent = (call: Call, act: 'C' | 'D' | 'E') => ({
  ...{ sub: 'account' as const, act, out: 0 as 0 | 4, why: 'identity', agent: agentOf(mustSession(call)) },
  ent: accountEntity(mustSession(call).user.id, ['identity']),
});

const recordedChange = (parts: OidcParts, call: Call, act: 'C' | 'D', work: () => Promise<void>) =>
  intendedChange(
    (event: ReturnType<typeof identityEvent>) => parts.signInAudit.write(call, event),
    identityEvent(call, act),
    { work },
  );

function withoutJourney(parts: OidcParts, call: Call, answer: Answer): Answer {
  if (!answer) return answer;
  const cookies = [...(answer.cookies ?? []), clearJourneyCookie(call.req, parts.cookies)];
  return { ...answer, cookies };
}
