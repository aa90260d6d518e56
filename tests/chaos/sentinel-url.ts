import type { SentinelSet } from '@workflow-bolt/testkit';

/** Where the product finds the primary of a Sentinel set. */
export function sentinelUrl({ connection: { sentinels, name } }: SentinelSet): string {
  const addresses = sentinels.map(({ host, port }) => `${host}:${port}`);
  return `redis+sentinel://${addresses.join(',')}/${name}`;
}
