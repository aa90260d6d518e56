import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ClinicSettings, SecurityEvent, ServerConfig } from '@workflow-bolt/contracts';
import { heartbeatMs } from '@workflow-bolt/contracts';
import { isInUse } from '@workflow-bolt/domain';
import {
  AuditIndex,
  assertDurable,
  auditedProvider,
  auditLogOf,
  BoardArchive,
  BoardRegistry,
  commitLaneOf,
  createRedisPort,
  DriftStore,
  fromUrl,
  IndexWriter,
  type KeyProvider,
  type KeyUse,
  KeyUseRecorder,
  lazyStore,
  type ObjectStore,
  openJobConnection,
  openVault,
  PatientIndex,
  RedisAccountStore,
  SearchLimit,
  SecurityAudit,
  type Vault,
} from '@workflow-bolt/store';
import manifest from '../package.json' with { type: 'json' };
import { Access } from './access/access.ts';
import { policyHash } from './access/policy-hash.ts';
import { accountDirectory } from './accounts/account-directory.ts';
import { Accounts } from './accounts/open-accounts.ts';
import { AuditDesk } from './audit/audit-desk.ts';
import { BoardAccess } from './boards/board-access.ts';
import { PresenceFeed } from './boards/presence-feed.ts';
import { createApp } from './create-app.ts';
import { Detection } from './detection/detection.ts';
import { Nearness } from './detection/nearness.ts';
import { HttpListener } from './http/http-listener.ts';
import { Log } from './http/log.ts';
import { KeyDesk } from './keys/key-desk.ts';
import { openProofs } from './oidc/open-proofs.ts';
import { DependencyHealth } from './operations/dependency-health.ts';
import { ServerMetrics } from './operations/server-metrics.ts';
import { openQueues, type QueueList } from './queues/queue-list.ts';
import { createBullmqQueue } from './schedule/bullmq-queue.ts';
import type { JobQueue } from './schedule/job-queue.ts';
import { type ServerDependencies, ServerRefused } from './server-dependencies.ts';
import { Sessions } from './session/open-sessions.ts';
import { SessionWatch } from './session/session-watch.ts';
import { StreamHub } from './stream/stream-hub.ts';

export { type ServerDependencies, ServerRefused } from './server-dependencies.ts';

export type BoltServer = {
  /** Connects, checks Redis, listens. Throws ServerRefused, UnsafeRedisError, FunctionLibraryError or Fault. */
  start(): Promise<void>;
  /** Stops being ready, sends every reader elsewhere, lets requests end. */
  drain(): Promise<void>;
  /** Ends everything it started. Safe to call twice, and after a failed start. */
  stop(): Promise<void>;
  /** Where it listens; throws before `start`. */
  readonly url: string;
  readonly streams: number;
};

/** One API process: everything it needs is made here, so that two fit into one process. */
export function createServer(dependencies: ServerDependencies): BoltServer {
  return new ApiServer(dependencies);
}

class ApiServer implements BoltServer {
  readonly #config: ServerConfig;
  readonly #log: Log;
  readonly #port: ReturnType<typeof createRedisPort>;
  readonly #keys: ReturnType<typeof openJobConnection>;
  readonly #vault: Vault;
  readonly #keyUses: KeyUseRecorder;
  readonly #registry: BoardRegistry;
  readonly #indexWriter: IndexWriter;
  readonly #health: DependencyHealth;
  readonly #metrics: ServerMetrics;
  readonly #hub: StreamHub;
  readonly #presence: PresenceFeed;
  readonly #queue: JobQueue;
  readonly #queues: QueueList;
  readonly #sessions: Sessions;
  readonly #accounts: Accounts;
  readonly #watch: SessionWatch;
  readonly #access: Access;
  readonly #detection: Detection;
  readonly #http: HttpListener;
  readonly #keyDesk: KeyDesk;
  readonly #keyProvider: KeyProvider;
  /** The same, with each use on the record. */
  readonly #topKeys: KeyProvider;
  #isDraining = false;
  #isStopped = false;

  constructor(dependencies: ServerDependencies) {
    const { config, clinics, developmentUsers, logTo } = dependencies;
    if (config.mode === 'production' && developmentUsers !== null) {
      throw new ServerRefused('The development login cannot be switched on in production (BOLT_DEV_LOGIN).');
    }
    this.#config = config;
    this.#log = new Log(config.logLevel, logTo);
    const node = `server-${randomUUID().slice(0, 8)}`;
    const target = fromUrl(config.redisUrl);
    this.#port = createRedisPort(target, node);
    this.#keys = openJobConnection(target, 'queue', node);
    this.#keys.on('error', () => {});
    this.#keyUses = new KeyUseRecorder({
      record: (event) => this.#detection.record(event),
      clinics: clinics.map(({ id }) => id),
      onError: () => this.#log.write('error', 'key.unrecorded', {}),
    });
    this.#vault = openVault(config, { onUse: (use) => this.#onKeyUse(use) });
    this.#keyDesk = new KeyDesk({
      vault: this.#vault,
      clinics: clinics.map(({ id }) => id),
      onError: () => this.#log.write('warn', 'keys.unswept', {}),
    });
    const archive = lazyStore(config.archive);
    const index = new PatientIndex(this.#port, this.#vault);
    this.#indexWriter = new IndexWriter(index, () => this.#log.write('warn', 'search.unindexed', {}));
    this.#registry = new BoardRegistry({
      onPatients: (host) => this.#indexWriter.due(host),
      archive: new BoardArchive(archive),
      vault: this.#vault,
      commitLane: commitLaneOf(config.commitReplicas),
      port: this.#port,
      ...(dependencies.clock ? { clock: dependencies.clock } : {}),
    });
    // The vault's own, which knows the key store beside it: a key service keeps its session secret there.
    this.#keyProvider = dependencies.keys ?? this.#vault.provider;
    const provider = auditedProvider(
      () => this.#keyProvider,
      (use) => this.#onKeyUse(use),
    );
    this.#topKeys = provider;
    const wrap: KeyProvider['wrap'] = (...secret) => provider.wrap(...secret);
    const security = new SecurityAudit({ port: this.#port, keys: { wrap } });
    const accounts = new RedisAccountStore(this.#port, { now: dependencies.sessionClock ?? Date.now });
    this.#detection = new Detection({
      nearness: new Nearness({
        colleagueNames: async () =>
          (developmentUsers ?? (await accounts.list()).filter(isInUse)).map(({ name }) => name),
        daysOf: (clinic, patient) => new AuditIndex(this.#port, auditLogOf(clinic)).daysOf(patient),
      }),
      ...{ port: this.#port, config, sessions: () => this.#sessions.service },
      record: (event) => security.append({ pol: policyHash, ...event }),
      now: dependencies.sessionClock ?? Date.now,
      onAlert: ({ id, rule, severity }) => {
        this.#metrics.alertRaised(rule, severity);
        this.#log.write('warn', 'alert.raised', { id, rule, severity });
      },
      onError: () => this.#log.write('error', 'detection.failed', {}),
    });
    const record = (event: SecurityEvent) => this.#detection.record(event);
    this.#sessions = new Sessions({
      ...{ port: this.#port, config, clinics, developmentUsers, directory: accountDirectory(accounts) },
      record,
      now: dependencies.sessionClock ?? Date.now,
    });
    this.#accounts = new Accounts({
      ...{ port: this.#port, config, clinics, store: accounts, audit: { append: record } },
      ...{ sessions: this.#sessions.service, cookies: this.#sessions.cookies },
      ...{ tokens: this.#sessions.tokens, pins: (sealer) => this.#sessions.pins(sealer) },
      keys: () => provider,
      workstationOf: (req) => this.#sessions.workstationOf(req),
      now: dependencies.sessionClock ?? Date.now,
      ...(dependencies.hashEngine ? { hashEngine: dependencies.hashEngine } : {}),
      ...(dependencies.signInLimits ? { limits: dependencies.signInLimits } : {}),
      ...(dependencies.print ? { print: dependencies.print } : {}),
      isFirstAccountAnnounced: developmentUsers === null,
    });
    this.#health = this.#createHealth(node, clinics, archive);
    this.#hub = this.#createHub(node, dependencies.heartbeatMs ?? heartbeatMs);
    this.#watch = new SessionWatch(this.#sessions.service, this.#hub);
    this.#access = new Access({
      ...{ port: this.#port, vault: this.#vault, hub: this.#hub, log: this.#log, record },
      sessions: this.#sessions.service,
      clinics: clinics.map(({ id }) => id),
    });
    this.#metrics = new ServerMetrics({
      streams: () => this.#hub.size,
      lagging: () => this.#countBehind(),
      health: () => this.#health,
      blocked: () => this.#detection.blocks.size,
      passwordHashes: () => this.#accounts.parts.hasher.computed,
    });
    this.#queue = dependencies.queue ?? createBullmqQueue(this.#keys, () => {});
    this.#queues = openQueues(this.#keys);
    const boards = new BoardAccess(this.#registry, clinics);
    this.#presence = new PresenceFeed(this.#hub, (key) => this.#registry.get(key));
    const app = createApp({
      boards,
      access: this.#access,
      accounts: this.#accounts.parts,
      proofs: openProofs({
        ...{ port: this.#port, config, accounts: this.#accounts.parts },
        providers: dependencies.identityProviders ?? [],
      }),
      hub: this.#hub,
      auditDesk: new AuditDesk({
        ...{ port: this.#port, archive: config.archive, installation: config.auditName },
        clinics: clinics.map(({ id }) => id),
        keys: () => provider,
      }),
      detection: this.#detection,
      keys: this.#keyDesk,
      retention: { port: this.#port, clinics, record, now: dependencies.sessionClock ?? Date.now },
      presence: this.#presence,
      sessions: this.#sessions.service,
      cookies: this.#sessions.cookies,
      lock: this.#sessions,
      queue: this.#queue,
      queues: this.#queues,
      drift: new DriftStore(this.#port, this.#vault),
      search: { index, limit: new SearchLimit(this.#port), port: this.#port },
      health: this.#health,
      metrics: this.#metrics,
      log: this.#log,
      developmentUsers,
      publicOrigin: config.publicOrigin,
      webRoot: config.webRoot ?? join(import.meta.dirname, '../../web/dist'),
      isDraining: () => this.#isDraining,
    });
    this.#http = new HttpListener(app);
  }

  get url(): string {
    return this.#http.url;
  }

  get streams(): number {
    return this.#hub.size;
  }

  async start(): Promise<void> {
    await this.#port.connect();
    await assertDurable(this.#port, { isUnsafeAllowed: this.#config.allowVolatileRedis });
    // A key file or key service that cannot be used is found now, not with the first patient.
    await this.#vault.provider.status();
    await this.#sessions.start(this.#topKeys);
    await this.#access.start();
    await this.#registry.start();
    await this.#detection.start();
    await this.#health.check();
    this.#health.startProbes();
    await this.#accounts.start();
    await this.#http.listen(this.#config);
    const { address, port } = this.#http.address;
    this.#log.write('info', 'server.listening', { host: address, port });
  }

  async drain(): Promise<void> {
    if (this.#isDraining) return;
    const startedAt = performance.now();
    this.#isDraining = true;
    this.#log.write('info', 'server.draining', { streams: this.#hub.size });
    await this.#hub.drain();
    await this.#http.close(this.#config.drainMs);
    this.#log.write('info', 'server.stopped', { ms: Math.round(performance.now() - startedAt) });
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#isDraining = true;
    this.#presence.stop();
    this.#detection.stop();
    this.#watch.stop();
    this.#access.stop();
    this.#hub.stop();
    await this.#http.close(0);
    this.#accounts.stop();
    await this.#health.stop();
    await this.#indexWriter.stop();
    await this.#registry.stop();
    await this.#keyDesk.stop();
    await this.#keyUses.stop();
    await this.#queue.close().catch(() => {});
    await this.#queues.close().catch(() => {});
    this.#keys.disconnect();
    await this.#port.close();
    this.#metrics.stop();
    this.#log.flush();
  }

  #onKeyUse(use: KeyUse): void {
    this.#log.write('info', 'key.used', use);
    this.#keyUses.take(use);
  }

  #createHealth(node: string, clinics: readonly ClinicSettings[], archive: ObjectStore): DependencyHealth {
    return new DependencyHealth({
      ...{ port: this.#port, node, version: manifest.version, commitReplicas: this.#config.commitReplicas },
      hasEhr: clinics.some(({ ehr }) => ehr !== null),
      hasRoster: clinics.some(({ downtime }) => downtime !== undefined),
      askKeys: () => this.#keyProvider.status(),
      askArchive: () => archive.get('health/probe'),
      streamsBehind: () => this.#countBehind(),
      onChange: ({ name, state, isOk, detail }) => {
        this.#log.write(isOk ? 'info' : 'warn', 'dependency.changed', {
          name,
          isOk,
          detail: detail ?? state,
        });
      },
      onNews: () => this.#hub.beatAll(),
    });
  }

  #countBehind(): number {
    return [...this.#hub.connections].filter(({ state }) => state === 'behind').length;
  }

  #createHub(node: string, beatMs: number): StreamHub {
    return new StreamHub({
      node,
      heartbeatMs: beatMs,
      maxAgeMs: this.#config.streamMaxAgeMs,
      streamsMax: this.#config.streamsMax,
      health: () => this.#health.words(),
      sessionNow: () => this.#sessions.service.now(),
      onClosed: (connection, reason, ageMs) => {
        this.#metrics.streamClosed(reason);
        this.#log.write('debug', 'stream.closed', {
          reason,
          ageMs: Math.round(ageMs),
          writes: connection.writes,
        });
      },
    });
  }
}
