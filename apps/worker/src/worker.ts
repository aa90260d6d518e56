/** The worker process, assembled: registry, EHR adapter, job queues, beat. Two fit into one process. */
import { randomUUID } from 'node:crypto';
import {
  type ClinicSettings,
  clinicsFileSchema,
  type ScheduleSyncJob,
  type SecurityEvent,
  type WorkerConfig,
} from '@workflow-bolt/contracts';
import { type CallGaps, createCallGaps, type EhrCallRecord } from '@workflow-bolt/ehr';
import {
  assertDurable,
  auditedProvider,
  BoardArchive,
  BoardRegistry,
  commitLaneOf,
  createRedisPort,
  DriftStore,
  fromUrl,
  type KeyProvider,
  KeyUseRecorder,
  lazyStore,
  openJobConnection,
  openVault,
  type RedisClock,
  type RedisTarget,
  SecurityAudit,
  type Vault,
} from '@workflow-bolt/store';
import type { Logger } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import { AuditKeeper } from './audit/audit-keeper.ts';
import { AuditGuard } from './detection/audit-guard.ts';
import { RosterKeeper } from './downtime/roster-keeper.ts';
import { EhrJobs } from './ehr-jobs.ts';
import { ehrAccount, ehrSystemOf } from './ehr-link/ehr-account.ts';
import { EhrConnection, type EhrConnectionParts } from './ehr-link/ehr-connection.ts';
import { isRecovery } from './ehr-link/is-recovery.ts';
import { LimitsKeeper } from './ehr-link/limits-keeper.ts';
import { createJobWorkers, type JobWorkers } from './job-workers.ts';
import { KeyKeeper } from './key-keeper.ts';
import { ReconcileJobs } from './reconcile/reconcile-jobs.ts';
import { RetentionJobs } from './retention/retention-jobs.ts';
import { sweepClinic } from './retention/sweep-clinics.ts';
import { IndexKeeper } from './search/index-keeper.ts';
import { type MetricsListener, serveMetrics } from './serve-metrics.ts';
import { WorkerHealth } from './worker-health.ts';
import { WorkerMetrics } from './worker-metrics.ts';
import { WriteBackKeeper } from './write-back/write-back-keeper.ts';

export type WorkerParts = {
  config: WorkerConfig;
  clinics: readonly ClinicSettings[];
  log: Logger;
  /** The EHR's limits; the published ones unless given. */
  gaps?: CallGaps;
  /** When the link opens its breaker and gives up a call: for a day that passes faster than a real one. */
  link?: Pick<EhrConnectionParts, 'settings' | 'callMsMax'>;
  /** Instead of an estimate of Redis's clock: for replaying a day. */
  clock?: RedisClock;
};

export class BoltWorker {
  readonly #parts: WorkerParts;
  readonly #node = `worker-${randomUUID().slice(0, 8)}`;
  readonly #vault: Vault;
  readonly #keyUses: KeyUseRecorder;
  readonly #registry: BoardRegistry;
  readonly #redis: ReturnType<typeof createRedisPort>;
  /** Adds jobs and carries the beat. */
  readonly #queueConnection: ReturnType<typeof openJobConnection>;
  readonly #blockingConnections: ReturnType<typeof openJobConnection>[] = [];
  readonly #jobs: JobWorkers;
  readonly #reconcile: ReconcileJobs;
  readonly #ehrJobs: EhrJobs;
  readonly #auditKeeper: AuditKeeper;
  readonly #guard: AuditGuard;
  readonly #retention: RetentionJobs;
  readonly #index: IndexKeeper;
  readonly #rosters: RosterKeeper;
  readonly #ehr: EhrConnection;
  readonly #limits: LimitsKeeper;
  readonly #writeBack: WriteBackKeeper;
  readonly #health: WorkerHealth;
  readonly #workerMetrics: WorkerMetrics;
  readonly #keyKeeper: KeyKeeper;
  #metrics: MetricsListener | null = null;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    const { config, log } = parts;
    const gaps = parts.gaps ?? createCallGaps();
    const target = fromUrl(config.redisUrl);
    this.#redis = createRedisPort(target, this.#node);
    this.#queueConnection = openJobConnection(target, 'queue', this.#node);
    this.#queueConnection.on('error', (error) => this.#onConnectionError(error));
    this.#keyUses = new KeyUseRecorder({
      record: (event) => this.#guard.record(event),
      clinics: parts.clinics.map(({ id }) => id),
      onError: () => log.error('key use not recorded'),
    });
    this.#vault = openVault(config, {
      onUse: (use) => {
        log.info(use, 'key used');
        this.#keyUses.take(use);
      },
    });
    const objects = lazyStore(config.archive);
    const archive = new BoardArchive(objects);
    this.#keyKeeper = new KeyKeeper(this.#vault, log);
    this.#index = new IndexKeeper({
      ...{ port: this.#redis, vault: this.#vault, clinics: parts.clinics, log },
      registry: () => this.#registry,
    });
    this.#registry = new BoardRegistry({
      onPatients: (host) => this.#index.due(host),
      archive,
      vault: this.#vault,
      ...(parts.clock ? { clock: parts.clock } : {}),
      commitLane: commitLaneOf(config.commitReplicas),
      port: this.#redis,
      onError: (error) => log.warn({ reason: String(error) }, 'store'),
    });
    this.#ehr = new EhrConnection({
      account: ehrAccount(ehrSystemOf(parts.clinics), config, gaps),
      ...{ port: this.#redis, node: this.#node, now: () => this.#registry.now(), ...parts.link },
      onCall: (record) => this.#onCall(record),
      onChange: (lane, from, { state, why, by }) => {
        log.warn({ lane, from, state, why, by }, 'ehr breaker');
        void this.#health.beat();
        if (isRecovery(lane, from, state)) this.#onRecovery();
        if (state === 'closed') this.#writeBack.hurry();
      },
    });
    this.#limits = new LimitsKeeper({
      ask: (signal) => this.#ehr.background.throttles(signal),
      learn: (throttles) => gaps.useThrottles(throttles),
    });
    this.#writeBack = new WriteBackKeeper({
      ...{ clinics: parts.clinics, registry: this.#registry, port: this.#redis, node: this.#node },
      ...{ lane: commitLaneOf(config.commitReplicas), ehr: this.#ehr, closedMs: () => this.#ehr.closedMs() },
      onEvent: ({ kind, ...facts }) =>
        kind === 'trouble' ? log.warn(facts, 'write-back held') : log.info(facts, 'written back'),
    });
    const provider = auditedProvider(
      () => this.#vault.provider,
      (use) => this.#keyUses.take(use),
    );
    const wrap: KeyProvider['wrap'] = (...secret) => provider.wrap(...secret);
    this.#auditKeeper = new AuditKeeper({
      ...{ config, clinics: parts.clinics, port: this.#redis, log },
      keys: () => provider,
      audit: { append: (event) => this.#guard.record(event) },
    });
    const security = new SecurityAudit({ port: this.#redis, keys: { wrap } });
    const clinics = parts.clinics.map(({ id }) => id);
    this.#guard = new AuditGuard({
      ...{ port: this.#redis, clinics, log, now: () => this.#registry.now() },
      honeyKeys: config.honeyKeys,
      record: (event) => security.append(event),
    });
    const sweeping = {
      ...{ port: this.#redis, registry: this.#registry, archive, objects, vault: this.#vault },
      ...{ clinics: parts.clinics, record: (event: SecurityEvent) => this.#guard.record(event) },
      index: this.#index,
    };
    this.#retention = new RetentionJobs({
      clinics: parts.clinics,
      connections: { queue: this.#queueConnection, blocking: () => this.#openBlocking(target) },
      sweep: (clinic, progress) => sweepClinic(sweeping, clinic, progress),
      onFailure: (queue, jobId, error) => log.error({ queue, jobId, reason: error.message }, 'job failed'),
    });
    this.#rosters = new RosterKeeper({
      ...{ clinics: parts.clinics, port: this.#redis, registry: this.#registry, node: this.#node, log },
      objects: lazyStore(config.downtime),
      record: (event) => this.#guard.record(event),
    });
    this.#ehrJobs = new EhrJobs({
      ...{ clinics: parts.clinics, registry: this.#registry, port: this.#redis, ehr: this.#ehr, log },
      drift: new DriftStore(this.#redis, this.#vault),
      requestDetails: (board) => this.#jobs.requestDetails(board),
    });
    this.#reconcile = new ReconcileJobs({
      clinics: parts.clinics.flatMap(({ id, ehr }) => (ehr === null ? [] : [id])),
      connections: { queue: this.#queueConnection, blocking: () => this.#openBlocking(target) },
      reconcile: async (job, jobId, signal) => {
        // What the outage changed is told first, and then read.
        const result = await this.#ehrJobs.reconcileDay(job, jobId, signal);
        if (job.trigger === 'recovery') await this.#readAfterRecovery(job.clinic);
        return result;
      },
      onFailure: (queue, jobId, error) => log.error({ queue, jobId, reason: error.message }, 'job failed'),
    });
    this.#jobs = createJobWorkers(
      {
        queue: this.#queueConnection,
        blocking: () => this.#openBlocking(target),
      },
      {
        syncSchedule: (job, jobId, signal) => this.#ehrJobs.syncSchedule(job, jobId, signal),
        readPersonDetails: (job, signal) => this.#ehrJobs.readDetails(job, signal),
        onFailure: (queue, jobId, error) => log.error({ queue, jobId, reason: error.message }, 'job failed'),
      },
    );
    this.#health = new WorkerHealth({
      ...{ port: this.#redis, node: this.#node, version: manifest.version, account: this.#ehr.account },
      breaker: (lane) => this.#ehr.breaker(lane),
      jobLag: () => this.#jobs.lag(),
      record: () => this.#auditKeeper.state,
      roster: () => this.#rosters.state,
    });
    this.#workerMetrics = new WorkerMetrics({
      lag: () => this.#health.lag,
      record: () => this.#auditKeeper.state,
      backlog: () => this.#writeBack.backlog,
      rosters: () => this.#rosters.ages,
    });
  }

  /** Connects, begins to take jobs, and asks for a first pull of every clinic's present day. Throws Fault. */
  async start(): Promise<void> {
    await this.#vault.provider.status();
    await this.#registry.start();
    await assertDurable(this.#redis, { isUnsafeAllowed: this.#parts.config.allowVolatileRedis });
    await this.#ehr.start({ isProbing: this.#parts.clinics.some((clinic) => clinic.ehr !== null) });
    this.#metrics = await serveMetrics(this.#parts.config.metricsListen, [
      this.#workerMetrics.registry,
      this.#ehr.metrics.registry,
    ]);
    await this.#health.start();
    this.#keyKeeper.start();
    if (this.#parts.clinics.some((clinic) => clinic.ehr !== null)) this.#limits.start();
    this.#jobs.start();
    this.#writeBack.start();
    this.#reconcile.start();
    this.#auditKeeper.start();
    this.#guard.start();
    this.#rosters.start();
    this.#index.start();
    await this.#retention.start();
    for (const clinic of this.#parts.clinics) {
      if (clinic.ehr === null) continue;
      await this.#jobs.scheduleClinic(clinic.id, clinic.ehr.pollSeconds);
      await this.#jobs.requestSync({
        clinic: clinic.id,
        date: null,
        trigger: 'start',
        requestedBy: 'system',
      });
    }
    this.#parts.log.info({ node: this.#node }, 'worker started');
  }

  /** Lets running jobs end within `graceMs`, then cancels them; they are taken up again elsewhere. */
  async stop(graceMs: number): Promise<void> {
    await this.#keyKeeper.stop();
    await Promise.all([this.#jobs.stop(graceMs), this.#writeBack.stop(graceMs)]);
    await this.#reconcile.stop(graceMs);
    await this.#limits.stop();
    await this.#ehr.stop();
    await this.#metrics?.stop();
    this.#workerMetrics.stop();
    await this.#retention.stop(graceMs);
    await this.#index.stop();
    await this.#rosters.stop();
    await this.#guard.stop();
    await this.#auditKeeper.stop();
    await this.#health.stop();
    for (const connection of [this.#queueConnection, ...this.#blockingConnections]) connection.disconnect();
    await this.#registry.stop();
    await this.#keyUses.stop();
    await this.#redis.close();
  }

  /** One pull of the clinic's present day, now and in this process, beside the queue. Throws Fault. */
  async pullNow(clinic: string, trigger: ScheduleSyncJob['trigger']): Promise<unknown> {
    const job = { clinic, date: null, trigger, requestedBy: 'system' };
    return this.#ehrJobs.syncSchedule(job, `direct-${randomUUID()}`, AbortSignal.timeout(120_000));
  }

  /** BullMQ does not close connections that it was given: we do. */
  #openBlocking(target: RedisTarget) {
    const connection = openJobConnection(target, 'worker', this.#node);
    connection.on('error', (error) => this.#onConnectionError(error));
    this.#blockingConnections.push(connection);
    return connection;
  }

  #onConnectionError(error: Error): void {
    this.#parts.log.warn({ reason: error.message }, 'job connection');
  }

  /** The board has been waiting for it, and the vendor may have other limits now than when nobody could ask. */
  #onRecovery(): void {
    this.#reconcile.requestAfterRecovery();
    this.#limits.hurry();
  }

  #readAfterRecovery(clinic: string): Promise<void> {
    return this.#jobs.requestSync({ clinic, date: null, trigger: 'timer', requestedBy: 'system' });
  }

  #onCall(record: EhrCallRecord): void {
    this.#health.called(record);
    const { operation, attempt, durationMs, bytes } = record;
    this.#parts.log.debug(
      { operation, attempt, durationMs, bytes, failure: record.failure?.kind ?? null },
      'ehr call',
    );
  }
}

/** Reads the clinics' settings. Throws with the file's name and every line that is wrong. */
export function parseClinics(path: string, text: string): ClinicSettings[] {
  const parsed = clinicsFileSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data.clinics;
  const wrong = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The clinics in ${path} are not usable:\n${wrong.join('\n')}`);
}
