/** Sessions in Redis: opened, found, changed and ended. What they mean to a request is the server's business. */
import { Fault, type StepUpPurpose } from '@workflow-bolt/contracts';
import { CommitGuard } from '../commit-guard.ts';
import {
  type EndRecordReply,
  type EndRecordsReply,
  endRecordCall,
  endRecordsCall,
  openSessionCall,
  swapRecordCall,
} from '../generated/function-calls.generated.ts';
import type { MacKey } from '../mac-key.ts';
import type { Durability, RedisPort } from '../redis-port.ts';
import { RecordReader } from './record-reader.ts';
import { openRecord, sealRecord } from './sealed-record.ts';
import { sendDurably } from './send-durably.ts';
import { globalEpochKey, personKeys, revocationChannel } from './session-keys.ts';
import { endOf, type SessionRecord, standingOf, withToken } from './session-record.ts';
import {
  addressOfId,
  addressOfToken,
  idOf,
  mintToken,
  newSelector,
  type RecordAddress,
  tagOf,
  tokenHash,
} from './session-token.ts';

export type SessionStoreOptions = {
  port: RedisPort;
  /** 32 bytes that are not in Redis: they seal the records and hide whose they are. */
  key: MacKey;
  /** Replicas that must hold the end of a session before it counts as told; null without a commit lane. */
  durability: Durability | null;
  /** Epoch ms. */
  now: () => number;
};

/** A session as it was read; `text` is what a change must still find. */
export type StoredSession = { id: string; record: SessionRecord; text: string };

export type FoundSession =
  | { standing: 'alive'; session: StoredSession }
  | { standing: 'reused'; session: StoredSession }
  | { standing: 'none' };

export type NewSession = Pick<
  SessionRecord,
  | 'uid'
  | 'aal'
  | 'amr'
  | 'station'
  | 'workstation'
  | 'idleMs'
  | 'endsAt'
  | 'device'
  | 'network'
  | 'isDevelopment'
> & { stepUps?: Partial<Record<StepUpPurpose, number>>; access?: string };

export type Opened = { token: string; session: StoredSession; evicted: string[] };

/** Redis keeps a record this much longer than it counts, so that its end is judged by our clock alone. */
const keptAfterMs = 60_000;
/** Sessions remembered as they were last read, for commits that prove them; some kilobytes each. */
const rememberedMax = 2_000;
/** Another process ended everything of this person at the same moment: read the epoch again. */
const attemptsMax = 5;

export class SessionStore {
  readonly #options: SessionStoreOptions;
  readonly #reader: RecordReader;
  readonly #remembered = new Map<string, StoredSession>();

  constructor(options: SessionStoreOptions) {
    this.#options = options;
    this.#reader = new RecordReader(options.port);
  }

  /** Opens a session; the person's oldest beyond `sessionsMax` end. Throws Fault `store_unavailable`. */
  async open(wanted: NewSession, sessionsMax: number): Promise<Opened> {
    const tag = this.#tagOf(wanted.uid);
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const opened = await this.#tryOpen({ tag, sel: newSelector() }, wanted, sessionsMax);
      if (opened) return opened;
    }
    throw new Fault('store_unavailable', { reason: 'sessions' });
  }

  /** What a token stands for at this moment. Throws Fault `store_unavailable`. */
  async find(token: string): Promise<FoundSession> {
    const address = addressOfToken(token);
    const session = address && (await this.#read(address));
    // No token is good while a session is parked; the one it was parked with is no theft either.
    if (session?.record.state !== 'active') return { standing: 'none' };
    const standing = standingOf(session.record, tokenHash(token), this.#options.now());
    if (standing === 'unknown') return { standing: 'none' };
    if (standing === 'reused') return { standing: 'reused', session };
    return { standing: 'alive', session };
  }

  /**
   * The session of a token as this process last read it, without asking: null when it is not known to have been alive
   * then. It may have ended since, so it counts only together with its guard.
   */
  recall(token: string): StoredSession | null {
    const address = addressOfToken(token);
    const session = address && this.#remembered.get(idOf(address));
    // A cluster cannot look at a session and a board in one step.
    if (!session || this.#port.mode === 'cluster') return null;
    const { record } = session;
    const isGood = record.state === 'active' && record.token === tokenHash(token);
    return isGood && endOf(record) > this.#options.now() ? session : null;
  }

  /** What a commit must find in Redis to be this session's: the record as it was read, and nobody's epoch moved on. */
  guardOf({ id, record, text }: StoredSession): CommitGuard {
    const { tag, sel } = mustAddress(id);
    const keys = personKeys(tag);
    const epochs = [record.epoch, record.globalEpoch].map((epoch) => (epoch === 0 ? '' : String(epoch)));
    return new CommitGuard([keys.sessionPrefix + sel, keys.epoch, globalEpochKey], [text, ...epochs]);
  }

  /** The living session of an id, parked or not; null when it has ended. */
  async findById(id: string): Promise<StoredSession | null> {
    const address = addressOfId(id);
    return address && this.#read(address);
  }

  /** Changes a session that nobody changed since it was read; null when somebody did, or it has ended. */
  async change(session: StoredSession, record: SessionRecord): Promise<StoredSession | null> {
    const { key, text, ttlMs } = this.#sealed(session.id, record);
    const call = swapRecordCall({ record: key }, { expected: session.text, text, ttlMs });
    const reply = await this.#port.fcall(call);
    return reply.status === 'swapped' ? this.#remember({ id: session.id, record, text }) : null;
  }

  /** A new token for the session, with `changes`; null when it changed or ended meanwhile. */
  async rotate(
    session: StoredSession,
    changes: Partial<SessionRecord> = {},
  ): Promise<{ token: string; session: StoredSession } | null> {
    const token = mintToken(mustAddress(session.id));
    const rotated = withToken(session.record, tokenHash(token), this.#options.now());
    const changed = await this.change(session, { ...rotated, ...changes });
    return changed && { token, session: changed };
  }

  /** Locks a session: no token opens it until it is taken up again. Null when it changed or ended meanwhile. */
  async park(session: StoredSession): Promise<StoredSession | null> {
    const now = this.#options.now();
    const locked = withToken({ ...session.record, state: 'parked', parkedAt: now }, '', now);
    const parked = await this.change(session, locked);
    if (parked) await this.#tell(session.record.uid, session.id);
    return parked;
  }

  /** Takes a parked session up again, with a new token; null when somebody else was first, or it has ended. */
  unpark(session: StoredSession): Promise<{ token: string; session: StoredSession } | null> {
    const { amr } = session.record;
    return this.rotate(session, {
      ...{ state: 'active', parkedAt: null, aal: '2-resumed', stepUps: {}, lastAt: this.#options.now() },
      amr: [...new Set([...amr, 'pin'])],
    });
  }

  /** Ends one session. False when there was none. */
  async end(uid: string, id: string): Promise<boolean> {
    const address = addressOfId(id);
    if (!address || address.tag !== this.#tagOf(uid)) return false;
    const keys = personKeys(address.tag);
    const call = endRecordCall(
      { record: keys.sessionPrefix + address.sel, index: keys.sessions },
      { id: address.sel },
    );
    this.#remembered.delete(id);
    const { existed } = await sendDurably<EndRecordReply>(this.#options, call);
    await this.#tell(uid, id);
    return existed === 1;
  }

  /** Ends every session of a person, but for `keep`, which goes on under the person's next epoch. */
  async endAll(uid: string, keepId: string | null = null): Promise<StoredSession | null> {
    const tag = this.#tagOf(uid);
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const keep = keepId === null ? null : await this.findById(keepId);
      const ended = await this.#tryEndAll(tag, keep);
      if (ended === 'changed') continue;
      await this.#tell(uid, null);
      return ended;
    }
    throw new Fault('outcome_unknown', { reason: 'sessions' });
  }

  /** The living sessions of a person, newest first. */
  async list(uid: string): Promise<StoredSession[]> {
    const tag = this.#tagOf(uid);
    const sels = (await this.#port.command('HKEYS', personKeys(tag).sessions)) as string[];
    const found = await Promise.all(sels.map((sel) => this.#read({ tag, sel })));
    return found
      .filter((each) => each !== null)
      .filter(({ record }) => record.uid === uid)
      .toSorted((a, b) => b.record.createdAt - a.record.createdAt);
  }

  /** Hears of every session that is ended on purpose, in any process; `id` null means all of that person. */
  listen(listener: (ended: { uid: string; id: string | null }) => void): Promise<void> {
    return this.#port.subscribe(revocationChannel, (message) => listener(JSON.parse(message)));
  }

  get #port(): RedisPort {
    return this.#options.port;
  }

  #tagOf(uid: string): string {
    return tagOf(this.#options.key, uid);
  }

  async #tryOpen(address: RecordAddress, wanted: NewSession, sessionsMax: number): Promise<Opened | null> {
    const keys = personKeys(address.tag);
    const key = keys.sessionPrefix + address.sel;
    const seen = await this.#reader.read(key, keys.epoch);
    const token = mintToken(address);
    const record = newRecord(wanted, { ...seen, token: tokenHash(token), now: this.#options.now() });
    const { text, ttlMs } = this.#sealed(idOf(address), record);
    const reply = await this.#port.fcall(
      openSessionCall(
        { record: key, index: keys.sessions, epoch: keys.epoch },
        {
          id: address.sel,
          text,
          ttlMs,
          createdAt: record.createdAt,
          epochSeen: seen.epoch,
          recordsMax: sessionsMax,
          prefix: keys.sessionPrefix,
          whenFull: 'evict',
        },
      ),
    );
    if (reply.status !== 'opened') return null;
    const evicted = reply.evicted.map((sel) => idOf({ tag: address.tag, sel }));
    for (const id of evicted) await this.#tell(wanted.uid, id);
    return { token, session: { id: idOf(address), record, text }, evicted };
  }

  async #tryEndAll(tag: string, keep: StoredSession | null): Promise<StoredSession | null | 'changed'> {
    const keys = personKeys(tag);
    const epoch = keep?.record.epoch ?? Number((await this.#port.command('GET', keys.epoch)) ?? 0);
    const kept = keep && { ...keep.record, epoch: epoch + 1 };
    const sealed = keep && kept && this.#sealed(keep.id, kept);
    const call = endRecordsCall(
      { index: keys.sessions, epoch: keys.epoch },
      {
        prefix: keys.sessionPrefix,
        epochSeen: epoch,
        keepId: keep ? mustAddress(keep.id).sel : '',
        keepExpected: keep?.text ?? '',
        keepText: sealed?.text ?? '',
        keepTtlMs: sealed?.ttlMs ?? 0,
      },
    );
    const reply = await sendDurably<EndRecordsReply>(this.#options, call);
    if (reply.status === 'changed') return 'changed';
    return keep && kept && sealed ? { id: keep.id, record: kept, text: sealed.text } : null;
  }

  /** The record when it was written by us, is of the present epochs, and has not ended. */
  async #read(address: RecordAddress): Promise<StoredSession | null> {
    const keys = personKeys(address.tag);
    const key = keys.sessionPrefix + address.sel;
    const { text, epoch, globalEpoch } = await this.#reader.read(key, keys.epoch);
    const record = this.#opened(address, key, text);
    if (!record || text === null) return null;
    if (record.epoch !== epoch || record.globalEpoch !== globalEpoch) return null;
    return endOf(record) > this.#options.now() ? this.#remember({ id: idOf(address), record, text }) : null;
  }

  /** The same text needs no second proof: it was made by us for this address. */
  #opened(address: RecordAddress, key: string, text: string | null): SessionRecord | null {
    const known = this.#remembered.get(idOf(address));
    if (known && known.text === text) return known.record;
    return openRecord<SessionRecord>(this.#options.key, key, text);
  }

  /** The session that was read or written last goes to the end; the one at the front goes first. */
  #remember(session: StoredSession): StoredSession {
    this.#remembered.delete(session.id);
    this.#remembered.set(session.id, session);
    const [oldest] = this.#remembered.size > rememberedMax ? this.#remembered.keys() : [];
    if (oldest !== undefined) this.#remembered.delete(oldest);
    return session;
  }

  #sealed(id: string, record: SessionRecord): { key: string; text: string; ttlMs: number } {
    const { tag, sel } = mustAddress(id);
    const key = personKeys(tag).sessionPrefix + sel;
    const ttlMs = Math.max(1, endOf(record) - this.#options.now()) + keptAfterMs;
    return { key, text: sealRecord(this.#options.key, key, record), ttlMs };
  }

  /** A hint: whoever does not hear it asks again within seconds. */
  async #tell(uid: string, id: string | null): Promise<void> {
    await this.#port
      .command(this.#port.doorbell, revocationChannel, JSON.stringify({ uid, id }))
      .catch(() => {});
  }
}

function newRecord(
  { stepUps = {}, ...wanted }: NewSession,
  made: { token: string; epoch: number; globalEpoch: number; now: number },
): SessionRecord {
  const { token, epoch, globalEpoch, now } = made;
  return {
    ...wanted,
    epoch,
    globalEpoch,
    state: 'active',
    token,
    former: [],
    stepUps,
    authAt: now,
    createdAt: now,
    rotatedAt: now,
    lastAt: now,
    parkedAt: null,
  };
}

function mustAddress(id: string): RecordAddress {
  const address = addressOfId(id);
  if (!address) throw new Error('a session id of a wrong form was made here');
  return address;
}
