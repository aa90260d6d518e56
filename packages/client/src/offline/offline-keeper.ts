/**
 * Keeps the last known board on this device while it is live, and takes it away again: when the person leaves, when the
 * session is refused, when the clinic has not decided so. One for each screen.
 */
import type { Actor } from '@workflow-bolt/contracts';
import type { BoardSnapshot } from '../board-snapshot.ts';
import type { Clock } from '../clock.ts';
import { offlineBoardOf } from './offline-board-of.ts';
import type { HeldShare, OfflineVault } from './offline-vault.ts';
import type { SessionEnds } from './session-ends.ts';

/** Where the server's half outlives a reload of the page: memory of a worker, never a disk. */
export interface ShareHolder {
  /** Makes it ready to hold, and the page ready to open without a server. Throws where the browser cannot. */
  prepare(): Promise<void>;
  hold(held: HeldShare): void;
  /** What it holds; null when nothing, or when nobody answers. */
  ask(): Promise<HeldShare | null>;
  /** Lets go of the half and of the page. Never throws. */
  forget(): Promise<void>;
}

export type OfflineKeeperParts = {
  clock: Clock;
  actor: Pick<Actor, 'id'>;
  workstation: string | null;
  /** The server's half, or null; throws when it cannot be asked. */
  share: () => Promise<string | null>;
  /** When the session ends, as last heard; null while nobody has said. */
  ends: () => SessionEnds | null;
  snapshot: () => BoardSnapshot;
  nowMs: () => number;
  vault: Pick<OfflineVault, 'save' | 'clear' | 'wipe'>;
  holder: ShareHolder;
};

/** A board of ten seconds ago says as much as one of now, to somebody who reads its age. */
const saveEveryMs = 10_000;
/** Whoever may not see the board any more must not find it here either. */
const refused: ReadonlySet<string> = new Set(['needs-auth', 'forbidden']);

export class OfflineKeeper {
  readonly #parts: OfflineKeeperParts;
  #held: HeldShare | null = null;
  #cancel: (() => void) | null = null;
  #isEnded = false;

  constructor(parts: OfflineKeeperParts) {
    this.#parts = parts;
  }

  /** Asks whether boards are kept here, and begins. Never throws: without an answer nothing is kept. */
  async start(): Promise<void> {
    const { share: ask, holder, actor, workstation } = this.#parts;
    try {
      const share = await ask();
      const former = await holder.ask();
      if (this.#isEnded) return;
      const isOther = former !== null && (former.uid !== actor.id || former.workstation !== workstation);
      if (share === null || isOther) await this.#clear();
      const ends = this.#parts.ends();
      if (share === null || ends === null || this.#isEnded) return;
      await holder.prepare();
      if (this.#isEnded) return;
      this.#held = { share, uid: actor.id, workstation, ...ends };
      await this.#look();
    } catch {
      // A browser without workers or storage keeps nothing, and works.
    }
  }

  /** The page goes, and what it kept stays: a reload finds it. */
  stop(): void {
    this.#isEnded = true;
    this.#cancel?.();
    this.#cancel = null;
    this.#held = null;
  }

  /** The person goes, and what was kept with them. Works without a server. Never throws. */
  async leave(): Promise<void> {
    this.stop();
    // At once and side by side: a worker that is slow to answer must not keep the board.
    await Promise.all([this.#parts.holder.forget(), this.#parts.vault.wipe()]);
  }

  /** Call whenever the screen changes: a refusal ends it at once. */
  notice(): void {
    if (!this.#isEnded && refused.has(this.#parts.snapshot().connection.phase)) void this.leave();
  }

  async #look(): Promise<void> {
    const { snapshot, clock, holder, ends } = this.#parts;
    const shown = snapshot();
    if (this.#held === null) return;
    this.#held = { ...this.#held, ...ends() };
    holder.hold(this.#held);
    await this.#save(shown, this.#held).catch(() => {});
    if (!this.#isEnded) this.#cancel = clock.after(this.#pauseMs(shown), () => void this.#look());
  }

  /** Until the first board is there it looks more often: a reload may come at any moment. */
  #pauseMs = ({ connection }: BoardSnapshot): number => (connection.isLive ? saveEveryMs : 1_000);

  async #save(shown: BoardSnapshot, held: HeldShare): Promise<void> {
    const { nowMs, vault } = this.#parts;
    if (!shown.connection.isLive || shown.ageMs === null) return;
    const board = offlineBoardOf(shown.serverEntities, nowMs() - shown.ageMs);
    if (board) await vault.save(board, held, this.#parts.clock.wallMs());
  }

  /** Of somebody else, of another standing of this computer, or of a clinic that has changed its mind. */
  async #clear(): Promise<void> {
    await this.#parts.holder.forget();
    await this.#parts.vault.clear();
  }
}
