import type { AuditAgent, SecurityEvent } from '@workflow-bolt/contracts';
import type { SecurityAudit } from '@workflow-bolt/store';
import type { Call } from '../http/handler.ts';
import type { Session } from '../session/session.ts';

type Audited = Pick<SecurityEvent, 'sub' | 'act' | 'out'> &
  Partial<Pick<SecurityEvent, 'why' | 'ent' | 'type'>> & { agent: AuditAgent };

/** Refused attempts that are written down for one subject, at most one in this time: a flood must not fill the record. */
const refusalEveryMs = 60_000;
const subjectsMax = 5_000;

/** Writes what concerns accounts into the record of the installation, before the answer leaves. */
export class SignInAudit {
  readonly #audit: Pick<SecurityAudit, 'append'>;
  readonly #networkOf: (call: Call) => string;
  readonly #refusedAt = new Map<string, number>();

  constructor(audit: Pick<SecurityAudit, 'append'>, networkOf: (call: Call) => string) {
    this.#audit = audit;
    this.#networkOf = networkOf;
  }

  /** Throws Fault when it cannot be kept: then the answer is 503. */
  write(call: Call, { agent, type = 'auth', ...event }: Audited): Promise<void> {
    const ip = this.#networkOf(call);
    return this.#audit.append({ cid: null, type, ...event, agent: { ip, ...agent }, rid: call.requestId });
  }

  /** One in a minute for each subject. */
  async writeRefusal(call: Call, subject: string, event: Audited): Promise<void> {
    const now = performance.now();
    if (now - (this.#refusedAt.get(subject) ?? Number.NEGATIVE_INFINITY) < refusalEveryMs) return;
    if (this.#refusedAt.size >= subjectsMax) this.#refusedAt.clear();
    this.#refusedAt.set(subject, now);
    await this.write(call, event);
  }
}

/** Nobody yet: who somebody claims to be stands in `ent`. */
export const anonymous: AuditAgent = { uid: 'anonymous', kind: 'anonymous', role: null };

/** The person of a session. */
export const agentOf = ({ user, id, aal, amr, station }: Session): AuditAgent => ({
  ...{ uid: user.id, kind: 'human', role: user.role, sid: id.slice(0, 16), aal, amr: [...amr], ws: station },
});

export const accountEntity = (uid: string, fields?: string[]) => [
  { t: 'Account', id: uid, ...(fields ? { fields } : {}) },
];
