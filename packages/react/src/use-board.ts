import type { AttentionItem, BoardSnapshot, PendingCommand } from '@workflow-bolt/client';
import type { EntityId, Person, Visit } from '@workflow-bolt/contracts';
import { useRef, useSyncExternalStore } from 'react';
import { useBoardClient } from './board-provider.tsx';

type IsEqual<T> = (a: T, b: T) => boolean;

/**
 * A part of the board; renders only when it changed by `isEqual` (`Object.is` unless given). A selector that
 * makes new lists or objects needs an `isEqual` of its own, such as `isShallowEqual`.
 */
export function useBoard<T>(select: (snapshot: BoardSnapshot) => T, isEqual: IsEqual<T> = Object.is): T {
  const client = useBoardClient();
  const last = useRef<{ value: T } | null>(null);
  const read = () => {
    const value = select(client.getSnapshot());
    if (last.current === null || !isEqual(last.current.value, value)) last.current = { value };
    return last.current.value;
  };
  return useSyncExternalStore(client.subscribe, read, read);
}

/** Same members in the same order, or the same values under the same keys. */
export function isShallowEqual<T extends object>(a: T, b: T): boolean {
  const keys = Object.keys(a) as (keyof T)[];
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

export type VisitOnBoard = {
  visit: Visit;
  /** Null in views that hide who it is. */
  person: Person | null;
  /** The version on screen, which a step upon it names. */
  version: number;
  /** It shows something that the server has not confirmed. */
  isPending: boolean;
};

/** One visit with its person; null when it is not on the board. */
export function useVisit(visitId: string): VisitOnBoard | null {
  return useBoard(
    (snapshot) => visitOf(snapshot, visitId),
    (a, b) => a === b || (a !== null && b !== null && isShallowEqual(a, b)),
  );
}

function visitOf({ entities, pendingIds }: BoardSnapshot, visitId: string): VisitOnBoard | null {
  const visitKey: EntityId = `v:${visitId}`;
  const personKey: EntityId = `p:${visitId}`;
  const found = entities.get(visitKey);
  if (found?.d.type !== 'visit') return null;
  const person = entities.get(personKey)?.d;
  return {
    visit: found.d,
    person: person?.type === 'person' ? person : null,
    version: found.v,
    isPending: pendingIds.has(visitKey) || pendingIds.has(personKey),
  };
}

/** Steps on their way to the server, oldest first. */
export function usePending(): readonly PendingCommand[] {
  return useBoard((snapshot) => snapshot.pending, isShallowEqual);
}

export type Attention = {
  items: readonly AttentionItem[];
  retry: (commandId: string) => Promise<void>;
  dismiss: (commandId: string) => Promise<void>;
};

/** Steps that a person must decide about: conflicts, refusals, and steps that waited too long. */
export function useAttention(): Attention {
  const client = useBoardClient();
  const items = useBoard((snapshot) => snapshot.attention, isShallowEqual);
  return { items, retry: (id) => client.retry(id), dismiss: (id) => client.dismiss(id) };
}
