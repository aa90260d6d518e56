/**
 * The board as a value for screens: immutable snapshots of the replica with the overlay on top, made at most
 * once per notification. `getSnapshot` answers the same object until something changed
 * (`useSyncExternalStore` relies on it).
 */
import type { EntityId } from '@workflow-bolt/contracts';
import type { Versioned } from '@workflow-bolt/domain';
import type { Clock } from '../clock.ts';
import { type NotifyMode, notifySchedule } from './notify-schedule.ts';
import { type OverlayContext, overlayPending, type PendingWrite } from './overlay.ts';
import type { BoardReplica } from './replica.ts';

export type BoardContents = {
  /** With the effects of commands under way. */
  entities: ReadonlyMap<EntityId, Versioned>;
  /** As the server last said. */
  serverEntities: ReadonlyMap<EntityId, Versioned>;
  pendingIds: ReadonlySet<EntityId>;
};

export type BoardStorePorts = {
  replica: BoardReplica;
  clock: Clock;
  notify: NotifyMode;
  /** Commands to lay over the board, in order. */
  pendingWrites: () => readonly PendingWrite[];
  /** Null while nobody is known to be signed in: then nothing is predicted. */
  overlayContext: () => OverlayContext | null;
};

export class BoardStore {
  readonly #ports: BoardStorePorts;
  readonly #listeners = new Set<() => void>();
  readonly #request: () => void;
  #server: { revision: number; entities: ReadonlyMap<EntityId, Versioned> };
  #contents: BoardContents;
  #isDirty = false;

  constructor(ports: BoardStorePorts) {
    this.#ports = ports;
    this.#server = { revision: ports.replica.revision, entities: new Map(ports.replica.entities) };
    this.#contents = {
      entities: this.#server.entities,
      serverEntities: this.#server.entities,
      pendingIds: new Set(),
    };
    this.#request = notifySchedule(ports.notify, ports.clock, () => this.#notify());
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The replica, the pending commands or something beside them changed. */
  touch(): void {
    this.#isDirty = true;
    this.#request();
  }

  contents(): BoardContents {
    if (this.#isDirty) this.#rebuild();
    return this.#contents;
  }

  #rebuild(): void {
    this.#isDirty = false;
    const { replica } = this.#ports;
    if (replica.revision !== this.#server.revision)
      this.#server = { revision: replica.revision, entities: new Map(replica.entities) };
    const { entities } = this.#server;
    const context = this.#ports.overlayContext();
    const writes = context === null ? [] : this.#ports.pendingWrites();
    const overlaid = context && overlayPending(entities, writes, context);
    this.#contents = {
      serverEntities: entities,
      entities: overlaid?.entities ?? entities,
      pendingIds: overlaid?.pendingIds ?? new Set(),
    };
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
