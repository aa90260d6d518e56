/** A decided command in the form in which it goes to Redis. */
import { hash } from 'node:crypto';
import type { EntityId } from '@workflow-bolt/contracts';
import type { Plan } from './plan-commit.ts';
import type { BoardCodec } from './vault/board-cipher.ts';

export type SealedPlan = Plan & {
  paramHash: string;
  /** The frame as stored and published; empty for a refusal. */
  frameText: string;
  /** Entity id and its new text; empty deletes. */
  writes: (readonly [string, string])[];
};

/** What a plan writes, for `reserve`: each record needs a key before it can be sealed. */
export function writtenBy(plans: readonly Plan[]): EntityId[] {
  return plans.flatMap(({ applied }) => [...(applied?.changes.keys() ?? [])]);
}

const plainHash = ({ paramText }: Plan): string => hash('sha256', paramText, 'hex').slice(0, 32);

/** The plan under the hash that it had before boards were sealed. */
export function withPlainHash(plan: SealedPlan): SealedPlan {
  return { ...plan, paramHash: plainHash(plan) };
}

/** Seals what a plan writes; the keys for it must have been reserved. */
export function sealPlan(plan: Plan, codec: BoardCodec): SealedPlan {
  const paramHash = codec.fingerprint(plan.paramText) ?? plainHash(plan);
  const { applied } = plan;
  if (!applied) return { ...plan, paramHash, frameText: '', writes: [] };
  const readAt = new Map(plan.preconditions);
  const { commandId } = applied.frame;
  const writes = [...applied.changes].map(([id, d]) => {
    const stamp = { over: readAt.get(id) ?? 0, commandId };
    return [id, d === null ? '' : codec.sealEntity(id, d, stamp)] as const;
  });
  return { ...plan, paramHash, frameText: codec.sealFrame(applied.frame), writes };
}
