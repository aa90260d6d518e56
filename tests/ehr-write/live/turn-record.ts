/** Every turn that the gate has given, as Redis itself tells it while it happens. */
import type { EhrLane } from '@workflow-bolt/contracts';
import type { RedisServer } from '@workflow-bolt/testkit';
import type { Granted } from '../day/journal-judges.ts';

/** Position of the arguments in a call of `take_turn`, keys included. */
const at = { gate: 4, lane: 8 } as const;

export class TurnRecord implements AsyncDisposable {
  readonly granted: Granted[] = [];
  readonly #close: () => void;
  #asked: { operation: string; lane: EhrLane } | null = null;

  private constructor(close: () => void) {
    this.#close = close;
  }

  /** Listens from now on. */
  static async of(redis: RedisServer): Promise<TurnRecord> {
    const monitor = await redis.client().monitor();
    const record = new TurnRecord(() => monitor.disconnect());
    monitor.on('monitor', (time: string, args: string[]) => record.#hear(Number(time) * 1_000, args));
    return record;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  /** A function's own commands follow the call, before anybody else's: only a turn that is given sets a streak. */
  #hear(time: number, args: readonly string[]): void {
    const [command = '', name = ''] = args;
    if (command.toUpperCase() === 'FCALL') {
      const operation = args[at.gate]?.split(':').at(-1) ?? '';
      const lane = args[at.lane] as EhrLane;
      this.#asked = name.endsWith('_take_turn') ? { operation, lane } : null;
      return;
    }
    if (command.toUpperCase() !== 'HSET' || !args.includes('streak') || !this.#asked) return;
    this.granted.push({ at: Math.floor(time), ...this.#asked, isUsed: true });
  }
}
