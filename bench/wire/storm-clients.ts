import type { BoardKey } from '@workflow-bolt/contracts';
import { openSseClients, type SseClients } from '@workflow-bolt/testkit';
import { boardPath } from '../processes/product-server.ts';
import type { SessionHeaders } from './session-headers.ts';
import { seqOfCursor } from './stream-readers.ts';

export type StormOptions = {
  port: number;
  sessions: readonly SessionHeaders[];
  board: BoardKey;
  count: number;
};

/** Below a listener's usual backlog of 511; all of them are asked for in the same moment. */
const connectingMax = 500;

/** Stream clients that can all be cut and all come back with the cursor at which each was cut. */
export class StormClients {
  readonly #options: StormOptions;
  readonly #cursors: string[] = [];
  #clients: SseClients | null = null;
  #live = 0;
  #onLive: () => void = () => {};
  #head = 0;

  constructor(options: StormOptions) {
    this.#options = options;
  }

  /**
   * Opens all and resolves with the milliseconds until the last is live: greeted, caught up to `head`, and told so
   * by its heartbeat.
   */
  async openAll(head: number): Promise<number> {
    const startedAt = performance.now();
    this.#live = 0;
    this.#head = head;
    const live = new Promise<void>((resolve) => {
      this.#onLive = resolve;
    });
    this.#clients = await this.#open();
    await live;
    return performance.now() - startedAt;
  }

  /** Cuts the clients of one group; each keeps its cursor. */
  cut(group: number, groups: number): void {
    for (let i = group; i < this.#options.count; i += groups) this.#clients?.closeOne(i);
  }

  async close(): Promise<void> {
    await this.#clients?.close();
    this.#clients = null;
  }

  #open(): Promise<SseClients> {
    const { port, sessions, board, count } = this.#options;
    const isLive = new Uint8Array(count);
    return openSseClients({
      target: { port },
      count,
      connectingMax,
      path: `${boardPath(board)}/stream`,
      headers: (i) => ({
        ...sessions[i % sessions.length],
        ...(this.#cursors[i] ? { 'last-event-id': this.#cursors[i] } : {}),
      }),
      onEvent: (i, id) => {
        this.#cursors[i] = id;
      },
      onOther: (i, { event, id }) => {
        if (event === 'snap' && id !== '') this.#cursors[i] = id;
        if (event !== 'hb' || isLive[i] === 1 || seqOfCursor(this.#cursors[i] ?? '') < this.#head) return;
        isLive[i] = 1;
        this.#live += 1;
        if (this.#live === count) this.#onLive();
      },
    });
  }
}
