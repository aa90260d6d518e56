/** What besides the board a commit is made on: it becomes true only if Redis still holds it as it was read. */
export class CommitGuard {
  readonly keys: readonly string[];
  /** The text at each key when it was read; empty for one that was absent. */
  readonly seen: readonly string[];
  #isHeld = false;

  constructor(keys: readonly string[], seen: readonly string[]) {
    this.keys = keys;
    this.seen = seen;
  }

  /** True once Redis has answered a commit that carried it: at that moment all of it was as it was read. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Redis has looked, and found it so. */
  hold(): void {
    this.#isHeld = true;
  }
}

/** Something that a commit was made on has changed: nothing was done, and it must be read again. */
export class GuardBroken extends Error {
  override readonly name = 'GuardBroken';
}
