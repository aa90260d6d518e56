/**
 * The connection of one tab: its own stream when it leads (or stands alone), the leader's frames otherwise.
 * Either way the replica changes by the same rule and the status says what may be claimed.
 */
import type { Frame, SnapshotReason, SystemSummary } from '@workflow-bolt/contracts';
import type { ReplicaSession } from '../board/replica.ts';
import type { ConnectionStatus, TabChannel, TabMessage } from '../tabs/tab-link.ts';
import { ConnectionDriver, type DriverEvent, type DriverPorts } from './connection-driver.ts';
import { connectionLimits } from './connection-state.ts';
import type { DecodedFrame } from './decode-frame.ts';

export type ConnectionPorts = Omit<DriverPorts, 'onEvent'> & {
  tabs: TabChannel;
  /** Asks to lead because the leader has fallen silent; absent when there is no election. */
  takeOver?: () => void;
  onFrame: (frame: DecodedFrame) => void;
  onSnapshot: (reason: SnapshotReason) => void;
  onAgreed: (hb: Frame<'hb'>) => void;
  onStatus: (status: ConnectionStatus) => void;
  onPurge: () => void;
};

/** The leader repeats its status this often, so that followers notice when it dies or freezes. */
const beatMs = 5_000;
const askEveryMs = 1_000;

export class BoardConnection {
  readonly #ports: ConnectionPorts;
  readonly #driver: ConnectionDriver;
  #role: 'none' | 'leader' | 'follower' = 'none';
  #session: ReplicaSession;
  #status: ConnectionStatus = {
    ...{ phase: 'idle', reason: null, mode: 'stream', asOfMs: null },
    ...{ degraded: [], system: null },
  };
  /** This follower missed something the leader sent and waits for its copy. */
  #isBehind = false;
  #heardAt = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #cancelBeat: (() => void) | null = null;
  #cancelAsk: (() => void) | null = null;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    this.#session = ports.replica.session('join');
    this.#driver = new ConnectionDriver({ ...ports, onEvent: (event) => this.#onDriver(event) });
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  get isLeader(): boolean {
    return this.#role === 'leader';
  }

  /** Server time in epoch ms; null before the server was ever heard. */
  serverNowMs(): number | null {
    return this.#driver.serverClock.nowMs(this.#ports.clock.monotonicMs());
  }

  /** A cached board is on screen, proved `ageMs` ago by the workstation's clock; the first hello corrects it. */
  assumeAsOf(asOfMs: number, ageMs: number): void {
    this.#driver.serverClock.restart(asOfMs + ageMs, this.#ports.clock.monotonicMs());
    this.#setStatus({ asOfMs });
  }

  /** Nothing is shown any more, so nothing has an age. */
  forgetAge(): void {
    this.#setStatus({ asOfMs: null, degraded: [], system: null });
  }

  lead(): void {
    this.#role = 'leader';
    this.#driver.start();
    this.#beat();
  }

  follow(): void {
    const wasLeader = this.#role === 'leader';
    this.#role = 'follower';
    if (wasLeader) this.#driver.stop();
    this.#session = this.#ports.replica.session('join');
    this.#heardAt = this.#ports.clock.monotonicMs();
    this.#setStatus({ phase: 'connecting', reason: null });
    this.#ask();
    this.#beat();
  }

  stop(): void {
    this.#role = 'none';
    this.#cancelBeat?.();
    this.#cancelAsk?.();
    this.#driver.stop();
    this.#setStatus({ phase: 'idle', reason: null });
  }

  wake(): void {
    if (this.#role === 'leader') this.#driver.wake();
    else if (this.#role === 'follower') this.#ask();
  }

  signedIn(): void {
    if (this.#role === 'leader') this.#driver.signedIn();
  }

  /** Starts again after `gone`. */
  restart(): void {
    if (this.#role === 'leader') this.#driver.start();
  }

  /** A message of another tab that concerns the stream. */
  hear(message: TabMessage): void {
    if (message.kind === 'signed-in') {
      this.signedIn();
      return;
    }
    if (this.#role === 'leader') {
      message.kind === 'ask' ? this.#answer() : undefined;
      return;
    }
    if (this.#role !== 'follower') return;
    if (message.kind === 'frame') {
      this.#onForwarded(message.frame);
      return;
    }
    if (message.kind === 'snapshot') {
      this.#ports.onSnapshot(message.reason);
      return;
    }
    if (message.kind === 'purge') {
      this.#purge();
      return;
    }
    if (message.kind === 'status') {
      this.#onLeaderStatus(message);
      return;
    }
    if (message.kind === 'copy') this.#onCopy(message);
  }

  #beat(): void {
    this.#cancelBeat?.();
    this.#cancelBeat = this.#ports.clock.after(beatMs, () => {
      if (this.#role === 'leader') this.#tell();
      else if (this.#role === 'follower') this.#checkLeader();
      this.#beat();
    });
  }

  #tell(): void {
    this.#ports.tabs.post({ kind: 'status', status: this.#status, serverNowMs: this.serverNowMs() });
  }

  #setStatus(change: Partial<ConnectionStatus>): void {
    this.#status = { ...this.#status, ...change };
    if (this.#role === 'leader') this.#tell();
    this.#ports.onStatus(this.#status);
  }

  #onDriver(event: DriverEvent): void {
    switch (event.type) {
      case 'state':
        this.#setStatus({
          phase: event.state.phase,
          reason: event.state.reason,
          mode: event.state.mode,
        });
        return;
      case 'frame':
        this.#ports.tabs.post({ kind: 'frame', frame: event.frame });
        this.#noteDegraded(event.frame);
        this.#ports.onFrame(event.frame);
        return;
      case 'snapshot':
        this.#ports.tabs.post({ kind: 'snapshot', reason: event.reason });
        this.#ports.onSnapshot(event.reason);
        return;
      case 'agreed':
        this.#setStatus({ asOfMs: event.frame.t });
        this.#ports.onAgreed(event.frame);
        return;
      case 'purge':
        this.#ports.tabs.post({ kind: 'purge' });
        this.#purge();
        return;
    }
  }

  #noteDegraded(frame: DecodedFrame): void {
    if (frame.name !== 'hb') return;
    const degraded = frame.body.degraded ?? [];
    if (degraded.join() !== this.#status.degraded.join()) this.#setStatus({ degraded });
    const system = frame.body.system ?? null;
    if (!isSameSystem(system, this.#status.system)) this.#setStatus({ system });
  }

  #purge(): void {
    this.#ports.replica.clear();
    this.#setStatus({ asOfMs: null });
    this.#ports.onPurge();
  }

  #onForwarded(frame: DecodedFrame): void {
    this.#heardAt = this.#ports.clock.monotonicMs();
    const verdict = this.#applyForwarded(frame);
    this.#ports.onFrame(frame);
    if (verdict === 'mismatch') this.#fallBehind();
    if (verdict === 'agreed') this.#isBehind = false;
    if (frame.name === 'hb' && verdict === 'agreed') this.#ports.onAgreed(frame.body);
  }

  #applyForwarded(frame: DecodedFrame): 'fine' | 'agreed' | 'mismatch' {
    if (frame.name !== 'snap' && frame.name !== 'ev' && frame.name !== 'hb') return 'fine';
    const verdict =
      frame.name === 'snap'
        ? this.#session.snap(frame.body)
        : frame.name === 'ev'
          ? this.#session.ev(frame.body, frame.id)
          : this.#session.hb(frame.body);
    if (verdict.kind === 'agreed') return 'agreed';
    const isFine = ['applied', 'snapshot', 'staged', 'duplicate'].includes(verdict.kind);
    return isFine ? 'fine' : 'mismatch';
  }

  /** Live only if the leader is and this copy stands where the leader's last frames say. */
  #onLeaderStatus({ status, serverNowMs }: Extract<TabMessage, { kind: 'status' }>): void {
    const at = this.#ports.clock.monotonicMs();
    this.#heardAt = at;
    if (serverNowMs !== null) this.#driver.serverClock.restart(serverNowMs, at);
    this.#isBehind ||= this.#ports.replica.position === null;
    if (this.#isBehind && status.phase === 'live') {
      this.#fallBehind();
      return;
    }
    this.#setStatus(status);
  }

  #fallBehind(): void {
    this.#isBehind = true;
    this.#ask();
    this.#setStatus({ phase: 'catching-up', reason: 'gap' });
  }

  #onCopy({ record, durableSeq }: Extract<TabMessage, { kind: 'copy' }>): void {
    const { position } = this.#ports.replica;
    this.#isBehind = false;
    const isNewer = position?.epoch !== record.position.epoch || position.seq !== record.position.seq;
    if (!isNewer) return;
    this.#session = this.#ports.replica.session('join');
    this.#ports.replica.restore(record);
    this.#ports.replica.durableSeq = durableSeq;
    this.#setStatus({});
  }

  #answer(): void {
    const record = this.#ports.replica.record();
    if (record !== null)
      this.#ports.tabs.post({ kind: 'copy', record, durableSeq: this.#ports.replica.durableSeq });
    this.#tell();
  }

  /** At most once a second, and again until the copy has come. */
  #ask(): void {
    const at = this.#ports.clock.monotonicMs();
    const waitMs = this.#askedAt + askEveryMs - at;
    if (waitMs <= 0) {
      this.#askedAt = at;
      this.#ports.tabs.post({ kind: 'ask' });
    }
    this.#cancelAsk?.();
    this.#cancelAsk = this.#ports.clock.after(Math.max(waitMs, askEveryMs / 2), () => {
      if (this.#role === 'follower' && this.#isBehind) this.#ask();
    });
  }

  #checkLeader(): void {
    const silentMs = this.#ports.clock.monotonicMs() - this.#heardAt;
    if (silentMs < 3 * beatMs) return;
    this.#setStatus({ phase: 'stale', reason: 'silent' });
    if (silentMs >= 2 * 15_000 + connectionLimits.silenceSlackMs) this.#ports.takeOver?.();
  }
}

function isSameSystem(a: SystemSummary | null, b: SystemSummary | null): boolean {
  return a?.state === b?.state && a?.reasons.join() === b?.reasons.join();
}
