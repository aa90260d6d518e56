import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEMO_CREDENTIALS } from '@workflow-bolt/ehr-simulator';
import { EmbeddedRedisError, startEmbeddedRedis } from '@workflow-bolt/store';
import type { DayOptions } from '@workflow-bolt/testkit/generate';
import { ensureTools, findRedisServer } from '../ensure-tools.ts';
import { runCommand } from '../run-command.ts';
import { awaitWorker } from './await-worker.ts';
import { ChildService, type ServiceSpec } from './child-service.ts';
import { lockDataDir, notePart } from './data-dir-lock.ts';
import { demoSettings, demoUsers } from './demo-clinic.ts';
import { playStaff } from './play-staff.ts';
import { type StartOptions, StartRefused } from './start-options.ts';

const host = '127.0.0.1';
const demoAccount = {
  BOLT_EHR_CUSTOMER_KEY: DEMO_CREDENTIALS.customerKey,
  BOLT_EHR_USER: DEMO_CREDENTIALS.user,
  BOLT_EHR_PASSWORD: DEMO_CREDENTIALS.password,
};

/** Throws StartRefused when somebody else listens on the port. */
async function assertPortFree(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new StartRefused(
              `Port ${port} is in use by another program. Stop it, or start with: npm start -- --port ${port + 1}`,
            )
          : error,
      ),
    );
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

function localDate(zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(Date.now());
}

/**
 * The day to show. A restart on the same local day goes on with the day that the data knows; otherwise a new
 * day begins.
 */
function dayOptions(options: StartOptions): DayOptions {
  const path = join(options.dataDir, 'demo.json');
  const wanted = { seed: options.seed, zone: options.zone, appointments: options.appointments };
  const known = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as DayOptions) : null;
  const isSameDay = known !== null && localDate(known.zone) === known.date;
  const isSameClinic = known?.seed === wanted.seed && known.appointments === wanted.appointments;
  const isZoneChosen = process.argv.some((a) => a.startsWith('--zone'));
  if (isSameDay && isSameClinic && (!isZoneChosen || known.zone === wanted.zone)) return known;
  const day: DayOptions = { ...wanted, date: localDate(wanted.zone), profile: 'calm' };
  writeFileSync(path, JSON.stringify(day, null, 2));
  return day;
}

/** Waits until the service says it is ready; throws with the end of its log when it ends first. */
async function waitUntil(
  service: ChildService,
  isReady: () => Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (!service.isRunning) break;
    if (await isReady().catch(() => false)) return;
    await delay(100);
  }
  throw new StartRefused(endOf(service, service.isRunning ? 'did not become ready' : 'ended'));
}

/** What became of a part, with the end of its log. */
function endOf({ name, logPath }: ChildService, what: string): string {
  const tail = readFileSync(logPath, 'utf8').trim().split('\n').slice(-12).join('\n');
  return `The ${name} ${what}. The end of ${logPath}:\n\n${tail}`;
}

/** What the simulated EHR said when it was ready: where it is, and why its day begins anew although it was kept. */
function readySimulator(
  service: ChildService,
  offset: number,
): { url: string; notice: string | null } | null {
  const line = readFileSync(service.logPath, 'utf8')
    .slice(offset)
    .split('\n')
    .find((l) => l.startsWith('{"ready":true'));
  return line ? (JSON.parse(line) as { url: string; notice: string | null }) : null;
}

type Running = { stop: () => Promise<void>; exited: Promise<unknown>; name: string };

/** Starts everything, prints where it is, and resolves when it has been stopped. */
export async function startDemo(options: StartOptions): Promise<void> {
  const { dataDir, port } = options;
  const releaseLock = await lockDataDir(dataDir);
  const running: Running[] = [];
  const stopping = new AbortController();
  const stopAll = async () => {
    for (const part of running.reverse()) await part.stop();
    releaseLock();
  };
  const asked = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve(signal));
  });
  try {
    await assertPortFree(port);
    // Read once: the parts and the welcome must speak of the same day, also at midnight.
    const day = dayOptions(options);
    await startParts(options, day, running);
    const baseUrl = `http://${host}:${port}`;
    printWelcome(baseUrl, day, options);
    if (options.isSimulated) {
      const users = demoUsers(day);
      void playStaff({
        baseUrl,
        day,
        speed: options.speed,
        users,
        signal: stopping.signal,
        log: (l) => console.log(`  ${l}`),
      })
        .then(
          () => stopping.signal.aborted || console.log('  The staff has gone home; the board stays open.'),
        )
        .catch((error: unknown) => console.error(`  The played staff stopped: ${String(error)}`));
    }
    const failed = Promise.race(running.map((part) => part.exited.then(() => part.name)));
    const reason = await Promise.race([asked, failed]);
    if (reason.startsWith('SIG')) console.log('\nStopping …');
    else {
      console.error(`\nThe ${reason} ended unexpectedly; see ${join(dataDir, 'logs')}. Stopping the rest …`);
      process.exitCode = 1;
    }
  } finally {
    stopping.abort();
    await stopAll();
  }
  console.log('Stopped. The data is kept; npm start goes on where it was.');
}

async function startParts(options: StartOptions, day: DayOptions, running: Running[]): Promise<void> {
  const { dataDir, port } = options;
  const logDir = join(dataDir, 'logs');
  mkdirSync(logDir, { recursive: true });
  writeFileSync(join(dataDir, 'clinics.json'), JSON.stringify({ clinics: [demoSettings(day)] }, null, 2));
  writeFileSync(join(dataDir, 'users.json'), JSON.stringify({ users: demoUsers(day) }, null, 2));
  const redisUrl = process.env.REDIS_URL ?? (await startRedis(dataDir, running));
  console.log('Building the board …');
  // A process of its own: the bundler sets NODE_ENV for everything that starts after it.
  if ((await runCommand('node', ['apps/web/build.ts', '--quiet'])) !== 0) {
    throw new StartRefused('The board could not be built; the lines above say why.');
  }
  const start = (spec: Omit<ServiceSpec, 'logDir'>) => {
    const service = new ChildService({ ...spec, logDir });
    running.push({ name: service.name, exited: service.exited, stop: () => service.stop(12_000) });
    notePart(dataDir, service.pid, spec.script);
    return service;
  };
  const simulatorLog = join(logDir, 'ehr-simulator.log');
  const logOffset = existsSync(simulatorLog) ? readFileSync(simulatorLog, 'utf8').length : 0;
  const simulator = start({
    name: 'ehr-simulator',
    script: 'apps/ehr-simulator/src/main.ts',
    args: [
      '--seed',
      String(day.seed),
      '--date',
      day.date,
      '--zone',
      day.zone,
      '--appointments',
      String(day.appointments),
      '--profile',
      'calm',
      '--latency',
      'realistic',
      '--state',
      join(dataDir, 'ehr-simulator.world'),
    ],
    env: {},
  });
  await waitUntil(simulator, async () => readySimulator(simulator, logOffset) !== null);
  const ehr = readySimulator(simulator, logOffset);
  if (ehr?.notice) console.log(ehr.notice);
  const shared = {
    REDIS_URL: redisUrl,
    BOLT_CLINICS_FILE: join(dataDir, 'clinics.json'),
    BOLT_KEYS: join(dataDir, 'keys', 'top-keys.json'),
    BOLT_KEY_STORE: join(dataDir, 'keys', 'store'),
    BOLT_ARCHIVE: join(dataDir, 'archive'),
    BOLT_AUDIT_SEAL_MS: '10000',
  };
  const server = start({
    name: 'server',
    script: 'apps/server/src/main.ts',
    env: {
      ...shared,
      HOST: host,
      PORT: String(port),
      BOLT_DEV_LOGIN: 'true',
      BOLT_DEV_USERS_FILE: join(dataDir, 'users.json'),
    },
  });
  await waitUntil(server, async () => (await fetch(`http://${host}:${port}/healthz`)).ok);
  const workerStartedAt = Date.now();
  const worker = start({
    name: 'worker',
    script: 'apps/worker/src/main.ts',
    env: { ...shared, ...demoAccount, BOLT_EHR_URL: ehr?.url ?? '' },
  });
  const baseUrl = `http://${host}:${port}`;
  const isRunning = () => worker.isRunning;
  const heard = await awaitWorker({ baseUrl, startedAt: workerStartedAt, isRunning, timeoutMs: 60_000 });
  if (heard === 'ended') throw new StartRefused(endOf(worker, 'ended'));
  if (heard === 'silent') console.warn(`\n${endOf(worker, 'has not been heard of for a minute')}`);
}

async function startRedis(dataDir: string, running: Running[]): Promise<string> {
  await ensureTools(['redis-server']);
  try {
    const redis = await startEmbeddedRedis({
      dir: join(dataDir, 'redis'),
      listen: { port: 0 },
      binary: findRedisServer()?.path ?? 'redis-server',
    });
    notePart(dataDir, redis.pid, 'redis-server');
    running.push({ name: 'redis', exited: redis.exited, stop: () => redis.stop() });
    return redis.url;
  } catch (error) {
    if (error instanceof EmbeddedRedisError) throw new StartRefused(error.message);
    throw error;
  }
}

function printWelcome(baseUrl: string, day: DayOptions, options: StartOptions): void {
  const users = demoUsers(day).map((u) => `    ${u.name.padEnd(28)} ${u.role}`);
  console.log(`
  workflow-bolt is running.

    Board      ${baseUrl}
    API pages  ${baseUrl}/docs
    Clinic     ${demoSettings(day).name}, ${day.date}, ${day.zone} (${day.appointments} appointments)
    Data       ${options.dataDir} (kept across restarts)

  Sign in as one of:
${users.join('\n')}

  ${options.isSimulated ? `The staff is played at ${options.speed}× speed.` : 'npm start -- --simulate also plays the staff.'} Ctrl-C stops everything.
`);
}
