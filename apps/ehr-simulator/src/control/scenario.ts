import { z } from 'zod';
import type { SimulatorState } from '../state.ts';
import { type Action, actionSchema } from './action-schema.ts';
import { applyAction } from './actions.ts';

/**
 * A script: each step waits for a time (real ms since the script began) or for the n-th call of an operation from now on,
 * just before it is answered or just after - which is how something changes between a list and a read.
 */
const scenarioSchema = z.strictObject({
  steps: z
    .array(
      z.strictObject({
        afterMs: z.number().min(0).max(86_400_000).optional(),
        onCall: z
          .strictObject({
            op: z.string(),
            nth: z.number().int().min(1).default(1),
            when: z.enum(['before', 'after']).default('before'),
          })
          .optional(),
        action: actionSchema,
      }),
    )
    .max(1000),
});

type Scenario = z.output<typeof scenarioSchema>;
type Step = Scenario['steps'][number];

export interface StepStatus {
  index: number;
  state: 'waiting' | 'done' | 'failed';
  error: string | null;
}

/** Plays one script at a time; a new one replaces the old. A step that fails is recorded and the others go on. */
export class ScenarioPlayer {
  readonly #state: SimulatorState;
  #steps: { step: Step; status: StepStatus }[] = [];
  #calls = new Map<string, number>();
  #timers: NodeJS.Timeout[] = [];

  constructor(state: SimulatorState) {
    this.#state = state;
  }

  /** Begins a script; throws ZodError on one that is not valid. Steps without a condition happen at once. */
  start(input: unknown): void {
    const { steps } = scenarioSchema.parse(input);
    this.stop();
    this.#steps = steps.map((step, index) => ({ step, status: { index, state: 'waiting', error: null } }));
    for (const entry of this.#steps) if (!entry.step.onCall) this.#schedule(entry);
  }

  status(): StepStatus[] {
    return this.#steps.map(({ status }) => ({ ...status }));
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    this.#steps = [];
    this.#calls = new Map();
  }

  beforeCall(op: string): void {
    this.#calls.set(op, (this.#calls.get(op) ?? 0) + 1);
    this.#onCall(op, 'before');
  }

  afterCall(op: string): void {
    this.#onCall(op, 'after');
  }

  #onCall(op: string, when: 'before' | 'after'): void {
    for (const entry of this.#steps) {
      const wanted = entry.step.onCall;
      if (!wanted || entry.status.state !== 'waiting' || wanted.op !== op || wanted.when !== when) continue;
      if (this.#calls.get(op) === wanted.nth) this.#do(entry);
    }
  }

  #schedule(entry: { step: Step; status: StepStatus }): void {
    const { afterMs = 0 } = entry.step;
    if (afterMs === 0) this.#do(entry);
    else this.#timers.push(setTimeout(() => this.#do(entry), afterMs));
  }

  #do({ step, status }: { step: Step; status: StepStatus }): void {
    try {
      applyAction(this.#state, step.action satisfies Action);
      status.state = 'done';
    } catch (error) {
      status.state = 'failed';
      status.error = error instanceof Error ? error.message : String(error);
    }
  }
}
