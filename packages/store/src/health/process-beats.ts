/** Where every process says that it lives, and where whoever wants to know finds all that do. */
import { type Beat, beatKeptMs, beatSchema, beatStaleMs, beatsKey } from '@workflow-bolt/contracts';
import type { RedisPort } from '../redis-port.ts';

type Commands = Pick<RedisPort, 'command'>;

export class ProcessBeats {
  readonly #port: Commands;
  /** Redis's time minus our monotonic clock, ms; null until the first answer. */
  #offset: number | null = null;

  constructor(port: Commands) {
    this.#port = port;
  }

  /** Redis's clock, epoch ms; ours until it was first learned. By it machines whose clocks differ hear each other. */
  now(): number {
    return this.#offset === null ? Date.now() : Math.round(performance.now() + this.#offset);
  }

  /** Throws Fault. */
  async learnTime(): Promise<void> {
    const sentAt = performance.now();
    const answer = await this.#port.command('TIME');
    const [seconds, micros] = Array.isArray(answer) ? answer.map(Number) : [];
    if (seconds === undefined || micros === undefined) return;
    // It was read about half a round trip ago.
    this.#offset = seconds * 1_000 + micros / 1_000 - (sentAt + performance.now()) / 2;
  }

  /** Throws Fault; `details.reason` is Redis's own code when it answers and takes nothing. */
  async say(beat: Beat): Promise<void> {
    await this.#port.command('HSET', beatsKey, beat.node, JSON.stringify(beat));
  }

  /** Takes leave: a process that ends in order is not missed. Throws Fault. */
  async leave(node: string): Promise<void> {
    await this.#port.command('HDEL', beatsKey, node);
  }

  /** Everyone who spoke within the last hour, freshest first. Throws Fault. */
  async read(now: number): Promise<Beat[]> {
    const texts = await this.#port.command('HVALS', beatsKey);
    return (Array.isArray(texts) ? texts : [])
      .flatMap((text) => parseBeat(String(text)) ?? [])
      .filter(({ at }) => at >= now - beatKeptMs)
      .sort((a, b) => b.at - a.at);
  }

  /** Removes whoever has been silent for longer than that. Throws Fault. */
  async forgetOld(now: number): Promise<void> {
    const texts = await this.#port.command('HVALS', beatsKey);
    const old = (Array.isArray(texts) ? texts : [])
      .flatMap((text) => parseBeat(String(text)) ?? [])
      .filter(({ at }) => at < now - beatKeptMs);
    for (const { node } of old) await this.leave(node);
  }
}

/** Whether it has been heard lately enough to count as alive. */
export const isBeating = ({ at }: Beat, now: number): boolean => at >= now - beatStaleMs;

function parseBeat(text: string): Beat | null {
  try {
    return beatSchema.parse(JSON.parse(text));
  } catch {
    // Whoever wrote what nobody can read is not ours to judge.
    return null;
  }
}
