import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BoardRegistry, boardKeys, createRedisPort, type RedisPort } from '../src/index.ts';
import { Client, configureDay, freshBoard, manager, nurse, walkIn } from './board-fixture.ts';
import { type RedisSetup, redisSetups } from './redis-setups.ts';

describe.each(redisSetups)('on %s', (_name, start) => {
  let setup: RedisSetup;
  let port: RedisPort;
  let registry: BoardRegistry;

  beforeAll(async () => {
    setup = await start();
    port = createRedisPort(setup.target, 'test');
    registry = new BoardRegistry({ port });
    await registry.start();
  });

  afterAll(async () => {
    await registry?.stop();
    await port?.close();
    await setup?.stop();
  });

  test('a command becomes true: entities, log, audit and outcome agree', async () => {
    const board = freshBoard();
    const host = await registry.get(board);
    const client = new Client('client-a');
    const first = await host.submit(client.next(configureDay()), manager, 'ui');
    expect(first).toEqual({ outcome: 'applied', n: 1, seq: 1, eventIds: ['client-a:1#0'] });
    const second = await host.submit(client.next(walkIn('w1')), nurse, 'ui');
    expect(second).toEqual({ outcome: 'applied', n: 2, seq: 2, eventIds: ['client-a:2#0'] });
    expect(host.position.seq).toBe(2);
    const server = await setup.ownerOf(boardKeys(board).meta);
    expect(await server.call('XLEN', boardKeys(board).log)).toBe(2);
    expect(await server.call('XLEN', boardKeys(board).aud)).toBe(2);
  });

  test('another process hears each change', async () => {
    const board = freshBoard();
    const host = await registry.get(board);
    const otherPort = createRedisPort(setup.target, 'other');
    const other = new BoardRegistry({ port: otherPort, checkIntervalMs: 60_000 });
    await other.start();
    const follower = await other.get(board);
    const heard = Promise.withResolvers<void>();
    follower.onReset(() => {
      if (follower.position.seq === 1) heard.resolve();
    });
    const client = new Client('client-a');
    await host.submit(client.next(configureDay()), manager, 'ui');
    await heard.promise;
    const changed = Promise.withResolvers<number[]>();
    follower.onChange(({ p, s }) => changed.resolve([p, s]));
    await host.submit(client.next(walkIn('w1')), nurse, 'ui');
    expect(await changed.promise).toEqual([1, 2]);
    expect(follower.state.digestText).toBe(host.state.digestText);
    await other.stop();
    await otherPort.close();
  });
});
