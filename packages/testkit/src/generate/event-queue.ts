/** Virtual time: what is scheduled runs in order of time, and in order of scheduling where times are equal. */
export class EventQueue {
  readonly #heap: Entry[] = [];
  #made = 0;
  #now = Number.NEGATIVE_INFINITY;

  /** The time of the event being run. */
  get now(): number {
    return this.#now;
  }

  /** Runs `action` at a time; a time already past runs next, never backwards. */
  at(time: number, action: (now: number) => void): void {
    this.#heap.push({ time: Math.max(time, this.#now), order: this.#made++, action });
    this.#siftUp(this.#heap.length - 1);
  }

  /** Runs everything, including what the actions schedule. */
  drain(): void {
    for (let entry = this.#pop(); entry; entry = this.#pop()) {
      this.#now = entry.time;
      entry.action(entry.time);
    }
  }

  #pop(): Entry | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (top && last && top !== last) {
      this.#heap[0] = last;
      this.#siftDown(0);
    }
    return top;
  }

  #siftUp(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfBefore(child, parent)) return;
      child = parent;
    }
  }

  #siftDown(from: number): void {
    let parent = from;
    for (;;) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      const child = this.#isBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(child, parent)) return;
      parent = child;
    }
  }

  #swapIfBefore(a: number, b: number): boolean {
    if (!this.#isBefore(a, b)) return false;
    const kept = this.#heap[a] as Entry;
    this.#heap[a] = this.#heap[b] as Entry;
    this.#heap[b] = kept;
    return true;
  }

  #isBefore(a: number, b: number): boolean {
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (!x || !y) return x !== undefined;
    return x.time < y.time || (x.time === y.time && x.order < y.order);
  }
}

interface Entry {
  time: number;
  order: number;
  action: (now: number) => void;
}
