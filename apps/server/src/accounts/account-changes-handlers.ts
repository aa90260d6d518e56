/** Who changed an account, what, and why: for those who administer it, and for its owner, who is told this way. */
import type { Account } from '@workflow-bolt/contracts';
import type { NotedChange } from '@workflow-bolt/store';
import { type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import type { AccountParts } from './account-parts.ts';
import { mustSee } from './administered-account.ts';
import { mustOwnAccount } from './own-account.ts';

type Noted = Pick<NotedChange, 'what'> & Partial<Pick<NotedChange, 'reason'>>;

/** Keeps what was done, with the reason that was given. Throws Fault. */
export function noteChange(
  parts: AccountParts,
  call: Call,
  { uid, version, roles, clinics }: Account,
  { what, reason = null }: Noted,
): Promise<void> {
  const by = mustSession(call).user.id;
  return parts.changes.note(uid, version, { at: parts.now(), by, what, roles, clinics, reason });
}

export function getAccountChanges(parts: AccountParts): Handler {
  return async (call) => ok({ changes: await presented(parts, await mustSee(parts, call)) });
}

export function getOwnAccountChanges(parts: AccountParts): Handler {
  return async (call) =>
    ok({ changes: await presented(parts, await mustOwnAccount(parts, mustSession(call))) });
}

async function presented(parts: AccountParts, { uid }: Account) {
  const changes = await parts.changes.list(uid);
  const whos = [...new Set(changes.map(({ by }) => by))];
  const found = await Promise.all(whos.map((who) => parts.accounts.find(who)));
  const names = new Map(whos.map((who, i) => [who, found[i]?.name ?? null]));
  return changes.map((change) => ({ ...change, by: { uid: change.by, name: names.get(change.by) ?? null } }));
}
