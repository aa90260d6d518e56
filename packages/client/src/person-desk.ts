/** What belongs to the person who is signed in: their storage, their outbox on this board, their cached board. */
import { type Actor, type BoardKey, viewKindOf } from '@workflow-bolt/contracts';
import type { ApiClient } from './api/api-client.ts';
import { BoardCache } from './board/board-cache.ts';
import type { BoardReplica } from './board/replica.ts';
import type { Clock } from './clock.ts';
import { Outbox } from './outbox/outbox.ts';
import type { OutboxItem } from './outbox/outbox-lane.ts';
import { type ClientStorage, memoryStorage, openStorage } from './outbox/outbox-storage.ts';
import { sendCommands } from './outbox/send-commands.ts';
import type { Revalidation, Settled } from './outbox/settle-lane.ts';
import { exclusively, type LockManagerLike } from './tabs/leader-election.ts';

export type DeskPorts = {
  key: BoardKey;
  api: ApiClient;
  clock: Clock;
  random: () => number;
  replica: BoardReplica;
  locks: LockManagerLike | null;
  /** Given by the owner, who then also closes it; otherwise one is opened for the person. */
  storage: ClientStorage | 'memory' | undefined;
  asOfMs: () => number | null;
  today: () => string | null;
  revalidate: (item: OutboxItem, actor: Actor) => Revalidation;
  onOutbox: (settled: readonly Settled[]) => void;
};

export const freshId = (): string => crypto.randomUUID();

export class PersonDesk {
  readonly actor: Actor;
  readonly storage: ClientStorage;
  readonly outbox: Outbox;
  readonly cache: BoardCache;
  readonly #isOwnStorage: boolean;

  private constructor(actor: Actor, storage: ClientStorage, ports: DeskPorts) {
    this.actor = actor;
    this.storage = storage;
    this.#isOwnStorage = storage !== ports.storage;
    this.cache = new BoardCache(ports);
    this.outbox = makeOutbox(actor, storage, ports);
  }

  /** Opens the storage and reads the outbox; the cached board is loaded by `loadBoard`. */
  static async open(actor: Actor, ports: DeskPorts): Promise<PersonDesk> {
    const desk = new PersonDesk(actor, await storageOf(actor, ports.storage), ports);
    await desk.outbox.refresh();
    return desk;
  }

  /** Puts the stored board into the replica, if it has none yet. */
  loadBoard({ key, replica }: DeskPorts): ReturnType<BoardCache['load']> {
    return this.cache.load(this.storage, `${key.clinic}/${key.date}/${viewKindOf(replica.view)}`);
  }

  async close(): Promise<void> {
    this.outbox.close();
    await this.cache.save();
    this.#release();
  }

  /** Forgets everything of this person. */
  async wipe(): Promise<void> {
    this.outbox.close();
    this.cache.detach();
    await this.storage.wipe();
    this.#release();
  }

  #release(): void {
    this.cache.detach();
    if (this.#isOwnStorage) this.storage.close();
  }
}

function storageOf(actor: Actor, storage: DeskPorts['storage']): Promise<ClientStorage> {
  if (storage === 'memory') return Promise.resolve(memoryStorage(freshId));
  return storage ? Promise.resolve(storage) : openStorage(actor.id, freshId);
}

function makeOutbox(actor: Actor, storage: ClientStorage, ports: DeskPorts): Outbox {
  const { key, api, clock, random, replica, locks } = ports;
  const laneKey = `${actor.id}@${key.clinic}/${key.date}`;
  return new Outbox({
    laneKey,
    storage,
    clock,
    random,
    freshId,
    send: (commands) => sendCommands(api, key, commands),
    exclusively: (work) => exclusively(locks, `workflow-bolt:send:${laneKey}`, work),
    settleContext: () => ({
      epoch: replica.position?.epoch ?? null,
      revalidate: (item) => ports.revalidate(item, actor),
    }),
    guardContext: () => ({ actorId: actor.id, wallMs: clock.wallMs(), today: ports.today() }),
    onChange: (_lane, settled) => ports.onOutbox(settled),
  });
}
