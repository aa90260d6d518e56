import { type CheckResult, mergeResults, type Operation } from './history.ts';

/**
 * Wing and Gong's search with Lowe's memory ("WGL"): is there one order of the operations, in keeping with real time, in
 * which a single-threaded model gives every answer that was given?
 *
 * The search walks the calls and returns in time order. A call may be linearized when the model accepts it; then it and
 * its return leave the list. Meeting a return whose call was not linearized means a wrong choice earlier: go back. A
 * set of linearized operations with the state they lead to is never tried twice.
 *
 * An operation of unknown outcome has no return: it may be linearized anywhere after its call, or not at all.
 *
 * The problem is NP-complete. Keep to 5-6 concurrent processes and 1,000 operations a key; beyond the step limit the
 * verdict is 'unknown'.
 */
export interface Model<S> {
  readonly name: string;
  init(key: string): S;
  /**
   * The state after the operation, or undefined when its answer cannot have been given in this state.
   * With `isKnown` false any answer is possible: give the state that the operation would lead to.
   */
  step(state: S, operation: Operation): S | undefined;
  /** Equal text for equal states. */
  hash(state: S): string;
}

export interface LinearizabilityOptions {
  /** Model steps per key before giving up. Default 2,000,000: some seconds. */
  readonly stepsMax?: number;
}

/** Check each key on its own: linearizability is local. */
export function checkLinearizable<S>(
  operations: readonly Operation[],
  model: Model<S>,
  options: LinearizabilityOptions = {},
): CheckResult {
  const byKey = Map.groupBy(operations, ({ key }) => key);
  const results = [...byKey].map(([key, ofKey]) =>
    new Search(key, ofKey, model, options.stepsMax ?? 2_000_000).run(),
  );
  return mergeResults(results);
}

/** A call or a return in the doubly linked list of events. */
interface Entry {
  readonly operation: Operation;
  /** Place among the known (or among the unknown) operations of the key, by start. */
  readonly index: number;
  readonly kind: 'call' | 'return';
  /** The return of a call; undefined for a return, and for an unknown outcome. */
  readonly match: Entry | undefined;
  previous: Entry | undefined;
  next: Entry | undefined;
}

/**
 * Which operations are linearized. All known ones below `base` are, the bits of `window` tell of those from `base` on: the
 * set stays small however long the history, where one bit per operation would make every step cost the whole.
 */
interface Done {
  readonly base: number;
  readonly window: bigint;
  readonly unknown: bigint;
}

class Search<S> {
  readonly #key: string;
  readonly #model: Model<S>;
  readonly #stepsMax: number;
  /** Stands before the first entry, so that the first has something before it too. */
  readonly #head: { next: Entry | undefined };
  readonly #known: number;
  #best: readonly Operation[] = [];
  #stuckAt: Operation | undefined;
  #stuckState = '';

  constructor(key: string, operations: readonly Operation[], model: Model<S>, stepsMax: number) {
    this.#key = key;
    this.#model = model;
    this.#stepsMax = stepsMax;
    this.#known = operations.filter(({ isKnown }) => isKnown).length;
    this.#head = { next: linkEntries(operations) };
  }

  run(): CheckResult {
    const seen = new Set<string>();
    const trail: { entry: Entry; state: S; done: Done }[] = [];
    let state = this.#model.init(this.#key);
    let done: Done = { base: 0, window: 0n, unknown: 0n };
    let linearized = 0;
    let entry = this.#head.next;
    for (let steps = 0; linearized < this.#known; ) {
      if (entry?.kind === 'call') {
        steps += 1;
        if (steps > this.#stepsMax) return this.#unknown(steps);
        const next = this.#stepFrom(state, entry.operation);
        const after = next === undefined ? undefined : withDone(done, entry);
        if (next !== undefined && after && isNew(seen, after, this.#model.hash(next))) {
          trail.push({ entry, state, done });
          state = next;
          done = after;
          linearized += entry.operation.isKnown ? 1 : 0;
          this.#lift(entry);
          entry = this.#head.next;
        } else entry = entry.next;
        continue;
      }
      this.#remember(trail, entry, state);
      const back = trail.pop();
      if (!back) return this.#violation();
      state = back.state;
      done = back.done;
      linearized -= back.entry.operation.isKnown ? 1 : 0;
      this.#unlift(back.entry);
      entry = back.entry.next;
    }
    return { verdict: 'ok', problems: [] };
  }

  /** An operation of unknown outcome that changes nothing here need not be placed here. */
  #stepFrom(state: S, operation: Operation): S | undefined {
    const next = this.#model.step(state, operation);
    const isIdle =
      next !== undefined && !operation.isKnown && this.#model.hash(next) === this.#model.hash(state);
    return isIdle ? undefined : next;
  }

  #lift(call: Entry): void {
    for (const entry of [call, call.match]) {
      if (!entry) continue;
      if (entry.previous) entry.previous.next = entry.next;
      else this.#head.next = entry.next;
      if (entry.next) entry.next.previous = entry.previous;
    }
  }

  #unlift(call: Entry): void {
    // The reverse order of the lift: each entry still knows its neighbours of then.
    for (const entry of [call.match, call]) {
      if (!entry) continue;
      if (entry.previous) entry.previous.next = entry;
      else this.#head.next = entry;
      if (entry.next) entry.next.previous = entry;
    }
  }

  #remember(trail: readonly { entry: Entry }[], stuck: Entry | undefined, state: S): void {
    if (trail.length < this.#best.length || (this.#stuckAt && trail.length === this.#best.length)) return;
    this.#best = trail.map(({ entry }) => entry.operation);
    this.#stuckAt = stuck?.operation;
    this.#stuckState = this.#model.hash(state);
  }

  #violation(): CheckResult {
    const last = this.#best.slice(-5).map(describe).join('; ');
    const problem =
      `${this.#model.name} ${this.#key}: no order explains ${this.#stuckAt ? describe(this.#stuckAt) : 'the history'} ` +
      `in state ${this.#stuckState}; the longest order found has ${this.#best.length} operations, ending with: ${last}`;
    return { verdict: 'violation', problems: [problem] };
  }

  #unknown(steps: number): CheckResult {
    const problem = `${this.#model.name} ${this.#key}: gave up after ${steps} steps; use fewer concurrent processes a key`;
    return { verdict: 'unknown', problems: [problem] };
  }
}

function linkEntries(operations: readonly Operation[]): Entry | undefined {
  const events: { at: number; rank: number; entry: Entry }[] = [];
  let known = 0;
  let unknown = 0;
  for (const operation of [...operations].sort((a, b) => a.startUs - b.startUs)) {
    const { isKnown, startUs, endUs } = operation;
    const index = isKnown ? known++ : unknown++;
    const link = { operation, index, previous: undefined, next: undefined };
    const match: Entry | undefined = isKnown ? { ...link, kind: 'return', match: undefined } : undefined;
    events.push({ at: startUs, rank: 0, entry: { ...link, kind: 'call', match } });
    if (match) events.push({ at: endUs, rank: 1, entry: match });
  }
  // At the same microsecond a call comes before a return: they may have overlapped, and the weaker claim is the safe one.
  events.sort((a, b) => a.at - b.at || a.rank - b.rank);
  events.forEach(({ entry }, i) => {
    entry.previous = events[i - 1]?.entry;
    entry.next = events[i + 1]?.entry;
  });
  return events[0]?.entry;
}

function withDone(done: Done, { operation, index }: Entry): Done {
  if (!operation.isKnown) return { ...done, unknown: done.unknown | (1n << BigInt(index)) };
  let { base } = done;
  let window = done.window | (1n << BigInt(index - base));
  while (window & 1n) {
    window >>= 1n;
    base += 1;
  }
  return { ...done, base, window };
}

function isNew(seen: Set<string>, { base, window, unknown }: Done, state: string): boolean {
  const key = `${base}.${window.toString(36)}.${unknown.toString(36)}.${state}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function describe({ proc, opId, f, input, output, isKnown, startUs, endUs }: Operation): string {
  const answer = isKnown ? JSON.stringify(output) : 'unknown';
  return `${f}(${JSON.stringify(input) ?? ''}) -> ${answer} by ${proc} [${opId}, ${startUs}-${endUs} us]`;
}
