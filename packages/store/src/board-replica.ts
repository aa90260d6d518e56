/**
 * One board followed in memory.
 *
 * The log in Redis is the truth; the channel is a fast hint. Every entry must follow the one before it and
 * carry the chain hash we compute ourselves, so a gap is filled, and another history is never mixed in:
 *
 *   doorbell p == seq, chain right → fold, notify
 *   doorbell p  > seq              → read the log from our id
 *   epoch other                    → read the board again, notify reset
 *   seq lower, or chain other      → the history forked: new epoch (once, by compare and set), then as above
 *   our place trimmed              → read the board again, notify reset
 */
import { randomBytes } from 'node:crypto';
import { type BoardKey, type LogFrame, rulesVersion } from '@workflow-bolt/contracts';
import { BoardState, type EntityChanges, foldFrame } from '@workflow-bolt/domain';
import type { BoardArchive, BoardSource } from './archive/board-archive.ts';
import { boardDifference } from './board-difference.ts';
import {
  type BoardEntry,
  type BoardPosition,
  changesOf,
  emptyPosition,
  nextChain,
  openedEntities,
  parseDoorbell,
  parseEntities,
  parseEntries,
  type RawEntry,
  timeOfId,
} from './board-log.ts';
import { BoardRing } from './board-ring.ts';
import { bumpEpochCall, readLogCall } from './generated/function-calls.generated.ts';
import { type BoardKeys, boardKeys } from './keys.ts';
import { judgeAbsence, judgePage, type LogPage, type ResetReason } from './log-page.ts';
import { readStoredBoard } from './read-stored-board.ts';
import type { RedisClock } from './redis-clock.ts';
import type { RedisPort } from './redis-port.ts';
import { type BoardCodec, plainCodec } from './vault/board-cipher.ts';

export type { ResetReason } from './log-page.ts';

/** Entries of one log page: a page of large frames stays below a megabyte. */
const pageMax = 200;

export type BoardChanged = { p: number; s: number; entries: readonly BoardEntry[] };
/** A frame that was decided here, and what it makes of the entities. */
export type DecidedFrame = { frame: LogFrame; changes: EntityChanges };
type TakeVerdict = { kind: 'applied' } | { kind: 'reread' } | { kind: 'reset'; reason: ResetReason };

export type ReplicaListener = {
  changed: (change: BoardChanged) => void;
  reset: (reason: ResetReason) => void;
};

export type ReplicaParts = {
  port: RedisPort;
  clock: RedisClock;
  listener: ReplicaListener;
  /** How records stand in Redis; default in plain. */
  codec?: BoardCodec;
  /** Where boards are read that have left Redis; without one they cannot be. */
  archive?: BoardArchive | null;
};

export class BoardReplica {
  readonly board: BoardKey;
  readonly keys: BoardKeys;
  readonly ring = new BoardRing(emptyPosition);
  readonly codec: BoardCodec;
  readonly #port: RedisPort;
  readonly #clock: RedisClock;
  readonly #listener: ReplicaListener;
  readonly #archive: BoardArchive | null;
  #archived: BoardSource | null = null;
  #isPurged = false;
  /** Our own commits under way, by their text: a doorbell that overtakes the reply need not be read and folded again. */
  readonly #underWay = new Map<string, DecidedFrame>();
  #state = new BoardState();
  #position: BoardPosition = emptyPosition;
  #catchingUp: Promise<void> | null = null;
  #isAskedAgain = false;
  #measured: { seq: number; bytes: number } | null = null;

  constructor(board: BoardKey, parts: ReplicaParts) {
    this.board = board;
    this.keys = boardKeys(board);
    this.#port = parts.port;
    this.#clock = parts.clock;
    this.#listener = parts.listener;
    this.#archive = parts.archive ?? null;
    this.codec = parts.codec ?? plainCodec;
  }

  get state(): BoardState {
    return this.#state;
  }

  get position(): BoardPosition {
    return this.#position;
  }

  /** About how many bytes the whole board takes as JSON; measured again after every hundred commits. */
  get snapshotBytes(): number {
    if (this.#measured === null || this.#state.seq - this.#measured.seq > 100) {
      const entries = JSON.stringify([...this.#state.entries()]);
      this.#measured = { seq: this.#state.seq, bytes: Buffer.byteLength(entries) };
    }
    return this.#measured.bytes;
  }

  /** Reads position and entities in one atomic read. Throws Fault. */
  async load(): Promise<void> {
    const parts = { port: this.#port, clock: this.#clock, archive: this.#archive };
    const stored = await readStoredBoard(this.board, parts);
    if (stored.kind === 'meta_lost') {
      await this.#startEpoch('', 'position-lost');
      return this.load();
    }
    this.#archived = stored.kind === 'whole' ? stored.source : null;
    this.#measured = null;
    if (stored.kind === 'absent') return this.#stand(new BoardState(), emptyPosition);
    const { epoch, seq, chain, id, t } = stored.reply;
    if (stored.kind === 'purged') {
      this.#isPurged = true;
      return this.#stand(new BoardState([], seq), { epoch, seq, chain, id, t });
    }
    const entities = parseEntities(stored.reply.entities);
    await this.codec.prepare(entities.map(({ text }) => text));
    const state = new BoardState(openedEntities(entities, this.codec), seq);
    this.#stand(state, { epoch, seq, chain, id, t: timeOfId(id) || t });
  }

  #stand(state: BoardState, position: BoardPosition): void {
    this.#state = state;
    this.#position = position;
    this.ring.restart(position);
  }

  /** Where history is read: Redis, or the archive that took the board over. */
  get source(): BoardSource {
    return this.#archived ?? this.#port;
  }

  /** True when the board was deleted because its time had passed: nothing of it is in memory either. */
  get isPurged(): boolean {
    return this.#isPurged;
  }

  /** Takes one message of the board's channel. */
  hear(message: string): void {
    const bell = parseDoorbell(message);
    if (!bell) return;
    const isNext =
      bell.epoch === this.#position.epoch && bell.p === this.#position.seq && bell.seq === bell.p + 1;
    const isOld = bell.epoch === this.#position.epoch && bell.seq < this.#position.seq;
    if (isOld || this.#isAt(bell)) return;
    if (isNext && this.#takeHeard(bell)) return;
    this.catchUp().catch(() => {});
  }

  /** False when the log must be asked: a key is not here yet, or what was published cannot be opened. */
  #takeHeard(raw: Omit<RawEntry, 'deleted'>): boolean {
    try {
      return (
        this.codec.isReadyFor([raw.frame]) && this.#takeAll([{ ...raw, deleted: [] }]).kind === 'applied'
      );
    } catch {
      return false;
    }
  }

  /**
   * Tells which commit of ours is on its way. Its changes hold wherever it becomes true: `commit` makes it so only if
   * nothing that they were computed from has changed.
   */
  expect(frameText: string, decided: DecidedFrame): void {
    this.#underWay.set(frameText, decided);
  }

  /** The commit has been answered, or will not be. */
  forget(frameText: string): void {
    this.#underWay.delete(frameText);
  }

  /** Makes our own commit visible here at once; its changes were computed when it was decided. */
  async take(position: BoardPosition, frameText: string, decided: DecidedFrame): Promise<void> {
    const { epoch, seq, chain } = this.#position;
    const isNext = position.epoch === epoch && position.seq === seq + 1;
    if (isNext && position.chain === nextChain(chain, position.seq, frameText)) {
      const entry = this.#apply(
        { ...position, frame: frameText, deleted: [] },
        decided.frame,
        decided.changes,
      );
      this.#notify([entry]);
    } else if (position.epoch !== epoch || position.seq > seq) await this.catchUp();
  }

  /** True when this is where we stand, in the same history. */
  #isAt(other: { epoch: string; seq: number; chain: string }): boolean {
    const { epoch, seq, chain } = this.#position;
    return other.epoch === epoch && other.seq === seq && other.chain === chain;
  }

  /**
   * Compares with a position read from Redis after `sent` was our position; catches up on any difference.
   * Throws Fault.
   */
  async check(
    sent: BoardPosition,
    found: { epoch: string; seq: number; chain: string } | null,
  ): Promise<void> {
    const isSame = found
      ? found.epoch === sent.epoch && found.seq === sent.seq && found.chain === sent.chain
      : sent.epoch === emptyPosition.epoch;
    if (!isSame) await this.catchUp();
  }

  /** Reads the log until nothing is missing; one run at a time, repeated when asked meanwhile. Throws Fault. */
  catchUp(): Promise<void> {
    if (this.#catchingUp) {
      this.#isAskedAgain = true;
      return this.#catchingUp;
    }
    this.#catchingUp = this.#runCatchUp().finally(() => {
      this.#catchingUp = null;
    });
    return this.#catchingUp;
  }

  async #runCatchUp(): Promise<void> {
    do {
      this.#isAskedAgain = false;
      const from = this.#position;
      const sentAt = this.#clock.mark();
      const fromId = from.seq === 0 ? '-' : from.id;
      const reply = await this.#port.fcall(readLogCall(this.keys, { fromId, countMax: pageMax }));
      this.#clock.learn(reply.now, sentAt);
      if (reply.status === 'ok') await this.#prepare(reply);
      const judged = reply.status === 'ok' ? judgePage(from, this.#position.seq, reply) : judgeAbsence(from);
      const verdict = judged.kind === 'fresh' ? this.#takeAll(judged.entries) : judged;
      if (verdict.kind === 'reread') await this.#reread();
      if (verdict.kind === 'reset')
        await this.#reset(verdict.reason, reply.status === 'ok' ? reply.epoch : '');
      if (reply.status === 'ok' && reply.seq > this.#position.seq) this.#isAskedAgain = true;
    } while (this.#isAskedAgain);
  }

  /** Keys of the entries that are new here, before they are folded without waiting. */
  async #prepare(page: LogPage): Promise<void> {
    if (page.epoch !== this.#position.epoch || page.seq <= this.#position.seq) return;
    await this.codec.prepare(parseEntries(page.entries).map((entry) => entry.frame));
  }

  /** Folds entries that must follow one another from here; a wrong chain stops at once. */
  #takeAll(raws: readonly RawEntry[]): TakeVerdict {
    const entries: BoardEntry[] = [];
    let verdict: TakeVerdict = { kind: 'applied' };
    for (const raw of raws) {
      if (raw.chain !== nextChain(this.#position.chain, raw.seq, raw.frame)) {
        verdict = { kind: 'reset', reason: 'fork' };
        break;
      }
      const own = this.#underWay.get(raw.frame);
      const frame = own?.frame ?? this.codec.openFrame(raw.frame);
      if (frame.rules !== rulesVersion) {
        verdict = { kind: 'reread' };
        break;
      }
      entries.push(this.#apply(raw, frame, own?.changes ?? foldFrame(this.#state, frame)));
    }
    if (entries.length > 0) this.#notify(entries);
    return verdict;
  }

  #apply(raw: RawEntry, frame: LogFrame, changes: EntityChanges): BoardEntry {
    const { seq, chain, id } = raw;
    const p = this.#position.seq;
    const t = timeOfId(id);
    this.#state.apply(changes, seq);
    this.#position = { epoch: this.#position.epoch, seq, chain, id, t };
    const { commandId } = frame;
    const entry = { p, seq, chain, id, t, commandId, changes: changesOf(changes, seq, commandId), frame };
    this.ring.push(entry);
    return entry;
  }

  #notify(entries: readonly BoardEntry[]): void {
    const [first, last] = [entries[0], entries.at(-1)];
    if (first && last) this.#listener.changed({ p: first.p, s: last.seq, entries });
  }

  /** Entries of another rules version: the entities say what they led to. */
  async #reread(): Promise<void> {
    const [before, from] = [this.#state, this.#position];
    await this.load();
    const { seq, chain, id, t, epoch } = this.#position;
    if (epoch !== from.epoch || seq < from.seq) return this.#listener.reset('epoch');
    const changes = boardDifference(before, this.#state);
    const entry: BoardEntry = { p: from.seq, seq, chain, id, t, commandId: '', changes, frame: null };
    this.#notify([entry]);
  }

  async #reset(reason: ResetReason, observedEpoch: string): Promise<void> {
    if (reason === 'fork') await this.#startEpoch(observedEpoch, 'fork');
    await this.load();
    this.#isAskedAgain = true;
    this.#listener.reset(reason);
  }

  async #startEpoch(observed: string, reason: string): Promise<void> {
    const newEpoch = randomBytes(16).toString('hex');
    const { doorbell } = this.#port;
    const reply = await this.#port.fcall(
      bumpEpochCall(this.keys, { observed, newEpoch, reason, doorbell, channel: this.keys.channel }),
    );
    // A server that lost its tail may hold half a transaction at the end of its file, which its next start would carry
    // out (embedded-redis.ts). Where this user may not ask for a new file, the runbook does.
    if (reply.status === 'bumped' && reason === 'fork')
      await this.#port.sendToPrimaries('BGREWRITEAOF').catch(() => {});
  }
}
