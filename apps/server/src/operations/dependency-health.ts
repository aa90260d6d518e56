import { type Beat, beatEveryMs, beatSchema, beatStaleMs, beatsKey } from '@workflow-bolt/contracts';
import type { RedisPort } from '@workflow-bolt/store';
import type { HealthWords } from '../stream/view-state.ts';

export type DependencyState = {
  name: string;
  isOk: boolean;
  latencyMs: number | null;
  detail: string | null;
};
export type HealthOptions = {
  port: RedisPort;
  /** One plain command to the server that holds this key. */
  command: (...command: [string, ...(string | number)[]]) => Promise<unknown>;
  node: string;
  version: string;
  everyMs?: number;
  onChange: (state: DependencyState) => void;
};

/** While Redis is away it is asked this often: someone waits for the answer. */
const retryMs = 250;

type Reading = { redis: DependencyState; functions: DependencyState; beats: Beat[] };

const state = (name: string, isOk: boolean, detail: string | null, latencyMs: number | null = null) => ({
  name,
  isOk,
  latencyMs,
  detail,
});

const never: Reading = {
  redis: state('redis', false, 'not asked yet'),
  functions: state('functions', false, 'not asked yet'),
  beats: [],
};

/**
 * What this process knows of the parts it depends on: asked every few seconds, answered from memory, so that a
 * probe costs nothing and a slow dependency slows no probe.
 */
export class DependencyHealth {
  readonly #options: HealthOptions;
  readonly #timer: NodeJS.Timeout;
  #retry: NodeJS.Timeout | null = null;
  #isStopped = false;
  #reading: Reading = never;
  #words: HealthWords = {};

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.check(), options.everyMs ?? beatEveryMs);
    this.#timer.unref();
    options.port.onDown(() =>
      this.#take({ ...this.#reading, redis: state('redis', false, 'connection lost') }),
    );
    options.port.onReady(() => void this.check());
  }

  /** For heartbeats: which parts are away, and how fresh the EHR is. */
  words(): HealthWords {
    return this.#words;
  }

  dependencies(): DependencyState[] {
    const { redis, functions, beats } = this.#reading;
    return [redis, functions, workerState(beats), ehrState(beats)];
  }

  /** Names of the parts that are away. */
  get degraded(): string[] {
    return this.#words.degraded ?? [];
  }

  /** Asks everything once, and says that this process lives. Never throws. */
  async check(): Promise<void> {
    const askedAt = performance.now();
    try {
      await this.#beat();
      const latencyMs = Math.round((performance.now() - askedAt) * 10) / 10;
      const [functions, beats] = await Promise.all([this.#askFunctions(), this.#readBeats()]);
      this.#take({ redis: state('redis', true, null, latencyMs), functions, beats });
    } catch {
      this.#take({ ...this.#reading, redis: state('redis', false, 'no answer') });
      this.#askAgainSoon();
    }
  }

  /** Connections come back one by one: screens stay stale until all have, so this does not wait for its turn. */
  #askAgainSoon(): void {
    if (this.#retry || this.#isStopped) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.check();
    }, retryMs);
    this.#retry.unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    if (this.#retry) clearTimeout(this.#retry);
  }

  async #beat(): Promise<void> {
    const { node, version, command } = this.#options;
    const beat: Beat = { node, role: 'server', version, at: Date.now(), ehr: null };
    await command('HSET', beatsKey, node, JSON.stringify(beat));
  }

  async #askFunctions(): Promise<DependencyState> {
    const answers = await this.#options.port.sendToPrimaries('FUNCTION', 'LIST');
    const isThere = answers.every((answer) => Array.isArray(answer) && answer.length > 0);
    return state('functions', isThere, isThere ? null : 'the function library is missing');
  }

  async #readBeats(): Promise<Beat[]> {
    const flat = await this.#options.command('HVALS', beatsKey);
    const freshAfter = Date.now() - beatStaleMs;
    return (Array.isArray(flat) ? flat : [])
      .flatMap((text) => parseBeat(String(text)) ?? [])
      .filter((beat) => beat.at >= freshAfter);
  }

  #take(reading: Reading): void {
    const before = this.dependencies();
    this.#reading = reading;
    this.#words = wordsOf(this.dependencies(), reading.beats);
    for (const [i, now] of this.dependencies().entries()) {
      if (before[i]?.isOk !== now.isOk) this.#options.onChange(now);
    }
  }
}

function parseBeat(text: string): Beat | null {
  try {
    return beatSchema.parse(JSON.parse(text));
  } catch {
    // A beat of a newer version: whoever wrote it is not ours to judge.
    return null;
  }
}

function workerState(beats: readonly Beat[]): DependencyState {
  const isOk = beats.some(({ role }) => role === 'worker');
  return state('worker', isOk, isOk ? null : 'no worker has been heard of');
}

function freshestEhr(beats: readonly Beat[]): Beat['ehr'] {
  const [newest] = beats.filter(({ ehr }) => ehr !== null).sort((a, b) => b.at - a.at);
  return newest?.ehr ?? null;
}

function ehrState(beats: readonly Beat[]): DependencyState {
  const ehr = freshestEhr(beats);
  return ehr ? state('ehr', ehr.isOk, ehr.detail) : state('ehr', false, 'nobody has asked it yet');
}

function wordsOf(states: readonly DependencyState[], beats: readonly Beat[]): HealthWords {
  const away = states.filter(({ isOk }) => !isOk).map(({ name }) => name);
  const ehr = freshestEhr(beats);
  return {
    ...(ehr
      ? { ehr: { isOk: ehr.isOk, lastGoodAt: ehr.lastGoodAt, reads: ehr.reads, writes: ehr.writes } }
      : {}),
    ...(away.length > 0 ? { degraded: away } : {}),
  };
}
