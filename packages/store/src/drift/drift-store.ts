/** The last comparison of each day with the EHR. A report is sealed under the day's own keys, and ends after a week. */
import {
  type BoardKey,
  type DriftFailure,
  driftFailureSchema,
  type StoredDrift,
  storedDriftSchema,
} from '@workflow-bolt/contracts';
import { boardTag, type KeyRow } from '../keys.ts';
import type { RedisPort } from '../redis-port.ts';
import type { BoardCipher } from '../vault/board-cipher.ts';
import type { Vault } from '../vault/vault.ts';

/** A week and a day: the report of last Monday can still be laid beside today's. */
export const driftLifeMs = 8 * 86_400_000;

export const driftKeyRows: readonly KeyRow[] = [
  {
    name: 'T:drift',
    type: 'string',
    content: 'the last comparison with the EHR, sealed whole; no names',
    life: '8 days',
  },
  {
    name: 'T:drift-failed',
    type: 'string',
    content: 'why a later comparison has no report: JSON of at and code',
    life: '8 days',
  },
];

const keysOf = (board: BoardKey) => {
  const tag = boardTag(board);
  return { report: `${tag}:drift`, failed: `${tag}:drift-failed` };
};

/** Boards whose keys are held at once: the present days of a few clinics. */
const ciphersMax = 50;
const note = 'drift';

export class DriftStore {
  readonly #port: RedisPort;
  readonly #vault: Vault;
  readonly #ciphers = new Map<string, BoardCipher>();

  constructor(port: RedisPort, vault: Vault) {
    this.#port = port;
    this.#vault = vault;
  }

  /** Replaces the day's report; a failure of before is forgotten. Throws Fault. */
  async save(board: BoardKey, report: StoredDrift): Promise<void> {
    const { report: key, failed } = keysOf(board);
    const cipher = await this.#cipherOf(board);
    await cipher.reserve([]);
    const sealed = cipher.sealNote(note, JSON.stringify(report));
    await this.#port.command('SET', key, sealed, 'PX', driftLifeMs);
    await this.#port.command('DEL', failed);
  }

  /** Notes why an attempt has no report; the report of before stays. Throws Fault. */
  async saveFailure(board: BoardKey, failure: DriftFailure): Promise<void> {
    await this.#port.command('SET', keysOf(board).failed, JSON.stringify(failure), 'PX', driftLifeMs);
  }

  /** The day's last report, or null. Throws Fault, also `phi_unreadable` when its key was destroyed. */
  async find(board: BoardKey): Promise<StoredDrift | null> {
    const sealed = await this.#port.command('GET', keysOf(board).report);
    if (typeof sealed !== 'string') return null;
    const cipher = await this.#cipherOf(board);
    return storedDriftSchema.parse(JSON.parse(await cipher.openNote(note, sealed)));
  }

  /** Why the attempt after the last report failed, or null. Throws Fault. */
  async findFailure(board: BoardKey): Promise<DriftFailure | null> {
    const text = await this.#port.command('GET', keysOf(board).failed);
    return typeof text === 'string' ? driftFailureSchema.parse(JSON.parse(text)) : null;
  }

  /** One for each board, so that its reports share a key. */
  async #cipherOf(board: BoardKey): Promise<BoardCipher> {
    const name = `${board.clinic} ${board.date}`;
    const known = this.#ciphers.get(name);
    if (known) return known;
    const cipher = this.#vault.board(board);
    await cipher.open();
    const [oldest] = this.#ciphers.keys();
    if (this.#ciphers.size >= ciphersMax && oldest !== undefined) this.#ciphers.delete(oldest);
    this.#ciphers.set(name, cipher);
    return cipher;
  }
}
