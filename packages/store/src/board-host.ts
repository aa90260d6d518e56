/** One board in this process: its state in memory, its authority, its history. Made by BoardRegistry. */
import type {
  Actor,
  BoardKey,
  Command,
  CommandEnvelope,
  CommandOutcome,
  Cursor,
  EntityId,
  Entry,
  Source,
  View,
} from '@workflow-bolt/contracts';
import { Fault } from '@workflow-bolt/contracts';
import { type BoardState, type Decision, decide } from '@workflow-bolt/domain';
import type { BoardArchive } from './archive/board-archive.ts';
import { patientsOf } from './audit/touched-record.ts';
import { AuditTrail, type ReadAudit } from './audit-trail.ts';
import { BoardAuthority, type SubmitOptions } from './board-authority.ts';
import { boardAt, type HistoryEntry, visitEntries } from './board-history.ts';
import type { BoardPosition } from './board-log.ts';
import { BoardPresence } from './board-presence.ts';
import { type BoardChanged, BoardReplica, type ResetReason } from './board-replica.ts';
import { type ResumeAnswer, resumeBoard } from './board-resume.ts';
import { holdOutcome } from './command-outcome.ts';
import { CommitSender } from './commit-sender.ts';
import { type ReadPositionReply, readPositionCall } from './generated/function-calls.generated.ts';
import { Listeners } from './listeners.ts';
import type { RedisClock } from './redis-clock.ts';
import type { Durability, RedisPort } from './redis-port.ts';
import type { BoardCodec } from './vault/board-cipher.ts';

export type BoardSnapshot = BoardPosition & { entries: Entry[]; digest: string };
export type BoardHostParts = {
  port: RedisPort;
  clock: RedisClock;
  /** Replicas that must hold a commit before it counts; null where one durable server is the promise. */
  commitLane: Durability | null;
  onFunctionMissing: () => void;
  /** Told after a commit of this process that changed who a patient is. */
  onPatients?: ((host: BoardHost) => void) | undefined;
  /** How records stand in Redis; default in plain. */
  codec?: BoardCodec;
  /** Where boards are read that have left Redis. */
  archive?: BoardArchive | null;
};

export class BoardHost {
  readonly board: BoardKey;
  readonly presence: BoardPresence;
  readonly #parts: BoardHostParts;
  readonly #replica: BoardReplica;
  readonly #authority: BoardAuthority;
  readonly #audit: AuditTrail;
  readonly #changed = new Listeners<BoardChanged>();
  readonly #reset = new Listeners<ResetReason>();
  readonly #degraded = new Listeners<boolean>();
  #isDegraded = false;
  /** The connection was lost since the last check: another history may have taken its place. */
  #isSuspect = false;
  #durableSeq = 0;

  constructor(board: BoardKey, parts: BoardHostParts) {
    this.board = board;
    this.#parts = parts;
    const { port, clock, commitLane, onFunctionMissing } = parts;
    const listener = {
      changed: (change: BoardChanged) => this.#onChanged(change),
      reset: (reason: ResetReason) => this.#onReset(reason),
    };
    this.#replica = new BoardReplica(board, {
      port,
      clock,
      listener,
      codec: parts.codec,
      archive: parts.archive ?? null,
    });
    this.#audit = new AuditTrail(port, this.#replica.keys);
    this.presence = new BoardPresence(port, this.#replica.keys);
    this.#authority = new BoardAuthority({
      replica: this.#replica,
      sender: new CommitSender(port, commitLane),
      clock,
      doorbell: port.doorbell,
      onDurable: (seq) => this.#markDurable(seq),
      onFunctionMissing,
      onPatients: () => parts.onPatients?.(this),
    });
  }

  /** Subscribes, then reads the board: what is published in between is in the read. Throws Fault. */
  async open(): Promise<void> {
    const { port } = this.#parts;
    const { channel } = this.#replica.keys;
    await this.#replica.codec.open();
    // Without the channel the once-a-second check still brings every change.
    await port.subscribe(channel, (message) => this.#replica.hear(message)).catch(() => {});
    await this.#replica.load();
    if (this.#replica.isPurged) throw new Fault('board_purged');
    this.#durableSeq = this.#parts.commitLane ? 0 : this.position.seq;
  }

  async close(): Promise<void> {
    await this.#parts.port.unsubscribe(this.#replica.keys.channel).catch(() => {});
    for (const listeners of [this.#changed, this.#reset, this.#degraded]) listeners.clear();
  }

  /** The board now. Entities are never modified in place. */
  get state(): BoardState {
    return this.#replica.state;
  }

  get position(): BoardPosition {
    return this.#replica.position;
  }

  /** Highest position known to survive: on disk, or acknowledged by the replicas of the commit lane. */
  get durableSeq(): number {
    return this.#durableSeq;
  }

  /** True while Redis does not answer: the state is then the last known, not the present one. */
  get isDegraded(): boolean {
    return this.#isDegraded;
  }

  /** Redis's clock, epoch ms, as estimated here. */
  now(): number {
    return this.#parts.clock.now();
  }

  /** State and position of one instant. */
  snapshot(): BoardSnapshot {
    const entries = [...this.state.entries()].map(([id, { v, d }]) => ({ id, v, d }));
    return { ...this.position, entries, digest: this.state.digestText };
  }

  /**
   * 32 hexadecimal digits that always stand for this text at this clinic: for ids made from what must not be guessed.
   * Keyed where boards are sealed; null where they are not.
   */
  opaqueId(text: string): string | null {
    return this.#replica.codec.fingerprint(`id|${text}`);
  }

  /** What a command would lead to now, without carrying it out. */
  preview(command: Command, actor: Actor, source: Source): Decision {
    return decide(this.state, command, {
      board: this.board,
      actor,
      now: this.now(),
      source,
      commandId: 'preview:0',
    });
  }

  /** Carries out one command. `hold` means: keep it, send it again with the same (clientId, n). Throws GuardBroken, Fault `internal`. */
  async submit(
    envelope: CommandEnvelope,
    actor: Actor,
    source: Source,
    options: SubmitOptions = {},
  ): Promise<CommandOutcome> {
    if (!(await this.#isTrusted())) return holdOutcome(envelope.n, 'store_unavailable');
    return this.#authority.submit(envelope, { actor, source, mark: options.mark }, options);
  }

  /** Carries out commands of one client in order; ends at the first `hold`. */
  async submitMany(
    envelopes: readonly CommandEnvelope[],
    actor: Actor,
    source: Source,
    options: SubmitOptions = {},
  ): Promise<CommandOutcome[]> {
    const [first] = envelopes;
    if (!first) return [];
    if (!(await this.#isTrusted())) return [holdOutcome(first.n, 'store_unavailable')];
    return this.#authority.submitMany(envelopes, { actor, source, mark: options.mark }, options);
  }

  /** How a reader with this cursor goes on; `cursor` null when it has none. Throws Fault `store_unavailable`. */
  resume(cursor: Cursor | null, view: View): Promise<ResumeAnswer> {
    return resumeBoard({ replica: this.#replica, port: this.#parts.port }, cursor, view);
  }

  /** True once the board was deleted because its time had passed; a screen that still follows it sees nothing. */
  get isPurged(): boolean {
    return this.#replica.isPurged;
  }

  /** The board at an instant (epoch ms). Throws Fault `history_trimmed`. */
  historyAt(at: number): Promise<{ seq: number; state: BoardState }> {
    return boardAt(this.#replica, at);
  }

  visitHistory(visitId: string): Promise<HistoryEntry[]> {
    return visitEntries(this.#replica, visitId);
  }

  /** Keeps the audit entry of a read; answer the reader only after this resolves. Throws Fault. */
  auditRead(entry: ReadAudit): Promise<void> {
    const pat = entry.pat ?? patientsOf(this.state, entry.entities as EntityId[]);
    return this.#audit.append({ ...entry, pat }, this.position.seq);
  }

  onChange(listener: (change: BoardChanged) => void): () => void {
    return this.#changed.add(listener);
  }

  /** The state was replaced: every reader needs a snapshot. */
  onReset(listener: (reason: ResetReason) => void): () => void {
    return this.#reset.add(listener);
  }

  onDegraded(listener: (isDegraded: boolean) => void): () => void {
    return this.#degraded.add(listener);
  }

  /** True while anyone wants to be told of changes. */
  get isWatched(): boolean {
    return this.#changed.size > 0;
  }

  /** The read that `checked` understands. */
  positionCall(): ReturnType<typeof readPositionCall> {
    return readPositionCall(this.#replica.keys);
  }

  /** Takes a position read from Redis after `sent` was ours. Never throws. */
  async checked(sent: BoardPosition, reply: ReadPositionReply, isDurable: boolean): Promise<void> {
    try {
      await this.#replica.check(sent, reply.status === 'ok' ? reply : null);
      if (reply.status === 'ok' && isDurable && reply.epoch === this.position.epoch)
        this.#markDurable(reply.seq);
      this.#isSuspect = false;
      this.setDegraded(false);
    } catch {
      this.setDegraded(true);
    }
  }

  setDegraded(isDegraded: boolean): void {
    if (isDegraded === this.#isDegraded) return;
    this.#isDegraded = isDegraded;
    this.#degraded.emit(isDegraded);
  }

  /** The connection was lost: nothing in memory may be built upon before it was compared with Redis. */
  suspect(): void {
    this.#isSuspect = true;
    this.setDegraded(true);
  }

  async #isTrusted(): Promise<boolean> {
    if (!this.#isSuspect) return true;
    try {
      await this.#replica.catchUp();
      this.#isSuspect = false;
      this.setDegraded(false);
      return true;
    } catch {
      return false;
    }
  }

  #onChanged(change: BoardChanged): void {
    if (!this.#parts.commitLane) this.#durableSeq = change.s;
    this.#changed.emit(change);
  }

  #onReset(reason: ResetReason): void {
    this.#durableSeq = this.#parts.commitLane ? 0 : this.position.seq;
    this.#reset.emit(reason);
  }

  #markDurable(seq: number): void {
    this.#durableSeq = Math.max(this.#durableSeq, seq);
  }
}
