import type { RedisPort } from '../redis-port.ts';

/** A hash as a map, in whichever protocol version the client speaks. Throws Fault while Redis is away. */
export async function readHash(port: RedisPort, key: string): Promise<Map<string, string>> {
  const reply = (await port.command('HGETALL', key)) as string[] | Record<string, string>;
  if (!Array.isArray(reply)) return new Map(Object.entries(reply));
  return new Map(reply.flatMap((field, i) => (i % 2 === 0 ? [[field, reply[i + 1] ?? ''] as const] : [])));
}
