/** The worker's way to its EHR account: guard, watch, probe and adapter, assembled. */
import { type Breaker, type BreakerState, type EhrLane, ehrLanes } from '@workflow-bolt/contracts';
import type { EhrCallRecord, EhrPort } from '@workflow-bolt/ehr';
import { type BreakerSettings, EhrLink, ehrAccountName, type RedisPort } from '@workflow-bolt/store';
import type { EhrAccount } from './ehr-account.ts';
import { HealthProbe } from './health-probe.ts';
import { LinkMetrics } from './link-metrics.ts';
import { LinkWatch } from './link-watch.ts';
import { SharedGuard } from './shared-guard.ts';

export type EhrConnectionParts = {
  account: EhrAccount;
  port: RedisPort;
  node: string;
  /** When the breaker opens; the ones of the store unless given. */
  settings?: BreakerSettings;
  /** When a call is given up, ms. */
  callMsMax?: number;
  /** Redis's clock, epoch ms. */
  now: () => number;
  onCall: (record: EhrCallRecord) => void;
  onChange: (lane: EhrLane, from: BreakerState, to: Breaker) => void;
};

/** The adapter's own deadline for a call, after which a permit is not needed any more. */
const callMsMaxDefault = 45_000;

export class EhrConnection {
  /** For what a person waits for; goes first. */
  readonly interactive: EhrPort;
  /** For timers. */
  readonly background: EhrPort;
  readonly metrics = new LinkMetrics();
  readonly #guard: SharedGuard;
  readonly #watch: LinkWatch;
  readonly #probe: HealthProbe;

  constructor(parts: EhrConnectionParts) {
    const { account, port, node, now, callMsMax = callMsMaxDefault } = parts;
    const settings = parts.settings ? { settings: parts.settings } : {};
    const link = new EhrLink({ port, account: ehrAccountName(account.key), node, ...settings });
    const { metrics } = this;
    const onChange: EhrConnectionParts['onChange'] = (lane, from, to) => {
      metrics.changed(lane, to.state);
      parts.onChange(lane, from, to);
    };
    this.#watch = new LinkWatch({ link, port, now, onChange });
    this.#guard = new SharedGuard({
      ...{ link, watch: this.#watch, gaps: account.gaps, callMsMax },
      onEvent: (event) => metrics.guarded(event),
    });
    const adapter = (kind: 'interactive' | 'background') =>
      account.connect({
        ...{ guard: this.#guard.for(kind), deadlineMs: callMsMax },
        observe: (record) => {
          metrics.called(record);
          parts.onCall(record);
        },
      });
    this.interactive = adapter('interactive');
    this.background = adapter('background');
    this.#probe = new HealthProbe({
      state: () => this.#watch.breaker('reads').state,
      refresh: () => this.#watch.refresh(),
      // The cheapest operation that proves the account, not only the address.
      call: (signal) => this.background.practices(signal),
    });
  }

  async start({ isProbing }: { isProbing: boolean }): Promise<void> {
    await this.#watch.start();
    if (isProbing) this.#probe.start();
  }

  async stop(): Promise<void> {
    await this.#probe.stop();
    await this.#guard.drain();
    await this.#watch.stop();
  }

  /** Ms until a call may leave, as far as is known here; 0 when nothing holds it back. Reading and writing both count. */
  closedMs(): number {
    return Math.max(0, ...ehrLanes.map((lane) => this.#watch.denies(lane)?.retryMs ?? 0));
  }

  breaker(lane: EhrLane): Breaker {
    return this.#watch.breaker(lane);
  }
}
