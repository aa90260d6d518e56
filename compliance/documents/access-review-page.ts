import { markdownTable } from '../../scripts/markdown-table.ts';
import type { AccessRow } from '../registers/access-review.ts';

const day = (at: number | null): string =>
  at === null ? 'none on record' : new Date(at).toISOString().slice(0, 10);

/** The review as a page to be printed, gone through and signed. `now` is epoch ms. */
export function accessReviewPage(rows: readonly AccessRow[], now: number): string {
  const lines = rows.map(({ account, factors, lastSignInAt, apiTokens, remarks }) => [
    account.name,
    account.login ?? '–',
    account.roles.join(', '),
    account.clinics.join(', ') || '–',
    [
      factors.hasPassword ? 'password' : '',
      factors.totp ? 'authenticator' : '',
      factors.passkeys > 0 ? 'passkey' : '',
    ]
      .filter((word) => word !== '')
      .join(', ') || 'none',
    day(lastSignInAt),
    `${apiTokens}`,
    remarks.join('; ') || '–',
    '',
  ]);
  const remarked = rows.filter(({ remarks }) => remarks.length > 0).length;
  return [
    `# Review of access, ${day(now)}`,
    `${rows.length} accounts that can do something, ${remarked} with a remark. For each line: keep, change or end, with initials.`,
    markdownTable(
      [
        'Person',
        'Signs in as',
        'Roles',
        'Clinics',
        'Factors',
        'Last sign-in',
        'Tokens',
        'Remarks',
        'Decision',
      ],
      lines,
    ),
    'Reviewed by: ____________________  on: __________',
    '',
  ].join('\n\n');
}
