/** Where the handlers of the record find its logs: archive, index, checks, keys. */
import { formatKey } from '@workflow-bolt/audit-verifier';
import type { AuditCheck } from '@workflow-bolt/contracts';
import {
  AccessReviews,
  AuditChecks,
  AuditIndex,
  type AuditLogId,
  AuditReader,
  AuditReviews,
  AuditSigner,
  auditLogOf,
  clinicOf,
  installationLog,
  type KeyProvider,
  type ObjectStore,
  openObjectStore,
  originOf,
  type RedisPort,
  RevealStore,
} from '@workflow-bolt/store';

export type AuditDeskParts = {
  port: RedisPort;
  /** Address of the archive. */
  archive: string;
  /** Name of this installation in checkpoints. */
  installation: string;
  clinics: readonly string[];
  keys: () => KeyProvider;
};

export type LogStatus = {
  log: AuditLogId;
  clinic: string | null;
  size: number;
  sealedAt: number | null;
  key: string;
  checks: AuditCheck[];
};

export class AuditDesk {
  readonly #parts: AuditDeskParts;
  readonly reviews: AuditReviews;
  readonly accessReviews: AccessReviews;
  readonly reveals: RevealStore;
  readonly #checks: AuditChecks;
  #store: Promise<ObjectStore> | null = null;

  constructor(parts: AuditDeskParts) {
    this.#parts = parts;
    this.#checks = new AuditChecks(parts.port);
    this.reviews = new AuditReviews(parts.port);
    this.accessReviews = new AccessReviews(parts.port);
    this.reveals = new RevealStore(parts.port);
  }

  /** Of a clinic's log, or of the installation's for null. */
  async reader(clinic: string | null): Promise<AuditReader> {
    return new AuditReader(await this.#archive(), auditLogOf(clinic));
  }

  index(clinic: string): AuditIndex {
    return new AuditIndex(this.#parts.port, auditLogOf(clinic));
  }

  /** When the clinic's log last grew, epoch ms. Throws Fault. */
  async sealedThrough(clinic: string): Promise<number | null> {
    return (await this.#newest(auditLogOf(clinic))).sealedAt;
  }

  /** Every log of this installation. Throws Fault. */
  status(): Promise<LogStatus[]> {
    const logs = [installationLog, ...this.#parts.clinics.map(auditLogOf)];
    return Promise.all(logs.map((log) => this.#statusOf(log)));
  }

  async #statusOf(log: AuditLogId): Promise<LogStatus> {
    const origin = originOf(this.#parts.installation, log);
    const [{ size, sealedAt }, key, checks] = await Promise.all([
      this.#newest(log),
      new AuditSigner(this.#parts.keys()).verifierKey(origin),
      this.#checks.list(log),
    ]);
    return { log, clinic: clinicOf(log), size, sealedAt, key: formatKey(key), checks };
  }

  async #newest(log: AuditLogId): Promise<{ size: number; sealedAt: number | null }> {
    const reader = new AuditReader(await this.#archive(), log);
    const size = (await reader.archive.checkpoint())?.size ?? 0;
    return { size, sealedAt: size > 0 ? (await reader.entry(size - 1)).event.sat : null };
  }

  /** Opened when first asked for: a cloud client costs time that a start should not. */
  #archive(): Promise<ObjectStore> {
    this.#store ??= openObjectStore(this.#parts.archive);
    return this.#store;
  }
}
