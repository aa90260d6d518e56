/** Gate and breaker of an account in virtual time: the model that the Lua is held to, with a record of its turns. */
import type { BreakerState, EhrLane } from '@workflow-bolt/contracts';
import type { Rng } from '@workflow-bolt/testkit/generate';
import { type BreakerSettings, breakerSettings, type EhrLink } from '../../../packages/store/src/index.ts';
import { BreakerReference } from '../../../packages/store/test/breaker-reference.ts';
import type { BreakerTurn, Granted } from './journal-judges.ts';
import type { VirtualTime } from './virtual-time.ts';

type Link = Pick<EhrLink, 'take' | 'end' | 'leave'>;
type Answer<Name extends 'take' | 'end'> = Awaited<ReturnType<EhrLink[Name]>>;

export class ModelLink {
  readonly turns: BreakerTurn[] = [];
  readonly granted: Granted[] = [];
  readonly #time: VirtualTime;
  readonly #rng: Rng;
  readonly #model: BreakerReference;
  readonly #states: Record<EhrLane, BreakerState> = { reads: 'closed', writes: 'closed' };

  constructor(time: VirtualTime, rng: Rng, settings: BreakerSettings = breakerSettings) {
    this.#time = time;
    this.#rng = rng;
    this.#model = new BreakerReference(settings, 64);
  }

  /** The link as one process has it; `sleep` is the process's, so that a dead one asks no more. */
  of(node: string, sleep: (ms: number) => Promise<void>): Link {
    return {
      take: async (ask) => {
        await sleep(this.#hop());
        const reply = this.#model.take(this.#time.now, ask) as Answer<'take'>;
        this.#note();
        if (reply.status === 'granted') {
          this.granted.push({ at: this.#time.now, operation: ask.operation, lane: ask.lane, isUsed: true });
        }
        await sleep(this.#hop());
        return reply;
      },
      end: async (report) => {
        const draw = this.#rng.int(0, 999_999);
        const reply = this.#model.end(this.#time.now, { ...report, draw, node }) as Answer<'end'>;
        this.#note();
        return reply;
      },
      leave: async () => undefined,
    };
  }

  state(lane: EhrLane): BreakerState {
    return this.#model.stateAt(this.#time.now, lane);
  }

  /** Redis is near; now and then it is not, and a turn arrives too late to be used. */
  #hop(): number {
    return this.#rng.chance(0.01) ? this.#rng.int(100, 300) : 1;
  }

  #note(): void {
    for (const lane of ['reads', 'writes'] as const) {
      const state = this.#model.stateAt(this.#time.now, lane);
      if (state === this.#states[lane]) continue;
      this.#states[lane] = state;
      this.turns.push({ at: this.#time.now, lane, state });
    }
  }
}
