/**
 * Performs the effects of the connection machine: opens responses, parses them, applies frames through the
 * replica and feeds the verdicts back. Single-threaded and free of promises, so that a test can drive it in
 * virtual time; the one asynchronous part is the transport.
 */
import type { Frame, SnapshotReason } from '@workflow-bolt/contracts';
import type { BoardReplica, ReplicaSession, Verdict } from '../board/replica.ts';
import type { Clock } from '../clock.ts';
import { ServerClock } from '../server-clock.ts';
import { stepConnection } from './connection-machine.ts';
import {
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
  connectionLimits,
  idleConnection,
  type Mismatch,
  type StreamMode,
  type TimerName,
} from './connection-state.ts';
import { type DecodedFrame, decodeFrame } from './decode-frame.ts';
import { SseParser } from './sse-parser.ts';
import type { StreamSink, StreamTransport } from './stream-transport.ts';

export type DriverEvent =
  | { type: 'state'; state: ConnectionState; former: ConnectionState }
  | { type: 'frame'; frame: DecodedFrame; verdict: Verdict | null }
  | { type: 'snapshot'; reason: SnapshotReason }
  | { type: 'agreed'; frame: Frame<'hb'> }
  | { type: 'purge' };

export type DriverPorts = {
  clock: Clock;
  random: () => number;
  transport: StreamTransport;
  replica: BoardReplica;
  /** Address of the stream; `cursor` null asks for a snapshot. */
  urlOf: (request: { mode: StreamMode; cursor: string | null }) => string;
  onEvent: (event: DriverEvent) => void;
};

type Stream = {
  abort: () => void;
  parser: SseParser;
  session: ReplicaSession;
  isGreeted: boolean;
  mode: StreamMode;
  openedAt: number;
};

const tickMs = 1_000;
const jumpMs = 5_000;
/** Dependencies without which a server's heartbeat proves nothing about the board. */
const storeNames = new Set(['redis', 'store']);

export class ConnectionDriver {
  readonly #ports: DriverPorts;
  readonly serverClock = new ServerClock();
  #state: ConnectionState = idleConnection;
  readonly #streams = new Map<number, Stream>();
  readonly #timers = new Map<TimerName, () => void>();
  readonly #queue: ConnectionInput[] = [];
  #isRunning = false;
  #stopTicking: (() => void) | null = null;

  constructor(ports: DriverPorts) {
    this.#ports = ports;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    this.#stopTicking?.();
    this.#tick({ monotonicMs: this.#ports.clock.monotonicMs(), wallMs: this.#ports.clock.wallMs() });
    this.#feed({ type: 'start', at: this.#now() });
  }

  stop(): void {
    this.#stopTicking?.();
    this.#stopTicking = null;
    this.#feed({ type: 'stop', at: this.#now() });
  }

  signedIn(): void {
    this.#feed({ type: 'signed-in', at: this.#now() });
  }

  /** The page became visible, the network came back: a silent connection is replaced at once. */
  wake(): void {
    this.#feed({ type: 'wake', sleptMs: 0, at: this.#now() });
  }

  #now(): number {
    return this.#ports.clock.monotonicMs();
  }

  /** A tick of 1 s that took more than 5 s of wall time means the machine slept, or its clock was moved. */
  #tick(former: { monotonicMs: number; wallMs: number }): void {
    this.#stopTicking = this.#ports.clock.after(tickMs, () => {
      const next = { monotonicMs: this.#now(), wallMs: this.#ports.clock.wallMs() };
      this.#tick(next);
      const passedMs = next.wallMs - former.wallMs;
      if (Math.abs(passedMs - tickMs) <= jumpMs) return;
      // Some monotonic clocks stand still during sleep, and a wall clock may be set meanwhile: if the two
      // disagree, nobody knows for how long. A merely throttled timer of a hidden page shows no difference.
      const unseenMs = passedMs - (next.monotonicMs - former.monotonicMs);
      this.serverClock.addSleep(Math.max(0, unseenMs));
      const sleptMs = Math.abs(unseenMs) > jumpMs ? Math.abs(unseenMs) + this.#state.hbMs : 0;
      this.#feed({ type: 'wake', sleptMs, at: next.monotonicMs });
    });
  }

  #feed(input: ConnectionInput): void {
    this.#queue.push(input);
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#step(next);
    } finally {
      this.#isRunning = false;
    }
  }

  #step(input: ConnectionInput): void {
    const former = this.#state;
    const { state, effects } = stepConnection(former, input);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    if (state.phase !== former.phase || state.reason !== former.reason || state.mode !== former.mode)
      this.#ports.onEvent({ type: 'state', state, former });
  }

  #perform(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'open':
        this.#open(effect);
        return;
      case 'close':
        this.#streams.get(effect.attempt)?.abort();
        this.#streams.delete(effect.attempt);
        return;
      case 'wait':
        this.#wait(effect);
        return;
      case 'cancel':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      case 'purge':
        this.#ports.replica.clear();
        this.#ports.onEvent({ type: 'purge' });
        return;
    }
  }

  #wait({ timer, fromMs, toMs }: Extract<ConnectionEffect, { type: 'wait' }>): void {
    this.#timers.get(timer)?.();
    const ms = fromMs + (toMs - fromMs) * this.#ports.random();
    const cancel = this.#ports.clock.after(ms, () => {
      this.#timers.delete(timer);
      this.#feed({ type: 'timer', timer, at: this.#now(), cursor: this.#ports.replica.cursor() });
    });
    this.#timers.set(timer, cancel);
  }

  #open({ attempt, mode, ask }: Extract<ConnectionEffect, { type: 'open' }>): void {
    const cursor = ask === 'cursor' ? this.#ports.replica.cursor() : ask === 'digest' ? 'digest' : null;
    const session = this.#ports.replica.session(ask === 'cursor' ? 'resume' : 'snapshot');
    const stream: Stream = {
      abort: () => {},
      parser: new SseParser(),
      session,
      isGreeted: false,
      mode,
      openedAt: this.#now(),
    };
    this.#streams.set(attempt, stream);
    stream.abort = this.#ports.transport(this.#ports.urlOf({ mode, cursor }), this.#sink(attempt, stream));
  }

  #sink(attempt: number, stream: Stream): StreamSink {
    const feed = (input: Pick<ConnectionInput, 'type'> & Record<string, unknown>) => {
      if (this.#streams.get(attempt) !== stream) return;
      const cursor = this.#ports.replica.cursor();
      this.#feed({ ...input, attempt, cursor, at: this.#now() } as unknown as ConnectionInput);
    };
    return {
      headers: () => feed({ type: 'headers' }),
      ended: () => feed({ type: 'ended' }),
      failed: (why) => feed({ type: 'failed', why }),
      refused: (answer) => feed({ type: 'refused', ...answer }),
      bytes: (chunk) => {
        feed({ type: 'bytes' });
        this.#read(attempt, stream, chunk);
      },
    };
  }

  #read(attempt: number, stream: Stream, chunk: Uint8Array): void {
    try {
      for (const event of stream.parser.push(chunk)) {
        // A frame may close its own connection; what follows it is no longer listened to.
        if (this.#streams.get(attempt) !== stream) return;
        const frame = decodeFrame(event);
        if (frame !== null) this.#hear(attempt, stream, frame);
      }
    } catch {
      this.#mismatch(attempt, 'protocol');
    }
  }

  #mismatch(attempt: number, kind: Mismatch): void {
    const cursor = this.#ports.replica.cursor();
    this.#feed({ type: 'mismatch', attempt, kind, cursor, at: this.#now() });
  }

  #hear(attempt: number, stream: Stream, frame: DecodedFrame): void {
    if (frame.name === 'hello') {
      this.#greet(attempt, stream, frame.body);
      return;
    }
    if (frame.name === 'bye') {
      const cursor = this.#ports.replica.cursor();
      const { code, after } = frame.body;
      this.#feed({ type: 'bye', attempt, code, afterMs: after, cursor, at: this.#now() });
      return;
    }
    if (!stream.isGreeted) {
      this.#mismatch(attempt, 'protocol');
      return;
    }
    const verdict = this.#apply(stream.session, frame);
    this.#ports.onEvent({ type: 'frame', frame, verdict });
    if (verdict !== null) this.#judge(attempt, frame, verdict);
  }

  #greet(attempt: number, stream: Stream, hello: Frame<'hello'>): void {
    if (hello.proto !== 1) {
      this.#mismatch(attempt, 'protocol');
      return;
    }
    stream.isGreeted = true;
    // A path that holds a poll's answer back delivers its hello late; it cannot be older than the request.
    this.serverClock.restart(hello.now, stream.mode === 'poll' ? stream.openedAt : this.#now());
    this.#feed({ type: 'hello', attempt, hbMs: hello.hb, at: this.#now() });
  }

  #apply(session: ReplicaSession, frame: DecodedFrame): Verdict | null {
    if ('t' in frame.body) this.serverClock.observe(frame.body.t, this.#now());
    if (frame.name === 'snap') return session.snap(frame.body);
    if (frame.name === 'ev') return session.ev(frame.body, frame.id);
    return frame.name === 'hb' ? session.hb(frame.body) : null;
  }

  #judge(attempt: number, frame: DecodedFrame, verdict: Verdict): void {
    switch (verdict.kind) {
      case 'gap':
      case 'epoch':
      case 'fork':
      case 'diverged':
        this.#mismatch(attempt, verdict.kind);
        return;
      case 'snapshot':
        this.#ports.onEvent({ type: 'snapshot', reason: verdict.reason });
        return;
      case 'agreed':
        if (frame.name === 'hb') this.#agree(attempt, frame.body);
        return;
      case 'applied':
      case 'duplicate':
      case 'staged':
        return;
    }
  }

  #agree(attempt: number, hb: Frame<'hb'>): void {
    const at = this.#now();
    if (hb.degraded?.some((name) => storeNames.has(name))) {
      this.#feed({ type: 'degraded', attempt, at });
      return;
    }
    const ageMs = (this.serverClock.nowMs(at) ?? hb.t) - hb.t;
    const limitMs = 2 * this.#state.hbMs + connectionLimits.silenceSlackMs;
    if (ageMs > limitMs) {
      this.#mismatch(attempt, 'late');
      return;
    }
    this.#feed({ type: 'agreed', attempt, at, ageMs: Math.max(0, ageMs) });
    this.#ports.onEvent({ type: 'agreed', frame: hb });
  }
}
