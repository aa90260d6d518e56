import type { EntityId } from '@workflow-bolt/contracts';
import { useBoard } from '@workflow-bolt/react';
import type { Entities } from '../model/entities.ts';

/** All entities, with the effects of steps under way. */
export const useEntities = (): Entities => useBoard((snapshot) => snapshot.entities);

export const useIsPending = (id: EntityId): boolean => useBoard((snapshot) => snapshot.pendingIds.has(id));
