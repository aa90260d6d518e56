import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withFreePort } from './free-port.ts';
import { ownTempDir, releaseTempDir } from './owned-resources.ts';
import { mustFindRedisServer } from './redis-binary.ts';
import { RedisProcess } from './redis-process.ts';
import { type RespReply, respCall } from './resp.ts';

export interface SentinelSpec {
  /** Name of the monitored primary. */
  readonly name: string;
  readonly primaryPort: number;
  readonly quorum: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
}

/** One Sentinel process on a loopback port of its own. */
export class SentinelNode {
  readonly port: number;
  readonly #dir: string;
  readonly #process: RedisProcess;

  private constructor(port: number, spec: SentinelSpec) {
    this.port = port;
    this.#dir = ownTempDir();
    const conf = join(this.#dir, 'sentinel.conf');
    writeFileSync(conf, sentinelConf(this.#dir, port, spec));
    this.#process = new RedisProcess({
      binary: mustFindRedisServer().path,
      dir: this.#dir,
      args: [conf, '--sentinel'],
      address: { port },
      readyTimeoutMs: 10_000,
    });
  }

  /** Start a Sentinel on a free port. */
  static start(spec: SentinelSpec): Promise<SentinelNode> {
    return withFreePort(async (port) => {
      const node = new SentinelNode(port, spec);
      try {
        await node.#process.start();
        return node;
      } catch (error) {
        await node.stop();
        throw error;
      }
    });
  }

  /** One command to this Sentinel; an error reply comes back as a `RespError` value. */
  call(...args: string[]): Promise<RespReply> {
    return respCall({ port: this.port }, args);
  }

  kill9(): Promise<void> {
    return this.#process.kill9();
  }

  /** Start it again after a kill; it remembers what it rewrote into its configuration. */
  restart(): Promise<void> {
    return this.#process.start();
  }

  pause(ms?: number): Promise<void> {
    return this.#process.pause(ms);
  }

  resume(): void {
    this.#process.resume();
  }

  /** Kill it and remove its directory. */
  async stop(): Promise<void> {
    await this.#process.kill9();
    releaseTempDir(this.#dir);
  }
}

function sentinelConf(dir: string, port: number, spec: SentinelSpec): string {
  const { name } = spec;
  return [
    `dir ${dir}`,
    'bind 127.0.0.1',
    `port ${port}`,
    'daemonize no',
    `pidfile ${join(dir, 'redis.pid')}`,
    `logfile ${join(dir, 'redis.log')}`,
    'set-proc-title no',
    `sentinel monitor ${name} 127.0.0.1 ${spec.primaryPort} ${spec.quorum}`,
    `sentinel down-after-milliseconds ${name} ${spec.downAfterMs}`,
    `sentinel failover-timeout ${name} ${spec.failoverTimeoutMs}`,
    `sentinel parallel-syncs ${name} 1`,
    'sentinel deny-scripts-reconfig yes',
    '',
  ].join('\n');
}
