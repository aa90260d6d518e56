/** Sessions as requests meet them: from cookie to person, on records that Redis holds. Nothing is remembered here. */
import type { IncomingMessage } from 'node:http';
import type { SecurityEvent } from '@workflow-bolt/contracts';
import {
  type ApiTokenStore,
  apiTokenPrefix,
  type CommitGuard,
  endOf,
  isSameText,
  type MacKey,
  type SessionRecord,
  type SessionStore,
  type StoredSession,
} from '@workflow-bolt/store';
import { ProblemError } from '../http/problem-answer.ts';
import { type Credentials, credentialsOf } from './credentials.ts';
import { deviceLabelOf, networkOf } from './device-label.ts';
import type {
  ListedSession,
  OpenedSession,
  OpenSession,
  Revocation,
  RotationReason,
  Session,
  SessionService,
} from './session.ts';
import {
  type CookiePolicy,
  clearingCookieHeader,
  sessionCookieHeader,
  sessionCookiesOf,
  workstationCookieOf,
} from './session-cookie.ts';
import type { SessionLimits } from './session-policy.ts';
import type { DirectoryUser, UserDirectory } from './user-directory.ts';

export type SessionServiceParts = {
  store: SessionStore;
  tokens: ApiTokenStore;
  /** Accounts. */
  directory: UserDirectory;
  /** Demo users; null where the development login cannot be: sessions it opened are then worth nothing. */
  development: UserDirectory | null;
  cookies: CookiePolicy;
  /** The same that seals the records. */
  key: MacKey;
  limitsFor: (clinics: readonly string[]) => SessionLimits;
  /** Keeps an event before the answer leaves; throws when it cannot be kept. */
  record: (event: SecurityEvent) => Promise<void>;
  now: () => number;
};

/** What is behind a session that was handed out: handlers cannot reach it. */
type Behind = { stored: StoredSession; kind: Credentials['kind'] };

/** Five devices are more than one person uses at once; a front desk moves between two. */
const sessionsMax = 5;
const deskSessionsMax = 2;
/** Demo users are shared by everybody who tries the system out, and by the load of its measurements. */
const developmentSessionsMax = 1_000;
/** A token is replaced when it is older than this and its person does something. */
const rotateAfterMs = 3_600_000;
/** Tries to replace a token while other requests of the same session change it too. */
const replacesMax = 4;
/** Writing each step's time would cost as much as the step: it is written when this part of the idle time has passed. */
const touchPart = 60;
const accessLength = 16;

export class RedisSessionService implements SessionService {
  readonly #parts: SessionServiceParts;
  readonly #behind = new WeakMap<Session, Behind>();
  /** Computed once for as long as the record of the session is remembered. */
  readonly #csrf = new WeakMap<StoredSession, string>();
  /** Marks of what people may, for as long as the list of their clinics is in memory: it may be long. */
  readonly #access = new WeakMap<readonly string[], Map<string, string>>();
  readonly #listeners = new Set<(revocation: Revocation) => void>();

  constructor(parts: SessionServiceParts) {
    this.#parts = parts;
  }

  /** Begins to hear of sessions that other processes end. */
  async start(): Promise<void> {
    await this.#parts.store.listen((ended) => this.#announce(ended)).catch(() => {});
  }

  async open(req: IncomingMessage, request: OpenSession): Promise<OpenedSession> {
    const { uid, aal, amr, station, isDevelopment = false, isUnattended = false } = request;
    const person = await this.#personOf({ uid, isDevelopment });
    if (!person) throw new ProblemError('not_authenticated');
    await this.endShown(req);
    const { idleMs, absoluteMs } = this.#parts.limitsFor(person.user.clinics);
    const { token, session: stored } = await this.#parts.store.open(
      {
        ...{ uid, aal, amr, station, isDevelopment },
        workstation: workstationCookieOf(req, this.#parts.cookies),
        idleMs: isUnattended ? 0 : idleMs,
        endsAt: this.#parts.now() + absoluteMs,
        access: this.#accessOf(person),
        device: deviceLabelOf(req),
        network: networkOf(req),
      },
      sessionsMaxOf(person, isDevelopment),
    );
    return this.#opened(req, { stored, person, token });
  }

  async authenticate(req: IncomingMessage): Promise<Session> {
    const shown = credentialsOf(req, this.#parts.cookies);
    if (shown.kind === 'bearer' && shown.token.startsWith(apiTokenPrefix))
      return this.#byApiToken(shown.token);
    const stored = await this.#find(req, shown);
    const person = await this.#personOf(stored.record);
    if (!person) throw new ProblemError('not_authenticated');
    return this.#present(stored, person, shown.kind);
  }

  /**
   * As `authenticate`, but from what this process remembers, without asking Redis; null when it must be asked. Whatever
   * is done for such a session must carry its guard, and be refused when that does not hold.
   */
  async recall(req: IncomingMessage): Promise<Session | null> {
    const shown = credentialsOf(req, this.#parts.cookies);
    const stored = shown.kind === 'cookie' ? this.#parts.store.recall(shown.token) : null;
    if (!stored || !this.#isUnsuspicious(stored, req)) return null;
    const person = await this.#personOf(stored.record);
    if (!person || stored.record.access !== this.#accessOf(person)) return null;
    return this.#present(stored, person, shown.kind);
  }

  /** What a commit must carry that is made for a session that was recalled. */
  guardOf(session: Session): CommitGuard {
    return this.#parts.store.guardOf(this.#mustBehind(session).stored);
  }

  /** A new token is handed out, and another device's is taken away, only by those who have asked Redis. */
  #isUnsuspicious({ record }: StoredSession, req: IncomingMessage): boolean {
    if (this.#parts.now() - record.rotatedAt >= rotateAfterMs) return false;
    return record.isDevelopment || record.device === deviceLabelOf(req);
  }

  /**
   * Notes that a request was let in. What a person did (only the route table says so) begins the idle time anew, and
   * replaces a token of more than an hour; any request of a person who may something else now than when the token was
   * handed out gets a new one, and every fresh proof is worth nothing more. The answer is the `Set-Cookie` line, or null.
   */
  async noteRequest(
    req: IncomingMessage,
    session: Session,
    { isUserAction }: { isUserAction: boolean },
  ): Promise<string | null> {
    const behind = this.#behind.get(session);
    if (!behind) return null;
    const { record } = behind.stored;
    const now = this.#parts.now();
    const acted = isUserAction ? { lastAt: now } : {};
    const access = this.#accessOf(session);
    const isOther = record.access !== access;
    const isOld = isUserAction && now - record.rotatedAt >= rotateAfterMs;
    if (behind.kind === 'cookie' && (isOther || isOld)) {
      return this.#renew(req, session, { ...acted, access, ...(isOther ? { stepUps: {} } : {}) });
    }
    if (isUserAction && record.idleMs > 0 && now - record.lastAt >= record.idleMs / touchPart) {
      const touched = await this.#parts.store.change(behind.stored, { ...record, ...acted });
      if (touched) this.#behind.set(session, { ...behind, stored: touched });
    }
    return null;
  }

  /** A new token; null when another request of the session was first, whose answer brings one. */
  async #renew(
    req: IncomingMessage,
    session: Session,
    changes: Partial<SessionRecord>,
  ): Promise<string | null> {
    const { stored, kind } = this.#mustBehind(session);
    const rotated = await this.#parts.store.rotate(stored, changes);
    if (rotated) this.#behind.set(session, { stored: rotated.session, kind });
    return rotated && sessionCookieHeader(req, this.#parts.cookies, rotated.token);
  }

  async rotate(req: IncomingMessage, session: Session, _why: RotationReason): Promise<OpenedSession> {
    return this.#replace(req, session, () => ({}));
  }

  async stepUp(
    req: IncomingMessage,
    session: Session,
    { purpose, amr }: Parameters<SessionService['stepUp']>[2],
  ): Promise<OpenedSession> {
    const now = this.#parts.now();
    if (purpose === 'export') await this.#refuseWhileCooling(this.#mustBehind(session).stored.record, now);
    return this.#replace(req, session, (record) => ({
      stepUps: { ...this.#proofsOf(record, session), [purpose]: now },
      amr: [...new Set([...record.amr, ...amr])],
    }));
  }

  async revoke(uid: string, id: string): Promise<boolean> {
    const wasThere = await this.#parts.store.end(uid, id);
    this.#announce({ uid, id });
    return wasThere;
  }

  async revokeAll(uid: string, exceptId?: string): Promise<void> {
    await this.#parts.store.endAll(uid, exceptId ?? null);
    if (exceptId === undefined) this.#announce({ uid, id: null });
  }

  async list(uid: string): Promise<ListedSession[]> {
    return (await this.#parts.store.list(uid)).map(listed);
  }

  /** When each of these sessions ends, as things stand; an id that is missing has ended. */
  async endsOf(ids: readonly string[]): Promise<Map<string, number>> {
    const found = await Promise.all(ids.map((id) => this.#parts.store.findById(id)));
    const alive = found.filter((each) => each !== null && each.record.state === 'active');
    const ends = new Map(alive.map((each) => [each?.id ?? '', each ? endOf(each.record) : 0]));
    // What is no session may be the token of a program, which reads streams too.
    for (const id of ids.filter((_, i) => found[i] === null)) {
      const token = await this.#parts.tokens.findById(id);
      if (token) ends.set(id, token.record.expiresAt);
    }
    return ends;
  }

  onRevoked(listener: (revocation: Revocation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clearingCookie(req: IncomingMessage): string {
    return clearingCookieHeader(req, this.#parts.cookies);
  }

  csrfToken(session: Session): string {
    const stored = this.#behind.get(session)?.stored;
    const known = stored && this.#csrf.get(stored);
    if (known !== undefined) return known;
    const token = this.#parts.key.mac('base64url', `bolt-csrf-v1|${session.id}`);
    if (stored) this.#csrf.set(stored, token);
    return token;
  }

  /** The server's half of the key of this session's offline board; another session, or workstation, gets another. */
  offlineShare({ id, workstation }: Session, clinic: string): string {
    return this.#parts.key.mac('base64url', `bolt-offline-v1|${id}|${workstation ?? ''}|${clinic}`);
  }

  /** In a time that does not depend on where the two differ. */
  isCsrfToken(session: Session, given: string): boolean {
    return isSameText(given, this.csrfToken(session));
  }

  /** Epoch ms, by which every session is judged. */
  now(): number {
    return this.#parts.now();
  }

  /** True for a browser's session, which must send its CSRF token with every change. */
  isFromBrowser(session: Session): boolean {
    return this.#behind.get(session)?.kind === 'cookie';
  }

  /** The record behind a session of this request, for the lock screen. Throws on one that came from an API token. */
  storedOf(session: Session): StoredSession {
    return this.#mustBehind(session).stored;
  }

  /** Who a session's person is now; null when there is no such person any more. Throws Fault. */
  personNow(of: { uid: string; isDevelopment: boolean }): Promise<DirectoryUser | null> {
    return this.#personOf(of);
  }

  /** What the person of a session is called; null when there is no such person any more. */
  async nameOf({ record }: StoredSession): Promise<string | null> {
    return (await this.#personOf(record))?.user.name ?? null;
  }

  /** Ends the session whose cookie a request carries, if any: a sign-in in a browser is the end of who was there before. */
  async endShown(req: IncomingMessage): Promise<void> {
    const [token] = sessionCookiesOf(req, this.#parts.cookies);
    const found = token === undefined ? null : await this.#parts.store.find(token);
    if (found && found.standing !== 'none') await this.revoke(found.session.record.uid, found.session.id);
  }

  /** Hands out a session whose token was made elsewhere in this folder, such as by an unlock. */
  async handOut(req: IncomingMessage, stored: StoredSession, token: string): Promise<OpenedSession> {
    const person = await this.#personOf(stored.record);
    if (!person) throw new ProblemError('not_authenticated');
    return this.#opened(req, { stored, person, token });
  }

  async #find(req: IncomingMessage, shown: Credentials): Promise<StoredSession> {
    const found = await this.#parts.store.find(shown.token);
    if (found.standing === 'reused') await this.#endStolen(found.session, 'token_reuse');
    if (found.standing !== 'alive') throw new ProblemError('not_authenticated');
    const { record } = found.session;
    // A session is a browser's. Only for trying out may a script carry one; in production scripts have API tokens.
    if (shown.kind === 'bearer' && !record.isDevelopment) throw new ProblemError('not_authenticated');
    if (!record.isDevelopment && record.device !== deviceLabelOf(req)) {
      await this.#endStolen(found.session, 'device_changed');
      throw new ProblemError('not_authenticated');
    }
    return found.session;
  }

  /** Somebody else holds a copy of the token: whoever it is, both sign in again. */
  async #endStolen({ id, record }: StoredSession, why: 'token_reuse' | 'device_changed'): Promise<void> {
    await this.revoke(record.uid, id);
    await this.#parts.record({
      ...{ cid: null, type: 'security', sub: 'session', act: 'D', out: 8, why },
      agent: { uid: record.uid, kind: 'human', role: null, sid: id.slice(0, 16) },
      ent: [{ t: 'Session', id }],
    });
  }

  async #byApiToken(token: string): Promise<Session> {
    const stored = await this.#parts.tokens.find(token);
    const person = stored && (await this.#parts.directory.find(stored.record.uid));
    const demo = stored && !person ? await this.#parts.development?.find(stored.record.uid) : null;
    const owner = person ?? demo;
    if (!stored || !owner) throw new ProblemError('not_authenticated');
    const { createdAt, expiresAt, scopes } = stored.record;
    return {
      ...{ id: stored.id, user: owner.user, roles: owner.roles, station: null, workstation: null },
      ...{ expiresAt, idleEndsAt: expiresAt, aal: '2', amr: ['token'], authAt: createdAt },
      ...{ stepUpAt: null, stepUps: {}, isDevelopment: !person, scopes },
    };
  }

  #personOf({ uid, isDevelopment }: { uid: string; isDevelopment: boolean }): Promise<DirectoryUser | null> {
    if (!isDevelopment) return this.#parts.directory.find(uid);
    return this.#parts.development?.find(uid) ?? Promise.resolve(null);
  }

  /** A new token, with changes. Another request of the same person may change the record meanwhile: then once more. */
  async #replace(
    req: IncomingMessage,
    session: Session,
    changesOf: (record: SessionRecord) => Partial<SessionRecord>,
  ): Promise<OpenedSession> {
    let stored: StoredSession | null = this.#mustBehind(session).stored;
    for (let attempt = 0; stored && attempt < replacesMax; attempt += 1) {
      const access = this.#accessOf(session);
      const changes = { ...changesOf(stored.record), access, lastAt: this.#parts.now() };
      const changed = await this.#parts.store.rotate(stored, changes);
      if (changed) return this.handOut(req, changed.session, changed.token);
      stored = await this.#parts.store.findById(session.id);
    }
    throw new ProblemError('not_authenticated');
  }

  #opened(
    req: IncomingMessage,
    made: { stored: StoredSession; person: DirectoryUser; token: string },
  ): OpenedSession {
    const { stored, person, token } = made;
    const cookie = sessionCookieHeader(req, this.#parts.cookies, token);
    return { session: this.#present(stored, person, 'cookie'), token, cookie };
  }

  #present(stored: StoredSession, person: DirectoryUser, kind: Credentials['kind']): Session {
    const { id, record } = stored;
    const stepUps = this.#proofsOf(record, person);
    const proofs = Object.values(stepUps);
    const session: Session = {
      id,
      user: person.user,
      roles: person.roles,
      station: record.station,
      workstation: record.workstation,
      expiresAt: record.endsAt,
      idleEndsAt: endOf(record),
      aal: record.aal,
      amr: record.amr,
      authAt: record.authAt,
      stepUpAt: proofs.length > 0 ? Math.max(...proofs) : null,
      stepUps,
      isDevelopment: record.isDevelopment,
      scopes: null,
    };
    this.#behind.set(session, { stored, kind });
    return session;
  }

  /** Who may something else now than when they proved themselves proves themselves again. */
  #proofsOf(record: SessionRecord, person: Pick<DirectoryUser, 'user' | 'roles'>): SessionRecord['stepUps'] {
    return record.access === this.#accessOf(person) ? record.stepUps : {};
  }

  /** What somebody may at this moment, as a mark that tells nobody what it is. */
  #accessOf({ user, roles }: Pick<DirectoryUser, 'user' | 'roles'>): string {
    const { id, clinics } = user;
    const marks = this.#access.get(clinics) ?? new Map<string, string>();
    this.#access.set(clinics, marks);
    const who = `${id}|${roles.join()}`;
    const known = marks.get(who);
    if (known !== undefined) return known;
    const said = `bolt-access-v1|${who}|${clinics.join()}`;
    const mark = this.#parts.key.mac('base64url', said).slice(0, accessLength);
    marks.set(who, mark);
    return mark;
  }

  #mustBehind(session: Session): Behind {
    const behind = this.#behind.get(session);
    if (!behind)
      throw new ProblemError('permission_denied', { detail: 'A person must do this in a browser.' });
    return behind;
  }

  /** Closes what is open of a session that can no longer be used, such as one that was parked. */
  announce(revocation: Revocation): void {
    this.#announce(revocation);
  }

  /** Every export asks for a proof of this purpose first, so this is where one that was reset a moment ago ends. */
  async #refuseWhileCooling(record: SessionRecord, now: number): Promise<void> {
    const notBefore = (await this.#personOf(record))?.exportAllowedAt ?? 0;
    if (notBefore > now) throw new ProblemError('export_cooling_down', { notBefore });
  }

  #announce(revocation: Revocation): void {
    for (const listener of this.#listeners) listener(revocation);
  }
}

function sessionsMaxOf({ roles }: DirectoryUser, isDevelopment: boolean): number {
  if (isDevelopment) return developmentSessionsMax;
  return roles.includes('front-desk') ? deskSessionsMax : sessionsMax;
}

function listed({ id, record }: StoredSession): ListedSession {
  const { station, workstation, state, aal, amr, createdAt, lastAt, device, isDevelopment } = record;
  return {
    ...{ id, station, workstation, state, aal, amr, createdAt, lastActiveAt: lastAt },
    ...{ expiresAt: endOf(record), device, isDevelopment },
  };
}
