import type { BoardKey, Frame } from '@workflow-bolt/contracts';
import type { BoardHost, PresentTab } from '@workflow-bolt/store';
import { frameText } from '../stream/encode-frame.ts';
import type { StreamHub } from '../stream/stream-hub.ts';

/** At most two frames a second for each board. */
const quietMs = 500;
/** Tabs that ended without a word, and those of other processes, are noticed after this. */
const sweepMs = 5_000;

type Users = Frame<'pres'>['users'];

/** Tells the readers of a board who else looks at it. Lossy: a frame says everything, so a lost one costs nothing. */
export class PresenceFeed {
  readonly #hub: StreamHub;
  readonly #find: (key: BoardKey) => Promise<BoardHost>;
  readonly #waiting = new Map<BoardHost, NodeJS.Timeout>();
  readonly #told = new WeakMap<BoardHost, string>();
  readonly #timer: NodeJS.Timeout;

  constructor(hub: StreamHub, find: (key: BoardKey) => Promise<BoardHost>) {
    this.#hub = hub;
    this.#find = find;
    this.#timer = setInterval(() => void this.#sweep(), sweepMs);
    this.#timer.unref();
  }

  /** Someone came, went or began to edit. */
  changed(host: BoardHost): void {
    if (this.#waiting.has(host)) return;
    this.#waiting.set(
      host,
      setTimeout(() => void this.#tell(host), quietMs),
    );
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }

  async #sweep(): Promise<void> {
    for (const key of this.#hub.boardsWithReaders()) {
      const host = await this.#find(key).catch(() => null);
      if (host && !host.isDegraded) this.changed(host);
    }
  }

  async #tell(host: BoardHost): Promise<void> {
    this.#waiting.delete(host);
    const tabs = await host.presence.list().catch(() => null);
    if (!tabs) return;
    const users = usersOf([...tabs.values()]);
    const text = frameText('pres', { users });
    if (this.#told.get(host) === text) return;
    this.#told.set(host, text);
    // The wall shows no names of those who look.
    this.#hub.tellPresence(host.board, text);
  }
}

/** Tabs gathered by person, in a fixed order. */
export function usersOf(tabs: readonly PresentTab[]): Users {
  const users = new Map<string, Users[number]>();
  for (const { user: id, name, role, editing } of tabs) {
    const known = users.get(id);
    users.set(id, { id, name, role, tabs: (known?.tabs ?? 0) + 1, editing: known?.editing ?? editing });
  }
  return [...users.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
