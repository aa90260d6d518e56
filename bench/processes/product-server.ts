import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BoardKey, ClinicSettings, Role, User } from '@workflow-bolt/contracts';
import { freePort } from '@workflow-bolt/testkit';
import type { SessionHeaders } from '../wire/session-headers.ts';
import { BenchProcess } from './bench-process.ts';
import { ownDir, releaseDir } from './owned-dir.ts';

export type ProductOptions = {
  redisUrl: string;
  clinics: readonly ClinicSettings[];
  users: readonly User[];
  nodeFlags?: readonly string[];
  env?: NodeJS.ProcessEnv;
};

/** Our API server as its own process, with the bench's clinics. */
export class ProductServer {
  readonly process: BenchProcess;
  readonly port: number;
  readonly clinicsFile: string;
  readonly #dir: string;

  private constructor(parts: { process: BenchProcess; port: number; clinicsFile: string; dir: string }) {
    this.process = parts.process;
    this.port = parts.port;
    this.clinicsFile = parts.clinicsFile;
    this.#dir = parts.dir;
  }

  static async start({
    redisUrl,
    clinics,
    users,
    nodeFlags = [],
    env = {},
  }: ProductOptions): Promise<ProductServer> {
    const dir = ownDir();
    const clinicsFile = join(dir, 'clinics.json');
    const usersFile = join(dir, 'users.json');
    writeFileSync(clinicsFile, JSON.stringify({ clinics }));
    writeFileSync(usersFile, JSON.stringify({ users }));
    const port = await freePort();
    const process = new BenchProcess({
      name: 'workflow-bolt',
      script: 'apps/server/src/main.ts',
      nodeFlags,
      readyUrl: `http://127.0.0.1:${port}/healthz`,
      env: {
        REDIS_URL: redisUrl,
        HOST: '127.0.0.1',
        PORT: String(port),
        LOG_LEVEL: 'warn',
        BOLT_CLINICS_FILE: clinicsFile,
        BOLT_DEV_LOGIN: 'true',
        BOLT_DEV_USERS_FILE: usersFile,
        ...env,
      },
    });
    const server = new ProductServer({ process, port, clinicsFile, dir });
    try {
      await process.start();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the page of a new session sends with each request. */
  async signIn(userId: Role | string): Promise<SessionHeaders> {
    const answer = await fetch(`${this.baseUrl}/api/v1/dev-login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId, station: 'desk-1' }),
    });
    if (!answer.ok) throw new Error(`${userId} cannot sign in: ${answer.status} ${await answer.text()}`);
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const { csrf } = (await answer.json()) as { csrf: string };
    return { cookie, 'sec-fetch-site': 'same-origin', 'x-bolt-csrf': csrf };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    releaseDir(this.#dir);
  }
}

export const boardPath = ({ clinic, date }: BoardKey): string => `/api/v1/boards/${clinic}/${date}`;
