import type { StreamHub } from '../stream/stream-hub.ts';
import type { RedisSessionService } from './session-service.ts';

type WatchedHub = Pick<StreamHub, 'sessionIds' | 'closeSession' | 'closePerson' | 'holdToSessions'>;

/** An ended session keeps a stream at most this long when its revocation was not heard, such as while Redis was away. */
const watchMs = 3_000;
/** Sessions asked for in one round trip: Redis serves nobody else meanwhile. */
const askedMax = 200;

/**
 * Holds open streams to their sessions: a stream authenticates once and then lives for an hour, so its session is asked
 * for again and again. Asking extends nothing (I9). While Redis is away nothing new reaches a stream either; what is known
 * of its end still holds.
 */
export class SessionWatch {
  readonly #sessions: RedisSessionService;
  readonly #hub: WatchedHub;
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: () => void;
  #isAsking = false;

  constructor(sessions: RedisSessionService, hub: WatchedHub) {
    this.#sessions = sessions;
    this.#hub = hub;
    this.#timer = setInterval(() => void this.check(), watchMs).unref();
    this.#stopListening = sessions.onRevoked(({ uid, id }) =>
      id === null ? hub.closePerson(uid) : hub.closeSession(id),
    );
  }

  /** Asks once for all sessions with streams; ends those that are gone, and notes when the others will be. */
  async check(): Promise<void> {
    const ids = this.#hub.sessionIds;
    if (this.#isAsking || ids.length === 0) return;
    this.#isAsking = true;
    try {
      for (let i = 0; i < ids.length; i += askedMax) await this.#ask(ids.slice(i, i + askedMax));
    } catch {
      // Redis is away: asked again at the next turn.
    } finally {
      this.#isAsking = false;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopListening();
  }

  async #ask(ids: readonly string[]): Promise<void> {
    const ends = await this.#sessions.endsOf(ids);
    const now = this.#sessions.now();
    const inMs = new Map([...ends].map(([id, endsAt]) => [id, endsAt - now]));
    this.#hub.holdToSessions(new Set(ids), inMs);
  }
}
