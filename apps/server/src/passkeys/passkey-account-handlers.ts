/** One's own passkeys, and a fresh proof with one of them. */
import {
  passkeyRegistrationSchema,
  passkeyRemovalSchema,
  passkeyStepUpSchema,
  passkeyStepUpStartSchema,
} from '@workflow-bolt/contracts';
import type { Passkey } from '@workflow-bolt/store';
import { mustOwnAccount } from '../accounts/own-account.ts';
import { accountEntity, agentOf } from '../accounts/sign-in-audit.ts';
import { stepUpEvent } from '../accounts/step-up-handler.ts';
import { intendedChange } from '../audit/intended-change.ts';
import { type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { Session } from '../session/session.ts';
import { ceremony, methodOf, mustCeremonies, type PasskeyParts } from './passkey-parts.ts';
import { named } from './passkey-sign-in-handlers.ts';

const view = (passkey: Passkey) => ({
  id: passkey.id,
  label: passkey.label,
  createdAt: passkey.createdAt,
  lastUsedAt: passkey.lastUsedAt,
  isSynced: passkey.isBackedUp,
  isSuspended: passkey.suspendedAt !== null,
});

const registerBinding = ({ id }: Session): string => `session|${id}`;
/** A proof for one purpose in one session serves no other. */
const stepUpBinding = ({ id }: Session, purpose: string): string => `${id}|${purpose}`;

export function getPasskeys({ passkeys }: PasskeyParts): Handler {
  return async (call) => ok({ passkeys: (await passkeys.list(mustSession(call).user.id)).map(view) });
}

/** What the browser needs to make another passkey. */
export function postPasskeyOptions(parts: PasskeyParts): Handler {
  return async (call) => {
    const account = await mustOwnAccount(parts, mustSession(call));
    const binding = registerBinding(mustSession(call));
    return ok({
      options: await ceremony(parts, call, mustCeremonies(parts).beginRegistration(named(account), binding)),
    });
  };
}

const addedEvent = (session: Session) => ({
  ...{ sub: 'mfa' as const, act: 'C' as 'C' | 'E', out: 0 as 0 | 4, why: 'passkey' },
  ...{ ent: accountEntity(session.user.id, ['passkey']), agent: agentOf(session) },
});

/** Keeps the passkey that the browser made. */
export function postPasskey(parts: PasskeyParts): Handler {
  return async (call) => {
    const session = mustSession(call);
    const created = parseInput(passkeyRegistrationSchema, call.body, 'body');
    const { id: uid } = session.user;
    const finish = () =>
      ceremony(parts, call, mustCeremonies(parts).finishRegistration(uid, registerBinding(session), created));
    const event = addedEvent(session);
    const write = (said: typeof event) => parts.signInAudit.write(call, said);
    const passkey = await intendedChange(write, event, { work: finish });
    const { cookie } = await parts.sessions.rotate(call.req, session, 'factor-change');
    return { ...ok({ passkeys: [view(passkey)] }), status: 200, cookies: [cookie] };
  };
}

/** It opens nothing any more. An account that sees patients keeps two factors. */
export function postPasskeyRemove(parts: PasskeyParts): Handler {
  return async (call) => {
    const { id } = parseInput(passkeyRemovalSchema, call.body, 'body');
    const session = mustSession(call);
    const { uid } = await mustOwnAccount(parts, session);
    await assertMayGo(parts, uid, id);
    const ent = accountEntity(uid, ['passkey']);
    const event = {
      ...{ sub: 'mfa' as const, act: 'D' as 'D' | 'E', out: 0 as 0 | 4, why: 'passkey' },
      ...{ ent, agent: agentOf(session) },
    };
    await intendedChange((said: typeof event) => parts.signInAudit.write(call, said), event, {
      work: () => parts.passkeys.remove(uid, id),
    });
    const { cookie } = await parts.sessions.rotate(call.req, session, 'factor-change');
    return { status: 204, cookies: [cookie] };
  };
}

/** What is left must still open the account with two factors; a suspended passkey opens nothing. */
async function assertMayGo(parts: PasskeyParts, uid: string, id: string): Promise<void> {
  const [present, { totp }] = await Promise.all([parts.passkeys.list(uid), parts.credentials.read(uid)]);
  if (!present.some((each) => each.id === id)) throw new ProblemError('passkey_refused');
  const isLeft = present.some((each) => each.id !== id && each.suspendedAt === null);
  if (!isLeft && totp === null) throw new ProblemError('last_factor');
}

/** A challenge for one purpose of this session. */
export function postPasskeyStepUpOptions(parts: PasskeyParts): Handler {
  return async (call) => {
    const { purpose } = parseInput(passkeyStepUpStartSchema, call.body, 'body');
    const session = mustSession(call);
    const binding = stepUpBinding(session, purpose);
    const options = await mustCeremonies(parts).beginAssertion('passkey-step-up', binding, session.user.id);
    return ok({ options });
  };
}

/** The person has proved again who they are, for that purpose. */
export function postPasskeyStepUp(parts: PasskeyParts): Handler {
  return async (call) => {
    const { purpose, response } = parseInput(passkeyStepUpSchema, call.body, 'body');
    const session = mustSession(call);
    const binding = stepUpBinding(session, purpose);
    const passkey = await ceremony(
      parts,
      call,
      mustCeremonies(parts).finishAssertion('passkey-step-up', binding, response),
    );
    if (passkey.uid !== session.user.id) throw new ProblemError('passkey_refused');
    const amr = [methodOf(passkey)];
    const event = { ...stepUpEvent(session, purpose), agent: { ...agentOf(session), amr } };
    const { cookie } = await intendedChange(
      (said: typeof event) => parts.signInAudit.write(call, said),
      event,
      {
        work: () => parts.sessions.stepUp(call.req, session, { purpose, amr }),
      },
    );
    return { status: 204, cookies: [cookie] };
  };
}
