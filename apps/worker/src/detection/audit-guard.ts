/** Looks after the record from outside of who writes it, after the bait in Redis, and after reviews that are owed. */
import type { SecurityEvent } from '@workflow-bolt/contracts';
import { type Signal, signalOf } from '@workflow-bolt/domain';
import {
  AlertStore,
  type AuditLogId,
  AuditWatch,
  auditLogOf,
  BaitWatch,
  BlockList,
  Detector,
  FreezeWatch,
  GlassWatch,
  installationLog,
  type RedisPort,
} from '@workflow-bolt/store';
import type { Logger } from 'pino';

const lookEveryMs = 60_000;

export type AuditGuardParts = {
  port: RedisPort;
  clinics: readonly string[];
  /** Names of keys that are only there to be read by a thief. */
  honeyKeys: readonly string[];
  record: (event: SecurityEvent) => Promise<void>;
  log: Logger;
  /** Redis's clock, epoch ms. */
  now: () => number;
};

/** What is wrong since the last look; `now` is epoch ms. Throws Fault. */
type Watch = { look: (now: number) => Promise<Signal[]> };

export class AuditGuard {
  readonly #parts: AuditGuardParts;
  readonly #watches: readonly Watch[];
  readonly #detector: Detector;
  /** What a watch tells once and could not be judged yet, by what it is about. */
  readonly #unheard = new Map<string, Signal>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;

  constructor(parts: AuditGuardParts) {
    this.#parts = parts;
    const { port, clinics, honeyKeys, record, log, now } = parts;
    const logs: AuditLogId[] = [installationLog, ...clinics.map((clinic) => auditLogOf(clinic))];
    this.#watches = [
      ...logs.map((each) => new AuditWatch(port, each)),
      ...clinics.map((clinic) => new GlassWatch(port, clinic)),
      new BaitWatch(port, honeyKeys),
      // Last: what the others find may be what a freeze lacks.
      new FreezeWatch(port, clinics),
    ];
    this.#detector = new Detector({
      ...{ port, record, alerts: new AlertStore(port), blocks: new BlockList(port, now) },
      ...{ honey: new Set<string>(), trusted: new Set<string>() },
      revokeSession: async () => {},
      revokeAccount: async () => {},
      onAlert: ({ id, rule, severity }) => log.error({ id, rule, severity }, 'alert raised'),
    });
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookEveryMs).unref();
  }

  /** Waits for a look that has begun. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#looking;
  }

  /** Keeps an event of this process, then judges it: a check of the record that failed stops all deleting. */
  async record(event: SecurityEvent): Promise<void> {
    const { record, now } = this.#parts;
    await record(event);
    const signal = signalOf(event, { at: now(), network: null, session: null });
    if (signal) await this.#detector.hear(signal);
  }

  /** Looks everywhere once; while one look lasts, another call waits for the same. Never throws. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAtAll().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookAtAll(): Promise<void> {
    const { log, now } = this.#parts;
    for (const watch of this.#watches) {
      try {
        for (const signal of await watch.look(now())) this.#unheard.set(matterOf(signal), signal);
        await this.#hearAll();
      } catch (error) {
        log.warn({ reason: (error as Error).message }, 'what is watched could not be looked at');
      }
    }
  }

  /** What could not be judged is judged by the next look: a watch does not tell it again. Throws Fault. */
  async #hearAll(): Promise<void> {
    for (const [matter, signal] of this.#unheard) {
      await this.#detector.hear(signal);
      this.#unheard.delete(matter);
    }
  }
}

const matterOf = ({ kind, clinic, object }: Signal): string => [kind, clinic, object].join(' ');
