/** Asks a part that costs something to ask (keys, archive) now and then, with a deadline, and remembers the answer. */
import type { DependencyName, DependencyState } from '@workflow-bolt/contracts';

export type SlowProbeOptions = {
  name: DependencyName;
  /** Any answer is a good one; throws when there is none. */
  ask: () => Promise<unknown>;
  everyMs: number;
  /** An answer that takes longer is none. */
  timeoutMs: number;
  onAnswer: () => void;
};

export class SlowProbe {
  readonly #options: SlowProbeOptions;
  #timer: NodeJS.Timeout | null = null;
  #isAsking = false;
  #state: DependencyState;

  constructor(options: SlowProbeOptions) {
    this.#options = options;
    const unasked = { latencyMs: null, lastGoodAt: null, detail: 'not asked yet' };
    this.#state = { name: options.name, state: 'unknown', isOk: false, ...unasked };
  }

  get state(): DependencyState {
    return this.#state;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.ask(), this.#options.everyMs).unref();
    void this.ask();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Asks now, unless an answer is still awaited. Never throws. */
  async ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const askedAt = performance.now();
    const isOk = await this.#isAnswered();
    this.#isAsking = false;
    const latencyMs = Math.round((performance.now() - askedAt) * 10) / 10;
    const told = isOk ? { lastGoodAt: Date.now(), detail: null } : { detail: 'no answer' };
    this.#state = { ...this.#state, state: isOk ? 'up' : 'away', isOk, latencyMs, ...told };
    this.#options.onAnswer();
  }

  async #isAnswered(): Promise<boolean> {
    const late = Promise.withResolvers<false>();
    const timer = setTimeout(() => late.resolve(false), this.#options.timeoutMs);
    // What an error says of keys or places is for the log of whoever needs them, not for a probe.
    const asked = this.#options.ask().then(
      () => true,
      () => false,
    );
    const isAnswered = await Promise.race([asked, late.promise]);
    clearTimeout(timer);
    return isAnswered;
  }
}
