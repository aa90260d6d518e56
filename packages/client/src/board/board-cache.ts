/**
 * Keeps the last shown board on disk: position and entities in one record and one transaction, at most once
 * a second. Memory may be ahead of disk; the two parts of the record never disagree.
 */
import type { Clock } from '../clock.ts';
import type { ClientStorage } from '../outbox/outbox-storage.ts';
import type { BoardReplica } from './replica.ts';

const debounceMs = 1_000;

export class BoardCache {
  readonly #clock: Clock;
  readonly #replica: BoardReplica;
  readonly #asOfMs: () => number | null;
  #target: { storage: ClientStorage; key: string } | null = null;
  #cancel: (() => void) | null = null;

  constructor(ports: { clock: Clock; replica: BoardReplica; asOfMs: () => number | null }) {
    this.#clock = ports.clock;
    this.#replica = ports.replica;
    this.#asOfMs = ports.asOfMs;
  }

  /** Takes over what is stored under `key`, if this replica has nothing newer. */
  async load(storage: ClientStorage, key: string): Promise<{ asOfMs: number | null; ageMs: number } | null> {
    this.#target = { storage, key };
    const cached = await storage.loadBoard(key).catch(() => null);
    if (cached === null || this.#replica.position !== null) return null;
    this.#replica.restore(cached.record);
    return { asOfMs: cached.asOfMs, ageMs: Math.max(0, this.#clock.wallMs() - cached.savedWallMs) };
  }

  /** The replica moved. */
  touch(): void {
    if (this.#target !== null) this.#cancel ??= this.#clock.after(debounceMs, () => void this.save());
  }

  async save(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    const record = this.#replica.record();
    if (record === null || this.#target === null) return;
    const { storage, key } = this.#target;
    const board = { record, asOfMs: this.#asOfMs(), savedWallMs: this.#clock.wallMs() };
    // A full disk costs the offline start, not the running board.
    await storage.saveBoard(key, board).catch(() => {});
  }

  /** What was shown must not be seen again. */
  async drop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    await this.#target?.storage.dropBoards().catch(() => {});
  }

  detach(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#target = null;
  }
}
