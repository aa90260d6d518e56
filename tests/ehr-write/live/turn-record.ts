/** Every turn that the gate has given, as Redis itself tells it while it happens, to the millisecond of its clock. */
import { randomUUID } from 'node:crypto';
import type { EhrLane } from '@workflow-bolt/contracts';
import { awaitUntil, type RedisServer } from '@workflow-bolt/testkit';
import type { Granted } from '../day/journal-judges.ts';

/** Positions in a call of `take_turn`, keys included. */
const at = { gate: 4, lane: 8, gapMs: 9 } as const;

type Asked = { operation: string; lane: EhrLane; gapMs: number };

export class TurnRecord implements AsyncDisposable {
  readonly granted: Granted[] = [];
  readonly #redis: RedisServer;
  readonly #stretch = new Map<string, number>();
  #asked: Asked | null = null;
  #lastEcho = '';
  #close = (): void => undefined;

  private constructor(redis: RedisServer) {
    this.#redis = redis;
  }

  /** Listens from now on. */
  static async of(redis: RedisServer): Promise<TurnRecord> {
    const record = new TurnRecord(redis);
    const monitor = await redis.client().monitor();
    monitor.on('monitor', (_time: string, args: string[]) => record.#hear(args));
    record.#close = () => monitor.disconnect();
    return record;
  }

  /** Resolves when everything that has happened so far has been heard. */
  async caughtUp(): Promise<void> {
    const mark = randomUUID();
    await this.#redis.client().echo(mark);
    await awaitUntil('the record has caught up', () => this.#lastEcho === mark, 60_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  /** A function's own commands follow the call before anybody else's: only a turn that is given sets a streak. */
  #hear(args: readonly string[]): void {
    const [command = '', name = ''] = args;
    switch (command.toUpperCase()) {
      case 'ECHO':
        this.#lastEcho = name;
        return;
      case 'FCALL':
        this.#asked = name.endsWith('_take_turn') ? askedIn(args) : null;
        return;
      case 'HSET':
        this.#hearSet(args);
    }
  }

  #hearSet([, key = '', ...fields]: readonly string[]): void {
    const of = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
    if (key.includes(':gate:') && fields[0] === 'stretch') this.#stretch.set(key, Number(of('stretch')));
    if (!fields.includes('streak') || !this.#asked) return;
    const { operation, lane, gapMs } = this.#asked;
    // What is kept is when the next turn may be: one gap later, as far as it is stretched.
    const gap = Math.ceil((gapMs * (this.#stretch.get(key) ?? 100)) / 100);
    this.granted.push({ at: Number(of('at')) - gap, operation, lane, isUsed: true });
  }
}

function askedIn(args: readonly string[]): Asked {
  const operation = args[at.gate]?.split(':').at(-1) ?? '';
  return { operation, lane: args[at.lane] as EhrLane, gapMs: Number(args[at.gapMs]) };
}
