import type { AccountParts } from './account-parts.ts';

/**
 * Where there is no account at all, prints a one-time code with which whoever installed this makes the first one. One
 * process prints it, once; it is good for an hour, and as long as no account exists a later start may print another.
 * Never again after that.
 */
export async function announceFirstAccount(
  { accounts, codes }: Pick<AccountParts, 'accounts' | 'codes'>,
  { origin, print }: { origin: string | null; print: (text: string) => void },
): Promise<void> {
  if ((await accounts.count()) > 0) return;
  const first = await codes.issueFirst();
  if (!first) return;
  const until = new Date(first.expiresAt).toISOString();
  print(`
  There is no account yet. Make the first one, an administrator, at

    ${origin ?? ''}/enrol

  with this code, which is good once, until ${until}:

    ${first.code}
`);
}
