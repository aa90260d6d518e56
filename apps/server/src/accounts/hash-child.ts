/** The process that computes password hashes; started by `HashProcess`, ends with the process that started it. */
import { ownThreads } from './hash-engine.ts';
import type { HashJob, HashResult } from './hash-process.ts';

async function compute({ id, work }: HashJob): Promise<HashResult> {
  try {
    const value =
      work.kind === 'hash'
        ? await ownThreads.hash(work.password, work.cost)
        : await ownThreads.verify(work.verifier, work.password);
    return { id, value };
  } catch {
    // The library's message may quote what it was given.
    return { id, value: null };
  }
}

process.on('message', async (job: HashJob) => {
  const result = await compute(job);
  if (process.connected) process.send?.(result);
});
process.on('disconnect', () => process.exit(0));
