/** How the last checks of a log ended: written by whoever checks, read by whoever watches. */
import { type AuditCheck, auditCheckSchema } from '@workflow-bolt/contracts';
import type { RedisPort } from '../redis-port.ts';
import { type AuditLogId, auditKeys } from './audit-keys.ts';
import { pairsOf } from './seal-state.ts';

export class AuditChecks {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** Replaces the former check of its kind. Throws Fault. */
  async keep(log: AuditLogId, check: AuditCheck): Promise<void> {
    await this.#port.command('HSET', auditKeys(log).checks, check.kind, JSON.stringify(check));
  }

  /** The last check of each kind. Throws Fault. */
  async list(log: AuditLogId): Promise<AuditCheck[]> {
    const flat = (await this.#port.command('HGETALL', auditKeys(log).checks)) as string[];
    const texts = Array.isArray(flat) ? pairsOf(flat).map(([, text]) => text) : Object.values(flat);
    return texts.flatMap((text) => {
      const parsed = auditCheckSchema.safeParse(JSON.parse(String(text)));
      return parsed.success ? [parsed.data] : [];
    });
  }
}
