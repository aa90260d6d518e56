/** What Redis knows of a log's sealing: who may seal, how far, and what was begun. */
import { Fault } from '@workflow-bolt/contracts';
import { finishSealCall, holdSealCall, planSealCall } from '../generated/function-calls.generated.ts';
import type { RedisPort } from '../redis-port.ts';
import { type AuditLogId, auditKeys } from './audit-keys.ts';

/** How far a stream is sealed: its last id, how many of its entries, and how many Redis had counted by then. */
export type Position = { sid: string; sn: number; added: number };
export const startPosition: Position = { sid: '0-0', sn: 0, added: 0 };

export type Hold = { fence: number; size: number; root: string; at: number; plan: string };
export type Finished = {
  size: number;
  newSize: number;
  root: string;
  at: number;
  positions: ReadonlyMap<string, string>;
};

/** How long a sealer may work without a sign of life; after it another one takes over. */
const leaseMs = 30_000;

export class SealState {
  readonly #port: RedisPort;
  readonly #keys: { seal: string };
  readonly #holder: string;

  constructor(port: RedisPort, log: AuditLogId, holder: string) {
    this.#port = port;
    this.#keys = { seal: auditKeys(log).seal };
    this.#holder = holder;
  }

  /** Takes or renews the right to seal; null while another process has it. Throws Fault. */
  async hold(): Promise<Hold | null> {
    const reply = await this.#port.fcall(holdSealCall(this.#keys, { holder: this.#holder, ttlMs: leaseMs }));
    return reply.status === 'busy' ? null : reply;
  }

  /** Fixes the next batch. Throws Fault `store_unavailable` when the right or the place was lost. */
  async plan(hold: Hold, plan: string): Promise<void> {
    const { fence, size } = hold;
    mustHold((await this.#port.fcall(planSealCall(this.#keys, { fence, size, plan }))).status, 'planned');
  }

  /** Counts the batch as sealed. Throws as `plan`. */
  async finish({ fence }: Hold, { size, newSize, root, at, positions }: Finished): Promise<void> {
    const args = { fence, size, newSize, root, at, positions: [...positions] };
    mustHold((await this.#port.fcall(finishSealCall(this.#keys, args))).status, 'finished');
  }

  /** Everything kept under `p:`, by what follows. */
  async positions(): Promise<Map<string, string>> {
    const all = (await this.#port.command('HGETALL', this.#keys.seal)) as string[] | Record<string, string>;
    const pairs = Array.isArray(all) ? pairsOf(all) : Object.entries(all);
    return new Map(pairs.flatMap(([name, value]) => (name.startsWith('p:') ? [[name.slice(2), value]] : [])));
  }
}

function mustHold(status: string, expected: string): void {
  if (status !== expected) throw new Fault('store_unavailable', { reason: `seal_${status}` });
}

/** A flat list of names and values, as Redis sends maps. */
export function pairsOf(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? '', flat[2 * i + 1] ?? '']);
}

export function formatPosition({ sid, sn, added }: Position): string {
  return `${sid} ${sn} ${added}`;
}

export function parsePosition(text: string | undefined): Position {
  const [sid = '', sn = '', added = ''] = (text ?? '').split(' ');
  return /^\d+-\d+$/.test(sid) ? { sid, sn: Number(sn), added: Number(added) } : startPosition;
}
