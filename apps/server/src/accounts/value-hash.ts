import { createHash } from 'node:crypto';
import type { Account } from '@workflow-bolt/contracts';

/**
 * What stood in some fields, as a fingerprint: two entries of one account can be compared without the record holding
 * what was there. Salted by the account, so that equal roles of two people do not look alike.
 */
function hashOf(account: Account, fields: readonly string[]): string {
  const values = fields.map((name) => [name, account[name as keyof Account] ?? null]);
  const salt = `bolt-account-v1|${account.uid}|${account.createdAt}`;
  return `sha256:${createHash('sha256')
    .update(`${salt}|${JSON.stringify(values)}`)
    .digest('hex')}`;
}

type Values = { before: Account | null; after: Account };

/** Before and after of the fields that an account holds; nothing where there is nothing to compare. */
export function hashesOf(
  values: Values | null,
  fields: readonly string[] = [],
): { before?: string; after?: string } {
  const held = fields.filter((name) => values && Object.hasOwn(values.after, name)).toSorted();
  if (!values || held.length === 0) return {};
  const { before, after } = values;
  return { ...(before ? { before: hashOf(before, held) } : {}), after: hashOf(after, held) };
}
