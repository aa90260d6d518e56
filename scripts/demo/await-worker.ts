/** Whether the worker that was just started lives: the server says so when it has heard it, and so do the screens. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SystemStateResponse } from '@workflow-bolt/contracts';

export type AwaitedWorker = {
  baseUrl: string;
  /** Epoch ms: a beat of before is another worker's, who may have been killed since. */
  startedAt: number;
  isRunning: () => boolean;
  timeoutMs: number;
};

/** `silent`: it runs and has not been heard in time. Never throws. */
export async function awaitWorker(worker: AwaitedWorker): Promise<'beats' | 'ended' | 'silent'> {
  const until = performance.now() + worker.timeoutMs;
  while (performance.now() < until) {
    if (!worker.isRunning()) return 'ended';
    if (await isHeard(worker)) return 'beats';
    await delay(100);
  }
  return 'silent';
}

async function isHeard({ baseUrl, startedAt }: AwaitedWorker): Promise<boolean> {
  try {
    const answer = await fetch(`${baseUrl}/api/v1/system-state`, { signal: AbortSignal.timeout(5_000) });
    const { dependencies } = (await answer.json()) as SystemStateResponse;
    const worker = dependencies.find(({ name }) => name === 'worker');
    return worker?.isOk === true && (worker.lastGoodAt ?? 0) >= startedAt;
  } catch {
    return false;
  }
}
