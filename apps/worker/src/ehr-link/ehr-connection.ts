/** The worker's way to its EHR account: guard, watch, probe and adapter, assembled. */
import { type Breaker, type BreakerState, type EhrLane, ehrLanes } from '@workflow-bolt/contracts';
import type { EhrCallRecord, EhrPort } from '@workflow-bolt/ehr';
import { type BreakerSettings, EhrLink, ehrAccountName, type RedisPort } from '@workflow-bolt/store';
import type { EhrAccount } from './ehr-account.ts';
import { HealthProbe, isWritesTrialDue } from './health-probe.ts';
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
  /** When a writing lane that nobody tries is tried with a read, ms. */
  writesIdleMs?: number;
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
  /** Short name of the account, from which its key cannot be found. */
  readonly account: string;
  readonly #guard: SharedGuard;
  readonly #watch: LinkWatch;
  readonly #probes: readonly HealthProbe[];

  constructor(parts: EhrConnectionParts) {
    const { account, port, node, now, callMsMax = callMsMaxDefault } = parts;
    const settings = parts.settings ? { settings: parts.settings } : {};
    this.account = ehrAccountName(account.key);
    const link = new EhrLink({ port, account: this.account, node, ...settings });
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
    const adapter = (kind: 'interactive' | 'background', lane?: EhrLane) =>
      account.connect({
        ...{ guard: this.#guard.for(kind, lane), deadlineMs: callMsMax },
        observe: (record) => {
          metrics.called(record);
          parts.onCall(record);
        },
      });
    this.interactive = adapter('interactive');
    this.background = adapter('background');
    const idle = parts.writesIdleMs === undefined ? {} : { idleMs: parts.writesIdleMs };
    const writesTrial = adapter('background', 'writes');
    this.#probes = [
      this.#newProbe('reads', this.background),
      this.#newProbe('writes', writesTrial, () =>
        isWritesTrialDue(
          { reads: this.breaker('reads'), writes: this.breaker('writes') },
          { now: now(), ...idle },
        ),
      ),
    ];
  }

  #newProbe(lane: EhrLane, ehr: EhrPort, isDue: () => boolean = () => true): HealthProbe {
    return new HealthProbe({
      state: () => this.#watch.breaker(lane).state,
      refresh: () => this.#watch.refresh(),
      // The cheapest operation that proves the account, not only the address.
      call: (signal) => ehr.practices(signal),
      // Without Redis nobody would learn what a trial has shown, and each worker would go on trying.
      isDue: () => this.#watch.isCurrent && isDue(),
    });
  }

  async start({ isProbing }: { isProbing: boolean }): Promise<void> {
    await this.#watch.start();
    if (isProbing) for (const probe of this.#probes) probe.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#probes.map((probe) => probe.stop()));
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
