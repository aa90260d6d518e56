/** How the last checks of a log ended: written by whoever checks, read by whoever watches. */
import { type AuditCheck, auditCheckSchema } from '@workflow-bolt/contracts';
import type { RedisPort } from '../redis-port.ts';
import { type AuditLogId, auditKeys } from './audit-keys.ts';
import { pairsOf } from './seal-state.ts';

const checkpointField = 'checkpoint';

export class AuditChecks {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** Replaces the former check of its kind. Throws Fault. */
  async keep(log: AuditLogId, check: AuditCheck): Promise<void> {
    await this.#port.command('HSET', auditKeys(log).checks, check.kind, JSON.stringify(check));
  }

  /** The newest checkpoint that was found sound: the next check goes on from it. Signed, so no secret. Throws Fault. */
  async keepCheckpoint(log: AuditLogId, note: Uint8Array): Promise<void> {
    await this.#port.command(
      'HSET',
      auditKeys(log).checks,
      checkpointField,
      Buffer.from(note).toString('utf8'),
    );
  }

  async checkpoint(log: AuditLogId): Promise<Uint8Array | null> {
    const text = await this.#port.command('HGET', auditKeys(log).checks, checkpointField);
    return typeof text === 'string' ? Buffer.from(text) : null;
  }

  /** The last check of each kind. Throws Fault. */
  async list(log: AuditLogId): Promise<AuditCheck[]> {
    const flat = (await this.#port.command('HGETALL', auditKeys(log).checks)) as string[];
    const fields = Array.isArray(flat) ? pairsOf(flat) : Object.entries(flat as Record<string, string>);
    return fields.flatMap(([kind, text]) => {
      if (kind === checkpointField) return [];
      const parsed = auditCheckSchema.safeParse(JSON.parse(String(text)));
      return parsed.success ? [parsed.data] : [];
    });
  }
}
