import type { LoadResult } from '@workflow-bolt/testkit';

const triesMax = 3;

/**
 * One step of a ramp. On a shared machine the driver itself is held up now and then, which says nothing of the server:
 * such a step is repeated, twice at most.
 */
export async function untroubledStep(run: () => Promise<LoadResult>): Promise<LoadResult> {
  for (let tries = 1; ; tries += 1) {
    const result = await run();
    if (result.isValid || tries === triesMax) return result;
  }
}
