/**
 * Breaker and gate in virtual time: the library is built with another clock, so that hours pass in an instant. The
 * product's own library has no such door.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRedis } from '@workflow-bolt/testkit';
import { buildLibrary } from '../functions/build/build-library.ts';
import { commandOf, type FunctionCall, readReply } from '../src/function-call.ts';
import { createRedisPort, fromUrl, type RedisPort } from '../src/index.ts';

export const virtualAccount = '00000000000000aa';
const virtualAbi = 9_001;
const clockKey = `{ehr:${virtualAccount}}:clock`;

/** The same functions under another number, with a clock that is a key. */
function virtualLibrary(): string {
  const include = readFileSync(join(import.meta.dirname, '../functions/includes/now_ms.lua'), 'utf8');
  const body = include.slice(include.indexOf('local function')).trim();
  const { source } = buildLibrary({ abi: virtualAbi });
  if (!source.includes(body)) throw new Error('the library has no such clock');
  return source.replace(
    body,
    `local function now_ms() return tonumber(redis.call('GET', '${clockKey}')) end`,
  );
}

export type VirtualBreaker = AsyncDisposable & {
  /** Sends each call to the function with the virtual clock, and fixes the random draw. */
  port: RedisPort;
  /** Below 1,000,000; half of it is no jitter at all. */
  draw: { value: number };
  /** Forgets everything and begins at that instant, epoch ms. */
  begin: (now: number) => Promise<void>;
  setNow: (now: number) => Promise<void>;
};

/** Starts a Redis of its own. */
export async function startVirtualBreaker(): Promise<VirtualBreaker> {
  const server = await startRedis();
  const client = server.client();
  await client.call('FUNCTION', 'LOAD', virtualLibrary());
  const real = createRedisPort(fromUrl(server.url));
  await real.connect();
  const draw = { value: 500_000 };
  const fcall = async <Reply>(call: FunctionCall<Reply>): Promise<Reply> => {
    const args = [...call.args];
    if (call.name.endsWith('_end_turn')) args[6] = draw.value;
    const virtual = { ...call, args, name: call.name.replace(/^b\d+_/, `b${virtualAbi}_`) };
    const [name, ...rest] = commandOf(virtual);
    return readReply(call, await client.call(name, ...rest.map(String)));
  };
  const command: RedisPort['command'] = (...parts) => real.command(...parts);
  const port = Object.assign(Object.create(real) as RedisPort, {
    ...{ fcall, command, doorbell: 'PUBLISH' as const },
  });
  const setNow = async (now: number) => void (await client.set(clockKey, now));
  return {
    ...{ port, draw, setNow },
    begin: async (now) => {
      await client.flushall();
      await setNow(now);
    },
    [Symbol.asyncDispose]: async () => {
      await real.close();
      await server.stop();
    },
  };
}
