/**
 * Brings what was committed here into the index, a moment later and apart from the commit: nobody waits for it, and
 * what is not done because this process or Redis went away, the sweep does.
 */
import type { BoardHost } from '../board-host.ts';
import type { PatientIndex } from './patient-index.ts';

/** A schedule changes a hundred patients within a second: the day is indexed once for all of them. */
const gatherMs = 500;

export class IndexWriter {
  readonly #index: Pick<PatientIndex, 'publish'>;
  readonly #onError: (error: unknown) => void;
  readonly #due = new Map<BoardHost, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();

  constructor(index: Pick<PatientIndex, 'publish'>, onError: (error: unknown) => void) {
    this.#index = index;
    this.#onError = onError;
  }

  /** Patients of this board have changed. */
  due(host: BoardHost): void {
    if (this.#due.has(host)) return;
    this.#due.set(host, setTimeout(() => void this.#publish(host), gatherMs).unref());
  }

  /** Brings in what is due, without waiting for more. Never throws. */
  async stop(): Promise<void> {
    const hosts = [...this.#due.keys()];
    await Promise.all([...hosts.map((host) => this.#publish(host)), ...this.#running]);
  }

  #publish(host: BoardHost): Promise<void> {
    clearTimeout(this.#due.get(host));
    this.#due.delete(host);
    const { epoch, seq } = host.position;
    const running = this.#index
      .publish(host.board, host.state, { epoch, seq })
      .catch(this.#onError)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }
}
