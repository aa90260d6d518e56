import { join } from 'node:path';

/** What survives the death of the server: every write, the writes up to a second ago, snapshots, nothing. */
export type RedisPersistence = 'aof-always' | 'aof-everysec' | 'rdb' | 'none';

export interface RedisServerOptions {
  /** Default 'none': fastest, and right for tests that never kill the server. */
  readonly persist?: RedisPersistence;
  /** Also listen on a loopback TCP port: true = a free one, or this one. Default: unix socket only. */
  readonly tcp?: boolean | number;
  /** As in redis.conf, such as '8mb'. The policy is noeviction unless `conf` says otherwise. */
  readonly maxmemory?: string;
  /** Follow this primary. */
  readonly replicaOf?: { readonly host: string; readonly port: number };
  /** Further lines of redis.conf; they come last, so they win. */
  readonly conf?: readonly string[];
  /** Lines of an ACL file (`user …`). */
  readonly acl?: readonly string[];
  /** A server other than the one on PATH. */
  readonly binary?: string;
  /** How long to wait for the first PONG. Default 10,000 ms; loading a large append-only file takes longer. */
  readonly readyTimeoutMs?: number;
}

const PERSISTENCE: Record<RedisPersistence, readonly string[]> = {
  'aof-always': ['appendonly yes', 'appendfsync always', 'save ""'],
  'aof-everysec': ['appendonly yes', 'appendfsync everysec', 'save ""'],
  // A save after every second with a write, so that tests need not wait; Debian's default is far lazier.
  rdb: ['appendonly no', 'save 1 1'],
  none: ['appendonly no', 'save ""'],
};

/** The configuration of one private server in `dir`. Port 0 means no TCP. */
export function redisConf(dir: string, port: number, options: RedisServerOptions): string {
  const { persist = 'none', maxmemory, replicaOf, conf = [], acl } = options;
  return [
    `dir ${dir}`,
    `unixsocket ${join(dir, 'redis.sock')}`,
    'unixsocketperm 700',
    'bind 127.0.0.1',
    `port ${port}`,
    'daemonize no',
    `pidfile ${join(dir, 'redis.pid')}`,
    `logfile ${join(dir, 'redis.log')}`,
    // The reaper recognises a server by the directory in its command line, which a process title would overwrite.
    'set-proc-title no',
    ...PERSISTENCE[persist],
    'aof-use-rdb-preamble yes',
    'aof-load-truncated yes',
    'maxmemory-policy noeviction',
    'repl-diskless-sync-delay 0',
    ...(maxmemory ? [`maxmemory ${maxmemory}`] : []),
    ...(replicaOf ? [`replicaof ${replicaOf.host} ${replicaOf.port}`] : []),
    ...(acl ? [`aclfile ${join(dir, 'users.acl')}`] : []),
    ...conf,
    '',
  ].join('\n');
}
