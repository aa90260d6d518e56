/** Number of slots: every member is visited once per turn, and the work is spread evenly over it. */
const slotCount = 60;

/** One timer for the heartbeats of any number of members. */
export class TimingWheel<T> {
  readonly #slots: Set<T>[] = Array.from({ length: slotCount }, () => new Set<T>());
  readonly #place = new Map<T, number>();
  readonly #visit: (members: readonly T[]) => void;
  readonly #timer: NodeJS.Timeout;
  #at = 0;

  /** `visit` gets the members whose turn it is, every `turnMs` milliseconds each. */
  constructor(turnMs: number, visit: (members: readonly T[]) => void) {
    this.#visit = visit;
    this.#timer = setInterval(() => this.#tick(), Math.max(1, turnMs / slotCount));
    this.#timer.unref();
  }

  /** Its first visit comes after a whole turn. */
  add(member: T): void {
    this.#place.set(member, this.#at);
    this.#slots[this.#at]?.add(member);
  }

  delete(member: T): void {
    const place = this.#place.get(member);
    if (place === undefined) return;
    this.#place.delete(member);
    this.#slots[place]?.delete(member);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#at = (this.#at + 1) % slotCount;
    const members = this.#slots[this.#at];
    if (members && members.size > 0) this.#visit([...members]);
  }
}
