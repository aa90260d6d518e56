/** What tests of workflow-bolt, and of what is built on it, stand on: real servers, faults, checkers, load. */
export { awaitUntil } from './await-until.ts';
export { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy.ts';
export { freePort, freePorts } from './free-port.ts';
export * from './generate/index.ts';
export * from './history/index.ts';
export * from './load/index.ts';
export { type IdentityProviderOptions, LoopbackIdentityProvider } from './loopback-identity-provider.ts';
export { assertNoLeaks } from './owned-resources.ts';
export { findRedisServer, type RedisBinary } from './redis-binary.ts';
export { type ClusterOptions, type RedisCluster, startCluster } from './redis-cluster.ts';
export type { RedisPersistence, RedisServerOptions } from './redis-conf.ts';
export { type RedisServer, startRedis } from './redis-server.ts';
export { type RedisAddress, RespError, type RespReply } from './resp.ts';
export type { SentinelNode } from './sentinel-node.ts';
export { type ReplicatedNode, SENTINEL_NAME, type SentinelSet } from './sentinel-set.ts';
export { type SentinelOptions, startSentinels } from './sentinels.ts';
export type { Direction, Toxic, ToxicKind } from './toxics.ts';
