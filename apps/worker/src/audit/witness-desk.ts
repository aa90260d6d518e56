/** Has the sealed logs confirmed by witnesses elsewhere. Nothing waits for it but trimming, if so asked. */
import type { Beat, SecurityEvent } from '@workflow-bolt/contracts';
import {
  type AuditLogId,
  clinicOf,
  type LogArchive,
  LogWitness,
  type WitnessAddress,
  type WitnessOutcome,
} from '@workflow-bolt/store';
import type { Logger } from 'pino';

export type WitnessDeskParts = {
  witnesses: readonly WitnessAddress[];
  record: (event: SecurityEvent) => Promise<void>;
  /** A witness has seen another log: nothing more may be deleted. */
  onForked: (log: AuditLogId) => void;
  log: Logger;
  /** Epoch ms. */
  now: () => number;
};

/** After so long without a confirmation of what was sealed, it is told; and again after a day. */
export const witnessLateMs = 900_000;
const toldAgainMs = 86_400_000;

type Standing = {
  asker: LogWitness;
  size: number;
  /** When the witness last signed, and since when something waits for it; epoch ms. */
  lastGoodAt: number | null;
  waitsSince: number | null;
  told: Map<string, number>;
};

export class WitnessDesk {
  readonly #parts: WitnessDeskParts;
  readonly #standings = new Map<AuditLogId, Map<WitnessAddress, Standing>>();
  readonly #stopping = new AbortController();
  #asking: Promise<void> | null = null;

  constructor(parts: WitnessDeskParts) {
    this.#parts = parts;
  }

  /** Begins to ask about these logs, unless it is still asking. Never throws. */
  ask(logs: ReadonlyMap<AuditLogId, LogArchive>): void {
    if (this.#parts.witnesses.length === 0 || logs.size === 0 || this.#stopping.signal.aborted) return;
    this.#asking ??= this.#askAll(logs).finally(() => {
      this.#asking = null;
    });
  }

  /** Resolves once nobody is being asked. */
  async settled(): Promise<void> {
    await this.#asking;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#asking;
  }

  /** Whether every witness has confirmed so much of the log. */
  isConfirmed(log: AuditLogId, size: number): boolean {
    const standings = this.#standings.get(log);
    return this.#parts.witnesses.every((each) => (standings?.get(each)?.size ?? 0) >= size);
  }

  /** Undefined without witnesses. */
  get state(): NonNullable<Beat['record']>['witness'] {
    if (this.#parts.witnesses.length === 0) return undefined;
    const all = [...this.#standings.values()].flatMap((each) => [...each.values()]);
    const times = all.flatMap(({ lastGoodAt }) => lastGoodAt ?? []);
    return {
      lastGoodAt: times.length > 0 ? Math.max(...times) : null,
      isLate: all.some((each) => this.#isLate(each)),
    };
  }

  #isLate({ waitsSince }: Standing): boolean {
    return waitsSince !== null && this.#parts.now() - waitsSince > witnessLateMs;
  }

  /** Each witness is asked by itself: one that is away costs the others nothing. */
  async #askAll(logs: ReadonlyMap<AuditLogId, LogArchive>): Promise<void> {
    await Promise.all(
      this.#parts.witnesses.map(async (witness) => {
        for (const [log, archive] of logs) await this.#askOne(log, archive, witness);
      }),
    );
  }

  async #askOne(log: AuditLogId, archive: LogArchive, witness: WitnessAddress): Promise<void> {
    const standing = this.#standingOf(log, archive, witness);
    try {
      const outcome = await standing.asker.confirm();
      if (this.#stopping.signal.aborted) return;
      this.#note(standing, outcome);
      await this.#tell(log, witness, standing, outcome);
    } catch {
      // The archive or Redis was away: whoever seals says so. The next pass asks, and tells, again.
      this.#parts.log.warn({ log, witness: witness.key.name }, 'witness not asked');
    }
  }

  #standingOf(log: AuditLogId, archive: LogArchive, witness: WitnessAddress): Standing {
    const ofLog = this.#standings.get(log) ?? new Map<WitnessAddress, Standing>();
    this.#standings.set(log, ofLog);
    const asker = () => new LogWitness({ archive, witness, signal: this.#stopping.signal });
    const standing = ofLog.get(witness) ?? {
      ...{ asker: asker(), size: 0, lastGoodAt: null, waitsSince: null, told: new Map() },
    };
    ofLog.set(witness, standing);
    return standing;
  }

  #note(standing: Standing, outcome: WitnessOutcome): void {
    if (outcome.status === 'empty') return;
    if (outcome.status !== 'confirmed') {
      standing.waitsSince ??= this.#parts.now();
      return;
    }
    standing.size = outcome.size;
    standing.lastGoodAt = outcome.at;
    standing.waitsSince = null;
    standing.told.clear();
  }

  async #tell(
    log: AuditLogId,
    { key }: WitnessAddress,
    standing: Standing,
    outcome: WitnessOutcome,
  ): Promise<void> {
    if (outcome.status === 'confirmed' || outcome.status === 'empty') return;
    const isForked = outcome.status === 'forked';
    const why = isForked ? 'witness_refused' : 'witness_late';
    if (!isForked && !this.#isLate(standing)) return;
    if (this.#parts.now() - (standing.told.get(why) ?? 0) < toldAgainMs) return;
    if (isForked) this.#parts.onForked(log);
    const { reason } = outcome;
    this.#parts.log[isForked ? 'fatal' : 'error']({ log, witness: key.name, reason }, why.replace('_', ' '));
    await this.#parts.record({
      ...{ cid: clinicOf(log), type: 'security', sub: 'verify', act: 'E', out: isForked ? 8 : 4, why },
      agent: { uid: 'audit-keeper', kind: 'service', role: null },
      ...{ pou: 'HCOMPL', ent: [{ t: 'Witness', id: key.name, fields: [reason] }] },
    });
    // Only what is on the record was told: until then each pass tries again.
    standing.told.set(why, this.#parts.now());
  }
}
