/** The durable single server of the durability ladder (level 4): every acknowledged commit is on disk. */

export type RedisServerConfOptions = {
  dir: string;
  /** Loopback TCP port, or a unix socket; one of them. */
  listen: { port: number } | { socket: string };
  /** Such as '512mb'; unlimited when absent. Writes are refused at the limit, nothing is evicted. */
  maxmemory?: string | undefined;
};

const durable = [
  'appendonly yes',
  'appendfsync always',
  'no-appendfsync-on-rewrite no',
  'aof-use-rdb-preamble yes',
  // Drops an unfinished tail; a function's effects are one transaction, so no torn state is left.
  'aof-load-truncated yes',
  'aof-timestamp-enabled yes',
  'auto-aof-rewrite-percentage 100',
  'auto-aof-rewrite-min-size 64mb',
  'save 3600 1 300 100',
  'stop-writes-on-bgsave-error yes',
  'maxmemory-policy noeviction',
  // A function that runs half a second is a bug.
  'busy-reply-threshold 500',
  'lazyfree-lazy-user-del yes',
  'latency-monitor-threshold 50',
];

/** Text of redis.conf. Throws RangeError on a path that the file's quoting cannot hold. */
export function redisServerConf({ dir, listen, maxmemory }: RedisServerConfOptions): string {
  const quoted = (path: string): string => {
    if (/["\\\n]/.test(path))
      throw new RangeError('the data directory must not contain quotes or backslashes');
    return `"${path}"`;
  };
  const isTcp = 'port' in listen;
  return [
    `dir ${quoted(dir)}`,
    `pidfile ${quoted(`${dir}/redis.pid`)}`,
    `logfile ${quoted(`${dir}/redis.log`)}`,
    'daemonize no',
    'bind 127.0.0.1 -::1',
    `port ${isTcp ? listen.port : 0}`,
    ...(isTcp ? [] : [`unixsocket ${quoted(listen.socket)}`, 'unixsocketperm 700']),
    ...durable,
    ...(maxmemory ? [`maxmemory ${maxmemory}`] : []),
    '',
  ].join('\n');
}
