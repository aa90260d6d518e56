import type { RouteId } from '@workflow-bolt/contracts';
import { loopLookMs } from '@workflow-bolt/store';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DependencyHealth } from './dependency-health.ts';
import { addSystemGauges } from './system-gauges.ts';

/** From a warm commit to a hopeless wait, in seconds. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Counters of this process. Labels are ids of routes and words of the contract, never of a patient or a board. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'route' | 'status'>;
  readonly #closed: Counter<'reason'>;
  readonly #alerts: Counter<'rule' | 'severity'>;

  constructor(sources: {
    streams: () => number;
    lagging: () => number;
    health: () => Pick<DependencyHealth, 'system' | 'dependencies' | 'processes' | 'degraded' | 'now'>;
    blocked: () => number;
    passwordHashes: () => number;
  }) {
    const registers = [this.#registry];
    collectDefaultMetrics({
      ...{ register: this.#registry, prefix: 'bolt_' },
      eventLoopMonitoringPrecision: loopLookMs,
    });
    this.#requests = new Histogram({
      name: 'bolt_http_request_seconds',
      help: 'Time to answer, by route and status.',
      labelNames: ['route', 'status'],
      buckets: requestBuckets,
      registers,
    });
    this.#closed = new Counter({
      name: 'bolt_streams_closed_total',
      help: 'Streams that ended, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.#alerts = new Counter({
      name: 'bolt_alerts_total',
      help: 'Alerts that this process raised, by rule and severity.',
      labelNames: ['rule', 'severity'],
      registers,
    });
    gauge('bolt_blocked', 'Accounts and networks that are kept out.', sources.blocked, registers);
    gauge('bolt_streams', 'Open streams.', sources.streams, registers);
    gauge('bolt_streams_lagging', 'Streams whose reader is behind.', sources.lagging, registers);
    gauge(
      'bolt_password_hashes',
      'Password hashes computed since the start.',
      sources.passwordHashes,
      registers,
    );
    gauge(
      'bolt_dependencies_away',
      'Dependencies that do not answer.',
      () => sources.health().degraded.length,
      registers,
    );
    addSystemGauges(sources.health, registers);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  requestDone(route: RouteId, status: number, ms: number): void {
    this.#requests.observe({ route, status }, ms / 1_000);
  }

  streamClosed(reason: string): void {
    this.#closed.inc({ reason });
  }

  alertRaised(rule: string, severity: string): void {
    this.#alerts.inc({ rule, severity });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  stop(): void {
    this.#registry.clear();
  }
}

function gauge(name: string, help: string, read: () => number, registers: Registry[]): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}
