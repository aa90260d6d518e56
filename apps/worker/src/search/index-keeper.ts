/**
 * Keeps the index of patients whole: what was committed here is brought in a moment later, and every few minutes the
 * days on which people work are compared with their boards. All kept days are, every night, by the retention job.
 */
import { setTimeout } from 'node:timers/promises';
import type { ClinicSettings } from '@workflow-bolt/contracts';
import { localDate } from '@workflow-bolt/domain';
import {
  type BoardHost,
  type BoardRegistry,
  IndexWriter,
  nearSpan,
  PatientIndex,
  type RedisPort,
  sweepIndex,
  type Vault,
  wholeSpan,
} from '@workflow-bolt/store';
import type { Logger } from 'pino';

/** What a process that died had not indexed is found after this at the latest. */
const everyMs = 300_000;
/** Processes that start together do not all look at once. */
const firstMs = 20_000;

export type IndexKeeperParts = {
  port: RedisPort;
  vault: Vault;
  clinics: readonly ClinicSettings[];
  log: Pick<Logger, 'info' | 'warn'>;
  registry: () => BoardRegistry;
};

export class IndexKeeper {
  readonly index: PatientIndex;
  readonly #parts: IndexKeeperParts;
  readonly #writer: IndexWriter;
  readonly #cancel = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: IndexKeeperParts) {
    this.#parts = parts;
    this.index = new PatientIndex(parts.port, parts.vault);
    this.#writer = new IndexWriter(this.index, () => parts.log.warn('patients not indexed'));
  }

  /** Patients of this board have changed. */
  due(host: BoardHost): void {
    this.#writer.due(host);
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#cancel.abort();
    await Promise.all([this.#running, this.#writer.stop()]);
  }

  /** Compares the days of a clinic with their boards: those around today, or all that are kept. Throws Fault. */
  async sweep({ id, zone }: ClinicSettings, span: 'near' | 'whole'): Promise<void> {
    const { port, log } = this.#parts;
    const registry = this.#parts.registry();
    const report = await sweepIndex({ port, index: this.index, hostOf: (board) => registry.get(board) }, id, {
      today: localDate(zone, registry.now()),
      ...(span === 'near' ? nearSpan : wholeSpan),
    });
    if (report.made + report.forgotten > 0) log.info({ clinic: id, span, ...report }, 'patients indexed');
  }

  async #run(): Promise<void> {
    const { signal } = this.#cancel;
    for (let waitMs = firstMs; ; waitMs = everyMs) {
      await setTimeout(waitMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      for (const clinic of this.#parts.clinics)
        await this.sweep(clinic, 'near').catch(() =>
          this.#parts.log.warn({ clinic: clinic.id }, 'patients not indexed'),
        );
    }
  }
}
