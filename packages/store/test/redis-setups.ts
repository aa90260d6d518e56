/** The three ways Redis is run; the same suite passes on each. */
import {
  type RedisServer,
  SENTINEL_NAME,
  startCluster,
  startRedis,
  startSentinels,
} from '@workflow-bolt/testkit';
import { fromUrl, type RedisTarget } from '../src/index.ts';

export type RedisSetup = {
  target: RedisTarget;
  /** The server that holds this key now, for looking behind the store's back. */
  ownerOf: (key: string) => Promise<RedisServer>;
  stop: () => Promise<void>;
};

async function standalone(): Promise<RedisSetup> {
  const server = await startRedis({ persist: 'aof-always' });
  return { target: fromUrl(server.url), ownerOf: async () => server, stop: () => server.stop() };
}

async function sentinel(): Promise<RedisSetup> {
  const set = await startSentinels();
  const hosts = set.connection.sentinels.map(({ host, port }) => `${host}:${port}`).join(',');
  return {
    target: fromUrl(`redis+sentinel://${hosts}/${SENTINEL_NAME}`),
    ownerOf: async () => (await set.primary()).server,
    stop: () => set.stop(),
  };
}

async function cluster(): Promise<RedisSetup> {
  const nodes = await startCluster();
  const hosts = nodes.startupNodes.map(({ host, port }) => `${host}:${port}`).join(',');
  return {
    target: fromUrl(`redis+cluster://${hosts}`),
    ownerOf: (key) => nodes.ownerOf(key),
    stop: () => nodes.stop(),
  };
}

export const redisSetups: readonly [name: string, start: () => Promise<RedisSetup>][] = [
  ['standalone', standalone],
  ['sentinel', sentinel],
  ['cluster', cluster],
];
