/** Checks the MAC chain of each process: an event that no process of ours wrote, or that one wrote and is gone. */

import { MacKey } from '../mac-key.ts';
import type { RedisPort } from '../redis-port.ts';
import type { KeyProvider } from '../vault/key-provider.ts';
import { type AuditLogId, auditKeys } from './audit-keys.ts';
import type { RawEntry } from './present-event.ts';
import type { Gap } from './seal-sources.ts';
import { eventMac, writerKeyAad, writerKeyField } from './security-audit.ts';

type Chain = { iseq: number; mac: string };

export class MacChecker {
  readonly #port: RedisPort;
  readonly #log: AuditLogId;
  readonly #keys: Pick<KeyProvider, 'unwrap'> | null;
  readonly #known = new Map<string, MacKey | null>();

  constructor(port: RedisPort, log: AuditLogId, keys: Pick<KeyProvider, 'unwrap'> | null) {
    this.#port = port;
    this.#log = log;
    this.#keys = keys;
  }

  /** What is wrong with these entries, and where each process's chain stands behind them. Throws Fault. */
  async check(
    entries: readonly RawEntry[],
    positions: ReadonlyMap<string, string>,
  ): Promise<{ gaps: Gap[]; macs: Map<string, string> }> {
    const chains = new Map<string, Chain>();
    const gaps: Gap[] = [];
    for (const { src, fields } of entries) {
      const inst = fields.get('i') ?? '';
      const before = chains.get(inst) ?? chainOf(positions.get(`m:${inst}`));
      const iseq = Number(fields.get('s'));
      const why = await this.#fault(inst, iseq, before, fields);
      if (why) gaps.push({ src, why, count: 1 });
      chains.set(inst, { iseq, mac: fields.get('m') ?? '' });
    }
    return { gaps, macs: new Map([...chains].map(([inst, { iseq, mac }]) => [inst, `${iseq} ${mac}`])) };
  }

  async #fault(
    inst: string,
    iseq: number,
    before: Chain,
    fields: RawEntry['fields'],
  ): Promise<string | null> {
    if (iseq !== before.iseq + 1) return 'writer_gap';
    if (!this.#keys) return null;
    const key = await this.#keyOf(inst);
    if (!key) return 'unknown_writer';
    const text = fields.get('f') ?? '';
    return eventMac(key, { inst, iseq, text }, before.mac) === fields.get('m') ? null : 'wrong_mac';
  }

  async #keyOf(inst: string): Promise<MacKey | null> {
    const known = this.#known.get(inst);
    if (known !== undefined) return known;
    const wrapped = await this.#port.command('HGET', auditKeys(this.#log).writers, writerKeyField(inst));
    const key = typeof wrapped === 'string' ? await this.#unwrap(inst, wrapped) : null;
    this.#known.set(inst, key);
    return key;
  }

  async #unwrap(inst: string, wrapped: string): Promise<MacKey | null> {
    try {
      const bytes = await this.#keys?.unwrap('session-mac', wrapped, writerKeyAad(inst));
      return bytes ? new MacKey(bytes) : null;
    } catch (error) {
      // Keys that are away come back; a key that was exchanged does not.
      if ((error as { code?: string }).code === 'keys_unavailable') throw error;
      return null;
    }
  }
}

function chainOf(text: string | undefined): Chain {
  const [iseq = '0', mac = ''] = (text ?? '').split(' ');
  return { iseq: Number(iseq) || 0, mac };
}
