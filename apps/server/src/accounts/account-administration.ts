/**
 * Accounts as managers and admins see and change them. The permission matrix lets a request in (with a fresh proof);
 * here is decided which account, to what: never one's own, never above one's own level, never in another's clinic.
 */
import {
  type Account,
  type AccountChangeKind,
  activateAccountRequestSchema,
  changeAccessRequestSchema,
  createAccountRequestSchema,
  deactivateAccountRequestSchema,
  renameAccountRequestSchema,
  resetAccountRequestSchema,
} from '@workflow-bolt/contracts';
import { canonicalLogin, isUsableLogin, rolesProblem } from '@workflow-bolt/domain';
import type { AccountChange, AccountOutcome } from '@workflow-bolt/store';
import { intendedChange } from '../audit/intended-change.ts';
import { type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { noteChange } from './account-changes-handlers.ts';
import { administratorOf, assertMay, isVisible, mustAdminister, mustSee } from './administered-account.ts';
import type { SignInParts } from './complete-sign-in.ts';
import { accountEntity, agentOf } from './sign-in-audit.ts';
import { hashesOf } from './value-hash.ts';

/** Exports are refused for a day after a reset: whoever talked two people into one gets no copy of the data. */
const exportCoolDownMs = 86_400_000;

/** Everybody for an admin; for a manager those who work in a clinic of his. */
export function getAccounts(parts: SignInParts): Handler {
  return async (call) => {
    const accounts = (await parts.accounts.list()).filter((account) => isVisible(call, account));
    const { roles, clinics: own } = administratorOf(call);
    const clinics = parts.clinics.filter(({ id }) => roles.includes('admin') || own.includes(id));
    return ok({ accounts, clinics });
  };
}

export function getAccount(parts: SignInParts): Handler {
  return async (call) => ok({ account: await mustSee(parts, call) });
}

/** A person gets a one-time code to begin with; a service gets its tokens elsewhere, and somebody who answers for it. */
export function postAccount(parts: SignInParts): Handler {
  return async (call) => {
    const wanted = parseInput(createAccountRequestSchema, call.body, 'body');
    const { kind, name, roles, clinics } = wanted;
    const login = kind === 'human' ? wanted.login : null;
    assertRoles(kind, roles);
    assertMay(call, { uid: null, roles, clinics });
    if (login !== null) assertLogin(login);
    const owner = kind === 'service' ? ownerOf(call) : null;
    const account = await recorded(
      parts,
      call,
      { account: null, act: 'C', why: 'created', fields: ['roles', 'clinics'] },
      async () => mustBeDone(await parts.accounts.create({ kind, login, name, roles, clinics, owner })),
    );
    const enrolment = kind === 'human' ? await invite(parts, call, account) : null;
    return { status: 201, json: { account, enrolment } };
  };
}

/** A service answers to an account; a demo user is none. */
function ownerOf(call: Call): string | null {
  const { user, isDevelopment } = mustSession(call);
  return isDevelopment ? null : user.id;
}

/** Roles and clinics. Takes effect at the next request of the person, whose sessions stay. */
export function postAccountAccess(parts: SignInParts): Handler {
  return async (call) => {
    const { version, roles, clinics, reason } = parseInput(changeAccessRequestSchema, call.body, 'body');
    const former = await mustAdminister(parts, call);
    assertRoles(former.kind, roles);
    assertMay(call, { uid: former.uid, roles, clinics });
    return change(parts, call, { former, version, why: 'access', wanted: { roles, clinics }, reason });
  };
}

export function postAccountName(parts: SignInParts): Handler {
  return async (call) => {
    const { version, name, login } = parseInput(renameAccountRequestSchema, call.body, 'body');
    const former = await mustAdminister(parts, call);
    const isNamed = login !== null;
    if (isNamed !== (former.kind === 'human')) throw new ProblemError('login_unusable');
    if (isNamed) assertLogin(login);
    return change(parts, call, { former, version, why: 'named', wanted: { name, login } });
  };
}

/** Every session and token is dead at its next request, every open stream within seconds, every code at once. */
export function postDeactivateAccount(parts: SignInParts): Handler {
  return async (call) => {
    const { version, releaseLogin, reason } = parseInput(deactivateAccountRequestSchema, call.body, 'body');
    const former = await mustAdminister(parts, call);
    const wanted: AccountChange = { state: 'deactivated', ...(releaseLogin ? { login: null } : {}) };
    const andThen = () => end(parts, former.uid);
    return change(parts, call, { former, version, why: 'deactivated', wanted, andThen, reason });
  };
}

/** With the credentials it had: who comes back after a leave need not enrol again. Tokens of programs are made anew. */
export function postActivateAccount(parts: SignInParts): Handler {
  return async (call) => {
    const { version, reason } = parseInput(activateAccountRequestSchema, call.body, 'body');
    const former = await mustAdminister(parts, call);
    // What its deactivation could not end, or was made at that very moment, ends before it could count again.
    if (former.state === 'deactivated') await parts.tokens.endAll(former.uid);
    const wanted = { state: 'active' } as const;
    return change(parts, call, { former, version, why: 'activated', wanted, reason });
  };
}

/** A new code for a person who never used the first one. */
export function postInvitation(parts: SignInParts): Handler {
  return async (call) => {
    const account = await mustAdminister(parts, call);
    const { password } = await parts.credentials.read(account.uid);
    const isNew = password === null && (await parts.countPasskeys(account.uid)) === 0;
    if (!isNew || account.state !== 'active' || account.kind !== 'human') {
      throw new ProblemError('administration_refused', { rule: 'already_enrolled' });
    }
    const enrolment = await invite(parts, call, account);
    return ok({ account, enrolment });
  };
}

/**
 * Two people: the one who cannot sign in asked for it and reads the number out, the other one confirms it here. All
 * that the account could sign in with is erased, its sessions and tokens end, and exports wait a day.
 */
export function postResetAccount(parts: SignInParts): Handler {
  return async (call) => {
    const { number, reason } = parseInput(resetAccountRequestSchema, call.body, 'body');
    const former = await mustAdminister(parts, call);
    if (former.state !== 'active' || former.login === null) throw new ProblemError('reset_refused');
    if (!(await parts.codes.takeReset(canonicalLogin(former.login), number))) {
      await write(parts, call, { account: former, act: 'E', why: 'reset', out: 4 });
      throw new ProblemError('reset_refused');
    }
    const wanted = { exportAllowedAt: parts.now() + exportCoolDownMs };
    const fields = ['credentials', 'exportAllowedAt'];
    const written: Written = { account: former, act: 'U', why: 'reset', fields, reason };
    const account = await recorded(parts, call, written, async () => {
      const updated = mustBeDone(await parts.accounts.update(former.uid, former.version, wanted));
      await end(parts, updated.uid);
      await parts.credentials.erase(updated.uid);
      await parts.eraseOtherFactors(updated.uid);
      await parts.throttle.forgetFailures(updated.uid);
      return updated;
    });
    const enrolment = await parts.codes.issue({
      purpose: 'reset',
      uid: account.uid,
      by: mustSession(call).user.id,
    });
    return ok({ account, enrolment });
  };
}

/** Sessions first: none of them makes another token or asks for another code meanwhile. */
async function end(parts: SignInParts, uid: string): Promise<void> {
  await parts.sessions.revokeAll(uid);
  await parts.tokens.endAll(uid);
  await parts.codes.revoke(uid);
  await parts.devices.forgetAll(uid);
}

/** A code that nobody was shown is worth nothing: it is enough that it is on record before it is. */
async function invite(parts: SignInParts, call: Call, account: Account) {
  await write(parts, call, { account, act: 'E', why: 'invited' });
  await noteChange(parts, call, account, { what: 'invited' });
  const by = mustSession(call).user.id;
  return parts.codes.issue({ purpose: 'invitation', uid: account.uid, by });
}

type Change = {
  former: Account;
  version: number;
  why: AccountChangeKind;
  wanted: AccountChange;
  reason?: string;
  /** Belongs to the change, before it counts as done. */
  andThen?: () => Promise<void>;
};

async function change(parts: SignInParts, call: Call, wish: Change) {
  const { former, version, why, wanted, andThen, reason } = wish;
  const fields = Object.keys(wanted);
  const written: Written = { account: former, act: 'U', why, fields, ...(reason ? { reason } : {}) };
  const account = await recorded(parts, call, written, async () => {
    const updated = mustBeDone(await parts.accounts.update(former.uid, version, wanted), former);
    await andThen?.();
    return updated;
  });
  return ok({ account });
}

type Written = {
  account: Account | null;
  /** What it was before the change that was done; null when it was made. */
  former?: Account | null;
  act: 'C' | 'U' | 'E';
  why: AccountChangeKind;
  fields?: string[];
  /** In the words of who did it: beside the record, which takes none. */
  reason?: string;
  out?: 0 | 4;
};

/** A change of an account: intended and done, each on record, and then with its reason beside it. */
async function recorded(
  parts: SignInParts,
  call: Call,
  written: Written,
  work: () => Promise<Account>,
): Promise<Account> {
  const { why: what, reason = null } = written;
  const account = await intendedChange(
    (event: Omit<Written, 'why'> & { why: string }) => write(parts, call, event),
    written,
    { work, done: (account) => ({ account, former: written.account }) },
  );
  await noteChange(parts, call, account, { what, reason });
  return account;
}

function write(
  parts: SignInParts,
  call: Call,
  { account, former, act, why, fields, out = 0 }: Omit<Written, 'why'> & { why: string },
): Promise<void> {
  const [entity] = accountEntity(account?.uid ?? 'new', fields);
  const values = account && former !== undefined ? { before: former, after: account } : null;
  const ent = entity
    ? [{ ...entity, ...(account ? { ver: account.version } : {}), ...hashesOf(values, fields) }]
    : [];
  const what = why.replace(/^(intended|not-done)\./, '');
  const sub =
    what === 'access' || what === 'created' ? 'privilege' : what === 'reset' ? 'recovery' : 'account';
  return parts.signInAudit.write(call, {
    ...{ type: 'admin', sub, act, out, why, ent, agent: agentOf(mustSession(call)) },
  });
}

function assertRoles(kind: Account['kind'], roles: Account['roles']): void {
  const problem = rolesProblem(kind, roles);
  if (problem) throw new ProblemError('roles_refused', problem);
}

function assertLogin(login: string): void {
  if (!isUsableLogin(canonicalLogin(login))) throw new ProblemError('login_unusable');
}

function mustBeDone(outcome: AccountOutcome, current?: Account): Account {
  if ('account' in outcome) return outcome.account;
  if (outcome.refused === 'login_taken') throw new ProblemError('login_taken');
  if (outcome.refused === 'account_not_found') throw new ProblemError('account_not_found');
  throw new ProblemError('account_changed', current ? { current } : {});
}
