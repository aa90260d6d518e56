/**
 * From what the vault does with keys to entries of the record. Gathered for a moment: opening a board unwraps a few
 * keys and writes a few entries, and what fails again and again is counted, not repeated.
 */
import type { SecurityEvent } from '@workflow-bolt/contracts';
import type { KeyUse } from './key-hierarchy.ts';

export type KeyUseRecorderParts = {
  /** Keeps one event in the record. */
  record: (event: SecurityEvent) => Promise<void>;
  /** Clinics with a log of their own; keys of any other are told in the installation's. */
  clinics: readonly string[];
  /** Told once for each event that could not be kept at once. */
  onError: (error: unknown) => void;
};

/** Uses of one moment leave together: a board's opening is one write. */
const gatherMs = 500;
/** Told at once, then counted for so long: the same failure, and the use of a key that is used all day. */
const quietMs: Partial<Record<KeyUse['use'], number>> = { failed: 60_000, used: 3_600_000 };
/** Different matters that may wait; more than this in one moment are counted together. */
const waitingMax = 500;
/** At the end of a process nobody waits longer than this for a store that is away. */
const farewellMs = 1_000;

type Waiting = { use: KeyUse; count: number; dueAt: number };

/** Clinic of a key that belongs to none. */
const installation = '*';

const actOf: Record<KeyUse['use'], SecurityEvent['act']> = {
  created: 'C',
  opened: 'E',
  rewrapped: 'U',
  rotated: 'U',
  destroyed: 'D',
  failed: 'E',
  used: 'E',
};

/** A failure is one matter for a month and a reason, however many records it concerns. */
function matterOf({ use, clinic, kid, period, reason }: KeyUse): string {
  return [
    use,
    clinic,
    use === 'failed' && clinic !== installation ? '' : kid,
    period ?? '',
    reason ?? '',
  ].join('|');
}

/** Refused without harm where the key was destroyed on purpose; anything else that does not open is an alarm. */
function outcomeOf({ use, reason }: KeyUse): SecurityEvent['out'] {
  if (use !== 'failed') return 0;
  return reason === 'destroyed_key' ? 4 : 8;
}

export function keyUseEvent(use: KeyUse, count: number, hasOwnLog: boolean): SecurityEvent {
  const { clinic, kid, period, reason } = use;
  // Ids of data keys hold a character that no id of the record may hold.
  const id = [...(period === null ? [] : [period]), kid.replaceAll('~', '/')].join('/');
  return {
    ...{ cid: hasOwnLog ? clinic : null, type: 'security', sub: 'key', act: actOf[use.use] },
    out: outcomeOf(use),
    ...(reason === undefined ? {} : { why: reason }),
    agent: { uid: 'vault', kind: 'service', role: null },
    pou: 'SYSADMN',
    ent: [
      { t: 'Key', id, n: count },
      ...(hasOwnLog || clinic === installation ? [] : [{ t: 'Clinic', id: clinic }]),
    ],
    job: `key.${use.use}`,
  };
}

export class KeyUseRecorder {
  readonly #parts: KeyUseRecorderParts;
  readonly #waiting = new Map<string, Waiting>();
  /** Until when a matter that was told is only counted. */
  readonly #quietUntil = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: KeyUseRecorderParts) {
    this.#parts = parts;
  }

  /** For `Vault`'s `onUse`. Never throws and never waits. */
  take(use: KeyUse): void {
    const matter = this.#waiting.size < waitingMax ? matterOf(use) : matterOf({ ...use, kid: 'others' });
    const known = this.#waiting.get(matter);
    if (known) {
      known.count += 1;
      return;
    }
    const now = performance.now();
    const quietUntil = this.#quietUntil.get(matter) ?? Number.NEGATIVE_INFINITY;
    this.#waiting.set(matter, { use, count: 1, dueAt: Math.max(now + gatherMs, quietUntil) });
    this.#timer ??= this.#arm();
  }

  /** Writes everything that waits; resolves when it is kept, or failed. Never throws. */
  async flush(): Promise<void> {
    this.#write([...this.#waiting.keys()]);
    await this.#writing;
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const limit = setTimeout(resolve, farewellMs);
    await Promise.race([this.flush(), promise]);
    clearTimeout(limit);
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #arm(): NodeJS.Timeout {
    return setInterval(() => this.#writeDue(), gatherMs).unref();
  }

  #writeDue(): void {
    const now = performance.now();
    this.#write([...this.#waiting].flatMap(([matter, { dueAt }]) => (dueAt <= now ? [matter] : [])));
    for (const [matter, until] of this.#quietUntil) if (now > until) this.#quietUntil.delete(matter);
    if (this.#waiting.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #write(matters: readonly string[]): void {
    const { record, clinics, onError } = this.#parts;
    const kept = matters.flatMap((matter) => {
      const found = this.#waiting.get(matter);
      this.#waiting.delete(matter);
      if (!found) return [];
      const quiet = quietMs[found.use.use];
      if (quiet !== undefined) this.#quietUntil.set(matter, performance.now() + quiet);
      return [record(keyUseEvent(found.use, found.count, clinics.includes(found.use.clinic))).catch(onError)];
    });
    if (kept.length > 0) this.#writing = Promise.all([this.#writing, ...kept]).then(() => {});
  }
}
