/** What several benches stand on: a private Redis, a recorded day, and as many equal boards as they need. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BoardKey, ClinicSettings, User } from '@workflow-bolt/contracts';
import { freePort, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { type BenchDay, benchClinics, benchUsers, boardAt, makeBenchDay } from '../day/bench-day.ts';
import { type BoardRecording, bookBoard, recordBoard, type WorkItem } from '../day/recorded-commit.ts';
import { BenchProcess } from './bench-process.ts';
import { ownDir, releaseDir } from './owned-dir.ts';
import { type ProductOptions, ProductServer } from './product-server.ts';

/** Boards of one bench at most; each round takes a fresh one. */
const boardsMax = 200;

export type Peer = { process: BenchProcess; port: number };

export class BenchStage implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly day: BenchDay;
  readonly recording: BoardRecording;
  readonly clinics: ClinicSettings[];
  readonly users: User[];
  readonly #dir: string;
  readonly #processes: AsyncDisposable[] = [];
  #boards = 1;

  private constructor(parts: { redis: RedisServer; day: BenchDay; recording: BoardRecording; dir: string }) {
    this.redis = parts.redis;
    this.day = parts.day;
    this.recording = parts.recording;
    this.clinics = benchClinics(parts.day, boardsMax);
    this.users = benchUsers(this.clinics);
    this.#dir = parts.dir;
  }

  /** Records `work` on a generated day; the recording is then the only thing left in this Redis' boards. */
  static async open(appointments: number, workOf: (day: BenchDay) => WorkItem[]): Promise<BenchStage> {
    const day = makeBenchDay(appointments);
    const redis = await startRedis({ persist: 'aof-always', tcp: true });
    const dir = ownDir();
    try {
      const recording = await recordBoard(redis, day, workOf(day));
      await redis.client().flushall();
      writeFileSync(join(dir, 'recording.json'), JSON.stringify(recording));
      return new BenchStage({ redis, day, recording, dir });
    } catch (error) {
      await redis.stop();
      throw error;
    }
  }

  /** A booked board that nobody has touched. */
  async freshBoard(): Promise<BoardKey> {
    if (this.#boards >= boardsMax) throw new RangeError(`a bench has ${boardsMax} boards`);
    const board = boardAt(this.day, this.#boards++);
    const client = this.redis.client();
    await bookBoard(client, this.recording, board);
    client.disconnect();
    return board;
  }

  /** Our API server. */
  async startProduct(more: Partial<ProductOptions> = {}): Promise<ProductServer> {
    const { clinics, users } = this;
    const server = await ProductServer.start({ redisUrl: this.redis.url, clinics, users, ...more });
    this.#processes.push(server);
    return server;
  }

  /** A peer's process from `bench/peers`. */
  async startPeer(
    name: string,
    env: NodeJS.ProcessEnv = {},
    nodeFlags: readonly string[] = [],
  ): Promise<Peer> {
    const port = await freePort();
    const recording = join(this.#dir, 'recording.json');
    const process = new BenchProcess({
      name,
      nodeFlags,
      script: `bench/peers/${name}.ts`,
      readyUrl: `http://127.0.0.1:${port}/`,
      env: { PORT: String(port), REDIS_URL: this.redis.url, BENCH_RECORDING: recording, ...env },
    });
    this.#processes.push(process);
    await process.start();
    return { process, port };
  }

  /** A file that lives as long as the stage. */
  writeFile(name: string, content: Buffer | string): string {
    const path = join(this.#dir, name);
    writeFileSync(path, content);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) await process[Symbol.asyncDispose]();
    await this.redis.stop();
    releaseDir(this.#dir);
  }
}
