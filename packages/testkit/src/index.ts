export { assertNoLeaks } from './owned-resources.ts';
export { findRedisServer, type RedisBinary } from './redis-binary.ts';
export type { RedisPersistence, RedisServerOptions } from './redis-conf.ts';
export { type RedisServer, startRedis } from './redis-server.ts';
export { RespError, type RespReply } from './resp.ts';
