/** Alerts and their reviews, one book for each clinic and one for the installation. */
import { hash } from 'node:crypto';
import { type Alert, type AlertReviewOutcome, Fault } from '@workflow-bolt/contracts';
import type { AlertDraft } from '@workflow-bolt/domain';
import type { RedisPort } from '../redis-port.ts';
import { RecordBook } from '../retention/record-book.ts';
import { alertBookKeys } from '../retention/retention-keys.ts';

/** Reviewed alerts are shown so long; their proof is in the record of accesses. */
const keptMs = 90 * 86_400_000;
/** Looked through when an alert is raised, so that a book never grows without end. */
const sweptMax = 50;

const keyOf = (id: string): string => `alert:${id}`;
const idOf = (matter: string): string => hash('sha256', matter, 'hex').slice(0, 24);

export class AlertStore {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** Keeps an alert; null when this matter is known already. Throws Fault. */
  async raise({ matter, session: _session, ...draft }: AlertDraft): Promise<Alert | null> {
    const id = idOf(matter);
    const alert: Alert = { id, ...draft, review: null };
    const isNew = await this.#book(draft.clinic).update([keyOf(id)], (records) =>
      records.has(keyOf(id))
        ? null
        : { writes: { [keyOf(id)]: alert }, note: { what: 'raised', rule: draft.rule, alert: id } },
    );
    return isNew ? alert : null;
  }

  /** All alerts of a clinic, or of the installation for null; newest first. Throws Fault. */
  async list(clinic: string | null): Promise<Alert[]> {
    const found = await this.#book(clinic).list<Alert>('alert:');
    return [...found.values()].map(({ value }) => value).sort((a, b) => b.at - a.at);
  }

  /** What a person has already made of this matter; null when nobody has. Throws Fault. */
  async outcomeOf({ clinic, matter }: AlertDraft): Promise<AlertReviewOutcome | null> {
    const found = await this.#book(clinic).find<Alert>(keyOf(idOf(matter)));
    return found?.value.review?.outcome ?? null;
  }

  /** Throws Fault `record_not_found`. */
  async get(clinic: string | null, id: string): Promise<Alert> {
    const found = await this.#book(clinic).find<Alert>(keyOf(id));
    if (!found) throw new Fault('record_not_found');
    return found.value;
  }

  /** Keeps what a person made of it; false when somebody else was first. Throws Fault `record_not_found`. */
  async review(clinic: string | null, id: string, review: NonNullable<Alert['review']>): Promise<boolean> {
    return this.#book(clinic).update([keyOf(id)], (records) => {
      const known = records.get(keyOf(id))?.value as Alert | undefined;
      if (!known) throw new Fault('record_not_found');
      if (known.review) return null;
      const reviewed: Alert = { ...known, review };
      return { writes: { [keyOf(id)]: reviewed }, note: { what: 'reviewed', alert: id, by: review.by } };
    });
  }

  /** Forgets what was reviewed long ago (epoch ms now); how many. Throws Fault. */
  async forgetOld(clinic: string | null, now: number): Promise<number> {
    const old = (await this.list(clinic))
      .filter(({ review }) => review !== null && review.at < now - keptMs)
      .slice(0, sweptMax)
      .map(({ id }) => keyOf(id));
    if (old.length === 0) return 0;
    const gone = Object.fromEntries(old.map((id) => [id, null]));
    await this.#book(clinic).update(old, () => ({
      writes: gone,
      note: { what: 'forgotten', count: old.length },
    }));
    return old.length;
  }

  #book(clinic: string | null): RecordBook {
    return new RecordBook(this.#port, alertBookKeys(clinic));
  }
}
