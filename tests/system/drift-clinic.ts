/** A clinic that only reads its EHR: server and worker in this process, the simulator, a private Redis. */
import { type ClinicSettings, type DriftResponse, readConfig, workerOptions } from '@workflow-bolt/contracts';
import { createCallGaps, OPERATION_NAMES } from '@workflow-bolt/ehr';
import { type EhrSimulator, startEhrSimulator } from '@workflow-bolt/ehr-simulator';
import { awaitUntil, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { pino } from 'pino';
import {
  type Client,
  type ServerFixture,
  startServer,
  today,
  zone,
} from '../../apps/server/src/test/server-fixture.ts';
import { BoltWorker } from '../../apps/worker/src/worker.ts';

export type DriftClinic = AsyncDisposable & {
  redis: RedisServer;
  simulator: EhrSimulator;
  server: ServerFixture;
  desk: Client;
  /** Asks for a comparison and waits until that one is told, as a report or as a failure. */
  compare: (by?: Client) => Promise<DriftResponse>;
};

const settingsFor = (simulator: EhrSimulator): ClinicSettings => ({
  ...{ id: 'north', name: 'Clinic north', zone, rooms: [], providers: [], visitTypes: [] },
  ...{ isRoomRequired: false, readyToBeSeenMeans: 'check-in-completed' },
  ehr: {
    ...{ system: 'tebra', practiceName: simulator.practiceName, serviceLocationName: null },
    ...{ writeBack: 'off', leftMeans: null, pollSeconds: 900 },
  },
});

async function startWorker(redisUrl: string, simulator: EhrSimulator): Promise<BoltWorker> {
  const { customerKey, user, password } = simulator.credentials;
  const config = readConfig(workerOptions, {
    REDIS_URL: redisUrl,
    BOLT_CLINICS_FILE: 'given-directly',
    BOLT_EHR_URL: simulator.url,
    BOLT_EHR_CUSTOMER_KEY: customerKey,
    BOLT_EHR_USER: user,
    BOLT_EHR_PASSWORD: password,
  });
  // The simulator's limits are off: the test waits for what happens, not for the vendor.
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
  const log = pino({ level: 'silent' });
  const worker = new BoltWorker({ config, clinics: [settingsFor(simulator)], log, gaps });
  await worker.start();
  return worker;
}

async function compareBy(client: Client): Promise<DriftResponse> {
  const before = (await client.get(`${client.board()}/drift`)).json as DriftResponse;
  const asked = await client.post(`${client.board()}/reconcile`, {});
  if (asked.status !== 202) throw new Error(`reconcile answered ${asked.status} ${asked.text}`);
  return awaitUntil(
    'the comparison is told',
    async () => {
      const after = (await client.get(`${client.board()}/drift`)).json as DriftResponse;
      const isNew = after.report?.at !== before.report?.at || after.failure?.at !== before.failure?.at;
      return isNew && after;
    },
    60_000,
  );
}

/** Starts it and waits for the first reading of the schedule. */
export async function startDriftClinic(appointments: number): Promise<DriftClinic> {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis({ persist: 'aof-always' }));
  const config = { throttle: { enabled: false, gapsMs: {} } };
  const simulator = await startEhrSimulator({ seed: 23, date: today(), zone, appointments, config });
  stack.defer(() => simulator.stop());
  const server = stack.use(await startServer(redis.url, { config: { allowVolatileRedis: false } }));
  const worker = await startWorker(redis.url, simulator);
  stack.defer(() => worker.stop(1_000));
  const desk = await server.login('front-desk');
  const syncPhase = async () => {
    const { entities = [] } = (await desk.get(desk.board())).json as {
      entities?: { id: string; d: { phase?: string } }[];
    };
    return entities.find(({ id }) => id === 'sync')?.d.phase;
  };
  await awaitUntil('the schedule is read', async () => (await syncPhase()) === 'done', 60_000);
  const compare = (by = desk) => compareBy(by);
  return { redis, simulator, server, desk, compare, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
