/** What this process knows of the EHR's breakers: told of every change, and read again every few seconds. */
import { type Breaker, type BreakerState, type EhrLane, ehrLanes } from '@workflow-bolt/contracts';
import type { EhrLink, RedisPort } from '@workflow-bolt/store';

export type LinkWatchParts = {
  link: Pick<EhrLink, 'read' | 'watch' | 'announce'>;
  port: Pick<RedisPort, 'onReady'>;
  /** Redis's clock, epoch ms. */
  now: () => number;
  everyMs?: number;
  onChange: (lane: EhrLane, from: BreakerState, to: Breaker) => void;
};

const everyMsDefault = 2_000;
/** An open breaker whose end is not known is asked about again after this. */
const retryMsUnknown = 10_000;

const unread = (lane: EhrLane): Breaker => ({
  ...{ lane, state: 'closed', since: null, till: null, why: '', by: '' },
  ...{ opens: 0, permits: 0, calls: 0, failed: 0, slow: 0 },
});

export class LinkWatch {
  readonly #parts: LinkWatchParts;
  readonly #known: Record<EhrLane, Breaker> = { reads: unread('reads'), writes: unread('writes') };
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> | null = null;
  #isCurrent = false;

  constructor(parts: LinkWatchParts) {
    this.#parts = parts;
  }

  /** Reads both breakers and begins to listen. Never throws: what cannot be read is read later. */
  async start(): Promise<void> {
    const { link, port, everyMs = everyMsDefault } = this.#parts;
    const read = () => void this.refresh();
    port.onReady(read);
    await link.watch(read).catch(() => undefined);
    await this.refresh();
    this.#timer = setInterval(read, everyMs).unref();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#reading;
  }

  breaker(lane: EhrLane): Breaker {
    return this.#known[lane];
  }

  /** Whether the last reading succeeded: while Redis is away what is known here is what was. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Why a call would be refused by what was last known; null when it would not. */
  denies(lane: EhrLane): { state: BreakerState; retryMs: number } | null {
    const { state, till } = this.#known[lane];
    if (state !== 'open' && state !== 'forced_open') return null;
    const leftMs = till === null ? retryMsUnknown : till - this.#parts.now();
    return leftMs > 0 ? { state, retryMs: leftMs } : null;
  }

  /** An answer of Redis named the state: when it is another one, the rest is read too. */
  note(lane: EhrLane, state: string): void {
    if (this.#known[lane].state !== state) void this.refresh();
  }

  /** Reads both lanes once; callers at the same time share one reading. */
  refresh(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    for (const lane of ehrLanes) {
      const found = await this.#parts.link.read(lane).catch(() => null);
      this.#isCurrent = found !== null;
      if (found === null) return;
      const from = this.#known[lane].state;
      this.#known[lane] = found;
      if (from !== found.state) this.#parts.onChange(lane, from, found);
    }
    await this.#parts.link.announce(this.#parts.now()).catch(() => undefined);
  }
}
