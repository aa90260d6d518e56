/** Days with patients, keys, an archive and a record, beside processes that are killed while they keep them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '@workflow-bolt/contracts';
import { openDayCommand } from '@workflow-bolt/domain';
import { BoardRegistry, createRedisPort, fromUrl, openVault, type RedisPort } from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';

export const clinic = 'north';
const rosa = { id: 'rosa', name: 'Rosa', role: 'front-desk', station: null } as const;
const system = { id: 'system', name: 'System', role: 'system', station: null } as const;
const settings = {
  ...{ id: clinic, name: 'North', zone: 'UTC', rooms: [], providers: [], visitTypes: [] },
  ...{ isRoomRequired: false, readyToBeSeenMeans: 'check-in-completed' as const, ehr: null },
};
const nameOf = (date: string, i: number) => `Zzkeeper ${date} w${i}`;

export class KeeperStage implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly #root: string;
  readonly #written = new Map<string, number>();

  private constructor(redis: RedisServer, root: string) {
    this.redis = redis;
    this.#root = root;
  }

  static async start(): Promise<KeeperStage> {
    const redis = await startRedis({ persist: 'aof-always' });
    return new KeeperStage(redis, await mkdtemp(join(tmpdir(), 'bolt-keepers-')));
  }

  get keysDir(): string {
    return join(this.#root, 'keys');
  }

  get archiveDir(): string {
    return join(this.#root, 'archive');
  }

  /** A process that knows nothing yet: its own connections, keys read anew. */
  async fresh<T>(work: (registry: BoardRegistry, port: RedisPort) => Promise<T>): Promise<T> {
    const port = createRedisPort(fromUrl(this.redis.url), 'look');
    const vault = openVault({
      keys: join(this.keysDir, 'top-keys.json'),
      keyStore: join(this.keysDir, 'store'),
    });
    const registry = new BoardRegistry({ port, vault });
    await registry.start();
    try {
      return await work(registry, port);
    } finally {
      await registry.stop();
      await port.close();
    }
  }

  /** So many more patients on a day; each name is told apart. Answers how many commands were carried out. */
  async writeVisits(date: string, count: number): Promise<number> {
    const from = this.#written.get(date) ?? 0;
    const visits = Array.from({ length: count }, (_, i): Command => {
      const at = from + i;
      const booked = { kind: 'booked', startAt: Date.parse(`${date}T09:00:00Z`) } as const;
      return { type: 'createVisit', visitId: `w${at}`, ...booked, fullName: nameOf(date, at) };
    });
    await this.fresh(async (registry) => {
      const host = await registry.get({ clinic, date });
      const begin = { clientId: `open-${date}`, n: 1, command: openDayCommand(settings) };
      if (from === 0) await host.submit(begin, system, 'ui');
      const envelopes = visits.map((command, i) => ({ clientId: `desk-${date}-${from}`, n: i + 1, command }));
      const outcomes = await host.submitMany(envelopes, rosa, 'ui');
      const odd = outcomes.find(({ outcome }) => outcome !== 'applied');
      if (odd) throw new Error(`not applied: ${JSON.stringify(odd)}`);
    });
    this.#written.set(date, from + count);
    return count + (from === 0 ? 1 : 0);
  }

  /** Patients that a process that starts now cannot read, by day and id; empty when nothing is lost. */
  unreadable(): Promise<string[]> {
    return this.fresh(async (registry) => {
      const missing: string[] = [];
      for (const [date, count] of this.#written) {
        const host = await registry.get({ clinic, date });
        for (let i = 0; i < count; i += 1) {
          const found = host.state.get(`p:w${i}`)?.d;
          const isThere = found?.type === 'person' && found.fullName === nameOf(date, i);
          if (!isThere) missing.push(`${date} w${i}`);
        }
      }
      return missing;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.redis.stop();
    await rm(this.#root, { recursive: true, force: true });
  }
}
