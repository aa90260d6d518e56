/** Makes every check once, in order, and says what each found. */
import { describeFailure } from '@workflow-bolt/ehr';
import type { CheckKit, Verdict } from './check-kit.ts';
import { CHECKS } from './checks.ts';
import type { LiveAccount } from './live-account.ts';

const DAY_MS = 86_400_000;
/** Within the 31 days that one question may span. */
const BACK_DAYS = 20;
const AHEAD_DAYS = 10;

export interface VerifyQuestion extends Pick<CheckKit, 'zone' | 'now' | 'wait' | 'deletedId' | 'mayProvoke'> {
  /** Null for the account's first practice. */
  readonly practiceName: string | null;
}

export interface CheckReport extends Verdict {
  readonly id: number;
  readonly title: string;
}

export type Verified =
  | { readonly ok: true; readonly reports: readonly CheckReport[] }
  /** Why the account cannot be looked at: no check was made. */
  | { readonly ok: false; readonly problem: string };

export async function verifyAccount(account: LiveAccount, question: VerifyQuestion): Promise<Verified> {
  const { port } = account;
  const proven = await port.checkCredentials();
  if (!proven.ok) return { ok: false, problem: describeFailure(proven.failure) };
  const limits = await port.throttles();
  if (limits.ok) account.gaps.useThrottles(limits.value);
  const practices = await port.practices();
  if (!practices.ok) return { ok: false, problem: describeFailure(practices.failure) };
  const practiceName = question.practiceName ?? practices.value[0]?.name;
  if (!practiceName)
    return { ok: false, problem: 'The account has no practice, or name one with --practice.' };
  const { now } = question;
  const window = { startAt: now - BACK_DAYS * DAY_MS, endAt: now + AHEAD_DAYS * DAY_MS };
  const listed = await port.schedule({ practiceName, window });
  if (!listed.ok) return { ok: false, problem: describeFailure(listed.failure) };
  const kit: CheckKit = { ...question, account, practiceName, rows: listed.value.rows };
  const reports: CheckReport[] = [];
  for (const { id, title, look } of CHECKS) reports.push({ id, title, ...(await look(kit)) });
  return { ok: true, reports };
}

const WIDTH = 7;

/** One line a check: number, finding, what is taken for true, and why. */
export function reportText(reports: readonly CheckReport[]): string {
  return reports
    .map(
      ({ id, finding, title, why }) =>
        `${String(id).padStart(2)}  ${finding.padEnd(WIDTH)}  ${title}: ${why}\n`,
    )
    .join('');
}
