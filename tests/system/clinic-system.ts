/**
 * The whole product as processes on loopback, for system tests: a private Redis, the EHR simulator, API servers and
 * workers that can be killed and started again. Disposing it ends exactly what it started.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClinicSettings, User, WriteBackMode } from '@workflow-bolt/contracts';
import { type ConfigPatch, type EhrSimulator, startEhrSimulator } from '@workflow-bolt/ehr-simulator';
import {
  awaitUntil,
  type DayOptions,
  freePort,
  localDateOf,
  type RedisServer,
  type RedisServerOptions,
  startRedis,
} from '@workflow-bolt/testkit';
import { demoClinicId, demoSettings, demoUsers } from '../../scripts/demo/demo-clinic.ts';
import { root, toolEnvironment } from '../../scripts/run-command.ts';

export type ClinicSystemOptions = {
  redis?: RedisServerOptions;
  /** Use this Redis instead of a private one. */
  redisUrl?: string;
  servers?: number;
  workers?: number;
  /** Below the repository's root; the worker's own unless given. */
  workerScript?: string;
  appointments?: number;
  seed?: number;
  zone?: string;
  /** How the EHR simulator differs from the vendor as published. */
  ehr?: ConfigPatch;
  /** Whether steps are written to it; as in the demo unless given. */
  writeBack?: WriteBackMode;
  /** Settings of the clinic that differ from the demo's. */
  settings?: Partial<ClinicSettings>;
  env?: NodeJS.ProcessEnv;
  /** People beside the demo's own. */
  moreUsers?: readonly User[];
  /** The account of the EHR, instead of the simulator's own. */
  credentials?: EhrSimulator['credentials'];
  /** Where the workers find the EHR, such as a proxy in front of it. */
  ehrUrl?: (simulator: EhrSimulator) => Promise<string>;
};

/** One process of the system, which may be killed and started again on the same port. */
export class SystemProcess {
  readonly name: string;
  readonly logPath: string;
  readonly #script: string;
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;

  constructor(name: string, script: string, env: NodeJS.ProcessEnv, logDir: string) {
    this.name = name;
    this.#script = script;
    this.#env = env;
    this.logPath = join(logDir, `${name}.log`);
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (!this.isRunning || pid === undefined) throw new Error(`${this.name} is not running`);
    return pid;
  }

  start(): void {
    if (this.isRunning) throw new Error(`${this.name} already runs`);
    const child = spawn(process.execPath, [join(root, this.#script)], {
      cwd: root,
      env: toolEnvironment(this.#env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(this.logPath, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#child = child;
  }

  /** Ends the process by its own id and waits for it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null || !this.isRunning) return child?.exitCode ?? null;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await exited;
    return child.exitCode;
  }
}

export class ClinicSystem implements AsyncDisposable {
  readonly clinic = demoClinicId;
  readonly date: string;
  readonly zone: string;
  readonly redis: RedisServer | null;
  readonly redisUrl: string;
  readonly simulator: EhrSimulator;
  readonly servers: { process: SystemProcess; baseUrl: string }[] = [];
  readonly workers: SystemProcess[] = [];
  readonly users: User[];
  readonly #dir: string;

  constructor(parts: {
    redis: RedisServer | null;
    redisUrl: string;
    simulator: EhrSimulator;
    users: User[];
    dir: string;
  }) {
    this.redis = parts.redis;
    this.redisUrl = parts.redisUrl;
    this.simulator = parts.simulator;
    this.users = parts.users;
    this.date = parts.simulator.date;
    this.zone = parts.simulator.zone;
    this.#dir = parts.dir;
  }

  /** Address of the first API server. */
  get baseUrl(): string {
    const first = this.servers[0];
    if (!first) throw new Error('this system has no server');
    return first.baseUrl;
  }

  get boardUrl(): string {
    return `${this.baseUrl}/api/v1/boards/${this.clinic}/${this.date}`;
  }

  /** Waits until every server answers /healthz. One that ends instead is told with the end of its log. */
  async awaitServers(): Promise<void> {
    for (const { process, baseUrl } of this.servers) {
      const check = async () => !process.isRunning || (await fetch(`${baseUrl}/healthz`)).ok;
      await awaitUntil(`${baseUrl} answers`, check, 120_000);
      if (process.isRunning) continue;
      throw new Error(`${process.name} ended: ${readFileSync(process.logPath, 'utf8').slice(-2_000)}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.workers, ...this.servers.map((s) => s.process)].map((p) => p.end('SIGKILL')));
    await this.simulator.stop();
    await this.redis?.[Symbol.asyncDispose]();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

function settingsOf(day: DayOptions, { writeBack, settings: more }: ClinicSystemOptions): ClinicSettings {
  const settings = { ...demoSettings(day), ...more };
  return writeBack && settings.ehr ? { ...settings, ehr: { ...settings.ehr, writeBack } } : settings;
}

/** Starts the system and waits until its servers answer; workers are started but not waited for. */
export async function startClinicSystem(options: ClinicSystemOptions = {}): Promise<ClinicSystem> {
  const { servers = 1, workers = 1, appointments = 12, seed = 7, zone = 'America/Chicago' } = options;
  const { moreUsers = [] } = options;
  const day = { seed, zone, appointments, date: localDateOf(Date.now(), zone), profile: 'calm' as const };
  const dir = mkdtempSync(join(tmpdir(), 'bolt-system-'));
  writeFileSync(join(dir, 'clinics.json'), JSON.stringify({ clinics: [settingsOf(day, options)] }));
  const users = [...demoUsers(day), ...moreUsers];
  writeFileSync(join(dir, 'users.json'), JSON.stringify({ users }));
  const redis = options.redisUrl
    ? null
    : await startRedis({ persist: 'aof-always', tcp: true, ...options.redis });
  const redisUrl = options.redisUrl ?? redis?.url ?? '';
  const simulator = await startEhrSimulator({
    ...{ seed, date: day.date, zone, appointments },
    ...(options.ehr ? { config: options.ehr } : {}),
    ...(options.credentials ? { credentials: [options.credentials] } : {}),
  });
  const system = new ClinicSystem({ redis, redisUrl, simulator, users, dir });
  const shared = {
    REDIS_URL: redisUrl,
    BOLT_CLINICS_FILE: join(dir, 'clinics.json'),
    LOG_LEVEL: 'info',
    ...options.env,
  };
  for (let i = 0; i < servers; i += 1) {
    const port = await freePort();
    const env = {
      ...shared,
      HOST: '127.0.0.1',
      PORT: String(port),
      BOLT_DEV_LOGIN: 'true',
      BOLT_DEV_USERS_FILE: join(dir, 'users.json'),
    };
    system.servers.push({
      process: new SystemProcess(`server-${i + 1}`, 'apps/server/src/main.ts', env, dir),
      baseUrl: `http://127.0.0.1:${port}`,
    });
  }
  const ehrUrl = (await options.ehrUrl?.(simulator)) ?? simulator.url;
  for (let i = 0; i < workers; i += 1) {
    const { customerKey, user, password } = simulator.credentials;
    const env = {
      ...shared,
      BOLT_EHR_URL: ehrUrl,
      BOLT_EHR_CUSTOMER_KEY: customerKey,
      BOLT_EHR_USER: user,
      BOLT_EHR_PASSWORD: password,
      BOLT_DOWNTIME: join(dir, 'rosters'),
    };
    const script = options.workerScript ?? 'apps/worker/src/main.ts';
    system.workers.push(new SystemProcess(`worker-${i + 1}`, script, env, dir));
  }
  for (const process of [...system.servers.map((s) => s.process), ...system.workers]) process.start();
  await system.awaitServers();
  return system;
}
