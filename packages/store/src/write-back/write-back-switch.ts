/** The running switch of write-back for one clinic: who set it, when and why, and which days still have work. */
import { type WriteBackMode, writeBackModes } from '@workflow-bolt/contracts';
import type { RedisPort } from '../redis-port.ts';
import { outboxLifeMs, type SwitchKeys, switchKeys } from './write-back-keys.ts';

export type SwitchSetting = { mode: WriteBackMode; reason: string; by: string; at: number };

const isMode = (text: unknown): text is WriteBackMode => writeBackModes.some((mode) => mode === text);

/** The tighter of what the clinic's file allows and what the switch says; without a switch, the file. */
export function effectiveMode(allowed: WriteBackMode, setting: SwitchSetting | null): WriteBackMode {
  const asked = setting?.mode ?? allowed;
  return writeBackModes.indexOf(asked) < writeBackModes.indexOf(allowed) ? asked : allowed;
}

export class WriteBackSwitch {
  readonly #port: RedisPort;
  readonly #keys: SwitchKeys;

  constructor(port: RedisPort, clinic: string) {
    this.#port = port;
    this.#keys = switchKeys(clinic);
  }

  /** Null when nobody has touched it. A word that nobody knows reads as off. Throws Fault. */
  async read(): Promise<SwitchSetting | null> {
    const reply = await this.#port.command('HMGET', this.#keys.mode, 'mode', 'reason', 'by', 'at');
    const [mode, reason, by, at] = reply as (string | null)[];
    if (!mode) return null;
    return { mode: isMode(mode) ? mode : 'off', reason: reason ?? '', by: by ?? '', at: Number(at ?? 0) };
  }

  /** In force at every worker's next turn. Throws Fault. */
  async set({ mode, reason, by, at }: SwitchSetting): Promise<void> {
    const { mode: key, channel } = this.#keys;
    await this.#port.command('HSET', key, 'mode', mode, 'reason', reason, 'by', by, 'at', at);
    // Whoever misses this reads the switch before the next write anyway.
    await this.#port.command(this.#port.doorbell, channel, mode).catch(() => undefined);
  }

  /** Calls back when the switch was set. Throws Fault. */
  async watch(listener: () => void): Promise<void> {
    await this.#port.subscribe(this.#keys.channel, listener);
  }

  async unwatch(): Promise<void> {
    await this.#port.unsubscribe(this.#keys.channel).catch(() => undefined);
  }

  /** Says that the outbox of a date has something to do. Throws Fault. */
  async markOpen(date: string, now: number): Promise<void> {
    await this.#port.command('ZADD', this.#keys.open, 'NX', now, date);
    await this.#port.command('PEXPIRE', this.#keys.open, outboxLifeMs);
  }

  async markDrained(date: string): Promise<void> {
    await this.#port.command('ZREM', this.#keys.open, date);
  }

  /** Dates whose outbox has had something to do since `from` (epoch ms), oldest first. Throws Fault. */
  async openDates(from: number): Promise<string[]> {
    return (await this.#port.command('ZRANGEBYSCORE', this.#keys.open, from, '+inf')) as string[];
  }
}
