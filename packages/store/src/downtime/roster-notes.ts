/** Whose turn it is to make a clinic's roster, and how the last one went: kept in Redis, so that all workers know. */
import type { KeyRow } from '../keys.ts';
import type { RedisPort } from '../redis-port.ts';

/** How long one try holds the turn, ms: a worker that died is followed by another after it. */
export const rosterTurnMs = 60_000;

export const downtimeKeyRows: readonly KeyRow[] = [
  {
    name: '{dr:<clinic>}:turn',
    type: 'string',
    content: 'the worker that makes the roster',
    life: '1 minute',
  },
  {
    name: '{dr:<clinic>}:made',
    type: 'hash',
    content:
      '`good` and `failed`: when a downtime roster was last made, and when one last could not be (epoch ms)',
    life: 'for good',
  },
];

const clinicShape = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Throws RangeError on a clinic id of a wrong form. */
export function downtimeKeys(clinic: string): { turn: string; made: string } {
  if (!clinicShape.test(clinic)) throw new RangeError('clinic id has a wrong form');
  return { turn: `{dr:${clinic}}:turn`, made: `{dr:${clinic}}:made` };
}

/** Epoch ms; null for never. */
export type RosterNote = { goodAt: number | null; failedAt: number | null };

const timeOf = (text: string | null | undefined): number | null => (text == null ? null : Number(text));

export class RosterNotes {
  readonly #port: Pick<RedisPort, 'command'>;

  constructor(port: Pick<RedisPort, 'command'>) {
    this.#port = port;
  }

  /** True for one worker a minute. Nothing needs to be given back: a second roster would be a second whole file. */
  async takeTurn(clinic: string, node: string): Promise<boolean> {
    const { turn } = downtimeKeys(clinic);
    return (await this.#port.command('SET', turn, node, 'NX', 'PX', rosterTurnMs)) === 'OK';
  }

  /** Throws Fault. */
  async read(clinic: string): Promise<RosterNote> {
    const reply = await this.#port.command('HMGET', downtimeKeys(clinic).made, 'good', 'failed');
    const [good, failed] = reply as (string | null)[];
    return { goodAt: timeOf(good), failedAt: timeOf(failed) };
  }

  /** Throws Fault. */
  async note(clinic: string, what: 'good' | 'failed', at: number): Promise<void> {
    await this.#port.command('HSET', downtimeKeys(clinic).made, what, at);
  }

  /** Forgets a clinic that makes no rosters any more. Throws Fault. */
  async forget(clinic: string): Promise<void> {
    await this.#port.command('DEL', downtimeKeys(clinic).made);
  }
}
