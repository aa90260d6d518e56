/** All boards of this process: opened when first asked for, checked every second, closed when idle. */
import type { BoardKey } from '@workflow-bolt/contracts';
import type { BoardArchive } from './archive/board-archive.ts';
import { noteBoard } from './audit/note-board.ts';
import { BoardHost, type BoardHostParts } from './board-host.ts';
import { ensureFunctions } from './function-loader.ts';
import type { ReadPositionReply } from './generated/function-calls.generated.ts';
import { boardTag } from './keys.ts';
import { RedisClock } from './redis-clock.ts';
import type { BatchReply, Durability, RedisPort } from './redis-port.ts';
import { plainCodec } from './vault/board-cipher.ts';
import type { Vault } from './vault/vault.ts';

export type BoardRegistryOptions = {
  port: RedisPort;
  commitLane?: Durability | null;
  /** How often the position of watched boards is compared with Redis, ms. */
  checkIntervalMs?: number;
  /** A board nobody asked for or watched this long is closed, ms. */
  idleMs?: number;
  /** Called with what went wrong in the background. */
  onError?: (error: unknown) => void;
  /** By which every time on a board is judged; a replay of a day passes its own, never behind Redis's. */
  clock?: RedisClock;
  /** What seals patients' data before it reaches Redis; without one it stands there in plain. */
  vault?: Vault | null;
  /** Where boards are read that have left Redis. */
  archive?: BoardArchive | null;
  /** Told after a commit of this process that changed who a patient is. */
  onPatients?: (host: BoardHost) => void;
};

type Slot = { host: BoardHost; opening: Promise<BoardHost>; usedAt: number };

/** Unwatched boards are compared on every n-th check only: a stale copy costs them no more than a conflict. */
const unwatchedEvery = 5;

export class BoardRegistry {
  readonly #slots = new Map<string, Slot>();
  readonly #port: RedisPort;
  readonly #clock: RedisClock;
  readonly #archive: BoardArchive | null;
  readonly #vault: Vault | null;
  readonly #commitLane: Durability | null;
  readonly #checkIntervalMs: number;
  readonly #idleMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #onPatients: ((host: BoardHost) => void) | undefined;
  #timer: NodeJS.Timeout | null = null;
  #isChecking = false;
  #isLoadingFunctions = false;
  #ticks = 0;

  constructor(options: BoardRegistryOptions) {
    this.#port = options.port;
    this.#clock = options.clock ?? new RedisClock();
    this.#archive = options.archive ?? null;
    this.#vault = options.vault ?? null;
    this.#commitLane = options.commitLane ?? null;
    this.#checkIntervalMs = options.checkIntervalMs ?? 1_000;
    this.#idleMs = options.idleMs ?? 300_000;
    this.#onError = options.onError ?? (() => {});
    this.#onPatients = options.onPatients;
  }

  /** Connects, loads the function library, and begins to check. Throws Fault or FunctionLibraryError. */
  async start(): Promise<void> {
    await this.#port.connect();
    await ensureFunctions(this.#port);
    this.#port.onDown(() => this.#suspectAll());
    this.#port.onReady(() => this.#recover());
    this.#timer = setInterval(() => this.#tick(), this.#checkIntervalMs).unref();
  }

  /** The port stays open: whoever made it closes it. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    await Promise.all(slots.map((slot) => slot.host.close()));
  }

  /** The host of a board, opened when needed; one for each board. Throws Fault `store_unavailable`. */
  async get(board: BoardKey): Promise<BoardHost> {
    const tag = boardTag(board);
    const slot = this.#slots.get(tag) ?? this.#open(tag, board);
    slot.usedAt = performance.now();
    return slot.opening;
  }

  /** Epoch ms on Redis's clock, as estimated here. */
  now(): number {
    return this.#clock.now();
  }

  /** Hosts that are open now. */
  get hosts(): BoardHost[] {
    return [...this.#slots.values()].map((slot) => slot.host);
  }

  /** Compares every watched board with Redis now. Never throws. */
  async checkAll(hosts: readonly BoardHost[] = this.hosts): Promise<void> {
    const sent = hosts.map((host) => host.position);
    const { replies, isDurable } = await this.#readPositions(hosts);
    await Promise.all(
      hosts.map(async (host, i) => {
        const [reply, position] = [replies[i], sent[i]];
        if (reply?.ok && position) await host.checked(position, reply.reply, isDurable);
        else host.suspect();
        if (reply && !reply.ok) this.#onError(reply.error);
      }),
    );
  }

  #open(tag: string, board: BoardKey): Slot {
    const parts: BoardHostParts = {
      port: this.#port,
      clock: this.#clock,
      commitLane: this.#commitLane,
      archive: this.#archive,
      codec: this.#vault?.board(board) ?? plainCodec,
      onFunctionMissing: () => this.#loadFunctions(),
      onPatients: this.#onPatients,
    };
    const host = new BoardHost(board, parts);
    const opening = Promise.all([host.open(), noteBoard(this.#port, board, this.#clock.now())]).then(
      () => host,
      async (error) => {
        this.#slots.delete(tag);
        await host.close();
        throw error;
      },
    );
    const slot = { host, opening, usedAt: performance.now() };
    this.#slots.set(tag, slot);
    return slot;
  }

  /** Through the commit lane where there is one: its WAIT then also proves what others committed. */
  async #readPositions(
    hosts: readonly BoardHost[],
  ): Promise<{ replies: BatchReply<ReadPositionReply>[]; isDurable: boolean }> {
    const calls = hosts.map((host) => host.positionCall());
    if (calls.length === 0) return { replies: [], isDurable: false };
    if (!this.#commitLane) return { replies: await this.#port.fcallMany(calls), isDurable: true };
    const { replies, numAcked } = await this.#port.fcallDurable(calls, this.#commitLane);
    return { replies, isDurable: numAcked >= this.#commitLane.numReplicas };
  }

  async #tick(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    this.#ticks += 1;
    try {
      await this.#closeIdle();
      const isEveryone = this.#ticks % unwatchedEvery === 0;
      await this.checkAll(this.hosts.filter((host) => isEveryone || host.isWatched || host.isDegraded));
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#isChecking = false;
    }
  }

  async #closeIdle(): Promise<void> {
    const before = performance.now() - this.#idleMs;
    for (const [tag, slot] of this.#slots) {
      if (slot.host.isWatched || slot.usedAt > before) continue;
      this.#slots.delete(tag);
      await slot.host.close();
    }
  }

  #suspectAll(): void {
    for (const host of this.hosts) host.suspect();
  }

  /** After a reconnect: another server may answer, without our library, with another history. */
  async #recover(): Promise<void> {
    await this.#loadFunctions();
    await this.checkAll().catch(this.#onError);
  }

  async #loadFunctions(): Promise<void> {
    if (this.#isLoadingFunctions) return;
    this.#isLoadingFunctions = true;
    try {
      await ensureFunctions(this.#port);
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#isLoadingFunctions = false;
    }
  }
}
