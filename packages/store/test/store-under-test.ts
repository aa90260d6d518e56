/** One running Redis with a port and a registry on it, shared by the tests of one setup. */
import type { BoardKey } from '@workflow-bolt/contracts';
import type { RedisServer } from '@workflow-bolt/testkit';
import {
  type BoardCodec,
  type BoardHost,
  BoardRegistry,
  boardKeys,
  createRedisPort,
  plainCodec,
  type RedisPort,
} from '../src/index.ts';
import type { RedisSetup } from './redis-setups.ts';
import type { TestVaults } from './test-vaults.ts';

/** Position checks of tests are asked for, never timed, unless a test says otherwise. */
const never = 3_600_000;

export class StoreUnderTest {
  readonly setup: RedisSetup;
  readonly port: RedisPort;
  readonly registry: BoardRegistry;
  readonly #closers: (() => Promise<void>)[] = [];

  readonly #vaults: TestVaults | null;

  private constructor(setup: RedisSetup, vaults: TestVaults | null) {
    this.setup = setup;
    this.#vaults = vaults;
    this.port = createRedisPort(setup.target, 'test');
    this.registry = this.#registry(this.port, never);
  }

  /** With `vaults`, each process has a vault of its own over the same keys, and every record is sealed. */
  static async start(
    startSetup: () => Promise<RedisSetup>,
    vaults: TestVaults | null = null,
  ): Promise<StoreUnderTest> {
    const store = new StoreUnderTest(await startSetup(), vaults);
    await store.registry.start();
    return store;
  }

  /** The host of another process: its own connections, its own memory. */
  async otherProcess(checkIntervalMs: number = never): Promise<BoardRegistry> {
    const port = createRedisPort(this.setup.target, 'other');
    const registry = this.#registry(port, checkIntervalMs);
    this.#closers.push(async () => {
      await registry.stop();
      await port.close();
    });
    await registry.start();
    return registry;
  }

  async otherHost(board: BoardKey, checkIntervalMs: number = never): Promise<BoardHost> {
    return (await this.otherProcess(checkIntervalMs)).get(board);
  }

  /** A host whose commits ring no bell, as when every message is lost. */
  async muteHost(board: BoardKey): Promise<BoardHost> {
    const port = createRedisPort(this.setup.target, 'mute');
    const mute = new Proxy(port, {
      get: (inner, name) => {
        if (name === 'doorbell') return 'NONE';
        const value: unknown = Reflect.get(inner, name, inner);
        return typeof value === 'function' ? value.bind(inner) : value;
      },
    });
    const registry = this.#registry(mute, never);
    this.#closers.push(async () => {
      await registry.stop();
      await port.close();
    });
    await registry.start();
    return registry.get(board);
  }

  /** What opens this board's records as they stand in Redis. */
  async codecOf(board: BoardKey): Promise<BoardCodec> {
    const codec = this.#vaults?.open().board(board) ?? plainCodec;
    await codec.open();
    return codec;
  }

  #registry(port: RedisPort, checkIntervalMs: number): BoardRegistry {
    return new BoardRegistry({ port, checkIntervalMs, vault: this.#vaults?.open() ?? null });
  }

  serverOf(board: BoardKey): Promise<RedisServer> {
    return this.setup.ownerOf(boardKeys(board).meta);
  }

  async stop(): Promise<void> {
    for (const close of this.#closers) await close();
    await this.registry.stop();
    await this.port.close();
    await this.setup.stop();
    await this.#vaults?.remove();
  }
}
