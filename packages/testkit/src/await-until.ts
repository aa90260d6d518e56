import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Ask again every 25 ms until the answer is neither undefined nor false, and return it. An error of the question counts
 * as "not yet". Rejects after `timeoutMs` with what was awaited and the last error.
 */
export async function awaitUntil<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(25);
  }
  throw new Error(`${what}: not within ${timeoutMs} ms${last ? ` (${String(last)})` : ''}`, { cause: last });
}
