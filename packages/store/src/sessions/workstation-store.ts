/** Enrolled workstations: their public keys, what they may sign once, and whose sessions wait at each. */
import { randomBytes } from 'node:crypto';
import type { MacKey } from '../mac-key.ts';
import type { RedisPort } from '../redis-port.ts';
import { openRecord, sealRecord } from './sealed-record.ts';
import { clinicWorkstationsKey, workstationKeys } from './session-keys.ts';
import { parkedMs } from './session-record.ts';
import { tokenHash } from './session-token.ts';

export type WorkstationRecord = {
  id: string;
  clinic: string;
  name: string;
  /** Raw P-256 point, base64url. */
  publicKey: string;
  enrolledBy: string;
  enrolledAt: number;
};

/** How long a challenge may be signed. */
export const challengeMs = 60_000;
const idBytes = 16;
const challengeBytes = 32;
const idShape = /^[A-Za-z0-9_-]{22}$/;

export class WorkstationStore {
  readonly #port: RedisPort;
  readonly #key: MacKey;

  constructor({ port, key }: { port: RedisPort; key: MacKey }) {
    this.#port = port;
    this.#key = key;
  }

  async enrol(wanted: Omit<WorkstationRecord, 'id'>): Promise<WorkstationRecord> {
    const workstation = { id: randomBytes(idBytes).toString('base64url'), ...wanted };
    const key = workstationKeys(workstation.id).record;
    await this.#port.command('SET', key, sealRecord(this.#key, key, workstation));
    const index = clinicWorkstationsKey(workstation.clinic);
    await this.#port.command('HSET', index, workstation.id, workstation.enrolledAt);
    return workstation;
  }

  /** Null for anything that is no enrolled workstation, or was removed. */
  async find(id: string): Promise<WorkstationRecord | null> {
    if (!idShape.test(id)) return null;
    const key = workstationKeys(id).record;
    const text = (await this.#port.command('GET', key)) as string | null;
    return openRecord<WorkstationRecord>(this.#key, key, text);
  }

  async list(clinic: string): Promise<WorkstationRecord[]> {
    const ids = (await this.#port.command('HKEYS', clinicWorkstationsKey(clinic))) as string[];
    const found = await Promise.all(ids.map((id) => this.find(id)));
    return found.filter((each) => each !== null).toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** Removes it; answers the sessions that were parked there, which the caller ends. Null when there is no such. */
  async remove(clinic: string, id: string): Promise<Map<string, string> | null> {
    const known = await this.find(id);
    if (known?.clinic !== clinic) return null;
    const parked = await this.parked(id);
    const keys = workstationKeys(id);
    await this.#port.command('DEL', keys.record, keys.parked);
    await this.#port.command('HDEL', clinicWorkstationsKey(clinic), id);
    return parked;
  }

  /** Something new to sign; Redis keeps only its hash. */
  async challenge(id: string): Promise<string> {
    const challenge = randomBytes(challengeBytes).toString('base64url');
    const key = workstationKeys(id).challenge(tokenHash(challenge));
    await this.#port.command('SET', key, '1', 'PX', challengeMs);
    return challenge;
  }

  /** True once for each challenge of this workstation that is not too old. */
  async takeChallenge(id: string, challenge: string): Promise<boolean> {
    const key = workstationKeys(id).challenge(tokenHash(challenge));
    return (await this.#port.command('GETDEL', key)) !== null;
  }

  /** Notes that a person's session waits here; an earlier one of the same person is no longer found. */
  async park(id: string, uid: string, sessionId: string): Promise<void> {
    const key = workstationKeys(id).parked;
    await this.#port.command('HSET', key, uid, sessionId);
    await this.#port.command('PEXPIRE', key, parkedMs);
  }

  async unpark(id: string, uid: string): Promise<void> {
    await this.#port.command('HDEL', workstationKeys(id).parked, uid);
  }

  /** Person to session, as they were parked; some may have ended since. */
  async parked(id: string): Promise<Map<string, string>> {
    const flat = (await this.#port.command('HGETALL', workstationKeys(id).parked)) as unknown;
    const pairs = Array.isArray(flat)
      ? flat.map(String)
      : Object.entries(flat ?? {})
          .flat()
          .map(String);
    const found = new Map<string, string>();
    for (let i = 0; i + 1 < pairs.length; i += 2) found.set(pairs[i] ?? '', pairs[i + 1] ?? '');
    return found;
  }
}
