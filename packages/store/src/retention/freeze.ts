/** While the record of accesses is in doubt nothing is deleted: what is missing may have to be worked out from it. */
import { type Alert, type Freeze, freezeSchema } from '@workflow-bolt/contracts';
import type { RedisPort } from '../redis-port.ts';
import { detectionKeys } from './retention-keys.ts';

/** Null when deleting is allowed. An unreadable mark counts as one. Throws Fault `store_unavailable`. */
export async function readFreeze(port: RedisPort): Promise<Freeze | null> {
  const text = (await port.command('GET', detectionKeys.freeze)) as string | null;
  if (text === null) return null;
  const parsed = freezeSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : { why: 'unreadable', since: 0 };
}

/** What goes on for so long is one alert: a freeze may stand anew for a matter that was raised before it. */
const matterMs = 86_400_000;

/**
 * Of these alerts, those that tell why deleting is stopped: they wait for their review, or are of this freeze's time.
 * One of a gap carries the gap's own time, which may be long past: whoever judged it since counts as well.
 */
export function alertsBehind({ since }: Freeze, alerts: readonly Alert[]): Alert[] {
  return alerts.filter(
    ({ at, review, responses }) =>
      responses.includes('freeze-deletions') &&
      (review === null || Math.max(at, review.at) >= since - matterMs),
  );
}

/** The first reason stays: it is the one to look into. Throws Fault. */
export async function freezeDeletions(port: RedisPort, freeze: Freeze): Promise<void> {
  await port.command('SET', detectionKeys.freeze, JSON.stringify(freeze), 'NX');
}

/** A person has looked into it; see `postFreezeLift` for what must be true before. Throws Fault. */
export async function liftFreeze(port: RedisPort): Promise<void> {
  await port.command('DEL', detectionKeys.freeze);
}
