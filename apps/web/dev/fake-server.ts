/**
 * A server in memory for stories and component tests: the real client talks to it through `fetch`, the real
 * rules decide, and only Redis and the network are missing. Nothing here is part of the built application.
 */
import {
  type Actor,
  type BoardKey,
  type Command,
  type CommandEnvelope,
  type CommandOutcome,
  type EntityId,
  type EventContext,
  formatCursor,
  type LogFrame,
  type PatientSearchResponse,
  problems,
  type Source,
  streamSchemaVersion,
  type User,
} from '@workflow-bolt/contracts';
import { BoardState, decide, type EntityChanges, foldEvents, targetOf } from '@workflow-bolt/domain';

export type FakeServerOptions = {
  board: BoardKey;
  zone: string;
  users: readonly User[];
  now: () => number;
  /** Signed in from the start; null shows the sign-in. */
  signedIn?: string | null;
};

const epoch = '0'.repeat(31).concat('1');
const chainOf = (seq: number): string => seq.toString(16).padStart(32, '0');
const idOf = (seq: number): string => `${seq}-0`;
const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

type Listener = (text: string) => void;

export class FakeServer {
  readonly state = new BoardState();
  readonly log: (LogFrame & { seq: number })[] = [];
  readonly #options: FakeServerOptions;
  readonly #streams = new Set<Listener>();
  readonly #outcomes = new Map<string, CommandOutcome>();
  readonly #closers = new Set<() => void>();
  #user: User | null = null;
  #n = 0;
  /** While true, every request fails as without a network. */
  isDown = false;
  /** Whom a search finds, given what was asked; a test sets it. */
  searchAnswer: (asked: unknown) => PatientSearchResponse = () => ({ rows: [], isCut: false });
  /** Answer of the next import; a test sets it. */
  importAnswer: () => Response = () => json({ created: 3, updated: 1, unchanged: 0, warnings: [] });

  constructor(options: FakeServerOptions) {
    this.#options = options;
    this.#user = options.users.find((user) => user.id === options.signedIn) ?? null;
  }

  actorOf(userId: string): Actor {
    const user = this.#options.users.find((each) => each.id === userId);
    if (user) return { id: user.id, name: user.name, role: user.role, station: 'front-desk-1' };
    return { id: 'system', name: 'System', role: 'system', station: null };
  }

  /** Gives a command as another person would, at a time of one's own. Throws the refusal's code. */
  act(command: Command, who: { userId: string; at?: number; source?: Source }): void {
    this.#n += 1;
    const outcome = this.#commit(
      { clientId: 'elsewhere', n: this.#n, command },
      { actor: this.actorOf(who.userId), now: who.at ?? this.#options.now(), source: who.source ?? 'ui' },
    );
    if ('code' in outcome && outcome.code) throw new Error(`${command.type}: ${outcome.code}`);
  }

  /** Ends all streams and refuses everything, until `restore`. */
  cutOff(): void {
    this.isDown = true;
    for (const close of [...this.#closers]) close();
  }

  /** Streams stay open and say nothing more: what others do is not seen here. */
  silence(): void {
    this.#streams.clear();
  }

  restore(): void {
    this.isDown = false;
  }

  fetch: typeof fetch = async (input, init) => {
    if (this.isDown) throw new TypeError('fetch failed');
    const url = new URL(String(input instanceof Request ? input.url : input), 'http://fake');
    const path = url.pathname.replace(/^\/api\/v1/, '');
    const body = typeof init?.body === 'string' ? init.body : '';
    return this.#answer(path, body, init?.signal ?? null);
  };

  #answer(path: string, body: string, signal: AbortSignal | null): Response {
    if (path === '/session')
      return this.#user ? json(this.#session(this.#user)) : this.#problem('not_authenticated');
    if (path === '/sign-in/methods')
      return json({ passkeys: false, providers: [], developmentLogin: true, needsFirstAccount: true });
    if (path === '/break-glass') return json({ now: this.#options.now(), open: [] });
    if (path === '/dev-users') return json({ users: this.#options.users });
    if (path === '/dev-login') return this.#signIn(JSON.parse(body));
    if (path === '/logout') {
      this.#user = null;
      return new Response(null, { status: 204 });
    }
    if (path.endsWith('/stream')) return this.#stream(signal);
    if (path.endsWith('/commands')) return json({ outcomes: this.#commands(JSON.parse(body)) });
    if (path.endsWith('/import')) return this.importAnswer();
    if (path.endsWith('/patient-search')) return json(this.searchAnswer(JSON.parse(body)));
    if (path.endsWith('/sync')) return json({ jobId: 'job-1', sync: null }, 202);
    const visitId = /\/visits\/([^/]+)\/history$/.exec(path)?.[1];
    if (visitId) return json({ visitId, entries: this.#historyOf(visitId) });
    return new Response(null, { status: 204 });
  }

  #problem(code: keyof typeof problems): Response {
    const { status, title } = problems[code];
    return json({ type: 'about:blank', title, status, code, requestId: 'fake' }, status);
  }

  #signIn({ userId }: { userId: string }): Response {
    this.#user = this.#options.users.find((user) => user.id === userId) ?? null;
    return this.#user ? json(this.#session(this.#user)) : this.#problem('permission_denied');
  }

  #session(user: User) {
    const { board, zone } = this.#options;
    const clinics = [{ id: board.clinic, name: 'Cedar Hollow Family Medicine', zone, today: board.date }];
    const now = this.#options.now();
    const ends = { expiresAt: now + 43_200_000, idleEndsAt: now + 900_000 };
    return {
      ...{ user, station: 'front-desk-1', clinics, isDevelopmentLogin: true, isDevelopment: true },
      ...{ roles: [user.role], aal: '2', now, ...ends, stepUps: {}, workstation: null, csrf: 'fake' },
    };
  }

  #historyOf(visitId: string) {
    const concerns = (frame: LogFrame) =>
      frame.events.filter((event) =>
        'visitId' in event ? event.visitId === visitId : 'visit' in event && event.visit.id === visitId,
      );
    return this.log.flatMap(({ rules: _, ...frame }) => {
      const events = concerns({ rules: 1, ...frame });
      return events.length > 0 ? [{ ...frame, events }] : [];
    });
  }

  #commands({ commands }: { commands: CommandEnvelope[] }): CommandOutcome[] {
    return commands.map((envelope) => {
      const key = `${envelope.clientId}:${envelope.n}`;
      const known = this.#outcomes.get(key);
      if (known) return known;
      const actor = this.actorOf(this.#user?.id ?? '');
      const outcome = this.#commit(envelope, { actor, now: this.#options.now(), source: 'ui' });
      this.#outcomes.set(key, outcome);
      return outcome;
    });
  }

  #commit(
    { clientId, n, command, expectedVersion }: CommandEnvelope,
    who: { actor: Actor; now: number; source: Source },
  ): CommandOutcome {
    const commandId = `${clientId}:${n}`;
    const decision = decide(
      this.state,
      command,
      { board: this.#options.board, commandId, ...who },
      expectedVersion ?? null,
    );
    if (!decision.ok) return this.#refused(n, command, decision.refusal);
    const context: EventContext = {
      commandId,
      command: command.type,
      at: who.now,
      actor: who.actor,
      source: who.source,
    };
    const changes = foldEvents(this.state, decision.events, context);
    const seq = this.state.seq + 1;
    this.state.apply(changes, seq);
    this.log.push({ rules: 1, seq, ...context, events: decision.events });
    this.#broadcast(changes, commandId, who.now);
    return { outcome: 'applied', n, seq, eventIds: decision.events.map((_, i) => `${commandId}#${i}`) };
  }

  #refused(
    n: number,
    command: Command,
    refusal: { code: keyof typeof problems; details?: Record<string, unknown> },
  ): CommandOutcome {
    const { code, details = {} } = refusal;
    if (code !== 'version_conflict')
      return { outcome: 'rejected', n, code, title: problems[code].title, details };
    const id = targetOf(command);
    const current = id && this.state.get(id);
    const last = this.log.findLast((frame) =>
      frame.events.some((event) => 'visitId' in event && `v:${event.visitId}` === id),
    );
    return {
      outcome: 'conflict',
      n,
      code,
      current: id && current ? { id, v: current.v, d: current.d } : null,
      by: last?.actor ?? null,
      at: last?.at ?? null,
    };
  }

  #frame(name: string, body: unknown, id?: string): string {
    return `event: ${name}\n${id ? `id: ${id}\n` : ''}data: ${JSON.stringify(body)}\n\n`;
  }

  #position(at: number) {
    const { seq } = this.state;
    return { e: epoch, s: seq, c: chainOf(seq), t: at };
  }

  #heartbeat(): string {
    const { digestText: dg, size: n, seq: dur } = this.state;
    return this.#frame('hb', { ...this.#position(this.#options.now()), dg, n, dur });
  }

  #broadcast(changes: EntityChanges, m: string, at: number): void {
    const ch = [...changes].map(([id, d]: [EntityId, unknown]) => ({
      o: d === null ? 'del' : 'set',
      id,
      v: this.state.seq,
      ...(d ? { d } : {}),
      m,
    }));
    const { seq } = this.state;
    const cursor = formatCursor({
      view: 'staff',
      schema: streamSchemaVersion,
      epoch,
      seq,
      id: idOf(seq),
      chain: chainOf(seq),
    });
    const text = this.#frame('ev', { ...this.#position(at), p: seq - 1, ch }, cursor) + this.#heartbeat();
    for (const listener of this.#streams) listener(text);
  }

  #opening(): string {
    const now = this.#options.now();
    const hello = { conn: 'fake', proto: 1, hb: 15_000, maxAge: 3_000_000, now, node: 'fake' };
    const { seq, digestText: dg, size: n } = this.state;
    const ents = [...this.state.entries()].map(([id, { v, d }]) => ({ id, v, d }));
    const rest = {
      view: 'staff',
      schema: streamSchemaVersion,
      reason: 'init',
      part: 1,
      parts: 1,
      ents,
      dg,
      n,
      dur: seq,
    };
    return (
      this.#frame('hello', hello) +
      this.#frame('snap', { ...this.#position(now), id: idOf(seq), ...rest }) +
      this.#heartbeat()
    );
  }

  #stream(signal: AbortSignal | null): Response {
    if (!this.#user) return this.#problem('not_authenticated');
    const encoder = new TextEncoder();
    let end = () => {};
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const send: Listener = (text) => controller.enqueue(encoder.encode(text));
        const timer = setInterval(() => send(this.#heartbeat()), 10_000);
        end = () => {
          clearInterval(timer);
          this.#streams.delete(send);
          if (!this.#closers.delete(end)) return;
          controller.close();
        };
        this.#closers.add(end);
        this.#streams.add(send);
        send(this.#opening());
      },
      cancel: () => end(),
    });
    signal?.addEventListener('abort', () => end());
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }
}
