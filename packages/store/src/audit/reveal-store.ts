/** The register of revealed identities: who, when, whom by opaque key, and why; what was typed is sealed before it gets here. */
import type { RevealRecord } from '@workflow-bolt/contracts';
import { readHash } from '../passkeys/read-hash.ts';
import type { RedisPort } from '../redis-port.ts';
import { type AuditLogId, auditKeys } from './audit-keys.ts';

/** As stored: the reason is sealed. */
export type StoredReveal = Omit<RevealRecord, 'reason'> & { reason: string };

/** Every method throws Fault `store_unavailable` while Redis is away. */
export class RevealStore {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** An id is written once. */
  async add(log: AuditLogId, record: StoredReveal): Promise<void> {
    await this.#port.command('HSETNX', auditKeys(log).reveals, record.id, JSON.stringify(record));
  }

  /** Newest first. */
  async list(log: AuditLogId): Promise<StoredReveal[]> {
    const found = await readHash(this.#port, auditKeys(log).reveals);
    return [...found.values()]
      .map((text) => JSON.parse(text) as StoredReveal)
      .sort((a, b) => b.at - a.at || a.id.localeCompare(b.id));
  }
}
