import type { SecurityEvent } from '@workflow-bolt/contracts';

type Said = Pick<SecurityEvent, 'act'> & Partial<Pick<SecurityEvent, 'out' | 'why'>>;

/**
 * A change that is on record whatever happens: what is intended before anything is touched, and then what came of it.
 * A process that dies between leaves the intention, and a record that cannot be written leaves nothing changed. The
 * answer waits for both. `done` may say more than the intention could, such as the id of what was made.
 */
export async function intendedChange<T, E extends Said>(
  write: (event: E) => Promise<void>,
  event: E,
  change: { work: () => Promise<T>; done?: (result: T) => Partial<E> },
): Promise<T> {
  const why = event.why ?? 'change';
  await write({ ...event, act: 'E', why: `intended.${why}` });
  let result: T;
  try {
    result = await change.work();
  } catch (error) {
    // Why it was not done is in the answer; that it was not belongs to the intention.
    await write({ ...event, act: 'E', out: 4, why: `not-done.${why}` }).catch(() => {});
    throw error;
  }
  await write({ ...event, ...change.done?.(result) });
  return result;
}
