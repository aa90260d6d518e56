import { useBoard } from '@workflow-bolt/react';
import type { Entities } from '../model/entities.ts';

/** All entities, with the effects of steps under way. */
export const useEntities = (): Entities => useBoard((snapshot) => snapshot.entities);
