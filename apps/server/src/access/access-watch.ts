import type { StreamConnection } from '../stream/stream-connection.ts';
import type { StreamHub } from '../stream/stream-hub.ts';

type WatchedHub = Pick<StreamHub, 'connections' | 'reopen' | 'revoke'>;

/** How often every stream is held to the rights of its reader: at most this late it notices a change. */
const watchMs = 2_000;

/**
 * Holds open streams to the rights of whoever reads them: roles, clinics, emergency accesses, and who is in the office
 * change while a stream lives for an hour. A stream whose reader may see something else now is ended and opened again
 * by the page, with a snapshot of what it may see; one whose reader may see nothing is ended for good.
 */
export class AccessWatch {
  readonly #hub: WatchedHub;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | null = null;
  #isAgain = false;

  constructor(hub: WatchedHub) {
    this.#hub = hub;
    this.#timer = setInterval(() => void this.check(), watchMs).unref();
  }

  /** Looks at all streams; called while it looks, it looks once more. */
  check(): Promise<void> {
    this.#isAgain = this.#looking !== null;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
      if (this.#isAgain) void this.check();
    });
    return this.#looking;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const groups = Map.groupBy(this.#hub.connections, ({ options }) => options.sessionId);
    for (const streams of groups.values()) await this.#judge(streams);
  }

  /** All streams of one session: who it is, is asked once. */
  async #judge(streams: readonly StreamConnection[]): Promise<void> {
    // While the store is away nothing new reaches a stream either; it is asked again at the next turn.
    const principal = await streams[0]?.options.footing.principal().catch(() => undefined);
    if (principal === undefined) return;
    for (const stream of streams) {
      const view = principal && stream.options.footing.view(principal);
      if (view === null) this.#hub.revoke(stream);
      else if (view !== stream.options.projection.view) this.#hub.reopen(stream);
    }
  }
}
