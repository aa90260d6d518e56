/** One look at the store: does it take what is written, has it our functions, has it copies, who beats. */
import { type Beat, type DependencyName, type DependencyState, Fault } from '@workflow-bolt/contracts';
import type { ProcessBeats, RedisPort } from '@workflow-bolt/store';

export type StoreReading = {
  redis: DependencyState;
  functions: DependencyState;
  /** Null where commits wait for no replica. */
  copies: DependencyState | null;
  beats: readonly Beat[];
};
export type StoreParts = {
  port: RedisPort;
  beats: ProcessBeats;
  /** What this process says of itself. */
  beat: () => Beat;
  /** Copies that a commit waits for. */
  commitReplicas: number;
};

/** Redis answers these without having carried anything out, and answers reads. */
const refusals = ['NOREPLICAS', 'READONLY', 'MISCONF', 'OOM'];

export function partOf(
  name: DependencyName,
  state: DependencyState['state'],
  more: Partial<DependencyState> = {},
): DependencyState {
  return { name, state, isOk: state === 'up', latencyMs: null, lastGoodAt: null, detail: null, ...more };
}

/** Before the first look. */
export const unaskedStore: StoreReading = {
  redis: partOf('redis', 'unknown', { detail: 'not asked yet' }),
  functions: partOf('functions', 'unknown', { detail: 'not asked yet' }),
  copies: null,
  beats: [],
};

/** Writes the beat and reads the rest. Throws when the store does not answer. */
export async function askStore(parts: StoreParts): Promise<StoreReading> {
  await parts.beats.learnTime();
  const now = parts.beats.now();
  const [refusal, latencyMs] = await timed(beatOnce(parts));
  const [functions, copies, beats] = await Promise.all([
    askFunctions(parts.port, now),
    askCopies(parts, now),
    parts.beats.read(now),
  ]);
  const redis =
    refusal === null
      ? partOf('redis', 'up', { latencyMs, lastGoodAt: now })
      : partOf('redis', 'refusing', { latencyMs, detail: refusal });
  return { redis, functions, copies, beats };
}

/** Null when it was taken; the store's code when it answers and takes nothing. Throws when it does not answer. */
async function beatOnce({ beats, beat }: StoreParts): Promise<string | null> {
  try {
    await beats.say(beat());
    return null;
  } catch (error) {
    const reason = error instanceof Fault ? String(error.details.reason ?? '') : '';
    if (refusals.includes(reason)) return reason;
    throw error;
  }
}

/** The answer, and how long it took, ms. */
async function timed<T>(answer: Promise<T>): Promise<[T, number]> {
  const askedAt = performance.now();
  return [await answer, Math.round((performance.now() - askedAt) * 10) / 10];
}

async function askFunctions(port: RedisPort, now: number): Promise<DependencyState> {
  const [answers, latencyMs] = await timed(port.sendToPrimaries('FUNCTION', 'LIST'));
  const isThere = answers.every((answer) => Array.isArray(answer) && answer.length > 0);
  return isThere
    ? partOf('functions', 'up', { latencyMs, lastGoodAt: now })
    : partOf('functions', 'away', { latencyMs, detail: 'the function library is missing' });
}

/** The least of the primaries counts: a commit may go to any of them. */
async function askCopies({ port, commitReplicas }: StoreParts, now: number): Promise<DependencyState | null> {
  if (commitReplicas === 0) return null;
  const [infos, latencyMs] = await timed(port.sendToPrimaries('INFO', 'replication'));
  const least = Math.min(...infos.map((info) => (String(info).match(/state=online/g) ?? []).length));
  return least >= commitReplicas
    ? partOf('copies', 'up', { latencyMs, lastGoodAt: now })
    : partOf('copies', 'away', { latencyMs, detail: `${least} of ${commitReplicas}` });
}
