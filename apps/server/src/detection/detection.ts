/** Puts detection together, for `server.ts`: what it hears, whom it keeps out, whom it tells. */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Alert, FoundVisit, SecurityEvent, ServerConfig } from '@workflow-bolt/contracts';
import { isHoneyRoute, type Signal, signalsOf } from '@workflow-bolt/domain';
import { AlertStore, BlockList, Detector, type RedisPort } from '@workflow-bolt/store';
import { clientAddress } from '../accounts/client-network.ts';
import { provenanceOf } from '../http/own-page.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { Session, SessionService } from '../session/session.ts';
import type { Nearness, Opening } from './nearness.ts';

export type DetectionAssembly = {
  port: RedisPort;
  config: Pick<
    ServerConfig,
    'honeyVisits' | 'honeyTokens' | 'trustedNetworks' | 'trustedProxies' | 'publicOrigin'
  >;
  sessions: () => Pick<SessionService, 'revoke' | 'revokeAll'>;
  /** Keeps an event without hearing of it again. */
  record: (event: SecurityEvent) => Promise<void>;
  onAlert: (alert: Alert) => void;
  nearness: Nearness;
  /** When something could not be judged: Redis was away. */
  onError: (error: unknown) => void;
  /** Epoch ms. */
  now: () => number;
};

/** Who searched, and what day it is in the clinic (YYYY-MM-DD). */
type SearchMade = { req: IncomingMessage; session: Session; clinic: string; today: string };
type FoundRecord = Pick<FoundVisit, 'visitId' | 'date' | 'fullName'> & Pick<Opening, 'patientKey'>;

const bearer = 'Bearer ';

export class Detection {
  readonly alerts: AlertStore;
  readonly blocks: BlockList;
  readonly #assembly: DetectionAssembly;
  readonly #detector: Detector;
  readonly #honeyTokens: ReadonlySet<string>;

  constructor(assembly: DetectionAssembly) {
    const { port, config, sessions, record, onAlert, now } = assembly;
    this.#assembly = assembly;
    this.alerts = new AlertStore(port);
    this.blocks = new BlockList(port, now);
    this.#honeyTokens = new Set(config.honeyTokens.map((each) => each.toLowerCase()));
    this.#detector = new Detector({
      ...{ port, alerts: this.alerts, blocks: this.blocks, record, onAlert },
      honey: new Set(config.honeyVisits),
      trusted: new Set(config.trustedNetworks),
      revokeSession: async (uid, session) => void (await sessions().revoke(uid, session)),
      revokeAccount: (uid) => sessions().revokeAll(uid),
    });
  }

  /** Reads who is kept out. Throws Fault. */
  start(): Promise<void> {
    return this.blocks.start();
  }

  stop(): void {
    this.blocks.stop();
  }

  /** Keeps an event, then judges it. What cannot be judged was still kept: the record comes first. */
  async record(event: SecurityEvent): Promise<void> {
    await this.#assembly.record(event);
    const from = { at: this.#assembly.now(), network: event.agent.ip ?? null, session: null };
    void this.#hearEach(signalsOf(event, from));
  }

  /** Before anyone is asked who they are. Throws `access_suspended` for whom a network block keeps out. */
  refuseStranger(req: IncomingMessage): void {
    if (this.blocks.isBlocked({ network: this.#addressOf(req) })) throw new ProblemError('access_suspended');
  }

  /** Throws `access_suspended` for an account that is kept out. */
  refuseAccount(uid: string): void {
    if (this.blocks.isBlocked({ account: uid })) throw new ProblemError('access_suspended');
  }

  /** A token that is only there to be found: noticed, and answered like any other that is worth nothing. */
  async noticeToken(req: IncomingMessage): Promise<void> {
    const { authorization } = req.headers;
    if (this.#honeyTokens.size === 0 || !authorization?.startsWith(bearer)) return;
    const sum = hash('sha256', authorization.slice(bearer.length), 'hex');
    if (this.#honeyTokens.has(sum))
      await this.#hear(this.#signal('honey-token', sum.slice(0, 16), req, null));
  }

  /** An address that nothing of ours leads to. `session` is that of the request, if it has one. */
  async noticeRoute(req: IncomingMessage, session: Session | null): Promise<void> {
    const path = (req.url ?? '').split('?')[0] ?? '';
    if (!isHoneyRoute(path)) return;
    const isForced = provenanceOf(req, this.#assembly.config.publicOrigin) === 'foreign';
    const kind = isForced ? 'honey-route-forced' : 'honey-route';
    await this.#hear(this.#signal(kind, hash('sha256', path, 'hex').slice(0, 16), req, session));
  }

  /**
   * One record is about to be opened, or was asked for and is not there. Throws `access_suspended` when that was one
   * too many: then it is not shown. Throws Fault while it cannot be judged.
   */
  async opening(
    { req, session, clinic }: { req: IncomingMessage; session: Session; clinic: string },
    object: string,
    isThere: boolean,
  ): Promise<void> {
    const kind = isThere ? 'record-opened' : 'not-there';
    const heard = await this.#detector.hear({ ...this.#signal(kind, object, req, session), clinic });
    if (heard.isStopped) throw new ProblemError('access_suspended');
  }

  /** A record was opened: who is near to its patient is told to a person. Nobody is stopped, and nobody waits for it. */
  async opened(req: IncomingMessage, session: Session, opening: Opening): Promise<void> {
    try {
      const kinds = await this.#assembly.nearness.kindsOf(opening);
      const { clinic, visitId } = opening;
      for (const kind of kinds)
        await this.#detector.hear({ ...this.#signal(kind, visitId, req, session), clinic });
    } catch (error) {
      this.#assembly.onError(error);
    }
  }

  /**
   * Visits were found by a search and are about to be shown: who is only there to be noticed, is. Throws
   * `access_suspended` when one of them was. Of all others it is judged, without waiting, how near they are to whoever
   * searched, as if each had been opened.
   */
  async found(search: SearchMade, visits: readonly FoundRecord[]): Promise<void> {
    const { honeyVisits } = this.#assembly.config;
    const honey = visits.filter(({ visitId }) => honeyVisits.includes(visitId));
    for (const { visitId } of honey) await this.opening(search, visitId, true);
    void this.#openedEach(search, visits);
  }

  /** One after another: a search takes no more of Redis at once than an opening does. Never throws. */
  async #openedEach(search: SearchMade, visits: readonly FoundRecord[]): Promise<void> {
    const { req, session, clinic, today } = search;
    for (const { visitId, fullName: patientName, patientKey } of visits) {
      // Other days are what a search is for: that a visit is far off says nothing of whoever searched.
      const opening = { clinic, visitId, patientName, patientKey, day: today, today };
      await this.opened(req, session, { ...opening, readerName: session.user.name });
    }
  }

  #signal(kind: Signal['kind'], object: string, req: IncomingMessage, session: Session | null): Signal {
    const { now } = this.#assembly;
    const network = this.#addressOf(req);
    const [uid, id] = session ? [session.user.id, session.id] : [null, null];
    return { kind, at: now(), clinic: null, uid, network, session: id, object };
  }

  #addressOf(req: IncomingMessage): string {
    return clientAddress(req, this.#assembly.config.trustedProxies);
  }

  async #hearEach(signals: readonly Signal[]): Promise<void> {
    for (const signal of signals) await this.#hear(signal);
  }

  async #hear(signal: Signal): Promise<void> {
    await this.#detector.hear(signal).catch(this.#assembly.onError);
  }
}
