/** While the record of accesses is in doubt nothing is deleted: what is missing may have to be worked out from it. */
import { type Freeze, freezeSchema } from '@workflow-bolt/contracts';
import type { RedisPort } from '../redis-port.ts';
import { detectionKeys } from './retention-keys.ts';

/** Null when deleting is allowed. An unreadable mark counts as one. Throws Fault `store_unavailable`. */
export async function readFreeze(port: RedisPort): Promise<Freeze | null> {
  const text = (await port.command('GET', detectionKeys.freeze)) as string | null;
  if (text === null) return null;
  const parsed = freezeSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : { why: 'unreadable', since: 0 };
}

/** The first reason stays: it is the one to look into. Throws Fault. */
export async function freezeDeletions(port: RedisPort, freeze: Freeze): Promise<void> {
  await port.command('SET', detectionKeys.freeze, JSON.stringify(freeze), 'NX');
}

/** A person has looked into it; see `postFreezeLift` for what must be true before. Throws Fault. */
export async function liftFreeze(port: RedisPort): Promise<void> {
  await port.command('DEL', detectionKeys.freeze);
}
