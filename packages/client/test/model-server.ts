/**
 * A board server in memory, for tests of the client: it decides with the real rules, counts `n`, streams to any
 * number of readers and can be taken away, made forgetful or made to answer wrongly.
 */
import {
  type Actor,
  type Change,
  type Command,
  type CommandEnvelope,
  type CommandOutcome,
  type Frame,
  type FrameName,
  formatCursor,
  parseCursor,
  rulesVersion,
  type SnapshotReason,
  streamSchemaVersion,
} from '@workflow-bolt/contracts';
import {
  BoardState,
  decide,
  defaultColumnRules,
  defaultThresholds,
  foldFrame,
  localDate,
} from '@workflow-bolt/domain';
import type { StreamSink, StreamTransport } from '../src/stream/stream-transport.ts';

export const zone = 'America/Chicago';
export const today = localDate(zone, Date.now());
export const dana: Actor = { id: 'dana', name: 'Dana', role: 'front-desk', station: null };
export const marc: Actor = { id: 'marc', name: 'Marc', role: 'medical-assistant', station: null };
const system: Actor = { id: 'system', name: 'System', role: 'system', station: null };

const opening: Command = {
  type: 'configureDay',
  day: {
    clinicName: 'Main',
    zone,
    providers: [],
    visitTypes: [],
    thresholds: defaultThresholds,
    columnRules: defaultColumnRules,
    isRoomRequired: false,
    readyToBeSeenMeans: 'check-in-completed',
  },
  rooms: [],
};

export const walkIn = (visitId: string, fullName = 'Walk In'): Command => ({
  type: 'createVisit',
  visitId,
  kind: 'walk-in',
  fullName,
});

type Past = { seq: number; chain: string; entries: [string, never][] };
type Reader = { sink: StreamSink; seq: number };
type Outage = 'none' | 'unreachable' | 'lost-answer' | { status: number; code: string };

export class ModelServer {
  readonly board = { clinic: 'main', date: today };
  state = new BoardState();
  epoch = 'a'.repeat(32);
  /** What heartbeats call durable; null follows the log. */
  durableSeq: number | null = null;
  /** What happens to writes. */
  outage: Outage = 'none';
  isStreamDown = false;
  actor = dana;
  readonly received: CommandEnvelope[] = [];
  readonly streamUrls: string[] = [];
  #salt = 0;
  #readers = new Set<Reader>();
  #processed = new Map<string, CommandOutcome[]>();
  #past: Past[] = [];
  #lastEventIds: string[] = [];

  constructor() {
    this.apply(opening, 'open:1', system);
  }

  get chain(): string {
    return this.#past.at(-1)?.chain ?? '0'.repeat(32);
  }

  /** Carries out one command and tells the readers; the refusal's code when the rules say no. */
  apply(command: Command, commandId = `other:${this.#salt++}`, actor = this.actor): string | null {
    const at = Date.now();
    const context = { commandId, actor, source: 'ui' as const };
    const decision = decide(this.state, command, { ...context, board: this.board, now: at });
    if (!decision.ok) return decision.refusal.code;
    const seq = this.state.seq + 1;
    const log = { ...context, rules: rulesVersion, command: command.type, at, events: decision.events };
    this.#lastEventIds = decision.events.map((_, i) => `${commandId}#${i}`);
    const changes = foldFrame(this.state, log);
    this.state.apply(changes, seq);
    this.#past.push({ seq, chain: this.#hash(), entries: [...this.state.entries()] as never });
    const ch = [...changes].map(([id, d]): Change => {
      const about = { id, v: seq, m: commandId };
      return d === null ? { o: 'del', ...about } : { o: 'set', d, ...about };
    });
    for (const reader of this.#readers) this.#send(reader, 'ev', { ...this.#position(), p: reader.seq, ch });
    return null;
  }

  /** The store comes back without its last entries; every reader has to come back too. */
  loseTail(count: number): void {
    this.#past = this.#past.slice(0, -count);
    const last = this.#past.at(-1);
    this.state = new BoardState((last?.entries ?? []) as never, last?.seq ?? 0);
    this.epoch = this.#hash();
    for (const [id, outcomes] of this.#processed)
      this.#processed.set(
        id,
        outcomes.filter((it) => 'seq' in it && it.seq !== null && it.seq <= this.state.seq),
      );
    this.cut();
  }

  cut(): void {
    for (const { sink } of [...this.#readers]) sink.failed('network');
    this.#readers.clear();
  }

  beat(more: Partial<Frame<'hb'>> = {}): void {
    for (const reader of this.#readers) this.#send(reader, 'hb', { ...this.#heartbeat(), ...more });
  }

  say<N extends FrameName>(name: N, body: Frame<N>): void {
    for (const reader of this.#readers) this.#send(reader, name, body);
  }

  transport: StreamTransport = (url, sink) => {
    this.streamUrls.push(url);
    const reader: Reader = { sink, seq: 0 };
    queueMicrotask(() => this.#answer(reader, new URL(url, 'http://model').searchParams.get('cursor')));
    return () => this.#readers.delete(reader);
  };

  fetch: typeof fetch = async (url, init) => {
    const path = new URL(String(url), 'http://model').pathname;
    const { outage } = this;
    if (outage === 'unreachable') throw new TypeError('fetch failed');
    if (typeof outage === 'object') return problem(outage.status, outage.code);
    if (path.endsWith('/session'))
      return Response.json({ user: { ...this.actor, clinics: [] }, station: null });
    if (!path.endsWith('/commands')) return new Response(null, { status: 204 });
    const { commands } = JSON.parse(String(init?.body)) as { commands: CommandEnvelope[] };
    const outcomes = this.#process(commands);
    if (outage === 'lost-answer') throw new TypeError('the connection broke');
    return Response.json({ outcomes });
  };

  #process(commands: readonly CommandEnvelope[]): CommandOutcome[] {
    const outcomes: CommandOutcome[] = [];
    for (const envelope of commands) {
      this.received.push(envelope);
      const outcome = this.#processOne(envelope);
      outcomes.push(outcome);
      if (outcome.outcome === 'hold') break;
    }
    return outcomes;
  }

  #processOne({ clientId, n, command, expectedVersion }: CommandEnvelope): CommandOutcome {
    const known = this.#processed.get(clientId) ?? [];
    this.#processed.set(clientId, known);
    const before = known[n - 1];
    if (before) return repeatOf(before);
    if (n !== known.length + 1)
      return { outcome: 'hold', n, code: 'sequence_gap', retryAfterMs: 0, expectedN: known.length + 1 };
    const outcome = this.#decide({ clientId, n, command, expectedVersion });
    known.push(outcome);
    return outcome;
  }

  #decide({ clientId, n, command, expectedVersion }: CommandEnvelope): CommandOutcome {
    const target = 'visitId' in command ? (`v:${command.visitId}` as const) : null;
    const present = target && this.state.get(target);
    if (present && expectedVersion != null && present.v !== expectedVersion)
      return {
        outcome: 'conflict',
        n,
        code: 'version_conflict',
        current: { id: target, ...present },
        by: marc,
        at: 1,
      };
    const code = this.apply(command, `${clientId}:${n}`);
    if (code === null) return { outcome: 'applied', n, seq: this.state.seq, eventIds: this.#lastEventIds };
    return { outcome: 'rejected', n, code: code as never, title: code, details: {} };
  }

  #answer(reader: Reader, cursorText: string | null): void {
    if (this.isStreamDown) {
      reader.sink.failed('network');
      return;
    }
    this.#readers.add(reader);
    reader.sink.headers();
    const hello = { conn: 'c', proto: 1, hb: 15_000, maxAge: 3_000_000, now: Date.now(), node: 'n' } as const;
    this.#send(reader, 'hello', hello);
    const reason = this.#reasonFor(cursorText);
    reader.seq = this.state.seq;
    if (reason !== null) this.#send(reader, 'snap', this.#snapshot(reason));
    this.#send(reader, 'hb', this.#heartbeat());
  }

  #reasonFor(cursorText: string | null): SnapshotReason | null {
    const cursor = cursorText === null ? null : parseCursor(cursorText);
    if (cursor === null) return 'init';
    if (cursor.epoch !== this.epoch) return 'epoch';
    return cursor.seq === this.state.seq && cursor.chain === this.chain ? null : 'cheaper';
  }

  #position() {
    return { e: this.epoch, s: this.state.seq, c: this.chain, t: Date.now() };
  }

  #heartbeat(): Frame<'hb'> {
    const dur = this.durableSeq ?? this.state.seq;
    return { ...this.#position(), dg: this.state.digestText, n: this.state.size, dur };
  }

  #snapshot(reason: SnapshotReason): Frame<'snap'> {
    const ents = [...this.state.entries()].map(([id, { v, d }]) => ({ id, v, d }));
    const about = {
      id: '1-0',
      view: 'staff',
      schema: streamSchemaVersion,
      reason,
      part: 1,
      parts: 1,
    } as const;
    return { ...this.#heartbeat(), ...about, ents };
  }

  #send<N extends FrameName>(reader: Reader, name: N, body: Frame<N>): void {
    const { epoch, chain } = this;
    const cursor = {
      view: 'staff',
      schema: streamSchemaVersion,
      epoch,
      seq: this.state.seq,
      id: '1-0',
      chain,
    } as const;
    const id = name === 'ev' ? `id: ${formatCursor(cursor)}\n` : '';
    if (name === 'ev') reader.seq = this.state.seq;
    reader.sink.bytes(new TextEncoder().encode(`${id}event: ${name}\ndata: ${JSON.stringify(body)}\n\n`));
  }

  #hash(): string {
    this.#salt += 1;
    return this.#salt.toString(16).padStart(32, '0');
  }
}

function repeatOf(outcome: CommandOutcome): CommandOutcome {
  const { n } = outcome;
  if (outcome.outcome === 'applied') return { outcome: 'duplicate', n, seq: outcome.seq, code: null };
  const code = 'code' in outcome ? outcome.code : null;
  return { outcome: 'duplicate', n, seq: null, code };
}

const problem = (status: number, code: string): Response =>
  new Response(JSON.stringify({ type: 'about:blank', title: code, status, code, requestId: 'r1' }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });
