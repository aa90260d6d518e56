/**
 * One number for everything a board shows: the sum over its entities of a hash of id, version and content. Unlike the
 * product's digest it covers the content too, so two histories that gave different meanings to one position differ.
 */
import { createHash } from 'node:crypto';
import type { Entity } from '@workflow-bolt/contracts';
import { canonicalJson } from '@workflow-bolt/testkit';

const known = new WeakMap<Entity, { id: string; v: number; hash: bigint }>();

/** 64 bits of one entity; remembered per object, since entities are never modified in place. */
export function entityHash(id: string, v: number, d: Entity): bigint {
  const former = known.get(d);
  if (former && former.id === id && former.v === v) return former.hash;
  const sum = createHash('sha1')
    .update(`${id}@${v}:${canonicalJson(d)}`)
    .digest();
  const hash = sum.readBigUInt64BE(0);
  known.set(d, { id, v, hash });
  return hash;
}

export const addHash = (total: bigint, hash: bigint): bigint => BigInt.asUintN(64, total + hash);
export const removeHash = (total: bigint, hash: bigint): bigint => BigInt.asUintN(64, total - hash);

/** The hash of a whole board or view. */
export function contentHash(entities: Iterable<readonly [string, { v: number; d: Entity }]>): string {
  let total = 0n;
  for (const [id, { v, d }] of entities) total = addHash(total, entityHash(id, v, d));
  return total.toString(16);
}
