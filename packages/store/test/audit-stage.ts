/** Redis, an archive and keys for one test of the record; and ways to end a sealer at any of its steps. */
import { formatKey, type LogReader, type VerifyReport, verifyLog } from '@workflow-bolt/audit-verifier';
import { type AuditEvent, Fault, type SecurityEvent } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { type CreateResult, type ObjectStore, settleExisting } from '../src/archive/object-store.ts';
import {
  AuditSealer,
  type AuditSealerParts,
  AuditSigner,
  BoardRegistry,
  createRedisPort,
  fromUrl,
  LogArchive,
  originOf,
  type RedisPort,
  SecurityAudit,
} from '../src/index.ts';
import { TestVaults } from './test-vaults.ts';

/** An archive in memory: the folder's promises without its disk. */
export class MemoryArchive implements ObjectStore {
  readonly kind = 'folder';
  readonly objects = new Map<string, Uint8Array>();

  async create(name: string, bytes: Uint8Array): Promise<CreateResult> {
    const present = this.objects.get(name);
    if (present) return settleExisting(present, bytes);
    this.objects.set(name, Buffer.from(bytes));
    return 'created';
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    this.objects.set(name, Buffer.from(bytes));
  }

  async get(name: string): Promise<Uint8Array | null> {
    return this.objects.get(name) ?? null;
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* [...this.objects.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  async delete(name: string): Promise<boolean> {
    return this.objects.delete(name);
  }
}

/** What a killed process leaves: nothing after its n-th step happens, whatever it still tries. */
export class Lifeline {
  #left: number;
  steps = 0;

  constructor(steps: number) {
    this.#left = steps;
  }

  step(): void {
    this.steps += 1;
    this.#left -= 1;
    if (this.#left < 0) throw new Fault('outcome_unknown', { reason: 'killed' });
  }

  /** The same object; each of these methods is a step. `isLate`: the step happens, its answer is lost. */
  wrap<T extends object>(inner: T, methods: readonly string[], isLate: boolean): T {
    return new Proxy(inner, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== 'function') return value;
        if (!methods.includes(String(name))) return value.bind(target);
        return async (...args: unknown[]) => {
          if (!isLate) this.step();
          const answer: unknown = await value.apply(target, args);
          if (isLate) this.step();
          return answer;
        };
      },
    });
  }
}

export const installation = 'audit.example.org';

export class AuditStage implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly port: RedisPort;
  readonly registry: BoardRegistry;
  readonly archive = new MemoryArchive();
  readonly vaults: TestVaults;
  readonly signer: AuditSigner;
  now = Date.now();

  private constructor(redis: RedisServer, vaults: TestVaults) {
    this.redis = redis;
    this.vaults = vaults;
    this.port = createRedisPort(fromUrl(redis.url), 'audit');
    this.registry = new BoardRegistry({ port: this.port, checkIntervalMs: 3_600_000 });
    this.signer = new AuditSigner(vaults.provider);
  }

  static async start(): Promise<AuditStage> {
    const stage = new AuditStage(await startRedis({ persist: 'aof-always' }), await TestVaults.make());
    await stage.registry.start();
    return stage;
  }

  events(): SecurityAudit {
    return new SecurityAudit({ port: this.port, keys: this.vaults.provider });
  }

  sealer(log: string, more: Partial<AuditSealerParts> = {}): AuditSealer {
    return new AuditSealer(log, {
      port: this.port,
      archive: this.archive,
      signer: this.signer,
      keys: this.vaults.provider,
      installation,
      now: () => (this.now += 1),
      ...more,
    });
  }

  reader(log: string): LogReader {
    return new LogArchive(this.archive, log);
  }

  async verify(log: string, more: Partial<Parameters<typeof verifyLog>[1]> = {}): Promise<VerifyReport> {
    return verifyLog(this.reader(log), {
      key: await this.signer.verifierKey(originOf(installation, log)),
      witnesses: [],
      witnessMaxMs: null,
      since: null,
      isIncremental: false,
      retainFrom: null,
      ageMaxMs: null,
      backlogMaxMs: null,
      silenceMaxMs: null,
      skewMs: 300_000,
      now: this.now,
      ...more,
    });
  }

  async keyText(log: string): Promise<string> {
    return formatKey(await this.signer.verifierKey(originOf(installation, log)));
  }

  /** Every sealed event of a log, in order. */
  async sealed(log: string): Promise<AuditEvent[]> {
    const archive = new LogArchive(this.archive, log);
    const size = (await archive.checkpoint())?.size ?? 0;
    const events: AuditEvent[] = [];
    for await (const { bytes } of archive.entries(0, size, size))
      events.push(JSON.parse(Buffer.from(bytes).toString('utf8')) as AuditEvent);
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry.stop();
    await this.port.close();
    await this.redis.stop();
    await this.vaults.remove();
  }
}

/** A refused sign-in, told apart by `rid`. */
export function refusedLogin(cid: string | null, rid: string): SecurityEvent {
  return {
    cid,
    type: 'auth',
    sub: 'login',
    act: 'E',
    out: 4,
    why: 'not_authenticated',
    agent: { uid: 'anonymous', kind: 'anonymous', role: null, ip: '203.0.113.7' },
    rid,
  };
}
