/** What this worker's last calls say of the EHR: whether it answers, since when, and how fast. */
import type { Beat } from '@workflow-bolt/contracts';
import { breakerVerdict, type EhrCallRecord, isEhrWrite } from '@workflow-bolt/ehr';

type Call = Pick<EhrCallRecord, 'operation' | 'failure' | 'durationMs'>;
type Told = Omit<NonNullable<Beat['ehr']>, 'account' | 'reads' | 'writes'>;

/**
 * Reads say whether the EHR answers; of writes only that they went well, for their breaker says when they do not. What
 * says nothing of the EHR to the breaker says nothing here: one record that cannot be read, a call given up or sent too
 * soon. Only while nothing else is known such an end counts, unless it will be another one the next time.
 */
export class LastCalls {
  #told: Told = {
    ...{ isOk: true, lastGoodAt: null, detail: 'not asked yet', askedAt: null, tookMs: null },
    ...{ wroteAt: null, wroteMs: null },
  };

  get told(): Told {
    return this.#told;
  }

  take({ operation, failure, durationMs }: Call, at: number): void {
    const verdict = breakerVerdict(failure);
    const tookMs = Math.max(0, Math.round(durationMs));
    if (isEhrWrite(operation)) {
      if (failure === null) this.#told = { ...this.#told, wroteAt: at, wroteMs: tookMs };
      return;
    }
    const isTelling = verdict !== 'ignored' || (this.#told.askedAt === null && isLasting(failure));
    if (!isTelling) return;
    const isOk = verdict === 'ok';
    const lastGoodAt = isOk ? at : this.#told.lastGoodAt;
    this.#told = {
      ...this.#told,
      ...{ isOk, lastGoodAt, detail: isOk ? null : (failure?.kind ?? null), askedAt: at, tookMs },
    };
  }
}

/** A missing right, our own mistake, a record that nobody can read: ends the same until somebody changes something. */
const isLasting = (failure: Call['failure']): boolean =>
  failure?.kind === 'auth' || failure?.kind === 'our-bug' || failure?.kind === 'malformed';
