/**
 * What this process knows of the parts it depends on: asked every few seconds, answered from memory, so that a
 * probe costs nothing and a slow dependency slows no probe.
 */
import {
  type Beat,
  beatEveryMs,
  beatKeptMs,
  type DependencyState,
  dependencyNames,
  type SystemState,
  type SystemSummary,
} from '@workflow-bolt/contracts';
import { deriveSystemState } from '@workflow-bolt/domain';
import { ProcessBeats, ProcessLoad, type RedisPort } from '@workflow-bolt/store';
import type { HealthWords } from '../stream/view-state.ts';
import { askStore, partOf, type StoreReading, unaskedStore } from './ask-store.ts';
import { knownAccounts, wordsOfEhr } from './known-ehr.ts';
import { SlowProbe } from './slow-probe.ts';
import { toldByWorkers } from './told-by-workers.ts';

export type HealthOptions = {
  port: RedisPort;
  node: string;
  version: string;
  /** Whether any clinic has an EHR; without one nobody misses it. */
  hasEhr: boolean;
  /** Whether any clinic has an offline key, for which rosters are made. */
  hasRoster: boolean;
  /** Copies that a commit waits for; 0 for none. */
  commitReplicas: number;
  /** Ask for any answer; throw when there is none. */
  askKeys: () => Promise<unknown>;
  askArchive: () => Promise<unknown>;
  streamsBehind: () => number;
  everyMs?: number;
  probeEveryMs?: number;
  onChange: (state: DependencyState) => void;
  /** What heartbeats say is another now, apart from times. */
  onNews: () => void;
};

/** While Redis is away it is asked this often: someone waits for the answer. */
const retryMs = 250;
/** And so often while no worker is heard: it says itself at once that it is there. */
const workerRetryMs = 1_000;
/** Keys and archive may be another company's service: two questions a minute tell soon enough. */
const probeEveryMs = 30_000;
const probeTimeoutMs = 10_000;

export class DependencyHealth {
  readonly #options: HealthOptions;
  readonly #beats: ProcessBeats;
  readonly #load = new ProcessLoad();
  readonly #probes: readonly SlowProbe[];
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt = Date.now();
  #sweeper: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #isStopped = false;
  #reading: StoreReading = unaskedStore;
  #parts: DependencyState[] = [];
  #system: SystemSummary = { state: 'down', reasons: ['store-away'] };
  #since = Date.now();
  #words: HealthWords = {};

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#beats = new ProcessBeats(options.port);
    this.#load.start();
    const everyMs = options.probeEveryMs ?? probeEveryMs;
    const slow = { everyMs, timeoutMs: probeTimeoutMs, onAnswer: () => this.#take(this.#reading) };
    this.#probes = [
      new SlowProbe({ name: 'keys', ask: options.askKeys, ...slow }),
      new SlowProbe({ name: 'archive', ask: options.askArchive, ...slow }),
    ];
    this.#timer = setInterval(() => void this.check(), options.everyMs ?? beatEveryMs).unref();
    options.port.onDown(() => this.#lose('connection lost'));
    options.port.onReady(() => void this.check());
    this.#parts = this.#read();
  }

  /** Redis's clock, epoch ms: beats and states are told by it. */
  now(): number {
    return this.#beats.now();
  }

  /** For heartbeats: how the system stands, which parts are away, and how fresh the EHR is. */
  words(): HealthWords {
    return this.#words;
  }

  dependencies(): readonly DependencyState[] {
    return this.#parts;
  }

  get system(): SystemSummary {
    return this.#system;
  }

  /** Since when the system has been in its state, as this process saw it, epoch ms. */
  get since(): number {
    return this.#since;
  }

  /** Names of the parts that are not up. */
  get degraded(): string[] {
    return this.#words.degraded ?? [];
  }

  /** Every process that spoke within the hour, as last read. */
  get processes(): readonly Beat[] {
    return this.#reading.beats;
  }

  /** From now on asks keys and archive too, and lets the store forget who has been silent for an hour. */
  startProbes(): void {
    for (const probe of this.#probes) probe.start();
    this.#sweeper ??= setInterval(() => void this.#forgetOld(), beatKeptMs).unref();
    void this.#forgetOld();
  }

  /** Asks the store once, and says that this process lives. Never throws. */
  async check(): Promise<void> {
    const { port, commitReplicas } = this.#options;
    const parts = { port, commitReplicas, beats: this.#beats, beat: () => this.#beat() };
    try {
      const reading = await askStore(parts);
      if (this.#isStopped) return;
      this.#take(reading.redis.isOk ? reading : this.#remembering(reading));
      if (!reading.redis.isOk) this.#askAgainSoon(retryMs);
      else if (this.#isWorkerAway()) this.#askAgainSoon(workerRetryMs);
    } catch {
      this.#lose('no answer');
      this.#askAgainSoon(retryMs);
    }
  }

  /** Takes leave, so that nobody misses this process. Never throws. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    if (this.#retry) clearTimeout(this.#retry);
    if (this.#sweeper) clearInterval(this.#sweeper);
    for (const probe of this.#probes) probe.stop();
    this.#load.stop();
    await this.#beats.leave(this.#options.node).catch(() => {});
  }

  /** Nobody waits for it: the next hour tries again. */
  #forgetOld(): Promise<void> {
    return this.#beats.forgetOld(this.now()).catch(() => {});
  }

  /** Connections come back one by one: screens stay stale until all have, so this does not wait for its turn. */
  #askAgainSoon(afterMs: number): void {
    if (this.#retry || this.#isStopped) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.check();
    }, afterMs).unref();
  }

  #isWorkerAway(): boolean {
    return this.#parts.some(({ name, state }) => name === 'worker' && state === 'away');
  }

  /** A store that refuses does not forget when it last took something. */
  #remembering(reading: StoreReading): StoreReading {
    return { ...reading, redis: { ...reading.redis, lastGoodAt: this.#reading.redis.lastGoodAt } };
  }

  #beat(): Beat {
    const { node, version, streamsBehind } = this.#options;
    return {
      ...{ node, role: 'server', version, at: this.now(), startedAt: this.#startedAt },
      ...{ load: this.#load.take(), lag: { streams: streamsBehind() }, ehr: null },
    };
  }

  #lose(detail: string): void {
    if (this.#isStopped) return;
    const { lastGoodAt } = this.#reading.redis;
    this.#take({ ...this.#reading, redis: partOf('redis', 'away', { lastGoodAt, detail }) });
  }

  #read(): DependencyState[] {
    const { redis, functions, copies, beats } = this.#reading;
    const found = [
      ...[redis, functions, ...(copies ? [copies] : [])],
      ...toldByWorkers(beats, this.now(), this.#options),
      ...this.#probes.map(({ state }) => state),
    ];
    return found.sort((a, b) => dependencyNames.indexOf(a.name) - dependencyNames.indexOf(b.name));
  }

  #take(reading: StoreReading): void {
    const before = new Map(this.#parts.map((part) => [part.name, part]));
    const former = newsOf(this.#words);
    this.#reading = reading;
    this.#parts = this.#read();
    this.#derive(wordsOfEhr(knownAccounts(reading.beats, this.now())));
    for (const part of this.#parts) {
      if (before.get(part.name)?.state !== part.state) this.#options.onChange(part);
    }
    if (newsOf(this.#words) !== former) this.#options.onNews();
  }

  #derive(ehr: HealthWords['ehr'] | null): void {
    const was: SystemState = this.#system.state;
    this.#system = deriveSystemState(this.#parts);
    if (this.#system.state !== was) this.#since = this.now();
    const away = this.#parts.filter(isMissed).map(({ name }) => name);
    this.#words = {
      ...(ehr ? { ehr } : {}),
      system: this.#system,
      ...(away.length > 0 ? { degraded: away } : {}),
    };
  }
}

/** What has not been asked yet is not missed, but for the store itself. */
function isMissed({ name, state }: DependencyState): boolean {
  if (state !== 'unknown') return state !== 'up';
  return name === 'redis' || name === 'functions';
}

/** A first answer of a part that nobody waits for is no reason to write to every screen: the next heartbeat says it. */
const newsOf = ({ ehr, system, degraded }: HealthWords): string => {
  const reasons = system?.reasons.filter((code) => code !== 'ehr-unknown');
  return JSON.stringify([reasons, degraded, ehr?.isOk, ehr?.reads, ehr?.writes]);
};
