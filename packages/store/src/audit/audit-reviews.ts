/** The weekly review of the record: an item for each week, due a week later, closed by a person's attestation. */
import type { AuditReview, AuditReviewOutcome } from '@workflow-bolt/contracts';
import type { RedisPort } from '../redis-port.ts';
import { type AuditLogId, auditKeys } from './audit-keys.ts';
import { pairsOf } from './seal-state.ts';

const dayMs = 86_400_000;
export const reviewWeekMs = 7 * dayMs;
/** 1970-01-05 was a Monday. */
const firstMonday = 4 * dayMs;

type Done = { by: string; at: number; outcome: AuditReviewOutcome };

/** Beginning of the last week that is over, UTC, epoch ms. */
function lastWeek(now: number): number {
  return now - ((now - firstMonday) % reviewWeekMs) - reviewWeekMs;
}

const nameOf = (week: number): string => new Date(week).toISOString().slice(0, 10);

export class AuditReviews {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** Makes the item of the last week, once. Answers the week when it is new. Throws Fault. */
  async open(log: AuditLogId, now: number): Promise<string | null> {
    const week = nameOf(lastWeek(now));
    return (await this.#once(log, `${week}:made`, String(now))) ? week : null;
  }

  /** All items, newest first. Throws Fault. */
  async list(log: AuditLogId): Promise<AuditReview[]> {
    const flat = (await this.#port.command('HGETALL', auditKeys(log).reviews)) as string[];
    const kept = new Map(pairsOf(flat));
    const weeks = [...kept.keys()].flatMap((field) => (field.endsWith(':made') ? [field.slice(0, 10)] : []));
    return weeks.toSorted((a, b) => (a < b ? 1 : -1)).map((week) => reviewOf(week, kept));
  }

  /** A person says that they have looked. False when somebody had already, or there is no such week. Throws Fault. */
  async attest(log: AuditLogId, week: string, done: Done): Promise<boolean> {
    const made = await this.#port.command('HEXISTS', auditKeys(log).reviews, `${week}:made`);
    return Number(made) === 1 && (await this.#once(log, `${week}:done`, JSON.stringify(done)));
  }

  /**
   * Tells of weeks that nobody has reviewed in time and nobody was told of. One counts as told once `tell` is done: what
   * could not be told is told by the next call. Throws Fault, and what `tell` throws.
   */
  async escalate(log: AuditLogId, now: number, tell: (week: string) => Promise<void>): Promise<void> {
    const late = (await this.list(log)).filter(
      ({ dueAt, reviewedAt, escalatedAt }) => reviewedAt === null && escalatedAt === null && now > dueAt,
    );
    for (const { week } of late) {
      await tell(week);
      await this.#once(log, `${week}:late`, String(now));
    }
  }

  async #once(log: AuditLogId, field: string, value: string): Promise<boolean> {
    return Number(await this.#port.command('HSETNX', auditKeys(log).reviews, field, value)) === 1;
  }
}

function reviewOf(week: string, kept: ReadonlyMap<string, string>): AuditReview {
  const from = Date.parse(week);
  const done = JSON.parse(kept.get(`${week}:done`) ?? 'null') as Done | null;
  const late = kept.get(`${week}:late`);
  return {
    ...{ week, from, to: from + reviewWeekMs - 1, dueAt: from + 2 * reviewWeekMs },
    reviewedBy: done?.by ?? null,
    reviewedAt: done?.at ?? null,
    outcome: done?.outcome ?? null,
    escalatedAt: late === undefined ? null : Number(late),
  };
}
