/** Who looks at a board now, by tab, on Redis's clock. Lossy and outside the log. */
import {
  leavePresenceCall,
  listPresenceCall,
  touchPresenceCall,
} from './generated/function-calls.generated.ts';
import type { BoardKeys } from './keys.ts';
import type { RedisPort } from './redis-port.ts';

/** A tab says every 20 s that it is there; twice that and a little, and it is gone. */
export const presenceLifeMs = 45_000;
const tabsMax = 2_000;

/** What others see of a tab: ids and words only, no patient data. */
export type PresentTab = { user: string; name: string; role: string; editing: string | null; ackSeq: number };

export class BoardPresence {
  readonly #port: RedisPort;
  readonly #keys: BoardKeys;

  constructor(port: RedisPort, keys: BoardKeys) {
    this.#port = port;
    this.#keys = keys;
  }

  /** Says that a tab is there. Answers false when the board has its limit of tabs. Throws Fault. */
  async touch(tab: string, payload: PresentTab): Promise<boolean> {
    const args = { tab, ttlMs: presenceLifeMs, payload: JSON.stringify(payload), tabsMax };
    return (await this.#port.fcall(touchPresenceCall(this.#keys, args))).status === 'touched';
  }

  async leave(tab: string): Promise<void> {
    await this.#port.fcall(leavePresenceCall(this.#keys, { tab }));
  }

  async list(): Promise<Map<string, PresentTab>> {
    const { tabs } = await this.#port.fcall(listPresenceCall(this.#keys));
    const found = new Map<string, PresentTab>();
    for (let i = 0; i < tabs.length; i += 2) found.set(tabs[i] ?? '', JSON.parse(tabs[i + 1] ?? '{}'));
    return found;
  }
}
