/** What goes wrong in a day: drawn from the seed, and over before the day is. */
import type { EhrSimulator } from '@workflow-bolt/ehr-simulator';
import type { Rng } from '@workflow-bolt/testkit/generate';
import type { VirtualTime } from './virtual-time.ts';
import type { Passage } from './virtual-transport.ts';

const minute = 60_000;
const garbage = [
  'reset-before',
  'reset-after',
  'html-503',
  'html-200',
  'empty-200',
  'internal-fault',
  'truncate',
  'wrong-length',
  'bad-character',
] as const;
const operations = ['UpdateAppointment', 'UpdateAppointment', 'GetAppointment', '*'] as const;
type Trouble = 'outage' | 'storm' | 'hangs' | 'garbage' | 'not-applied' | 'slow' | 'list-delay';
const hours: readonly Trouble[] = [
  ...(['outage', 'storm', 'storm', 'storm', 'hangs', 'hangs', 'hangs', 'garbage', 'garbage'] as const),
  ...(['garbage', 'garbage', 'not-applied', 'not-applied', 'slow', 'list-delay', 'list-delay'] as const),
];
export const outageMs = 40 * minute;

export class DayWeather {
  /** Calls that were lost on their way, or whose answers were. */
  hangs = 0;
  readonly #time: VirtualTime;
  readonly #simulator: EhrSimulator;
  readonly #rng: Rng;
  #hangsUntil = 0;
  #slowUntil = 0;

  constructor(time: VirtualTime, simulator: EhrSimulator, rng: Rng) {
    this.#time = time;
    this.#simulator = simulator;
    this.#rng = rng;
  }

  /** How a call fares on its way. */
  readonly passage = (operation: string): Passage => {
    const rng = this.#rng;
    const isSlow = this.#time.now < this.#slowUntil && rng.chance(0.3);
    const hangs =
      this.#time.now < this.#hangsUntil && rng.chance(operation === 'UpdateAppointment' ? 0.5 : 0.1);
    if (hangs) this.hangs += 1;
    const backMs = isSlow ? rng.int(20_000, 50_000) : rng.int(150, 1_500);
    return { toMs: rng.int(1, 80), backMs, hang: hangs ? (rng.chance(0.7) ? 'after' : 'before') : null };
  };

  /** Everything of the list once, at a time of its own between two instants, and a second user all day long. */
  async play(from: number, to: number): Promise<void> {
    this.#letSecondUserWork();
    const due = this.#rng.shuffle([...hours]).map((trouble) => ({ trouble, at: this.#rng.int(from, to) }));
    for (const { trouble, at } of due.sort((a, b) => a.at - b.at)) {
      await this.#time.sleep(at - this.#time.now);
      this.#begin(trouble);
    }
  }

  /** Nothing of it is left. */
  clear(): void {
    this.#hangsUntil = 0;
    this.#slowUntil = 0;
    this.#simulator.act({ do: 'clear-faults' });
    this.#simulator.configure({
      throttle: { neighbour: null },
      network: { outage: null },
      writes: { secondUser: null, acceptedButNotApplied: false, listDelayMs: 0 },
    });
  }

  #begin(trouble: Trouble): void {
    const rng = this.#rng;
    const ms = rng.int(4, 15) * minute;
    switch (trouble) {
      case 'outage':
        this.#simulator.act({ do: 'outage', ms: outageMs });
        return;
      case 'storm':
        this.#storm(ms);
        return;
      case 'hangs':
        this.#hangsUntil = this.#time.now + ms;
        return;
      case 'slow':
        this.#slowUntil = this.#time.now + ms;
        return;
      case 'garbage': {
        const [kind, op] = [rng.pick(garbage), rng.pick(operations)];
        this.#simulator.act({ do: 'burst', kind, op, ms, probability: 0.3 + rng.next() * 0.7 });
        return;
      }
      case 'not-applied':
        this.#simulator.configure({ writes: { acceptedButNotApplied: true } });
        this.#later(ms, () => this.#simulator.configure({ writes: { acceptedButNotApplied: false } }));
        return;
      case 'list-delay':
        this.#simulator.configure({ writes: { listDelayMs: rng.int(5, 60) * 1_000 } });
    }
  }

  /** Another vendor calls on the same account, faster than there is room for both. */
  #storm(ms: number): void {
    const op = this.#rng.pick(['UpdateAppointment', 'GetAppointment', 'GetAppointments']);
    this.#simulator.configure({ throttle: { neighbour: { op, everyMs: this.#rng.int(520, 1_500) } } });
    this.#later(ms, () => this.#simulator.configure({ throttle: { neighbour: null } }));
  }

  #letSecondUserWork(): void {
    const statuses = ['Confirmed', 'Cancelled', 'NoShow', 'CheckedOut', 'Roomed'];
    const changes = this.#rng.chance(0.5) ? 'notes' : 'status';
    this.#simulator.configure({ writes: { secondUser: { share: 0.05, changes, statuses } } });
  }

  #later(ms: number, what: () => void): void {
    void this.#time.sleep(ms).then(what);
  }
}
