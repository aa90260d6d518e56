/** One tab of a browser leads: Web Locks give it out and take it back when the tab dies. */
export type LockManagerLike = Pick<LockManager, 'request'>;

export type ElectionPorts = {
  locks: LockManagerLike;
  name: string;
  onLead: () => void;
  /** Another tab took the lead because this one had fallen silent. */
  onLost: () => void;
};

export class LeaderElection {
  readonly #ports: ElectionPorts;
  #aborter = new AbortController();
  #release: (() => void) | null = null;

  constructor(ports: ElectionPorts) {
    this.#ports = ports;
  }

  /** Waits in line for the lead. */
  join(): void {
    if (this.#aborter.signal.aborted) this.#aborter = new AbortController();
    this.#request({ signal: this.#aborter.signal });
  }

  /** Takes the lead from a leader that says nothing any more (a frozen tab keeps its lock). */
  takeOver(): void {
    if (this.#release === null && !this.#aborter.signal.aborted) this.#request({ steal: true });
  }

  leave(): void {
    this.#aborter.abort();
    this.#release?.();
    this.#release = null;
  }

  #request(options: LockOptions): void {
    const { locks, name, onLost } = this.#ports;
    const { signal } = this.#aborter;
    locks
      .request(name, options, () => this.#hold(signal))
      .catch(() => {
        if (this.#release === null || signal.aborted) return;
        this.#release = null;
        onLost();
        this.join();
      });
  }

  #hold(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#release !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#release = resolve;
      this.#ports.onLead();
    });
  }
}

/** Runs `work` while no other tab runs work of that name; without Web Locks, at once. */
export function exclusively(
  locks: LockManagerLike | null,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  return locks === null ? work() : locks.request(name, work).then(() => {});
}
