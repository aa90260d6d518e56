/** The review of all access in force: one is always open, due 92 days after the former one was attested by a person. */
import { type AccessReview, type AccessReviewOutcome, accessReviewMs } from '@workflow-bolt/contracts';
import { readHash } from '../passkeys/read-hash.ts';
import type { RedisPort } from '../redis-port.ts';
import { type AuditLogId, auditKeys } from './audit-keys.ts';

type Done = { by: string; at: number; outcome: AccessReviewOutcome; accounts: number };

export class AccessReviews {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** Makes the first one, or the one after an attestation; `now` is epoch ms. Throws Fault. */
  async open(log: AuditLogId, now: number): Promise<void> {
    const [newest] = await this.list(log);
    if (newest && newest.reviewedAt === null) return;
    const openedAt = newest?.reviewedAt ?? now;
    await this.#once(log, `${(newest?.number ?? 0) + 1}:made`, String(openedAt));
  }

  /** All of them, newest first. Throws Fault. */
  async list(log: AuditLogId): Promise<AccessReview[]> {
    const kept = await readHash(this.#port, auditKeys(log).accessReviews);
    const numbers = [...kept.keys()].flatMap((field) =>
      field.endsWith(':made') ? [parseInt(field, 10)] : [],
    );
    return numbers.toSorted((a, b) => b - a).map((number) => reviewOf(number, kept));
  }

  /** A person says that they have looked. False when somebody had already, or there is no such review. Throws Fault. */
  async attest(log: AuditLogId, number: number, done: Done): Promise<boolean> {
    const made = await this.#port.command('HEXISTS', auditKeys(log).accessReviews, `${number}:made`);
    if (Number(made) !== 1 || !(await this.#once(log, `${number}:done`, JSON.stringify(done)))) return false;
    await this.open(log, done.at);
    return true;
  }

  /**
   * Tells of those that are overdue and that nobody was told of. One counts as told once `tell` is done: what could not
   * be told is told by the next call. Throws Fault, and what `tell` throws.
   */
  async escalate(log: AuditLogId, now: number, tell: (number: number) => Promise<void>): Promise<void> {
    const late = (await this.list(log)).filter(
      ({ dueAt, reviewedAt, escalatedAt }) => reviewedAt === null && escalatedAt === null && now > dueAt,
    );
    for (const { number } of late) {
      await tell(number);
      await this.#once(log, `${number}:late`, String(now));
    }
  }

  async #once(log: AuditLogId, field: string, value: string): Promise<boolean> {
    return Number(await this.#port.command('HSETNX', auditKeys(log).accessReviews, field, value)) === 1;
  }
}

function reviewOf(number: number, kept: ReadonlyMap<string, string>): AccessReview {
  const openedAt = Number(kept.get(`${number}:made`));
  const done = JSON.parse(kept.get(`${number}:done`) ?? 'null') as Done | null;
  const late = kept.get(`${number}:late`);
  return {
    ...{ number, openedAt, dueAt: openedAt + accessReviewMs },
    reviewedBy: done?.by ?? null,
    reviewedAt: done?.at ?? null,
    outcome: done?.outcome ?? null,
    accounts: done?.accounts ?? null,
    escalatedAt: late === undefined ? null : Number(late),
  };
}
