import type {
  Actor,
  Command,
  Day,
  EntityId,
  Frame,
  ProblemCode,
  Sync,
  Visit,
} from '@workflow-bolt/contracts';
import type { Versioned } from '@workflow-bolt/domain';
import type { AttentionProblem, OutboxItem, OutboxLane } from './outbox/outbox-lane.ts';
import type { ConnectionStatus } from './tabs/tab-link.ts';

/** A step on its way: `waiting` for the server's answer, or answered and `confirming` on the stream. */
export type PendingCommand = {
  commandId: string;
  command: Command;
  /** Workstation clock, for display only. */
  at: number;
  stage: 'waiting' | 'confirming';
};

/** A step that a person must decide about. */
export type AttentionItem = { commandId: string; command: Command; at: number; problem: AttentionProblem };

export type PresenceUser = Frame<'pres'>['users'][number];

/** Everything a screen draws from; immutable, and the same object until something changed. */
export type BoardSnapshot = {
  connection: ConnectionStatus & {
    /** Only then may the screen look live (I10). */
    isLive: boolean;
    /** This tab holds the stream. */
    isLeader: boolean;
  };
  /** Time since the board was last proved to be current, in ms; null when it never was. As of this snapshot. */
  ageMs: number | null;
  entities: ReadonlyMap<EntityId, Versioned>;
  serverEntities: ReadonlyMap<EntityId, Versioned>;
  pendingIds: ReadonlySet<EntityId>;
  pending: readonly PendingCommand[];
  attention: readonly AttentionItem[];
  /** Why steps are not being sent; null when they are. */
  hold: ProblemCode | null;
  storage: 'indexeddb' | 'memory';
  position: { epoch: string; seq: number } | null;
  actor: Actor | null;
  presence: readonly PresenceUser[];
  /** How fresh the EHR is, as the server last said. */
  ehr: { isOk: boolean; lastGoodAt: number | null } | null;
  day: Day | null;
  sync: Sync | null;
};

export function pendingOf(
  lane: OutboxLane,
  isConfirmed: (item: OutboxItem) => boolean,
): readonly PendingCommand[] {
  return lane.items
    .filter((item) => item.state !== 'attention' && !isConfirmed(item))
    .map(({ id, command, at, state }) => ({
      commandId: id,
      command,
      at,
      stage: state === 'queued' ? 'waiting' : 'confirming',
    }));
}

/** Another person's steps are theirs to see. */
export function attentionOf(lane: OutboxLane, actorId: string | undefined): readonly AttentionItem[] {
  return lane.items.flatMap(({ id, command, at, state, problem, actorId: owner }) =>
    state === 'attention' && problem !== null && owner === actorId
      ? [{ commandId: id, command, at, problem }]
      : [],
  );
}

export function entityOf<T extends 'day' | 'sync' | 'visit'>(
  entities: ReadonlyMap<EntityId, Versioned>,
  id: EntityId,
  type: T,
): Extract<Day | Sync | Visit, { type: T }> | null {
  const entity = entities.get(id)?.d;
  return entity?.type === type ? (entity as Extract<Day | Sync | Visit, { type: T }>) : null;
}
