import { hash, randomBytes } from 'node:crypto';
import type { User } from '@workflow-bolt/contracts';

/** Who is signed in at which station. `id` is the hash under which it is stored: safe to hold and compare. */
export type Session = { id: string; user: User; station: string | null; expiresAt: number };

/** The three commands a session needs; in production wiring they go to Redis. */
export interface SessionKeys {
  get(key: string): Promise<string | null>;
  setWithTtl(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
}

const tokenBytes = 32;
/** A session that another process ended is believed here this long; also what authentication survives of an outage. */
const believedMs = 5_000;
/** Sessions kept in memory; the oldest is read again from the store. */
const cachedMax = 10_000;

type Cached = { session: Session; readAt: number };

/** Sessions by an opaque random token. Only its SHA-256 is stored: whoever reads the store cannot sign in. */
export class SessionStore {
  readonly #keys: SessionKeys;
  readonly #now: () => number;
  readonly #ttlMs: number;
  readonly #cache = new Map<string, Cached>();
  readonly #reading = new Map<string, Promise<Session | null>>();

  constructor(keys: SessionKeys, ttlMs: number, now: () => number) {
    this.#keys = keys;
    this.#ttlMs = ttlMs;
    this.#now = now;
  }

  /** Opens a session and returns its token, the only time it is known. */
  async open(user: User, station: string | null): Promise<{ token: string; session: Session }> {
    const token = randomBytes(tokenBytes).toString('base64url');
    const session: Session = { id: idOf(token), user, station, expiresAt: this.#now() + this.#ttlMs };
    await this.#keys.setWithTtl(keyOf(session.id), JSON.stringify(session), this.#ttlMs);
    this.#remember(session);
    return { token, session };
  }

  /** The session of a token, or null when there is none or it has ended. */
  async find(token: string): Promise<Session | null> {
    const id = idOf(token);
    const cached = this.#cache.get(id);
    if (cached && this.#now() - cached.readAt < believedMs) return this.#ifAlive(cached.session);
    try {
      return this.#ifAlive(await this.#readOnce(id));
    } catch (error) {
      // The store is away: who was signed in stays so, until the session's own end.
      if (cached) return this.#ifAlive(cached.session);
      throw error;
    }
  }

  async end(session: Session): Promise<void> {
    this.#cache.delete(session.id);
    await this.#keys.delete(keyOf(session.id));
  }

  /** A thousand streams of one session that come back together ask the store once. */
  #readOnce(id: string): Promise<Session | null> {
    const running = this.#reading.get(id);
    if (running) return running;
    const reading = this.#read(id).finally(() => this.#reading.delete(id));
    this.#reading.set(id, reading);
    return reading;
  }

  async #read(id: string): Promise<Session | null> {
    const text = await this.#keys.get(keyOf(id));
    this.#cache.delete(id);
    if (text === null) return null;
    const session = JSON.parse(text) as Session;
    this.#remember(session);
    return session;
  }

  #ifAlive(session: Session | null): Session | null {
    return session && session.expiresAt > this.#now() ? session : null;
  }

  #remember(session: Session): void {
    this.#cache.set(session.id, { session, readAt: this.#now() });
    const oldest = this.#cache.size > cachedMax ? this.#cache.keys().next().value : undefined;
    if (oldest !== undefined) this.#cache.delete(oldest);
  }
}

const idOf = (token: string): string => hash('sha256', token, 'hex');
const keyOf = (id: string): string => `session:{${id}}`;
