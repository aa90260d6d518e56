import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { type ClinicSettings, readConfig, type WriteBackMode, workerOptions } from '@workflow-bolt/contracts';
import { localDate } from '@workflow-bolt/domain';
import { createCallGaps, OPERATION_NAMES } from '@workflow-bolt/ehr';
import { type EhrSimulator, startEhrSimulator } from '@workflow-bolt/ehr-simulator';
import {
  BoardRegistry,
  createRedisPort,
  FolderObjectStore,
  fromUrl,
  openVault,
  ProcessBeats,
  RosterShelf,
} from '@workflow-bolt/store';
import { awaitUntil, startRedis } from '@workflow-bolt/testkit';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { readJobBoard } from './board-port.ts';
import { HostBoard } from './host-board.ts';
import { BoltWorker } from './worker.ts';

// Each test starts a Redis, a simulator and a worker: a machine ten times slower needs it.
vi.setConfig({ testTimeout: 180_000 });

const zone = 'America/Chicago';
const clinic = 'test-clinic';
const { x: offlineKey = '' } = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });

function settingsFor(simulator: EhrSimulator, writeBack: WriteBackMode): ClinicSettings {
  return {
    id: clinic,
    name: 'Test clinic',
    zone,
    rooms: [{ id: 'room-1', name: 'Exam 1', kind: 'exam', capacity: 1, position: 0 }],
    providers: [],
    visitTypes: [],
    isRoomRequired: false,
    readyToBeSeenMeans: 'check-in-completed',
    downtime: { publicKey: offlineKey, keepCount: 8, keepHours: 24 },
    ehr: {
      system: 'tebra',
      practiceName: simulator.practiceName,
      serviceLocationName: null,
      writeBack,
      leftMeans: null,
      pollSeconds: 900,
    },
  };
}

/** Redis, simulator, a worker in this process, and a second follower that watches what the worker does. */
async function startClinic(appointments: number, writeBack: WriteBackMode = 'off') {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis({ persist: 'aof-always' }));
  const date = localDate(zone, Date.now());
  const simulator = await startEhrSimulator({
    seed: 11,
    date,
    zone,
    appointments,
    config: { throttle: { enabled: false, gapsMs: {} } },
  });
  stack.defer(() => simulator.stop());
  const port = createRedisPort(fromUrl(redis.url), 'test');
  const { keys, keyStore } = workerOptions;
  const vault = openVault({ keys: keys.default, keyStore: keyStore.default });
  const registry = new BoardRegistry({ port, vault });
  await registry.start();
  stack.defer(async () => {
    await registry.stop();
    await port.close();
  });
  const config = readConfig(workerOptions, {
    REDIS_URL: redis.url,
    BOLT_CLINICS_FILE: 'given-directly',
    BOLT_EHR_URL: simulator.url,
    BOLT_EHR_CUSTOMER_KEY: simulator.credentials.customerKey,
    BOLT_EHR_USER: simulator.credentials.user,
    BOLT_EHR_PASSWORD: simulator.credentials.password,
    BOLT_DOWNTIME: join(redis.dir, 'rosters'),
  });
  // The simulator's limits are off: the test waits for what happens, not for the vendor.
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
  const log = pino({ level: 'silent' });
  const worker = new BoltWorker({ config, clinics: [settingsFor(simulator, writeBack)], log, gaps });
  stack.defer(() => worker.stop(1_000));
  await worker.start();
  const board = new HostBoard(registry, { clinic, date });
  const host = await registry.get({ clinic, date });
  const rosters = new RosterShelf(new FolderObjectStore(join(redis.dir, 'rosters')));
  const beats = () => new ProcessBeats(port).read(0);
  return { stack, simulator, worker, board, host, registry, rosters, beats };
}

test('scenario 1: the morning load shows every appointment once, and a second pull appends no event', async () => {
  const { stack, simulator, worker, board, host, registry } = await startClinic(24);
  await using _ = stack;
  await awaitUntil(
    'the pull is done',
    async () => (await readJobBoard(board)).sync?.phase === 'done',
    120_000,
  );
  const { day, visits, persons, sync } = await readJobBoard(board);
  const booked = simulator.world.all().filter((a) => a.type === 'P');
  expect(visits).toHaveLength(24);
  expect(new Set(visits.map((v) => v.external?.appointmentId)).size).toBe(24);
  expect(day?.providers.length).toBeGreaterThanOrEqual(2);
  for (const visit of visits) {
    const inEhr = booked.find((a) => String(a.id) === visit.external?.appointmentId);
    expect(visit.startAt).toBe(inEhr?.startMs);
    expect(visit.milestones.arrivedAt, 'no arrival is invented').toBeUndefined();
    expect(day?.providers.map((p) => p.id)).toContain(visit.providerId);
    expect(persons.get(visit.id)?.isPartial).toBe(false);
    expect(persons.get(visit.id)?.dob).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  }
  expect(sync).toMatchObject({ phase: 'done', cards: 24, detailsDone: 24, detailsTotal: 24, failure: null });
  const before = host.position;
  const result = await worker.pullNow(clinic, 'timer');
  expect(result).toMatchObject({ ok: true, changed: 0, unchanged: 24 });
  await registry.checkAll();
  expect(host.position).toEqual(before);
});

test('[H-03] a worker makes the roster for a downtime as it starts, and its beats say when', async () => {
  const { stack, rosters, beats } = await startClinic(1);
  await using _ = stack;
  await awaitUntil('the roster lies there', async () => (await rosters.list(clinic)).length === 1, 120_000);
  const said = async () => (await beats()).find(({ role }) => role === 'worker')?.roster;
  await awaitUntil('a beat says so', async () => ((await said())?.lastGoodAt ?? 0) > 0, 60_000);
  expect(await said()).toEqual({ lastGoodAt: expect.any(Number), lastFailedAt: null });
});

test('[I6] what the EHR cancels, moves and deletes: followed before arrival, deletes only after two absences', async () => {
  const { stack, simulator, worker, board, registry } = await startClinic(8);
  await using _ = stack;
  await awaitUntil(
    'the pull is done',
    async () => (await readJobBoard(board)).sync?.phase === 'done',
    120_000,
  );
  const [first, second, third] = simulator.world.all().filter((a) => a.type === 'P');
  if (!first || !second || !third) throw new Error('the generated day is too small');
  simulator.act({ do: 'status', id: first.id, status: 'Cancelled' });
  simulator.act({ do: 'delete', id: second.id });
  const movedTo = third.startMs + 600_000;
  simulator.act({ do: 'move', id: third.id, startTime: new Date(movedTo).toISOString() });
  await worker.pullNow(clinic, 'timer');
  // The follower beside the worker hears a moment later: it is asked to catch up before it is read.
  const find = async (id: number) => {
    await registry.checkAll();
    return (await readJobBoard(board)).visits.find((v) => v.external?.appointmentId === String(id));
  };
  expect((await find(first.id))?.status).toBe('cancelled');
  expect((await find(second.id))?.external).toMatchObject({ absences: 1, isRemoved: false });
  expect((await find(third.id))?.startAt).toBe(movedTo);
  expect((await readJobBoard(board)).visits).toHaveLength(8);
  await worker.pullNow(clinic, 'timer');
  expect((await find(second.id))?.external?.isRemoved).toBe(true);
});

test('an EHR that refuses the login is told on the board, and no card is touched', async () => {
  const { stack, simulator, worker, board, registry } = await startClinic(6);
  await using _ = stack;
  await awaitUntil(
    'the pull is done',
    async () => (await readJobBoard(board)).sync?.phase === 'done',
    120_000,
  );
  const before = (await readJobBoard(board)).visits;
  simulator.configure({ auth: { expiresAt: '2020-01-01T00:00:00Z' } });
  const result = await worker.pullNow(clinic, 'manual');
  expect(result).toMatchObject({ ok: false, code: 'auth' });
  await registry.checkAll();
  const after = await readJobBoard(board);
  expect(after.sync).toMatchObject({ phase: 'failed', failure: { code: 'auth' } });
  expect(after.visits).toEqual(before);
});

test('[WB-SWITCH] a step on the board is in the EHR a moment later where the clinic writes back, through gate and breaker', async () => {
  const { stack, simulator, board, host } = await startClinic(8, 'on');
  await using _ = stack;
  await awaitUntil(
    'the pull is done and the board says that it writes',
    async () => {
      const { sync, day } = await readJobBoard(board);
      return sync?.phase === 'done' && day?.writeBack === 'on';
    },
    120_000,
  );
  const { visits } = await readJobBoard(board);
  const visit = visits.find(
    ({ status, external }) => status === 'scheduled' && external?.status === 'Scheduled',
  );
  if (!visit) throw new Error('the generated day is too small');
  const dana = { id: 'dana', name: 'Dana', role: 'front-desk', station: 'desk-1' } as const;
  const command = { type: 'moveVisit', visitId: visit.id, to: 'arrived' } as const;
  await host.submit({ clientId: 'web-test-1', n: 1, command }, dana, 'ui');
  const held = () => simulator.world.find(Number(visit.external?.appointmentId))?.status;
  await awaitUntil('it is written', () => held() === 'CheckedIn', 120_000);
  const told = async () => (await readJobBoard(board)).visits.find(({ id }) => id === visit.id)?.ehrWrite;
  await awaitUntil('the board knows', async () => (await told())?.agreed === 'CheckedIn', 120_000);
});
