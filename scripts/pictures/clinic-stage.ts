/** The demo clinic as a whole system in this process, with the clock of its board in the caller's hand. */
import { randomUUID } from 'node:crypto';
import {
  type Command,
  type CommandEnvelope,
  readConfig,
  type SnapshotResponse,
  serverOptions,
  type User,
  workerOptions,
} from '@workflow-bolt/contracts';
import { createCallGaps, OPERATION_NAMES } from '@workflow-bolt/ehr';
import { type EhrSimulator, startEhrSimulator } from '@workflow-bolt/ehr-simulator';
import { createServer } from '@workflow-bolt/server';
import { RedisClock } from '@workflow-bolt/store';
import { type DayOptions, startRedis } from '@workflow-bolt/testkit';
import { pino } from 'pino';
import { BoltWorker } from '../../apps/worker/src/worker.ts';
import { demoClinicId, demoSettings, demoUsers } from '../demo/demo-clinic.ts';

/** Stands still where it was set. */
export class SetClock extends RedisClock {
  ms = Date.now();
  override now(): number {
    return this.ms;
  }
}

export type Stage = {
  url: string;
  date: string;
  clock: SetClock;
  /** Cookie of one signed-in user for each role. */
  sessions: Map<User['role'], string>;
  stop: () => Promise<void>;
};

const nobody = pino({ level: 'silent' });

function createWorker(
  redisUrl: string,
  simulator: EhrSimulator,
  day: DayOptions,
  clock: SetClock,
): BoltWorker {
  const { customerKey, user, password } = simulator.credentials;
  const config = readConfig(workerOptions, {
    REDIS_URL: redisUrl,
    BOLT_CLINICS_FILE: 'given directly',
    BOLT_ALLOW_VOLATILE_REDIS: 'true',
    BOLT_EHR_URL: simulator.url,
    BOLT_EHR_CUSTOMER_KEY: customerKey,
    BOLT_EHR_USER: user,
    BOLT_EHR_PASSWORD: password,
  });
  // Nobody waits for the vendor's limits to take a picture.
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
  return new BoltWorker({ config, clinics: [demoSettings(day)], log: nobody, gaps, clock });
}

/** Starts everything with the clock at `nowMs` (epoch ms, ahead of the real one) and signs everyone in. */
export async function startStage(day: DayOptions, nowMs: number): Promise<Stage> {
  const clock = new SetClock();
  clock.ms = nowMs;
  const redis = await startRedis();
  const simulator = await startEhrSimulator({ ...day, config: { throttle: { enabled: false, gapsMs: {} } } });
  const config = readConfig(serverOptions, {
    REDIS_URL: redis.url,
    BOLT_CLINICS_FILE: 'given directly',
    BOLT_ALLOW_VOLATILE_REDIS: 'true',
    PORT: '0',
    LOG_LEVEL: 'silent',
  });
  const users = demoUsers(day);
  const server = createServer({ config, clinics: [demoSettings(day)], developmentUsers: users, clock });
  await server.start();
  const worker = createWorker(redis.url, simulator, day, clock);
  await worker.start();
  const stop = async () => {
    await worker.stop(1_000);
    await server.stop();
    await simulator.stop();
    await redis.stop();
  };
  const stage = { url: server.url, date: day.date, clock, sessions: new Map<User['role'], string>(), stop };
  for (const user of users) {
    if (!stage.sessions.has(user.role)) stage.sessions.set(user.role, await signIn(stage, user));
  }
  return stage;
}

/** Signs a demo user in; answers the cookie. */
async function signIn({ url }: Pick<Stage, 'url'>, user: User): Promise<string> {
  const answer = await fetch(`${url}/api/v1/dev-login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      userId: user.id,
      station: user.role === 'front-desk' ? 'front-desk-1' : 'tablet-1',
    }),
  });
  if (!answer.ok) throw new Error(`${user.id} cannot sign in: ${answer.status} ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

/** A script shows the session's token itself; a browser would show the cookie. */
function bearerOf(stage: Stage, role: User['role']): Record<string, string> {
  return { authorization: `Bearer ${stage.sessions.get(role)?.split('=')[1] ?? ''}` };
}

/** Gives a command as a role; false when the rules refuse it, as they do when people come too late. */
export async function give(stage: Stage, role: User['role'], command: Command): Promise<boolean> {
  const envelope: CommandEnvelope = { clientId: `picture-${randomUUID()}`, n: 1, command };
  const answer = await fetch(`${stage.url}/api/v1/boards/${demoClinicId}/${stage.date}/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearerOf(stage, role) },
    body: JSON.stringify(envelope),
  });
  return answer.ok;
}

export async function readBoard(stage: Stage): Promise<SnapshotResponse> {
  const answer = await fetch(`${stage.url}/api/v1/boards/${demoClinicId}/${stage.date}`, {
    headers: bearerOf(stage, 'manager'),
  });
  return (await answer.json()) as SnapshotResponse;
}

/** Asks the worker to read the schedule and waits until it has. Throws after a minute. */
export async function readSchedule(stage: Stage): Promise<void> {
  const asked = await fetch(`${stage.url}/api/v1/boards/${demoClinicId}/${stage.date}/sync`, {
    method: 'POST',
    headers: bearerOf(stage, 'manager'),
  });
  const { jobId } = (await asked.json()) as { jobId: string };
  for (let tries = 0; tries < 600; tries += 1) {
    const sync = (await readBoard(stage)).entities.find(({ id }) => id === 'sync')?.d;
    const isThrough = sync?.type === 'sync' && sync.phase === 'done';
    if (isThrough && (sync.jobId === jobId || sync.lastGoodAt === stage.clock.ms)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the schedule was not read within a minute');
}
