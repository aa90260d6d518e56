import { Fault } from '@workflow-bolt/contracts';
import type { BoardHost, ReadAudit } from '@workflow-bolt/store';
import type { Session } from '../session/session.ts';

/** Reads remembered while the store is away; beyond this no more are answered. */
const owedMax = 10_000;
const retryMs = 1_000;

type Owed = { host: BoardHost; entry: ReadAudit };

/**
 * Keeps who read what (I5). A read is answered after its entry is kept. While the store is away the last known
 * board may still be read - a clinic must not go blind - and the entries are owed until it is back.
 */
export class ReadAuditor {
  readonly #owed: Owed[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** Resolves when the read may be answered. Throws Fault when it may not. */
  async note(host: BoardHost, session: Session, what: string, entities: readonly string[]): Promise<void> {
    const { user, station } = session;
    const entry = { actor: { id: user.id, role: user.role, station }, what, entities };
    try {
      await host.auditRead(entry);
    } catch (error) {
      if (!(error instanceof Fault) || this.#owed.length >= owedMax) throw error;
      this.#owed.push({ host, entry });
      this.#timer ??= setInterval(() => void this.settle(), retryMs);
    }
  }

  /** Writes what is owed, oldest first; stops at the first that still fails. */
  async settle(): Promise<void> {
    for (let next = this.#owed[0]; next; next = this.#owed[0]) {
      const { host, entry } = next;
      if (host.isDegraded) return;
      try {
        await host.auditRead(entry);
      } catch {
        return;
      }
      if (this.#owed[0] === next) this.#owed.shift();
    }
    this.stop();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }
}
