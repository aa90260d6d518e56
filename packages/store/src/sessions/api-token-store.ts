import { Fault } from '@workflow-bolt/contracts';
import {
  type EndRecordReply,
  endRecordCall,
  openSessionCall,
} from '../generated/function-calls.generated.ts';
import { addressOfApiToken, mintApiToken } from './api-token.ts';
import { RecordReader } from './record-reader.ts';
import { openRecord, sealRecord } from './sealed-record.ts';
import { sendDurably } from './send-durably.ts';
import { personKeys } from './session-keys.ts';
import type { SessionStoreOptions } from './session-store.ts';
import {
  addressOfId,
  idOf,
  isSameText,
  newSelector,
  type RecordAddress,
  tagOf,
  tokenHash,
} from './session-token.ts';

export type ApiTokenRecord = {
  uid: string;
  /** What the person calls it, such as `nightly export`. */
  name: string;
  scopes: readonly string[];
  hash: string;
  createdAt: number;
  expiresAt: number;
  globalEpoch: number;
};
export type StoredApiToken = { id: string; record: ApiTokenRecord };

/** How many a person may have at once. */
export const apiTokensMax = 20;
const keptAfterMs = 60_000;

/** API tokens in Redis. They are ended one by one, or when their owner is deactivated or reset; signing out everywhere spares them. */
export class ApiTokenStore {
  readonly #options: SessionStoreOptions;
  readonly #reader: RecordReader;

  constructor(options: SessionStoreOptions) {
    this.#options = options;
    this.#reader = new RecordReader(options.port);
  }

  /** A new token: the answer is the only place where it is known. Null when the person has `apiTokensMax`. */
  async create(
    wanted: Pick<ApiTokenRecord, 'uid' | 'name' | 'scopes' | 'expiresAt'>,
  ): Promise<(StoredApiToken & { token: string }) | null> {
    const address = { tag: tagOf(this.#options.key, wanted.uid), sel: newSelector() };
    const keys = personKeys(address.tag);
    const key = keys.tokenPrefix + address.sel;
    const seen = await this.#reader.read(key, keys.epoch);
    const token = mintApiToken(address);
    const now = this.#options.now();
    const record = { ...wanted, hash: tokenHash(token), createdAt: now, globalEpoch: seen.globalEpoch };
    const call = openSessionCall(
      { record: key, index: keys.tokens, epoch: keys.epoch },
      {
        id: address.sel,
        text: sealRecord(this.#options.key, key, record),
        ttlMs: wanted.expiresAt - now + keptAfterMs,
        createdAt: now,
        epochSeen: seen.epoch,
        recordsMax: apiTokensMax,
        prefix: keys.tokenPrefix,
        whenFull: 'refuse',
      },
    );
    const { status } = await this.#options.port.fcall(call);
    if (status === 'full') return null;
    if (status !== 'opened') throw new Fault('store_unavailable', { reason: 'sessions' });
    return { id: idOf(address), record, token };
  }

  /** The token of a request; null when it is unknown, ended or malformed. Throws Fault `store_unavailable`. */
  async find(token: string): Promise<StoredApiToken | null> {
    const address = addressOfApiToken(token);
    const stored = address && (await this.#read(address));
    return stored && isSameText(stored.record.hash, tokenHash(token)) ? stored : null;
  }

  /** By its id, as streams know it; it proves nothing. Null when it has ended. */
  async findById(id: string): Promise<StoredApiToken | null> {
    const address = addressOfId(id);
    return address && this.#read(address);
  }

  async list(uid: string): Promise<StoredApiToken[]> {
    const tag = tagOf(this.#options.key, uid);
    const sels = (await this.#options.port.command('HKEYS', personKeys(tag).tokens)) as string[];
    const found = await Promise.all(sels.map((sel) => this.#read({ tag, sel })));
    return found
      .filter((each) => each !== null)
      .filter(({ record }) => record.uid === uid)
      .toSorted((a, b) => b.record.createdAt - a.record.createdAt);
  }

  /** False when this person has no such token. */
  async end(uid: string, id: string): Promise<boolean> {
    const address = addressOfId(id);
    if (!address || address.tag !== tagOf(this.#options.key, uid)) return false;
    const keys = personKeys(address.tag);
    const call = endRecordCall(
      { record: keys.tokenPrefix + address.sel, index: keys.tokens },
      { id: address.sel },
    );
    return (await sendDurably<EndRecordReply>(this.#options, call)).existed === 1;
  }

  /** Ends every token of a person. The person's sessions must have ended before, or another may be made meanwhile. */
  async endAll(uid: string): Promise<void> {
    const tag = tagOf(this.#options.key, uid);
    const sels = (await this.#options.port.command('HKEYS', personKeys(tag).tokens)) as string[];
    for (const sel of sels) await this.end(uid, idOf({ tag, sel }));
  }

  async #read(address: RecordAddress): Promise<StoredApiToken | null> {
    const keys = personKeys(address.tag);
    const key = keys.tokenPrefix + address.sel;
    const { text, globalEpoch } = await this.#reader.read(key, keys.epoch);
    const record = openRecord<ApiTokenRecord>(this.#options.key, key, text);
    if (!record || record.globalEpoch !== globalEpoch) return null;
    return record.expiresAt > this.#options.now() ? { id: idOf(address), record } : null;
  }
}
