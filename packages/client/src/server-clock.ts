/**
 * The server's clock as seen from here. Each stamped frame gives a sample `t - monotonic`; the largest one
 * travelled fastest and is kept. Samples are forgotten at every `hello`, so a server whose clock stepped back
 * is believed again after one reconnect. The workstation's own wall clock never enters.
 */
export class ServerClock {
  #offsetMs: number | null = null;

  /** A new connection said what time it is. */
  restart(serverMs: number, monotonicMs: number): void {
    this.#offsetMs = serverMs - monotonicMs;
  }

  observe(serverMs: number, monotonicMs: number): void {
    const offset = serverMs - monotonicMs;
    if (this.#offsetMs === null || offset > this.#offsetMs) this.#offsetMs = offset;
  }

  /** The machine slept: monotonic clocks of some browsers stand still meanwhile. */
  addSleep(sleptMs: number): void {
    if (this.#offsetMs !== null) this.#offsetMs += sleptMs;
  }

  /** Server time in epoch ms; null before the first sample. */
  nowMs(monotonicMs: number): number | null {
    return this.#offsetMs === null ? null : Math.round(monotonicMs + this.#offsetMs);
  }
}
