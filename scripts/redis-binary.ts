/** Finding a redis-server is written once, in the test kit, which starts one per test; the scripts use the same. */
export {
  findExecutables,
  findRedisServer,
  REDIS_BINARY_VARIABLE,
  type RedisBinary,
} from '../packages/testkit/src/redis-binary.ts';
