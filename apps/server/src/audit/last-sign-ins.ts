/** Who signed in lately, from the sealed record of the installation, and whose account lies unused. */
import { type Account, dormantDays } from '@workflow-bolt/contracts';
import type { AuditDesk } from './audit-desk.ts';

const dayMs = 86_400_000;

/** Newest sign-in of everybody within the days after which an account is dormant; `now` is epoch ms. Throws Fault. */
export async function lastSignIns(
  desk: Pick<AuditDesk, 'reader'>,
  now: number,
): Promise<Map<string, number>> {
  const reader = await desk.reader(null);
  const found = new Map<string, number>();
  const query = { from: now - dormantDays * dayMs, to: now, sub: 'login', out: 'done' } as const;
  for await (const { event } of reader.matching(query, await reader.size()))
    found.set(event.agent.uid, event.ts);
  return found;
}

/** A person's account in use, older than that, without a sign-in in that time. */
export function isDormant(
  { state, kind, createdAt }: Pick<Account, 'state' | 'kind' | 'createdAt'>,
  lastSignInAt: number | null,
  now: number,
): boolean {
  const isUsed = state === 'active' && kind === 'human';
  return isUsed && now - Math.max(createdAt, lastSignInAt ?? 0) > dormantDays * dayMs;
}
