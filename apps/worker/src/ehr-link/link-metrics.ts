/** What the link to the EHR costs and how it stands, for Prometheus. No label names a patient, a clinic or an account. */
import { type BreakerState, breakerStates, type EhrLane, ehrLanes } from '@workflow-bolt/contracts';
import type { EhrCallRecord } from '@workflow-bolt/ehr';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { GuardEvent } from './shared-guard.ts';

/** Seconds; the vendor's own pace lies between 0.1 and 30. */
const callBuckets = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 45];

export class LinkMetrics {
  readonly registry = new Registry();
  readonly #state: Gauge<'lane' | 'state'>;
  readonly #changes: Counter<'lane' | 'state'>;
  readonly #turns: Counter<'lane' | 'outcome'>;
  readonly #waited: Histogram<'lane'>;
  readonly #calls: Counter<'operation' | 'outcome'>;
  readonly #took: Histogram<'operation'>;

  constructor() {
    const registers = [this.registry];
    this.#state = new Gauge({
      name: 'bolt_ehr_breaker_state',
      help: '1 for the state in which the circuit breaker of the lane is.',
      labelNames: ['lane', 'state'],
      registers,
    });
    this.#changes = new Counter({
      name: 'bolt_ehr_breaker_changes_total',
      help: 'Changes of the circuit breaker that this process has seen, by the new state.',
      labelNames: ['lane', 'state'],
      registers,
    });
    this.#turns = new Counter({
      name: 'bolt_ehr_turns_total',
      help: 'Calls asked for: granted, denied by the breaker, full, late, away (without Redis).',
      labelNames: ['lane', 'outcome'],
      registers,
    });
    this.#waited = new Histogram({
      name: 'bolt_ehr_turn_wait_seconds',
      help: 'How long a call waited for its turn.',
      labelNames: ['lane'],
      buckets: [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 15, 60],
      registers,
    });
    this.#calls = new Counter({
      name: 'bolt_ehr_calls_total',
      help: 'Calls sent to the EHR by outcome.',
      labelNames: ['operation', 'outcome'],
      registers,
    });
    this.#took = new Histogram({
      name: 'bolt_ehr_call_seconds',
      help: 'How long the EHR took to answer.',
      labelNames: ['operation'],
      buckets: callBuckets,
      registers,
    });
    for (const lane of ehrLanes) this.#set(lane, 'closed');
  }

  changed(lane: EhrLane, state: BreakerState): void {
    this.#set(lane, state);
    this.#changes.inc({ lane, state });
  }

  guarded({ kind, lane, waitedMs }: GuardEvent): void {
    this.#turns.inc({ lane, outcome: kind });
    if (kind === 'granted') this.#waited.observe({ lane }, waitedMs / 1_000);
  }

  called({ operation, failure, durationMs }: EhrCallRecord): void {
    this.#calls.inc({ operation, outcome: failure?.kind ?? 'ok' });
    this.#took.observe({ operation }, durationMs / 1_000);
  }

  #set(lane: EhrLane, present: BreakerState): void {
    for (const state of breakerStates) this.#state.set({ lane, state }, state === present ? 1 : 0);
  }
}
