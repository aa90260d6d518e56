/** What besides the board a commit is made on: it becomes true only if Redis still holds it as it was read. */
export class CommitGuard {
  readonly keys: readonly string[];
  /** The text at each key when it was read; empty for one that was absent. */
  readonly seen: readonly string[];
  #isSpent = false;

  constructor(keys: readonly string[], seen: readonly string[]) {
    this.keys = keys;
    this.seen = seen;
  }

  /** True once a command that carried it has its outcome, or may have one that nobody knows. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Redis found all of it as it was read and has done what it was asked; or it has not answered, and may have. */
  spend(): void {
    this.#isSpent = true;
  }
}

/** Something that a commit was made on has changed: nothing was done, and it must be read again. */
export class GuardBroken extends Error {
  override readonly name = 'GuardBroken';
}
