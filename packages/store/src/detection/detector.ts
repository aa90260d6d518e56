/**
 * From what happened to what is done about it. Responses come before the alert that tells of them: a process that dies
 * in between does them again when the next signal arrives, and none of them does harm twice. A freeze that is left
 * without its alert is told by `FreezeWatch`.
 */
import type { Alert, DetectionResponse, SecurityEvent } from '@workflow-bolt/contracts';
import { type AlertDraft, alertsOf, asksOf, blockMs, type Signal } from '@workflow-bolt/domain';
import type { RedisPort } from '../redis-port.ts';
import { freezeDeletions } from '../retention/freeze.ts';
import type { AlertStore } from './alert-store.ts';
import type { BlockList } from './block-list.ts';
import { countWindows } from './detection-windows.ts';

export type DetectorParts = {
  port: RedisPort;
  alerts: AlertStore;
  blocks: BlockList;
  /** Objects that nobody has a reason to touch: ids of visits and patients who do not exist. */
  honey: ReadonlySet<string>;
  /** Addresses that are never kept out, such as the clinic's own way to the internet. */
  trusted: ReadonlySet<string>;
  revokeSession: (uid: string, session: string) => Promise<void>;
  revokeAccount: (uid: string) => Promise<void>;
  /** Keeps what was noticed in the record of accesses. */
  record: (event: SecurityEvent) => Promise<void>;
  /** Called once for each new alert. */
  onAlert: (alert: Alert) => void;
};

export class Detector {
  readonly #parts: DetectorParts;

  constructor(parts: DetectorParts) {
    this.#parts = parts;
  }

  /** True for an object that is only there to be noticed. */
  isHoney(object: string): boolean {
    return this.#parts.honey.has(object);
  }

  /**
   * Judges one act and responds. What it returns was over a limit: whoever serves the act should not go on with it
   * when `isStopped`. Throws Fault `store_unavailable`.
   */
  async hear(signal: Signal): Promise<{ rules: Alert['rule'][]; isStopped: boolean }> {
    const { port, honey } = this.#parts;
    const counted = await countWindows(port, asksOf(signal, honey));
    const drafts = alertsOf(signal, honey, counted);
    let isStopped = false;
    for (const draft of drafts) if (await this.#respond(draft)) isStopped = true;
    return { rules: drafts.map(({ rule }) => rule), isStopped };
  }

  /**
   * True when something was done to whoever acts. A matter that a person has found benign is left alone; one that was
   * judged at all does not stop the deleting again, which people have let go on since or will.
   */
  async #respond(draft: AlertDraft): Promise<boolean> {
    const outcome = await this.#parts.alerts.outcomeOf(draft);
    if (outcome === 'benign') return false;
    const done = draft.responses.filter(
      (response) =>
        this.#isPossible(response, draft) && !(outcome !== null && response === 'freeze-deletions'),
    );
    for (const response of done) await this.#carryOut(response, draft);
    const alert = await this.#parts.alerts.raise({ ...draft, responses: done });
    if (alert) {
      // A freeze that stood before may have been lifted by somebody who could not see this alert yet.
      if (done.includes('freeze-deletions')) await this.#carryOut('freeze-deletions', draft);
      await this.#parts.record(eventOf(alert));
      this.#parts.onAlert(alert);
    }
    return done.length > 0;
  }

  #isPossible(response: DetectionResponse, { uid, network, session }: AlertDraft): boolean {
    if (response === 'revoke-session') return uid !== null && session !== null;
    if (response === 'block-network') return network !== null && !this.#parts.trusted.has(network);
    return response === 'freeze-deletions' || uid !== null;
  }

  async #carryOut(response: DetectionResponse, draft: AlertDraft): Promise<void> {
    const { port, blocks, revokeAccount, revokeSession } = this.#parts;
    const { uid, network, session, at, rule } = draft;
    if (response === 'freeze-deletions') return freezeDeletions(port, { why: rule, since: at });
    if (response === 'block-network' && network !== null) return blocks.block({ network }, at + blockMs);
    if (uid === null) return;
    if (response === 'block-account') return blocks.block({ account: uid }, at + blockMs);
    if (response === 'revoke-account') return revokeAccount(uid);
    if (response === 'revoke-session' && session !== null) return revokeSession(uid, session);
  }
}

const wordShape = /^[A-Za-z0-9_.:@/*{}#+-]{1,200}$/;

/** Who was noticed is the agent; an address is shown whole, as it is for every security event. */
function eventOf({ clinic, rule, id, uid, network, responses }: Alert): SecurityEvent {
  const ip = network !== null && wordShape.test(network) ? { ip: network } : {};
  return {
    cid: clinic,
    type: 'security',
    sub: 'detection',
    act: 'E',
    out: 8,
    why: rule,
    agent: { uid: uid ?? 'anonymous', kind: uid === null ? 'anonymous' : 'human', role: null, ...ip },
    ent: [{ t: 'Alert', id }, ...responses.map((response) => ({ t: 'Response', id: response }))],
    job: 'detection',
  };
}
