/** The owner of a board's slot dies: its replica goes on with the whole history and with our functions. */
import { awaitUntil, type RedisCluster, startCluster } from '@workflow-bolt/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BoardRegistry, boardKeys, createRedisPort, fromUrl, type RedisPort } from '../src/index.ts';
import { Client, configureDay, freshBoard, manager, nurse, walkIn } from './board-fixture.ts';

let cluster: RedisCluster;
let port: RedisPort;
let registry: BoardRegistry;

beforeEach(async () => {
  cluster = await startCluster({ persist: 'aof-always', nodeTimeoutMs: 1_000 });
  port = createRedisPort(
    fromUrl(`redis+cluster://${cluster.startupNodes.map((n) => `${n.host}:${n.port}`).join(',')}`),
  );
  registry = new BoardRegistry({ port, checkIntervalMs: 200 });
  await registry.start();
});

afterEach(async () => {
  await registry.stop();
  await port.close();
  await cluster.stop();
});

test('[I1 I3] a command held while the slot had no owner applies once on the promoted replica, and one that no copy confirms waits for a copy', async () => {
  const board = freshBoard();
  const key = boardKeys(board).meta;
  const host = await registry.get(board);
  const client = new Client('client-a');
  await host.submit(client.next(configureDay()), manager, 'ui');
  await host.submit(client.next(walkIn('w1')), nurse, 'ui');
  const { epoch } = host.position;
  const owner = await cluster.ownerOf(key);
  // Replication is asynchronous: the test is about the switch, so it waits for the tail to arrive.
  await awaitUntil('the replica holds both', async () => {
    const info = String(await owner.call('INFO', 'replication'));
    const offset = /master_repl_offset:(\d+)/.exec(info)?.[1];
    return info.includes(`state=online,offset=${offset},`);
  });
  await owner.kill9();
  const envelope = client.next(walkIn('w2'));
  expect(await host.submit(envelope, nurse, 'ui')).toMatchObject({ outcome: 'hold' });
  await cluster.untilMoved(key, owner);
  await awaitUntil('the command goes through', async () => {
    const outcome = await host.submit(envelope, nurse, 'ui');
    return outcome.outcome !== 'hold';
  });
  expect(await host.submit(envelope, nurse, 'ui')).toEqual({
    outcome: 'duplicate',
    n: 3,
    seq: 3,
    code: null,
  });
  expect(host.position).toMatchObject({ epoch, seq: 3 });
  const heard = Promise.withResolvers<number>();
  host.onChange(({ s }) => heard.resolve(s));
  const other = new BoardRegistry({ port, checkIntervalMs: 3_600_000 });
  await other.start();
  await (await other.get(board)).submit(client.next(walkIn('w3')), nurse, 'ui');
  expect(await heard.promise).toBe(4);
  await other.stop();
  const commitLane = { numReplicas: 1, timeoutMs: 500 };
  const careful = new BoardRegistry({ port, checkIntervalMs: 200, commitLane });
  await careful.start();
  const confirmed = await careful.get(board);
  const alone = client.next(walkIn('w4'));
  expect(await confirmed.submit(alone, nurse, 'ui')).toMatchObject({ outcome: 'hold' });
  await owner.start();
  await cluster.untilOk();
  await awaitUntil('a replica confirms it', async () => {
    const outcome = await confirmed.submit(alone, nurse, 'ui');
    return outcome.outcome === 'duplicate' && outcome.seq === 5;
  });
  await careful.stop();
}, 180_000);
